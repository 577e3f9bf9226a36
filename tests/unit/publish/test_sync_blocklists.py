"""The command of maintainers: what it says, and when it signs nothing."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from guetteur.errors import GuetteurError
from guetteur.publish.sync_blocklists import FAILED, PUBLISHED, REFUSED, main, sync

pytestmark = pytest.mark.enable_socket


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
    assert "held back until a maintainer says otherwise: a (--accept a)" in said
    assert "0 gone" in said
    assert main([*arguments, "--dry", "--force", "--accept", "a"]) == PUBLISHED
    assert "990 gone" in capsys.readouterr().out
    assert main([*arguments, "--force", "--keys", str(tmp_path / "no-keys")]) == FAILED
    assert "hint:" in capsys.readouterr().out
