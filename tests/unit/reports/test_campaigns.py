"""Reports that hang together: in a real outbox on disk, whatever the order they were kept in."""

import json
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import stix2
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from guetteur.cli_campaigns import campaigns_command, timeline
from guetteur.config import Settings
from guetteur.reports.campaigns import LINK_WORDS, Campaigns, Link, Mark, MarkKind, told
from guetteur.reports.channels.interface import Draft
from guetteur.reports.clusters import MOST_DOMAINS, Clusters, Kept
from guetteur.reports.export import to_csv, to_stix
from guetteur.reports.outbox import FILE_NAME, Outbox
from support.report_cases import PAGE

NOW = datetime(2026, 11, 12, 12, tzinfo=UTC)
KINDS = MarkKind.__args__  # type: ignore[attr-defined]


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox(tmp_path / FILE_NAME)
    yield made
    made.close()


def _id(number: int) -> str:
    return str(uuid.UUID(int=number))


def _report(outbox: Outbox, number: int, *marks: Mark, day: int = 0) -> str:
    case = msgspec.structs.replace(PAGE, id=_id(number), found_at=NOW + timedelta(days=day, minutes=number))
    outbox.queue(case, [Draft(channel="netcraft", case=case.id, to="x", subject=f"url:{number}", fields=())])
    Campaigns(outbox.file).keep(case.id, marks)
    return case.id


def _marks(**values: str) -> tuple[Mark, ...]:
    return tuple(Mark(kind, value) for kind, value in values.items())  # type: ignore[arg-type]


def _page(site: int, ip: str = "", picture: int | None = None) -> tuple[Mark, ...]:
    marks = [Mark("domain", f"site{site}.com")]
    marks += [Mark("ip", ip)] if ip else []
    marks += [Mark("picture", f"{picture:033x}")] if picture is not None else []
    return tuple(marks)


def _groups(kept: list[Kept]) -> set[frozenset[str]]:
    clusters = Clusters(kept)
    return {frozenset(clusters.kept[number].case for number in group) for group in clusters.groups()}


def _kept(*marks: tuple[Mark, ...]) -> list[Kept]:
    return [Kept(NOW + timedelta(minutes=number), _id(number), tuple(sorted(one))) for number, one in enumerate(marks)]


@pytest.mark.parametrize("kind", ["domain", "wallet", "iban", "phone", "sender", "ip", "certificate"])
def test_two_reports_that_share_a_mark(outbox: Outbox, kind: MarkKind) -> None:
    campaigns = Campaigns(outbox.file)
    first, mark = _report(outbox, 1, Mark(kind, "x")), Mark(kind, "x")
    assert campaigns.of(first) is None
    assert campaigns.single() == 1
    would = campaigns.near([mark])
    assert would is not None
    assert (would.cases, would.others, would.links) == ((first,), 1, (Link(kind, "x", 2),))
    second = _report(outbox, 2, mark, Mark(kind, "y"))
    alone = _report(outbox, 3, Mark(kind, "z"))
    campaign = campaigns.of(second)
    assert campaign is not None
    assert (campaign.id, campaign.cases, campaign.others) == (first, (first, second), 1)
    assert (campaign.first_at, campaign.last_at) == (NOW + timedelta(minutes=1), NOW + timedelta(minutes=2))
    assert campaigns.all() == (campaign,)
    assert (campaigns.of(alone), campaigns.single()) == (None, 1)
    assert campaigns.near([Mark(kind, "elsewhere")]) is None


def test_near_texts_and_pictures_are_joined_and_shown_without_a_number(outbox: Outbox) -> None:
    for kind, width, apart in (("text", 32, 28), ("picture", 33, 10)):
        near, far = (1 << apart // 2) - 1, (1 << 60) - 1
        ids = [
            _report(outbox, 10 * width + place, Mark(kind, f"{value:0{width}x}"))  # type: ignore[arg-type]
            for place, value in enumerate((0, near, far))
        ]
        campaign = Campaigns(outbox.file).of(ids[0])
        assert campaign is not None
        assert (campaign.cases, campaign.links) == (tuple(ids[:2]), (Link(kind, "", 2),))  # type: ignore[arg-type]


def test_an_address_of_many_sites_joins_only_the_first_of_them() -> None:
    kept = _kept(*(_page(site, "203.0.113.7") for site in range(MOST_DOMAINS + 5)))
    assert _groups(kept) == {frozenset(_id(number) for number in range(MOST_DOMAINS))}


def test_a_bank_page_copied_by_many_joins_only_the_first_of_them() -> None:
    kept = _kept(*(_page(site, picture=site % 2) for site in range(MOST_DOMAINS + 5)))
    assert _groups(kept) == {frozenset(_id(number) for number in range(MOST_DOMAINS))}


def test_on_a_host_of_many_the_same_look_joins_as_well() -> None:
    crowd = [_page(site, "203.0.113.7") for site in range(10)]
    others = [_page(site, picture=5) for site in range(20, 30)]
    kept = _kept(*crowd, *others, _page(40, "203.0.113.7", 5), _page(41, "203.0.113.7", 5))
    assert frozenset((_id(20), _id(21))) in _groups(kept)


def test_two_campaigns_become_one_by_what_joins_both(outbox: Outbox) -> None:
    ids = [_report(outbox, number, *_marks(wallet="w" if number < 2 else "v")) for number in range(4)]
    campaigns = Campaigns(outbox.file)
    assert {one.id for one in campaigns.all()} == {ids[0], ids[2]}
    would = campaigns.near(_marks(wallet="w") + _marks(wallet="v"))
    assert would is not None
    assert (would.cases, would.others) == (tuple(ids), 4)
    _report(outbox, 9, *_marks(wallet="w"), *_marks(wallet="v"))
    assert [one.id for one in campaigns.all()] == [ids[0]]


def test_what_was_taken_back_counts_no_more(outbox: Outbox) -> None:
    campaigns, mark = Campaigns(outbox.file), Mark("wallet", "w")
    first, second, third = (_report(outbox, number, mark) for number in range(3))
    outbox.retract(second, "netcraft")
    campaign = campaigns.of(first)
    assert campaign is not None
    assert campaign.cases == (first, third)
    assert campaigns.of(second) is None
    outbox.retract(third, "netcraft")
    assert (campaigns.all(), campaigns.single()) == ((), 1)


def test_marks_are_replaced_and_outlive_the_process(outbox: Outbox) -> None:
    first, second = _report(outbox, 1, Mark("iban", "x")), _report(outbox, 2, Mark("iban", "x"))
    other = Outbox(outbox.path)
    try:
        seen = Campaigns(other.file)
        assert seen.of(first) is not None
        Campaigns(outbox.file).keep(second, (Mark("iban", "y"), Mark("iban", "y")))
        assert seen.of(first) is None
    finally:
        other.close()


def _any_marks() -> st.SearchStrategy[tuple[Mark, ...]]:
    # Few values, so that they meet; hashes near to one another over several steps.
    def value(kind: MarkKind) -> st.SearchStrategy[Mark]:
        if kind in {"text", "picture"}:
            width, step = (32, 14) if kind == "text" else (33, 5)
            return st.integers(0, 6).map(lambda steps: Mark(kind, f"{(1 << step * steps) - 1:0{width}x}"))
        return st.integers(0, 4).map(lambda number: Mark(kind, str(number)))

    return st.lists(st.sampled_from(KINDS).flatmap(value), max_size=4, unique=True).map(tuple)


REPORTS = st.lists(_any_marks(), max_size=14).map(lambda many: _kept(*many))


@given(REPORTS, st.randoms(use_true_random=False))
def test_the_order_of_keeping_changes_nothing(kept: list[Kept], source: random.Random) -> None:
    mixed = list(kept)
    source.shuffle(mixed)
    assert _groups(mixed) == _groups(kept)


@given(REPORTS, _any_marks())
def test_a_later_report_never_splits_a_campaign(kept: list[Kept], marks: tuple[Mark, ...]) -> None:
    later = Kept(NOW + timedelta(days=1), _id(999), tuple(sorted(marks)))
    after = _groups([*kept, later])
    for group in _groups(kept):
        assert any(group <= whole for whole in after)


@given(REPORTS)
def test_the_oldest_case_names_its_campaign(kept: list[Kept]) -> None:
    for size in range(len(kept)):
        now, later = Clusters(kept[:size]), Clusters(kept[: size + 1])
        ids = {later.kept[group[0]].case for group in later.groups()}
        assert all(group == sorted(group) for group in later.groups())
        before = {now.kept[group[0]].case for group in now.groups()}
        merged = {later.kept[number].case for group in later.groups() for number in group[1:]}
        assert before <= ids | merged


@given(REPORTS)
def test_who_shares_a_strong_mark_is_together(kept: list[Kept]) -> None:
    groups = _groups(kept)
    strong = {"domain", "wallet", "iban", "phone", "sender", "text"}
    for one in kept:
        for other in kept:
            if one.case != other.case and any(mark.kind in strong for mark in set(one.marks) & set(other.marks)):
                assert any({one.case, other.case} <= group for group in groups)


def test_every_kind_has_words_in_both_languages() -> None:
    assert set(LINK_WORDS["fr"]) == set(LINK_WORDS["en"]) == set(KINDS)


def test_the_sentence(outbox: Outbox) -> None:
    ids = [_report(outbox, number, Mark("wallet", "w"), day=number) for number in range(4)]
    campaign = Campaigns(outbox.file).of(ids[2])
    assert campaign is not None
    french, english = told(campaign, "fr"), told(campaign, "en")
    assert french == "Même campagne que 3\u00a0autres de vos signalements, depuis le 12\u00a0novembre 2026"
    assert english == "Same campaign as 3 of your other reports, since 12\u00a0November 2026"
    alone = msgspec.structs.replace(campaign, others=1)
    assert told(alone, "fr").startswith("Même campagne qu’un autre de vos signalements, depuis")
    assert told(alone, "en").startswith("Same campaign as another of your reports, since")


def test_a_timeline() -> None:
    days = [NOW, *[NOW + timedelta(days=1)] * 7]
    assert timeline(days, "fr") == "12 nov. ▂ 13 nov. █"
    assert timeline(days, "en") == "12 Nov ▂ 13 Nov █"
    months = [NOW + timedelta(days=number) for number in range(60)]
    assert timeline(months, "fr") == "nov. 2026 ▆ déc. 2026 █ janv. 2027 ▄"
    assert timeline([], "fr") == ""


def test_the_command(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(outbox.path.parent / "run", outbox.path.parent)
    monkeypatch.setattr("guetteur.cli_campaigns.load_settings", lambda: settings)
    empty = CliRunner().invoke(campaigns_command, ["--lang", "fr"])
    assert empty.output == "Aucun de vos signalements ne se recoupe avec un autre.\n"
    ids = [_report(outbox, number, Mark("wallet", "w\x1b[2J"), day=number // 2) for number in range(3)]
    _report(outbox, 7)
    lines = CliRunner().invoke(campaigns_command, ["--lang", "fr"]).output.splitlines()
    assert lines[0] == f"{ids[0][:8]}  3 signalements, depuis le 12/11/2026"
    assert lines[1] == "  12 nov. █ 13 nov. ▅"
    assert lines[2] == "  même portefeuille : w [2J (3 sur 3)"
    assert lines[-1] == "1 signalement(s) sans lien avec un autre."
    answer = json.loads(CliRunner().invoke(campaigns_command, ["--json", "--lang", "en"]).output)
    assert answer["single"] == 1
    assert answer["campaigns"][0]["cases"] == ids
    assert answer["campaigns"][0]["links"] == [
        {"kind": "wallet", "value": "w\x1b[2J", "count": 3, "label": "same wallet"}
    ]


def test_exports_name_the_campaign(outbox: Outbox) -> None:
    ids = [_report(outbox, number, Mark("wallet", "w")) for number in range(2)] + [_report(outbox, 5)]
    cases = [(case, outbox.entries(case=one)) for one in ids if (case := outbox.case(one)) is not None]
    found = Campaigns(outbox.file).all()
    rows = to_csv(cases, found).splitlines()
    assert [row.rpartition(",")[2] for row in rows] == ["campaign", ids[0], ids[0], ""]
    bundle = stix2.parse(to_stix(cases, found))
    made = [one for one in bundle.objects if one.type == "campaign"]
    assert [one.name for one in made] == [f"Campaign {ids[0]}"]
    relations = [one for one in bundle.objects if one.type == "relationship"]
    indicators = {one.id for one in bundle.objects if one.type == "indicator"}
    assert {one.target_ref for one in relations} == {made[0].id}
    assert {one.source_ref for one in relations} < indicators
    assert len(relations) == 2
