"""Whole runs against a mirror: what is listed, since when, what a bad source can do, what is remembered."""

import gzip
import io
import os
from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from guetteur.errors import GuetteurError
from guetteur.lists.compiled import CompiledList
from guetteur.lists.view import ListView
from guetteur.lists.writer import compile_list
from guetteur.publish import snapshot as snapshots
from guetteur.publish.explain import explain
from guetteur.publish.state import State, day_of
from guetteur.publish.sync_blocklists import PUBLISHED, REFUSED, main, sync

pytestmark = pytest.mark.enable_socket

MANY = [f"evil{number}.fr" for number in range(1000)]
SAMPLES = Path(__file__).parents[2] / "samples/feeds"
DATA = Path(os.environ.get("GUETTEUR_DATA", Path(__file__).parents[4] / "shared/data"))


def test_sources_are_joined_and_days_remembered(desk: Any) -> None:
    desk.source("a", 0)
    desk.source("b", 1, format="urls", kind="phishing-urls")
    desk.serve("a", "evil.fr", "both.fr")
    desk.serve("b", "https://both.fr/", "https://bit.ly/x1?y")
    first = desk.published()
    assert first == {"bit.ly/x1": (2, None), "both.fr": (3, None), "evil.fr": (1, None)}
    day = desk.now.date() + timedelta(days=1)
    desk.tomorrow()
    desk.serve("a", "evil.fr", "fresh.fr")
    with desk.run() as snapshot:
        assert (snapshot.report.new, snapshot.report.gone) == (1, 0)
        row = snapshot.report.rows[0]
        assert (row.new, row.gone, row.serves) == (1, 1, "new")
        assert snapshot.sources == ("a", "b")
        assert "impots.gouv.fr" in snapshot.never_block
    assert desk.published() == first | {"both.fr": (2, None), "fresh.fr": (1, day)}
    desk.tomorrow()
    desk.serve("a", "fresh.fr")
    assert desk.published()["fresh.fr"] == (1, day)


def test_a_new_sources_first_entries_have_no_day(desk: Any) -> None:
    desk.source("a", 0)
    desk.serve("a", "evil.fr")
    desk.published()
    desk.tomorrow()
    desk.source("late", 1)
    desk.serve("late", "old.fr", "evil.fr")
    desk.serve("a", "evil.fr", "fresh.fr")
    entries = desk.published()
    assert entries["old.fr"] == (2, None)
    assert entries["fresh.fr"] == (1, desk.now.date())
    assert entries["evil.fr"] == (3, None)


def test_the_traps_public_lists_have_set(desk: Any) -> None:
    """google.com, github.com, facebook.com, town halls, shared zones: none is listed, each is named in the report."""
    desk.source("a", 0, format="urls", kind="phishing-urls")
    desk.source("b", 1)
    desk.serve(
        "a", "https://google.com/", "https://www.facebook.com", "http://www.mairie-exemple.fr/",
        "https://google.com/url?q=https://evil.fr", "https://www.mairie-exemple.fr/wp-content/uploads/evil.html",
        "https://github.com/evil/page", "https://evil.web.app/", "https://secure.ameli.fr/login",
    )  # fmt: skip
    desk.serve("b", "google.com", "github.com", "web.app", "impots.gouv.fr", "bit.ly", "gouv.fr", "evil.fr")
    assert set(desk.published()) == {
        "www.mairie-exemple.fr/wp-content/uploads/evil.html", "github.com/evil/page", "evil.web.app", "evil.fr",
    }  # fmt: skip
    said = (desk.work / "report.txt").read_text()
    for wanted in (
        "gate\twww.facebook.com\tnever_block\tpopular\ta",
        "gate\twww.mairie-exemple.fr\tnever_block\tpublic\ta",
        "gate\tsecure.ameli.fr/login\tnever_block\tofficial\ta",
        "gate\tgoogle.com/url\tpath_too_broad\t\ta",
        "refused\tb\tshared_host\t4\tgoogle.com github.com web.app bit.ly",
        "refused\tb\tpublic_suffix\t1\tgouv.fr",
    ):
        assert wanted in said

    def told(address: str) -> list[tuple[str, bool, str, str, tuple[str, ...]]]:
        return [finding[:5] for finding in explain(desk.blocklists, desk.work, address)]

    assert told("https://x.evil.fr/a") == [("evil.fr", True, "listed", "", ("b",))]
    assert told("https://secure.ameli.fr/login")[0] == (
        "secure.ameli.fr/login", False, "never_block", "official", ("a",),
    )  # fmt: skip
    assert ("web.app", False, "shared_host", "", ("b",)) in told("evil.web.app")
    assert ("leboncoin.fr", False, "never_block", "popular", ()) in told("www.leboncoin.fr")
    assert told("unknown.fr") == []


def test_explained_since_when(desk: Any) -> None:
    desk.source("a", 0)
    desk.serve("a", "evil.fr")
    desk.published()
    desk.tomorrow()
    desk.serve("a", "evil.fr", "fresh.fr")
    desk.published()
    (finding,) = explain(desk.blocklists, desk.work, "fresh.fr")
    assert (finding.since, finding.sources) == (desk.now.date(), ("a",))


@pytest.mark.parametrize(
    ("answer", "code"),
    [(500, "unreachable"), (404, "http_status"), (b"<html>parked</html>", "html"), (b"\x1f\x8bx", "damaged")],
)
def test_a_dead_source_serves_its_last_good_copy(desk: Any, answer: bytes | int, code: str) -> None:
    desk.source("a", 0)
    desk.source("b", 1)
    desk.serve("a", "evil.fr")
    desk.serve("b", "other.fr")
    first = desk.published()
    desk.tomorrow(3)
    desk.served["a"] = answer
    with desk.run() as snapshot:
        row = snapshot.report.rows[0]
        assert (row.outcome, row.serves, row.entries) == ("failed", "last good", 1)
        assert row.why.startswith(code)
        assert (desk.now - row.checked_at).days == 3
        assert {entry.key for entry in snapshot.entries} == set(first)


def test_a_source_that_never_came_is_said(desk: Any) -> None:
    desk.source("a", 0)
    desk.source("b", 1)
    desk.serve("a", "evil.fr")
    with desk.run() as snapshot:
        assert [row.serves for row in snapshot.report.rows] == ["new", "nothing"]
        assert len(snapshot.entries) == 1


@pytest.mark.parametrize(
    ("now_served", "why"),
    [
        (MANY[:700], "shrank from 1000 to 700"),
        ([f"more{number}.fr" for number in range(1600)], "grew from 1000 to 1600"),
        (["# nothing any more"], "holds no entry"),
    ],
)
def test_a_source_that_changes_beyond_reason_is_held_back(desk: Any, now_served: list[str], why: str) -> None:
    desk.source("a", 0)
    desk.serve("a", *MANY)
    desk.published()
    desk.tomorrow()
    desk.serve("a", *now_served)
    with desk.run() as snapshot:
        row = snapshot.report.rows[0]
        assert (row.held, row.serves, row.entries) == (True, "last good", 1000)
        assert why in row.why
        assert len(snapshot.entries) == 1000
    if why == "holds no entry":
        with desk.run(accept=frozenset({"a"}), force=True) as snapshot:
            assert len(snapshot.entries) == 1000, "nothing at all is never accepted"
        return
    desk.served["a"] = 500
    assert len(desk.published(accept=frozenset({"a"}), force=True)) == len(now_served)
    with desk.run() as snapshot:
        assert not snapshot.report.rows[0].held


def test_a_text_of_another_format_is_held_back(desk: Any) -> None:
    desk.source("a", 0, format="json", path="deny")
    desk.serve("a", '{"deny": ["evil.fr"]}')
    desk.published()
    desk.tomorrow()
    desk.serve("a", "evil.fr")
    with desk.run() as snapshot:
        assert snapshot.report.rows[0].why.startswith("no JSON")
        assert len(snapshot.entries) == 1


def test_allow_sources_free_what_one_family_lists_and_no_more(desk: Any) -> None:
    desk.source("a", 0)
    desk.source("a-too", 1, family="a")
    desk.source("b", 2)
    desk.source("allow", kind="allow")
    desk.serve("allow", "honest.fr", "poisoned.fr")
    desk.serve("a", "honest.fr", "poisoned.fr", "evil.fr")
    desk.serve("a-too", "honest.fr")
    desk.serve("b", "poisoned.fr")
    with desk.run() as snapshot:
        assert {entry.key for entry in snapshot.entries} == {"poisoned.fr", "evil.fr"}
        assert snapshot.report.counts() == {"allowed (allow)": 1, "allow_overruled (allow)": 1}
        assert "honest.fr" in snapshot.never_block
        assert "poisoned.fr" not in snapshot.never_block


def test_no_entry_is_on_the_never_block_list(desk: Any, tmp_path: Path) -> None:
    """What clients check too (`guetteur.lists.poison`), with the compiled file."""
    from guetteur.lists.poison import check_contents

    desk.source("a", 0)
    desk.source("allow", kind="top-sites", limit=2)
    desk.serve("allow", "www.honest.co.uk", "two.fr", "beyond-the-limit.fr")
    desk.serve("a", "honest.co.uk", "two.fr", "beyond-the-limit.fr", *MANY)
    with desk.run() as snapshot:
        compile_list(
            tmp_path / "list", snapshot.entries, version="1", built_at=snapshot.built_at, sources=snapshot.sources
        )
        with_parents = ListView(CompiledList(tmp_path / "list"))
        check_contents(with_parents, snapshot.never_block, None)
        assert len(with_parents) == 1001
        assert not with_parents.holds("two.fr")


def test_newly_registered_days(desk: Any) -> None:
    desk.source("a", 0)
    desk.source("new", kind="newly-registered", url="https://lists.example/{YYYYMMDD}", delay=1, days=2)
    desk.serve("a", "evil.fr")
    desk.serve("new/2026-11-23", "one.fr", "two.fr")
    desk.serve("new/2026-11-22", "two.fr", "three.fr")
    with desk.run() as snapshot:
        assert dict(snapshot.newly.rows()) == {
            "one.fr": date(2026, 11, 23), "three.fr": date(2026, 11, 22), "two.fr": date(2026, 11, 22),
        }  # fmt: skip
        assert snapshot.newly["one.fr"] == date(2026, 11, 23)
        assert "evil.fr" not in snapshot.newly
        assert {entry.key for entry in snapshot.entries} == {"evil.fr"}, "new is not bad"
        snapshot.commit()
    desk.tomorrow(399)
    with desk.run() as snapshot:
        assert list(snapshot.newly) == ["one.fr"]


def test_what_was_not_committed_did_not_happen(desk: Any) -> None:
    desk.source("a", 0)
    desk.serve("a", "evil.fr")
    desk.run().state.close()
    with desk.run() as snapshot:
        assert snapshot.report.new == 1
    state = State(desk.work)
    assert len(state) == 0
    assert [row["outcome"] for row in state.fetches("a")] == ["not_due", "new"]
    state.close()


def run_sync(desk: Any, finish: Callable[..., None], dry: bool = False) -> tuple[int, str]:
    out = io.StringIO()
    console = Console(file=out, width=160)
    return sync(desk.setup(force=True), dry=dry, console=console, now=lambda: desk.now, finish=finish), out.getvalue()


def test_sync(desk: Any) -> None:
    calls: list[tuple[int, bool]] = []
    desk.source("a", 0)
    desk.serve("a", "evil.fr", "web.app")
    code, said = run_sync(desk, lambda snapshot, dry: calls.append((len(snapshot.entries), dry)), dry=True)
    assert (code, calls) == (PUBLISHED, [(1, True)])
    assert "1 entries would be listed, 1 new" in said
    assert "shared_host 1" in said
    code, said = run_sync(desk, lambda snapshot, dry: calls.append((len(snapshot.entries), dry)))
    assert calls[-1] == (1, False)
    assert "1 entries are listed, 1 new" in said
    assert "0 new, 0 gone" in run_sync(desk, lambda *_: None)[1]


def test_sync_that_cannot_sign_remembers_nothing(desk: Any) -> None:
    def broken(*_: object) -> None:
        raise GuetteurError("no_key", "no key")

    desk.source("a", 0)
    desk.serve("a", "evil.fr")
    with pytest.raises(GuetteurError):
        run_sync(desk, broken)
    assert "1 new" in run_sync(desk, lambda *_: None)[1]


def test_a_fault_stops_the_signature(desk: Any) -> None:
    desk.source("a", 0)
    desk.serve("a", "evil.fr")
    desk.canaries('must_not = ["www.evil.fr"]\n')
    code, said = run_sync(desk, lambda *_: pytest.fail("signed"))
    assert code == REFUSED
    assert "www.evil.fr must not be listed, but evil.fr is" in said
    desk.canaries('must_not = []\n[[must]]\nsource = "a"\nat_least = 1\nhosts = ["gone.fr"]\n')
    assert run_sync(desk, lambda *_: pytest.fail("signed"))[0] == REFUSED
    desk.canaries("must_not = []\n")
    desk.served["a"] = 500
    desk.work = desk.work.with_name("other")
    code, said = run_sync(desk, lambda *_: pytest.fail("signed"))
    assert code == REFUSED
    assert "would be empty" in said


def test_command_line(desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    desk.source("a", 0)
    desk.serve("a", "evil.fr")
    arguments = ["--blocklists", str(desk.blocklists), "--work", str(desk.work), "--mirror", desk.address, "--dry"]
    assert main(arguments) == PUBLISHED
    assert "would be listed" in capsys.readouterr().out
    (desk.blocklists / "sources.toml").write_text("nonsense = 1")
    assert main(arguments) == 2
    assert "hint:" in capsys.readouterr().out


def test_other_rules_make_the_keys_anew(desk: Any) -> None:
    desk.source("a", 0)
    desk.serve("a", "https://evil.fr/x", "two.fr # why")
    assert set(desk.published()) == {"evil.fr/x", "two.fr"}
    desk.source("a", 0, format="urls")
    with desk.run() as snapshot:
        assert {entry.key for entry in snapshot.entries} == {"evil.fr/x"}
        assert snapshot.report.rows[0].gone == 1
    desk.source("a", 0)
    assert set(desk.published()) == {"evil.fr/x", "two.fr"}
    desk.source("a", 0, format="adblock")
    with desk.run() as snapshot:
        assert len(snapshot.entries) == 2, "a good copy that is not of the new format keeps its keys"


def test_worker_processes_give_the_same(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from guetteur.publish import intake

    desk.source("a", 0)
    desk.source("b", 1, format="urls", kind="phishing-urls")
    desk.serve("a", *MANY, "web.app")
    desk.serve("b", "https://evil1.fr/x")
    wanted = desk.published(workers=1)
    desk.work = desk.work.with_name("other")
    monkeypatch.setattr(intake, "_WORTH_A_PROCESS", 0)
    assert desk.published(workers=2) == wanted


def test_old_days_become_months_when_there_are_too_many(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.source("a", 0)
    desk.serve("a", "evil.fr")
    desk.published()
    desk.tomorrow()
    desk.serve("a", "evil.fr", "fresh.fr")
    day = desk.now.date()
    assert desk.published()["fresh.fr"] == (1, day)
    desk.tomorrow(100)
    assert desk.published()["fresh.fr"] == (1, day)
    from guetteur.publish import pipeline

    monkeypatch.setattr(pipeline, "MAX_MARKS", 1)
    assert desk.published()["fresh.fr"] == (1, day.replace(day=1))
    assert snapshots.coarse_limit(1000, 5, 10) == 0


FEEDS = ("red_flag_domains.csv.gz", "phishing_database_domains.csv.gz")


def days(feed: str) -> list[tuple[date, list[str]]]:
    """Sixty days of a feed: the real one where it is, a made one else."""
    real = DATA / "feeds" / feed
    text = gzip.decompress(real.read_bytes()).decode() if real.exists() else (SAMPLES / "daily.csv").read_text("utf-8")
    rows = [line.split(",") for line in text.splitlines() if line.startswith("2")]
    by_day = [
        (date.fromisoformat(day), [host for _, host in group])
        for day, group in groupby(sorted(rows), lambda row: row[0])
    ]
    return by_day[-60:]


@pytest.mark.parametrize("name", FEEDS)
def test_replay_of_sixty_days(desk: Any, name: str) -> None:
    """Every host is listed from its day on with that day, nothing is lost, a dead day changes nothing."""
    desk.source("a", 0, max_growth=9.0)
    desk.source("new", kind="newly-registered", url="https://lists.example/{YYYYMMDD}")
    feed: list[str] = []
    expected: dict[str, date | None] = {}
    for number, (day, hosts) in enumerate(days(name)):
        desk.now = desk.now.replace(year=day.year, month=day.month, day=day.day)
        feed += hosts
        dead = number in {17, 18, 40}
        desk.served["a"] = 503 if dead else "\n".join(feed).encode()
        desk.serve(f"new/{day}", *hosts)
        before = len(remembered(desk)) if number else 0
        with desk.run() as snapshot:
            report = snapshot.report
            assert report.faults == []
            assert report.gone == 0
            if dead:
                assert (report.new, report.rows[0].serves) == (0, "last good")
            else:
                expected = dict.fromkeys(feed, day if number else None) | expected
            assert report.entries == before + report.new
            snapshot.commit()
    # Names with accents are listed in their ASCII form, and a page that strayed into a feed of hosts as a page: other
    # tests hold both.
    listed = {host: day for host, day in remembered(desk).items() if "xn--" not in host and "/" not in host}
    expected = {
        host: day for host, day in expected.items() if host.isascii() and "xn--" not in host and "/" not in host
    }
    assert {host: expected[host] for host in listed} == listed
    refused = set(expected) - set(listed)
    assert len(refused) <= 0.01 * len(expected)
    assert not {"google.com", "github.com"} & set(listed)
    assert not list((desk.work / "sources").glob("*/????-??-??"))[1:]


def remembered(desk: Any) -> dict[str, date | None]:
    state = State(desk.work)
    try:
        return {key: day_of(number) for key, _, number in state.previous()}
    finally:
        state.close()
