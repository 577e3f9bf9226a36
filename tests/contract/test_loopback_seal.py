"""The seal of the loopback listener over real sockets: who has the key, each request once, a stranger on the port."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from guetteur.errors import DaemonUnreachableError
from guetteur.transport import frames
from guetteur.transport import seal as seal_module
from guetteur.transport.client import DaemonClient
from guetteur.transport.launcher import ensure_daemon
from guetteur.transport.seal import SEALED_TYPE, Seal
from support.target import Target, all_routes, careless, refused, running, target, until


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Target]:
    yield from running(monkeypatch, "loopback", tmp_path)


@pytest.fixture(scope="module")
def routes() -> list[tuple[str, str]]:
    found = all_routes()
    assert len(found) > 10
    assert {method for method, _ in found} == {"GET", "POST"}
    return found


def test_without_the_key(loopback: Target, routes: list[tuple[str, str]]) -> None:
    stranger = replace(loopback, seal=None)
    for route, path in routes:
        bare = stranger.asked(route, path, kind=SEALED_TYPE)
        assert refused(stranger.send(bare.bytes()), 401) is None
        for given in (
            b"",
            b"Guetteur",
            b"Guetteur x",
            b"Guetteur " + b"A" * 72,
            b"Basic OnA=",
            b"\xff",
            b"Guetteur \xc3\xa9",
        ):
            one = stranger.asked(route, path, kind=SEALED_TYPE, more=[b"Authorization: " + given])
            assert refused(stranger.send(one.bytes()), 401) is None
        other = replace(loopback, seal=Seal("another key")).asked(route, path)
        assert refused(loopback.send(other.bytes()), 401) is None
        key = json.loads(loopback.settings.loopback_file.read_text())["key"].encode()
        clear = stranger.asked(route, path, kind=SEALED_TYPE, more=[b"Authorization: Guetteur " + key])
        assert refused(stranger.send(clear.bytes()), 401) is None
        right = loopback.asked(route, path)
        twice = loopback.asked(route, path, more=[f"Authorization: {right.authorization}".encode()])
        assert refused(loopback.send(twice.bytes()), 401, 400) is None


def test_a_seal_serves_one_request_once(loopback: Target, routes: list[tuple[str, str]]) -> None:
    for route, path in routes:
        first = loopback.asked(route, path, more=[b"Connection: close"])
        answer = loopback.send(first.bytes())
        assert answer.headers["content-type"] == SEALED_TYPE
        assert first.head is not None
        assert loopback.seal is not None
        json.loads(loopback.seal.open_answer(first.head, answer.status, answer.body))
        assert careless(answer) is None
        again = loopback.send(first.bytes())
        assert refused(again, 401) is None
        assert json.loads(again.body)["error"]["code"] == "replayed"


def test_a_body_belongs_to_its_head(loopback: Target, routes: list[tuple[str, str]]) -> None:
    assert loopback.seal is not None
    posts = [path for route, path in routes if route == "POST"]
    for path, other in zip(posts, [*posts[1:], posts[0]], strict=True):
        one, two, three = (loopback.asked("POST", each) for each in (path, path, other))
        for body in (two.body, three.body, b"{}", b"", one.body[:-1] + bytes([one.body[-1] ^ 1])):
            spoilt = loopback.asked("POST", path)
            spoilt.body = body
            answer = loopback.send(spoilt.bytes())
            assert refused(answer, 401) is None
            assert spoilt.head is not None
            assert b"does not belong" in loopback.seal.open_answer(spoilt.head, 401, answer.body)
        # A head made for one path does not open another.
        spoilt = loopback.asked("POST", path, target=other)
        assert refused(loopback.send(spoilt.bytes()), 401) is None


def test_old_requests_and_requests_of_tomorrow(loopback: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns
    for off_s, status in ((-3600, 401), (-31, 401), (31, 401), (3600, 401), (-20, 200), (20, 200)):
        with monkeypatch.context() as patch:
            patch.setattr(seal_module.time, "time_ns", lambda off_s=off_s: now() + off_s * 1_000_000_000)
            asked = loopback.asked("GET", "/v1/status", more=[b"Connection: close"])
        assert loopback.send(asked.bytes()).status == status


def test_the_key_is_in_nobodys_reach(loopback: Target) -> None:
    """Nothing that travels holds it, nor what is asked about."""
    key = json.loads(loopback.settings.loopback_file.read_text())["key"].encode()
    asked = loopback.asked("POST", "/v1/check/url", plain=b'{"url":"https://secret.example/x"}')
    answer = loopback.send(asked.bytes(), to_the_end=False)
    assert answer.status == 200
    for travelled in (asked.bytes(), answer.whole):
        assert key not in travelled
        assert b"secret" not in travelled


class Squatter:
    """Sits on the daemon's port after its death, notes what comes and answers with what it once recorded."""

    def __init__(self, port: int, answer: bytes) -> None:
        self.heard: list[bytes] = []
        self._answer = answer
        self._sock = socket.socket()
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._sock.bind(("127.0.0.1", port))
        self._sock.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._sock.accept()
            except OSError:
                return
            with connection:
                self.heard.append(connection.recv(65536))
                connection.sendall(self._answer)

    def close(self) -> None:
        self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()
        self._thread.join()


def recorded(loopback: Target) -> tuple[bytes, int]:
    """A true answer to a true question, as it travelled; then the daemon dies as in a crash."""
    asked = loopback.asked("POST", "/v1/check/url", plain=b'{"url":"https://example.org/"}')
    answer = loopback.send(asked.bytes(), to_the_end=False)
    assert answer.status == 200
    pid = int((loopback.settings.runtime_dir / "daemon.pid").read_text())
    os.kill(pid, 9)
    port = loopback.address[1]
    assert isinstance(port, int)
    until(lambda: not listens(port))
    return answer.whole, port


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("clear", [False, True])
def test_a_squatter_on_the_port_is_not_believed(loopback: Target, clear: bool) -> None:
    replayed, port = recorded(loopback)
    if clear:
        body = b'{"level":"NO_KNOWN_RISK"}'
        replayed = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    squatter = Squatter(port, replayed)
    try:
        with DaemonClient(loopback.settings) as client, pytest.raises(DaemonUnreachableError) as caught:
            client.request("/v1/check/url", {"url": "https://secret.example/x"})
        assert caught.value.code == "answer_not_verified"
        assert squatter.heard
        assert not any(b"secret" in heard for heard in squatter.heard)
        # A new daemon takes another port, with another key, and is found there.
        assert ensure_daemon(loopback.settings, 30)
        with DaemonClient(loopback.settings) as client:
            status, _ = client.request("/v1/check/url", {"url": "https://example.org/"})
        assert status == 200
        assert target(loopback.settings).address != loopback.address
        # What the squatter heard is of no use to it there.
        new = target(loopback.settings)
        for heard in squatter.heard:
            assert refused(new.send(heard.replace(loopback.host.encode(), new.host.encode())), 401) is None
    finally:
        squatter.close()


def test_the_relay_gets_round_a_squatter(loopback: Target) -> None:
    replayed, port = recorded(loopback)
    squatter = Squatter(port, replayed)
    try:
        asked = {"id": 1, "path": "/v1/check/url", "body": {"url": "https://secret.example/x", "lang": "fr"}}
        with subprocess.Popen(
            [sys.executable, "-P", "-m", "guetteur.transport.native_host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as relay:
            assert relay.stdin
            assert relay.stdout
            relay.stdin.write(frames.pack(json.dumps(asked).encode()))
            relay.stdin.flush()
            answer = json.loads(frames.read_frame(relay.stdout) or b"")
        assert (answer["status"], answer["body"]["host"]) == (200, "secret.example")
        assert squatter.heard
        assert not any(b"secret" in heard for heard in squatter.heard)
    finally:
        squatter.close()
