import os
import socket
import stat
import threading
from pathlib import Path

import pytest

from guetteur.durable import write_durably
from guetteur.transport import ownership
from guetteur.transport.ownership import (
    EndpointError,
    check_private_dir,
    check_socket_path,
    loopback_listener_uid,
    peer_uid,
)

from .conftest import OTHER_UID, needs_linux, needs_root


def code_of(path: Path) -> str:
    with pytest.raises(EndpointError) as caught:
        check_private_dir(path)
    assert caught.value.hint
    return caught.value.code


def test_own_private_dir_passes(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    check_private_dir(tmp_path / "run")


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777, 0o1777])
def test_dir_others_may_write_in(tmp_path: Path, mode: int) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run").chmod(mode)
    assert code_of(tmp_path / "run") == "runtime_dir_open"


def test_missing_file_and_symlink(tmp_path: Path) -> None:
    assert code_of(tmp_path / "run") == "runtime_dir_missing"
    (tmp_path / "file").touch()
    assert code_of(tmp_path / "file") == "runtime_dir_not_a_folder"
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert code_of(tmp_path / "link") == "runtime_dir_not_a_folder"


@needs_root
def test_dir_or_parent_of_another_user(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    os.chown(tmp_path / "run", OTHER_UID, OTHER_UID)
    assert code_of(tmp_path / "run") == "runtime_dir_foreign"
    (tmp_path / "theirs/run").mkdir(mode=0o700, parents=True)
    os.chown(tmp_path / "theirs", OTHER_UID, OTHER_UID)
    assert code_of(tmp_path / "theirs/run") == "runtime_dir_foreign"


def test_socket_path_limit_counts_bytes() -> None:
    most = ownership.MAX_SOCKET_PATH
    check_socket_path(Path("/" + "a" * (most - 1)))
    for path in ("/" + "a" * most, "/" + "é" * (most // 2 + 1)):
        with pytest.raises(EndpointError) as caught:
            check_socket_path(Path(path))
        assert caught.value.code == "socket_path_too_long"
        assert "GUETTEUR_HOME" in caught.value.hint


@needs_linux
def test_peer_uid_of_a_pair_and_of_tcp() -> None:
    left, right = socket.socketpair(socket.AF_UNIX)
    with left, right, socket.socket(socket.AF_INET) as tcp:
        assert peer_uid(left) == os.geteuid()
        assert peer_uid(tcp) is None


@needs_linux
@needs_root
def test_peer_uid_sees_another_user(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(tmp_path)
        server.bind("s")
        Path("s").chmod(0o777)
        server.listen()
        child = os.fork()
        if child == 0:
            try:
                client = socket.socket(socket.AF_UNIX)
                os.setuid(OTHER_UID)
                client.connect("s")
                client.recv(1)
            finally:
                os._exit(0)
        connection, _ = server.accept()
        with connection:
            assert peer_uid(connection) == OTHER_UID
        os.waitpid(child, 0)


@needs_linux
def test_loopback_listener_uid(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert loopback_listener_uid(port) == os.geteuid()
    assert loopback_listener_uid(1) is None
    table = tmp_path / "tcp"
    table.write_text(
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1234        0 1 1 0\n"
        "   1: 0100007F:1F91 00000000:0000 01 00000000:00000000 00:00000000 00000000  1235        0 1 1 0\n"
    )
    assert loopback_listener_uid(8080, table) == 1234
    assert loopback_listener_uid(8081, table) is None
    assert loopback_listener_uid(8080, tmp_path / "none") is None


def test_write_durably_mode_and_no_draft_left(tmp_path: Path) -> None:
    target = tmp_path / "key"
    target.write_bytes(b"old")
    write_durably(target, b"new", 0o600)
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        write_durably(tmp_path / "folder", b"", 0o600)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "key"]


def test_readers_never_see_half_a_file(tmp_path: Path) -> None:
    target, stop, seen = tmp_path / "f", threading.Event(), set()
    write_durably(target, b"a" * 50_000, 0o600)

    def read() -> None:
        while not stop.is_set():
            content = target.read_bytes()
            seen.add((len(content), len(set(content))))

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(50):
        write_durably(target, bytes([97 + turn % 2]) * 50_000, 0o600)
    stop.set()
    reader.join()
    assert seen == {(50_000, 1)}
