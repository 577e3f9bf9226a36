"""The command of maintainers: what it says, and when it signs nothing."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from guetteur.errors import GuetteurError
from guetteur.publish.explain import explain
from guetteur.publish.snapshot import Snapshot
from guetteur.publish.sync_blocklists import FAILED, PUBLISHED, REFUSED, main, sync

pytestmark = pytest.mark.enable_socket


def run_sync(desk: Any, finish: Callable[..., None] | None, **options: Any) -> tuple[int, str]:
    out = io.StringIO()
    console = Console(file=out, width=160)
    setup = desk.setup(force=True, **options)
    return sync(setup, console=console, now=lambda: desk.now, finish=finish), out.getvalue()


def test_sync(desk: Any) -> None:
    calls: list[int] = []
    desk.source("a", 0)
    desk.serve("a", "evil.fr", "web.app")
    code, said = run_sync(desk, None)
    assert code == PUBLISHED
    assert "1 entries would be listed, 1 new" in said
    assert "shared_host 1" in said
    code, said = run_sync(desk, lambda snapshot: calls.append(len(snapshot.entries)))
    assert (code, calls) == (PUBLISHED, [1])
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


def test_command_line_asks_before_it_is_due_and_takes_what_was_held(
    desk: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    many = [f"evil{number}.fr" for number in range(1000)]
    desk.source("a", 0)
    desk.serve("a", *many)
    arguments = ["--blocklists", str(desk.blocklists), "--work", str(desk.work), "--mirror", desk.address]
    desk.published()
    desk.serve("a", *many[:10])
    assert main([*arguments, "--dry"]) == PUBLISHED
    assert "0 gone" in capsys.readouterr().out  # not asked yet
    assert main([*arguments, "--dry", "--force"]) == PUBLISHED
    said = capsys.readouterr().out
    assert 'held back until a maintainer says otherwise: a (ACCEPT="a")' in said
    assert "0 gone" in said
    assert main([*arguments, "--dry", "--force", "--accept", "a"]) == PUBLISHED
    assert "990 gone" in capsys.readouterr().out
    assert main([*arguments, "--force", "--keys", str(tmp_path / "no-keys")]) == FAILED
    assert "hint:" in capsys.readouterr().out


def listed(desk: Any, finish: bool = True, **options: Any) -> tuple[int, dict[str, Any]]:
    """One run; its status, and key → first day of what is published."""
    found: dict[str, Any] = {}

    def keep(snapshot: Snapshot) -> None:
        found.update({entry.key: entry.first_seen for entry in snapshot.entries})

    return run_sync(desk, keep if finish else None, **options)[0], found


@pytest.mark.parametrize("trial", ["dry", "refused", "unsigned"])
def test_a_run_that_publishes_nothing_changes_no_first_day(desk: Any, trial: str) -> None:
    desk.source("a", 0)
    desk.serve("a", "evil.fr")
    match trial:
        case "dry":
            assert listed(desk, finish=False)[0] == PUBLISHED
        case "refused":
            desk.canaries('must_not = ["evil.fr"]\n')
            assert listed(desk)[0] == REFUSED
            desk.canaries("must_not = []\n")
        case _:
            with pytest.raises(ZeroDivisionError):
                run_sync(desk, lambda _snapshot: 1 // 0)
    assert listed(desk) == (PUBLISHED, {"evil.fr": None})
    desk.tomorrow()
    desk.serve("a", "evil.fr", "fresh.fr")
    assert listed(desk) == (PUBLISHED, {"evil.fr": None, "fresh.fr": desk.now.date()})


@pytest.mark.parametrize("arrives", ["with the run", "before it"])
@pytest.mark.parametrize("trial", ["dry", "refused"])
def test_what_was_accepted_for_a_trial_is_held_again(desk: Any, trial: str, arrives: str) -> None:
    first = [f"evil{number}.fr" for number in range(300)]
    desk.source("a", 0)
    desk.serve("a", *first)
    listed(desk)
    desk.tomorrow()
    desk.serve("a", *(f"victim{number}.fr" for number in range(3000)))
    if arrives == "before it":
        assert len(listed(desk)[1]) == 300
    if trial == "dry":
        code, said = run_sync(desk, None, accept=frozenset({"a"}))
        assert (code, "3,000 entries would be listed" in said) == (PUBLISHED, True)
    else:
        desk.canaries('must_not = ["victim1.fr"]\n')
        assert listed(desk, accept=frozenset({"a"}))[0] == REFUSED
        desk.canaries("must_not = []\n")
    desk.served["a"] = 503
    assert listed(desk)[1].keys() == set(first)
    assert 'ACCEPT="a"' in run_sync(desk, None)[1]
    assert len(listed(desk, accept=frozenset({"a"}))[1]) == 3000
    assert len(listed(desk)[1]) == 3000
    assert 'ACCEPT="a"' not in run_sync(desk, None)[1]


def test_what_a_dry_run_read_is_explained_after_the_next(desk: Any) -> None:
    desk.source("a", 0)
    desk.serve("a", "evil.fr", "web.app")
    listed(desk, finish=False)
    listed(desk)
    (found, *_) = explain(desk.blocklists, desk.work, "web.app")
    assert (found.rule, found.sources) == ("shared_host", ("a",))


def test_a_source_that_nothing_of_serves_is_answered_for_by_name(desk: Any) -> None:
    desk.source("a", 0)
    desk.source("b", 1)
    desk.source("c", 2, enabled=False)
    desk.serve("a", *(f"evil{number}.fr" for number in range(3000)))
    desk.serve("b", "other.fr")
    assert listed(desk)[0] == PUBLISHED
    desk.work = desk.work.with_name("lost")
    desk.served["a"] = 503
    code, said = run_sync(desk, lambda *_: pytest.fail("signed"))
    assert code == REFUSED
    assert 'no copy of a serves: try again later, or publish without (ACCEPT="a")' in said
    assert listed(desk, accept=frozenset({"a"})) == (PUBLISHED, {"other.fr": None})


def test_an_unknown_source_cannot_be_accepted(desk: Any) -> None:
    desk.source("a", 0)
    with pytest.raises(GuetteurError) as caught:
        run_sync(desk, None, accept=frozenset({"a", "list", "b"}))
    assert (caught.value.code, "called b" in caught.value.message) == ("unknown_source", True)


@pytest.mark.parametrize("options", [[], ["--keys", "none"]])
def test_without_keys_nothing_is_fetched(
    desk: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.delenv("GUETTEUR_KEYS", raising=False)
    monkeypatch.setenv("GUETTEUR_KEY_PASSPHRASE", "only for this test")
    desk.source("a", 0)
    desk.serve("a", "evil.fr")
    arguments = ["--blocklists", str(desk.blocklists), "--work", str(desk.work), "--mirror", desk.address]
    assert main([*arguments, *options]) == FAILED
    assert "hint:" in capsys.readouterr().out
    assert not desk.work.exists()
