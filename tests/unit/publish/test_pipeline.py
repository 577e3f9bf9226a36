"""Whole runs against a mirror: what is listed, since when, what a bad source can do, what is remembered."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from guetteur.lists.compiled import CompiledList
from guetteur.lists.view import ListView
from guetteur.lists.writer import compile_list
from guetteur.publish import snapshot as snapshots
from guetteur.publish.explain import explain
from guetteur.publish.state import State

pytestmark = pytest.mark.enable_socket


MANY = [f"evil{number}.fr" for number in range(1000)]


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


def test_folders_may_be_named_from_here(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--blocklists blocklists``, as one types it."""
    monkeypatch.chdir(desk.work.parent)
    desk.blocklists, desk.work = Path(desk.blocklists.name), Path(desk.work.name)
    desk.source("a", 0)
    desk.serve("a", "evil.fr")
    assert desk.published() == {"evil.fr": (1, None)}


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
