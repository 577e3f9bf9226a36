import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from guetteur.config import Settings
from guetteur.errors import DaemonUnreachableError
from guetteur.transport import client as client_module
from guetteur.transport.client import DaemonClient
from guetteur.transport.launcher import ensure_daemon

from .conftest import OTHER_UID, end_daemon, needs_linux, needs_root

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
Step = Callable[[socket.socket], None]


class Scripted:
    """A server that does, for each connection in turn, what its script says; it keeps the requests it read."""

    def __init__(self, path: Path, script: list[list[bytes | None]]) -> None:
        self.requests: list[bytes] = []
        self._sock = socket.socket(socket.AF_UNIX)
        self._sock.bind(str(path))
        self._sock.listen()
        self._thread = threading.Thread(target=self._serve, args=(script,), daemon=True)
        self._thread.start()

    def _serve(self, script: list[list[bytes | None]]) -> None:
        for answers in script:
            with suppress(OSError):  # the client may hang up, and the test may end, before the script does
                self._converse(answers)

    def _converse(self, answers: list[bytes | None]) -> None:
        connection, _ = self._sock.accept()
        with connection:
            for answer in answers:
                request = connection.recv(65536)
                if request:
                    self.requests.append(request)
                if answer is None:
                    break
                connection.sendall(answer)

    def close(self) -> None:
        self._sock.close()


@pytest.fixture
def scripted(settings: Settings) -> Iterator[Callable[..., Scripted]]:
    settings.runtime_dir.mkdir(mode=0o700)
    made: list[Scripted] = []

    def make(*script: list[bytes | None]) -> Scripted:
        made.append(Scripted(settings.socket_path, list(script)))
        return made[-1]

    yield make
    for server in made:
        server.close()


def code_of(client: DaemonClient, timeout_s: float = 2.0) -> str:
    with pytest.raises(DaemonUnreachableError) as caught:
        client.request("/v1/status", None, timeout_s)
    assert caught.value.message
    assert caught.value.hint
    return caught.value.code


def test_one_connection_serves_many_requests(settings: Settings, scripted: Callable[..., Scripted]) -> None:
    server = scripted([OK, OK, OK])
    with DaemonClient(settings) as client:
        assert client.request("/v1/status") == (200, b"{}")
        assert client.request("/v1/check/url", {"url": "é"}) == (200, b"{}")
        assert client.request("/v1/check/url", b'{"raw":1}') == (200, b"{}")
    assert server.requests[0] == b"GET /v1/status HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n"
    assert server.requests[1].endswith(b'Content-Length: 17\r\n\r\n{"url": "\\u00e9"}')
    assert b"Content-Type: application/json\r\n" in server.requests[1]
    assert server.requests[2].endswith(b'\r\n\r\n{"raw":1}')


def test_connection_closed_while_idle_is_replaced(settings: Settings, scripted: Callable[..., Scripted]) -> None:
    scripted([OK], [OK])
    with DaemonClient(settings) as client:
        client.request("/v1/status")
        time.sleep(0.05)
        assert client.request("/v1/status") == (200, b"{}")


def test_close_that_crosses_the_request_is_retried_once(settings: Settings, scripted: Callable[..., Scripted]) -> None:
    server = scripted([OK, None], [OK])
    with DaemonClient(settings) as client:
        client.request("/v1/status")
        assert client.request("/v1/status") == (200, b"{}")
    assert len(server.requests) == 3


def test_no_second_retry(settings: Settings, scripted: Callable[..., Scripted]) -> None:
    server = scripted([OK, None], [None], [OK])
    with DaemonClient(settings) as client:
        client.request("/v1/status")
        assert code_of(client) == "daemon_unreachable"
    assert len(server.requests) == 3


def test_client_is_of_use_again_after_a_failure(settings: Settings, scripted: Callable[..., Scripted]) -> None:
    scripted([None], [OK[:-1]], [OK])
    with DaemonClient(settings) as client:
        assert code_of(client) == "daemon_unreachable"
        assert code_of(client) == "answer_cut"
        assert client.request("/v1/status") == (200, b"{}")


def test_fresh_connection_is_not_retried(settings: Settings, scripted: Callable[..., Scripted]) -> None:
    server = scripted([None], [OK])
    with DaemonClient(settings) as client:
        assert code_of(client) == "daemon_unreachable"
    assert len(server.requests) == 1


@pytest.mark.parametrize("part", [b"H", b"HTTP/1.1 200 OK\r\n", OK[:-1]])
def test_never_sent_again_after_a_byte_of_an_answer(
    settings: Settings, scripted: Callable[..., Scripted], part: bytes
) -> None:
    server = scripted([OK, part], [OK])
    with DaemonClient(settings) as client:
        client.request("/v1/status")
        assert code_of(client) == "answer_cut"
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9\r\n\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}",
        b"HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
        b"x" * 40_000,
    ],
)
def test_what_is_not_our_protocol(settings: Settings, scripted: Callable[..., Scripted], answer: bytes) -> None:
    scripted([answer, b""])
    with DaemonClient(settings) as client:
        assert code_of(client) == "bad_answer"


def test_huge_answer_is_refused_by_its_head(settings: Settings, scripted: Callable[..., Scripted]) -> None:
    scripted([b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b""])
    with DaemonClient(settings) as client:
        assert code_of(client) == "answer_too_large"


def test_connection_close_is_honoured(settings: Settings, scripted: Callable[..., Scripted]) -> None:
    scripted([b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"], [OK])
    with DaemonClient(settings) as client:
        assert client.request("/v1/status") == (413, b"{}")
        assert client.request("/v1/status") == (200, b"{}")


def test_silence_ends_at_the_deadline(settings: Settings, scripted: Callable[..., Scripted]) -> None:
    scripted([b"", b""])
    began = time.monotonic()
    with DaemonClient(settings) as client:
        assert code_of(client, 0.1) == "daemon_timeout"
    assert time.monotonic() - began < 1


def test_dripping_answer_ends_at_the_deadline(settings: Settings) -> None:
    settings.runtime_dir.mkdir(mode=0o700)
    stop = threading.Event()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(settings.socket_path))
        server.listen()

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                while not stop.wait(0.02):
                    connection.send(b"H")

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        with DaemonClient(settings) as client:
            assert code_of(client, 0.2) == "daemon_timeout"
        assert time.monotonic() - began < 1
        stop.set()
        thread.join()


def test_nobody_there(settings: Settings) -> None:
    client = DaemonClient(settings)
    assert code_of(client) == "daemon_unreachable"
    settings.runtime_dir.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(settings.socket_path))
    assert code_of(client) == "daemon_unreachable"


def test_path_too_long(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    assert code_of(DaemonClient(Settings(runtime_dir=deep, state_dir=deep))) == "socket_path_too_long"


def test_file_that_is_no_socket(settings: Settings) -> None:
    settings.runtime_dir.mkdir(mode=0o700)
    settings.socket_path.touch()
    assert code_of(DaemonClient(settings)) == "socket_not_ours"


@needs_root
def test_squatter_owning_the_socket_file_gets_nothing(settings: Settings, scripted: Callable[..., Scripted]) -> None:
    server = scripted([OK])
    os.chown(settings.socket_path, OTHER_UID, OTHER_UID)
    with DaemonClient(settings) as client:
        assert code_of(client) == "socket_not_ours"
    assert server.requests == []


@needs_linux
@needs_root
def test_squatter_listening_on_our_socket_file_gets_nothing(settings: Settings) -> None:
    """The file is ours, yet the process the kernel noted when it began to listen is another user's."""
    settings.runtime_dir.mkdir(mode=0o700)
    read_end, write_end = os.pipe()
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(settings.socket_path))
    child = os.fork()
    if child == 0:
        try:
            os.setuid(OTHER_UID)
            server.listen()
            os.write(write_end, b"r")
            connection, _ = server.accept()
            os.write(write_end, connection.recv(100) or b"-")
        finally:
            os._exit(0)
    server.close()
    os.read(read_end, 1)
    with DaemonClient(settings) as client:
        assert code_of(client) == "socket_not_ours"
    assert os.read(read_end, 100) == b"-"
    os.waitpid(child, 0)
    os.close(read_end)
    os.close(write_end)


def test_loopback_daemon_is_found_again_after_a_restart(home: Path, loopback: Settings) -> None:
    client = DaemonClient(loopback)
    for _ in range(2):
        ensure_daemon(loopback)
        status, body = client.request("/v1/check/url", {"url": "a"})
        assert (status, json.loads(body)["url"]) == (200, "a")
        end_daemon(home)
    assert code_of(client) == "daemon_unreachable"
    client.close()


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"port": 0, "key": "k"}', '{"port": 70000, "key": "k"}', '{"port": 8, "key": "k\\r\\nHost: x"}'],
)
def test_damaged_key_file(loopback: Settings, content: str) -> None:
    loopback.runtime_dir.mkdir(mode=0o700)
    loopback.loopback_file.touch(mode=0o600)
    loopback.loopback_file.write_text(content)
    assert code_of(DaemonClient(loopback)) == "key_file_unsafe"


def test_key_file_others_can_read(loopback: Settings) -> None:
    loopback.runtime_dir.mkdir(mode=0o700)
    loopback.loopback_file.write_text('{"port": 9, "key": "k"}')
    loopback.loopback_file.chmod(0o644)
    assert code_of(DaemonClient(loopback)) == "key_file_unsafe"
    loopback.loopback_file.chmod(0o600)
    loopback.loopback_file.rename(loopback.runtime_dir / "elsewhere")
    loopback.loopback_file.symlink_to(loopback.runtime_dir / "elsewhere")
    assert code_of(DaemonClient(loopback)) == "daemon_unreachable"


def test_another_users_program_on_our_port_gets_nothing(loopback: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    loopback.runtime_dir.mkdir(mode=0o700)
    loopback.loopback_file.touch(mode=0o600)
    loopback.loopback_file.write_text('{"port": 9, "key": "k"}')
    monkeypatch.setattr(client_module, "loopback_listener_uid", lambda _port: OTHER_UID)
    assert code_of(DaemonClient(loopback)) == "socket_not_ours"


@pytest.mark.parametrize(
    "answer", [OK, OK.replace(b"200 OK", b"401 No"), b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + b"x" * 40]
)
def test_an_answer_without_the_key_is_not_believed(loopback: Settings, answer: bytes) -> None:
    loopback.runtime_dir.mkdir(mode=0o700)
    heard: list[bytes] = []
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        loopback.loopback_file.touch(mode=0o600)
        loopback.loopback_file.write_text(json.dumps({"port": squatter.getsockname()[1], "key": "k" * 43}))

        def serve() -> None:
            connection, _ = squatter.accept()
            with connection:
                heard.append(connection.recv(65536))
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with DaemonClient(loopback) as client, pytest.raises(DaemonUnreachableError) as caught:
            client.request("/v1/check/url", {"url": "https://secret.example/"})
        thread.join()
    assert (caught.value.code, bool(caught.value.hint)) == ("answer_not_verified", True)
    assert b"secret" not in heard[0]
    assert b"k" * 43 not in heard[0]
