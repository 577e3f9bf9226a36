import asyncio
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from guetteur import app
from guetteur.config import Settings
from guetteur.transport import endpoint
from guetteur.transport.client import DaemonClient
from guetteur.transport.endpoint import AlreadyRunning, EndpointError, Listener, bind
from guetteur.transport.launcher import ensure_daemon, serve_command
from guetteur.transport.whereabouts import elsewhere

from .conftest import OTHER_UID, daemon_pid, end_daemon, needs_root, wait_for


async def bound(settings: Settings) -> Listener:
    listener = await bind(settings)
    assert isinstance(listener, Listener)
    return listener


async def test_unix_socket_is_private_and_goes_with_close(settings: Settings) -> None:
    listener = await bound(settings)
    assert stat.S_IMODE(settings.runtime_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE(settings.socket_path.lstat().st_mode) == 0o600
    assert (listener.host, listener.key) == ("localhost", None)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(settings.socket_path))
    assert endpoint.pid_path(settings).read_text() == f"{os.getpid()}\n"
    listener.close()
    listener.close()
    assert {path.name for path in settings.runtime_dir.iterdir()} <= {"daemon.lock"}


async def test_loopback_key_file(loopback: Settings) -> None:
    listener = await bound(loopback)
    told = json.loads(loopback.loopback_file.read_bytes())
    assert stat.S_IMODE(loopback.loopback_file.stat().st_mode) == 0o600
    assert listener.sock.getsockname() == ("127.0.0.1", told["port"])
    assert listener.host == f"127.0.0.1:{told['port']}"
    assert listener.key == told["key"]
    assert len(told["key"]) == 43
    assert not loopback.socket_path.exists()
    listener.close()
    assert not loopback.loopback_file.exists()


async def test_every_start_has_a_new_key(loopback: Settings) -> None:
    keys = set()
    for _ in range(3):
        listener = await bound(loopback)
        keys.add(listener.key)
        listener.close()
    assert len(keys) == 3


async def test_second_start_finds_the_first(settings: Settings) -> None:
    listener = await bound(settings)
    inode = settings.socket_path.lstat().st_ino
    assert await bind(settings) == AlreadyRunning(os.getpid())
    assert settings.socket_path.lstat().st_ino == inode
    listener.close()
    (await bound(settings)).close()


@pytest.fixture
def session(settings: Settings) -> Settings:
    """The same person without a session: su, cron, ssh."""
    return replace(settings, runtime_dir=settings.state_dir / "run")


async def test_one_state_has_one_daemon_whatever_session_starts_it(settings: Settings, session: Settings) -> None:
    listener = await bound(settings)
    assert stat.S_IMODE(settings.whereabouts_path.stat().st_mode) == 0o600
    assert await bind(session) == AlreadyRunning(os.getpid())
    assert not session.socket_path.exists()
    assert endpoint.is_held(session)
    listener.close()
    assert not settings.whereabouts_path.exists()
    assert not endpoint.is_held(session)
    again = await bound(session)
    assert await bind(settings) == AlreadyRunning(os.getpid())
    again.close()


@pytest.mark.parametrize("spoilt", ["theirs", "open", "link", "folder", "relative", "nul"])
def test_only_a_note_of_ours_is_followed(settings: Settings, session: Settings, spoilt: str) -> None:
    settings.state_dir.mkdir(mode=0o700)
    settings.runtime_dir.mkdir(mode=0o700)
    note = settings.whereabouts_path
    note.touch(0o600)
    note.write_bytes(os.fsencode(settings.runtime_dir))
    assert elsewhere(session) == settings
    assert elsewhere(settings) is None
    match spoilt:
        case "theirs":
            if os.geteuid() != 0:
                pytest.skip("needs root")
            os.chown(note, OTHER_UID, OTHER_UID)
        case "open":
            note.chmod(0o644)
        case "link":
            note.rename(settings.state_dir / "else")
            note.symlink_to("else")
        case "folder":
            settings.runtime_dir.chmod(0o777)
        case "relative":
            note.write_bytes(b"run")
        case "nul":
            note.write_bytes(b"/a\0b")
    assert elsewhere(session) is None


async def test_a_state_that_cannot_be_written_takes_no_protection_away(home: Path) -> None:
    (home / "state").touch()
    listener = await bound(Settings(runtime_dir=home / "run", state_dir=home / "state"))
    assert listener.is_reachable()
    listener.close()


def test_the_one_daemon_answers_every_session(settings: Settings, session: Settings) -> None:
    ensure_daemon(settings)
    assert ensure_daemon(session) is False
    with DaemonClient(session) as client:
        assert client.request("/v1/status")[0] == 200


async def test_a_daemon_whose_session_folder_was_emptied_makes_room(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(runtime_dir=home / "run", state_dir=home / "state")
    monkeypatch.setattr(app, "_LOOK_S", 0.01)
    async with asyncio.timeout(10):
        served = asyncio.create_task(app.serve(settings, lambda *_: web.Application()))
        while not settings.socket_path.exists():
            await asyncio.sleep(0.01)
        shutil.rmtree(settings.runtime_dir)
        assert await served is None
    assert not endpoint.is_held(settings)


async def test_second_start_without_a_pid_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "_PID_WAIT_S", 0.001)
    listener = await bound(settings)
    endpoint.pid_path(settings).unlink()
    assert await bind(settings) == AlreadyRunning(None)
    listener.close()


async def test_stale_socket_of_a_killed_daemon_is_replaced(home: Path, settings: Settings) -> None:
    ensure_daemon(settings)
    end_daemon(home)
    assert settings.socket_path.exists()
    (await bound(settings)).close()


async def test_only_a_socket_of_ours_is_removed(settings: Settings) -> None:
    settings.runtime_dir.mkdir(mode=0o700)
    settings.socket_path.write_text("precious")
    with pytest.raises(EndpointError) as caught:
        await bind(settings)
    assert caught.value.code == "socket_path_taken"
    assert settings.socket_path.read_text() == "precious"
    settings.socket_path.unlink()
    (await bound(settings)).close()  # the lock was let go


@needs_root
async def test_a_strangers_socket_is_not_touched(settings: Settings) -> None:
    settings.runtime_dir.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as squatter:
        squatter.bind(str(settings.socket_path))
        os.chown(settings.socket_path, OTHER_UID, OTHER_UID)
        with pytest.raises(EndpointError) as caught:
            await bind(settings)
    assert caught.value.code == "socket_path_taken"


async def test_close_leaves_a_successors_socket(settings: Settings) -> None:
    listener = await bound(settings)
    settings.socket_path.unlink()
    with socket.socket(socket.AF_UNIX) as successor:
        successor.bind(str(settings.socket_path))
        listener.close()
        assert settings.socket_path.exists()


async def test_unsafe_dir_and_long_path_are_told(settings: Settings, tmp_path: Path) -> None:
    settings.runtime_dir.mkdir()
    settings.runtime_dir.chmod(0o777)
    with pytest.raises(EndpointError) as caught:
        await bind(settings)
    assert (caught.value.code, caught.value.hint) == ("runtime_dir_open", f"chmod 700 {settings.runtime_dir}")
    deep = tmp_path / ("d" * 120)
    with pytest.raises(EndpointError) as caught:
        await bind(Settings(runtime_dir=deep, state_dir=deep))
    assert caught.value.code == "socket_path_too_long"


async def test_dir_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EndpointError) as caught:
        await bind(Settings(runtime_dir=tmp_path / "file/run", state_dir=tmp_path))
    assert caught.value.code == "runtime_dir_not_made"


def test_two_daemons_at_once_leave_one(home: Path, settings: Settings) -> None:
    starts = [subprocess.Popen(serve_command(), stdout=subprocess.PIPE) for _ in range(3)]
    wait_for(lambda: sum(start.poll() is None for start in starts) == 1, 10)
    (first,) = [start for start in starts if start.poll() is None]
    for start in starts:
        if start is not first:
            assert start.communicate()[0].decode().strip() == f"already running: {first.pid}"
            assert start.returncode == 0
    wait_for(settings.socket_path.exists)
    with DaemonClient(settings) as client:
        assert json.loads(client.request("/v1/status")[1])["pid"] == first.pid == daemon_pid(home)
    first.kill()
    first.communicate()


def test_importing_the_client_side_needs_no_lock_library() -> None:
    code = "import sys, guetteur.transport.native_host as _; print('filelock' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code]).strip() == b"False"
