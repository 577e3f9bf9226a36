import json
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from guetteur.config import Settings
from guetteur.errors import DaemonUnreachableError
from guetteur.transport import launcher
from guetteur.transport.client import DaemonClient
from guetteur.transport.launcher import MAX_LOG_BYTES, ensure_daemon, serve_command, spawn_options

from .conftest import daemon_pid, end_daemon


def test_starts_when_silent_and_only_then(settings: Settings) -> None:
    assert ensure_daemon(settings) is True
    assert ensure_daemon(settings) is False
    with DaemonClient(settings) as client:
        assert json.loads(client.request("/v1/status")[1])["product"] == "guetteur"


def test_daemon_is_cut_loose(home: Path, settings: Settings) -> None:
    ensure_daemon(settings)
    pid = daemon_pid(home)
    assert pid is not None
    assert os.getsid(pid) == pid != os.getsid(0)
    open_files = [str(Path(f"/proc/{pid}/fd/{number}").readlink()) for number in (0, 1, 2)]
    assert open_files == [os.devnull, str(settings.log_path), str(settings.log_path)]


def test_many_at_once_end_with_one(home: Path, settings: Settings) -> None:
    code = (
        "from guetteur.config import load_settings; from guetteur.transport.launcher import ensure_daemon;"
        "print(ensure_daemon(load_settings()))"
    )
    relays = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(4)]
    said = [relay.communicate(timeout=15)[0].strip() for relay in relays]
    assert b"True" in said
    assert set(said) <= {b"True", b"False"}
    pid = daemon_pid(home)
    with DaemonClient(settings) as client:
        assert json.loads(client.request("/v1/status")[1])["pid"] == pid
    others = [line for line in settings.log_path.read_text().splitlines() if line]
    assert all(line.startswith("already running") for line in others), others


def test_second_starter_whose_child_fails_waits_for_the_first(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child that lost the race may say so with a failure status: the winner still counts."""
    monkeypatch.setenv("STUB_SECOND_STATUS", "3")
    results: list[bool] = []
    threads = [threading.Thread(target=lambda: results.append(ensure_daemon(settings))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 3


def test_command_that_ends_at_once_is_told_before_the_timeout(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "_GRACE_S", 0.1)
    began = time.monotonic()
    with pytest.raises(DaemonUnreachableError) as caught:
        ensure_daemon(settings, 10, [sys.executable, "-c", "import sys; sys.exit('no such luck')"])
    assert time.monotonic() - began < 3
    assert caught.value.code == "daemon_start_failed"
    assert str(settings.log_path) in caught.value.hint
    assert "no such luck" in settings.log_path.read_text()


def test_daemon_that_never_answers(settings: Settings) -> None:
    with pytest.raises(DaemonUnreachableError) as caught:
        ensure_daemon(settings, 0.3, [sys.executable, "-c", "import time; time.sleep(1)"])
    assert caught.value.code == "daemon_start_timeout"


def test_program_that_is_not_there(settings: Settings) -> None:
    with pytest.raises(DaemonUnreachableError) as caught:
        ensure_daemon(settings, 1, ["/nonexistent/python"])
    assert caught.value.code == "daemon_start_failed"


def test_nothing_is_started_beside_a_squatter(settings: Settings) -> None:
    settings.runtime_dir.mkdir(mode=0o700)
    settings.socket_path.touch()
    with pytest.raises(DaemonUnreachableError) as caught:
        ensure_daemon(settings, 1, ["/nonexistent/python"])
    assert caught.value.code == "socket_not_ours"


@pytest.mark.parametrize(("size", "kept"), [(MAX_LOG_BYTES, True), (MAX_LOG_BYTES + 1, False)])
def test_log_is_private_and_capped(home: Path, settings: Settings, size: int, kept: bool) -> None:
    settings.state_dir.mkdir()
    settings.log_path.touch(mode=0o600)
    settings.log_path.write_bytes(b"x" * size)
    ensure_daemon(settings)
    end_daemon(home)
    assert (settings.log_path.stat().st_size >= MAX_LOG_BYTES) is kept
    assert stat.S_IMODE(settings.log_path.stat().st_mode) == 0o600


def test_windows_daemon_breaks_away_from_the_browsers_job() -> None:
    assert spawn_options("win32") == {"creationflags": 0x01000208}
    assert spawn_options("linux") == spawn_options("darwin") == {"start_new_session": True}


def test_job_that_forbids_breaking_away(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def popen(_command: object, *, creationflags: int, **_: object) -> str:
        tried.append(creationflags)
        if len(tried) == 1:
            raise PermissionError
        return "child"

    monkeypatch.setattr(subprocess, "Popen", popen)
    assert launcher._popen(["x"], 1, spawn_options("win32")) == "child"
    assert tried == [0x01000208, 0x00000208]


def test_current_folder_is_not_searched_for_modules(home: Path) -> None:
    (home / "json.py").write_text("raise SystemExit('hijacked')")
    (home / "guetteur.py").write_text("raise SystemExit('hijacked')")
    assert "-P" in serve_command()
    done = subprocess.run(
        [sys.executable, "-P", "-m", "guetteur.transport.native_host"],
        cwd=home,
        input=b"",
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
