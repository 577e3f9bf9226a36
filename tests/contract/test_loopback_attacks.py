"""Requests no client of ours sends, byte by byte, to every route there is: over loopback and over the unix socket."""

import json
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.raw import connect, parsed
from support.target import Target, all_routes, careless, refused, running, statuses


@pytest.fixture(scope="module", params=["loopback", "unix"])
def daemon(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with pytest.MonkeyPatch.context() as patch:
        yield from running(patch, request.param, tmp_path_factory.mktemp("h"))


@pytest.fixture(scope="module")
def routes() -> list[tuple[str, str]]:
    found = all_routes()
    assert len(found) > 10
    assert {method for method, _ in found} == {"GET", "POST"}
    return found


HOSTS = (
    "evil.example", "localhost:{port}", "127.0.0.1", "[::1]:{port}", "127.1:{port}", "{right}.", "{right}, evil",
    "{right} x", "0.0.0.0:{port}", "user@{right}", "127.0.0.1:0{port}", "2130706433:{port}", "127.0.0.1:80",
    "evil.example:{port}",
)  # fmt: skip


def test_any_other_host_is_misdirected(daemon: Target, routes: list[tuple[str, str]]) -> None:
    port = daemon.address[1] if isinstance(daemon.address, tuple) else 80
    hosts = [host.format(port=port, right=daemon.host) for host in HOSTS]
    wrong = [
        (route, path, host, told)
        for route, path in routes
        for host in hosts
        if (told := refused(daemon.send(daemon.asked(route, path, host=host).bytes()), 421))
    ]
    assert not wrong


HEADERS: dict[str, tuple[bytes, tuple[int, ...]]] = {
    # what a browser adds
    "an origin": (b"Origin: https://evil.example", (403,)),
    "origin null": (b"Origin: null", (403,)),
    "origin empty": (b"Origin:", (403,)),
    "our own extension's origin": (b"Origin: chrome-extension://abcdefghijklmnop", (403,)),
    "the daemon's own origin": (b"Origin: http://127.0.0.1", (403,)),
    "a fetch": (b"Sec-Fetch-Site: none", (403,)),
    "a picture": (b"Sec-Fetch-Dest: image\r\nSec-Fetch-Mode: no-cors", (403,)),
    "a cookie": (b"Cookie: a=b", (400,)),
    # two ways to say where a body ends
    "chunked": (b"Transfer-Encoding: chunked", (400,)),
    "chunked behind a tab": (b"Transfer-Encoding:\tchunked", (400,)),
    "chunked in capitals": (b"TRANSFER-ENCODING: CHUNKED", (400,)),
    "chunked before a blank": (b"Transfer-Encoding : chunked", (400,)),
    "another coding": (b"Transfer-Encoding: xchunked", (400,)),
    "identity": (b"Transfer-Encoding: identity", (400,)),
    "another length": (b"Content-Length: 5", (400,)),
    "a list of lengths": (b"Content-Length: 18, 18", (400,)),
    "a negative length": (b"Content-Length: -1", (400,)),
    "a length with a sign": (b"Content-Length: +18", (400,)),
    "a length in hex": (b"Content-Length: 0x12", (400,)),
    # lines that two programs read in two ways
    "a second host": (b"Host: evil.example", (400,)),
    "a folded line": (b"X-A: a\r\n b", (400,)),
    "a folded host": (b"X-A: a\r\n\tHost: evil.example", (400,)),
    "a bare line feed": (b"X-A: a\nX-B: b", (400,)),
    "a bare carriage return": (b"X-A: a\rX-B: b", (400,)),
    "a zero byte": (b"X-A: a\0b", (400,)),
    "a blank in a name": (b"X A: b", (400,)),
    "no colon": (b"XA", (400,)),
    # other protocols, other bodies
    "a websocket": (
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        (400,),
    ),
    "http/2": (b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk", (400,)),
    "go on?": (b"Expect: 100-continue", (400,)),
    "a packed body": (b"Content-Encoding: gzip", (400,)),
    "trailers": (b"TE: trailers", (400,)),
    "a line too long": (b"X: " + b"a" * 9000, (400,)),
    "a name too long": (b"X" * 9000 + b": a", (400,)),
    "too many lines": (b"\r\n".join(b"X-%d: a" % number for number in range(60)), (400,)),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_of_no_client_of_ours(daemon: Target, routes: list[tuple[str, str]], name: str) -> None:
    more, status = HEADERS[name]
    wrong = [
        (route, path, told)
        for route, path in routes
        if (told := refused(daemon.send(daemon.asked(route, path, more=[more]).bytes()), *status))
    ]
    assert not wrong


TARGETS = {
    "absolute": "http://{host}{path}",
    "absolute, elsewhere": "http://evil.example{path}",
    "absolute, secure": "https://{host}{path}",
    "a star": "*",
    "an authority": "evil.example:80",
    "no target": " ",
    "a query": "{path}?x=1",
    "an empty query": "{path}?",
    "a fragment": "{path}#x",
    "two slashes": "/{path}",
    "a slash behind": "{path}/",
    "a dot": "/.{path}",
    "two dots": "/x/..{path}",
    "an escaped letter": "/%76{rest}",
    "an escaped slash": "/v1%2f{rest}",
    "a zero byte": "{path}%00",
    "an escaped line end": "{path}%0d%0aX:1",
    "a parameter": "{path};a=1",
    "backslashes": "\\{path}",
    "a letter of no address": "{path}\xe9",
}


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_in_another_spelling(daemon: Target, routes: list[tuple[str, str]], name: str) -> None:
    """Even sealed for exactly that spelling."""
    wrong = []
    for route, path in routes:
        written = TARGETS[name].format(host=daemon.host, path=path, rest=path.removeprefix("/v"))
        for sealed_for in {path, written.encode("ascii", "ignore").decode()}:
            told = refused(daemon.send(daemon.asked(route, sealed_for, target=written).bytes()), 400)
            wrong += [(route, written, told)] if told else []
    assert not wrong


@pytest.mark.parametrize(
    ("method", "status"),
    [
        ("HEAD", 405), ("OPTIONS", 405), ("PUT", 405), ("DELETE", 405), ("PATCH", 405), ("TRACE", 405),
        ("PROPFIND", 405), ("CONNECT", 405), ("get", 400), ("FOO", 400), ("G\tT", 400), ("PRI", 400),
    ],
)  # fmt: skip
def test_other_methods(daemon: Target, routes: list[tuple[str, str]], method: str, status: int) -> None:
    wrong = [
        (route, path, told)
        for route, path in routes
        if (told := refused(daemon.send(daemon.asked(route, path, method=method).bytes()), status))
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("HTTP/1.0", 505), ("HTTP/0.9", 505), ("HTTP/2.0", 505),
        ("HTTP/1.2", 400), ("HTTP/11", 400), ("http/1.1", 400), ("", 400),
    ],
)  # fmt: skip
def test_other_versions(daemon: Target, routes: list[tuple[str, str]], version: str, status: int) -> None:
    wrong = [
        (route, path, told)
        for route, path in routes
        if (told := refused(daemon.send(daemon.asked(route, path, version=version).bytes()), status))
    ]
    assert not wrong


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx"]
)
def test_bodies_a_form_or_a_beacon_could_send(daemon: Target, routes: list[tuple[str, str]], kind: str) -> None:
    wrong = [
        (path, told)
        for route, path in routes
        if route == "POST" and (told := refused(daemon.send(daemon.asked(route, path, kind=kind).bytes()), 415))
    ]
    assert not wrong


def test_an_expectation_nobody_knows(daemon: Target, routes: list[tuple[str, str]]) -> None:
    """aiohttp refuses it before the guard sees it, and waits for another request: the deadline for heads ends that."""
    for route, path in routes:
        answer = daemon.send(daemon.asked(route, path, more=[b"Expect: x"]).bytes(), to_the_end=False)
        assert answer.status == 417
        assert careless(answer) is None


def test_other_protocols(daemon: Target) -> None:
    tls = bytes.fromhex("160301020001") + bytes(500)
    http2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9)
    for sent in (tls, http2, bytes(100) + b"\r\n\r\n", b"SSH-2.0-x\r\n\r\n", b"\r\n" * 20 + b"x\r\n\r\n"):
        assert refused(daemon.send(sent), 400) is None
    every = daemon.asked("GET", "/v1/status").bytes().replace(b"\r\n", b"\n")
    assert refused(daemon.send(every), 400) is None


def test_what_follows_a_refusal_is_not_read(daemon: Target) -> None:
    good = daemon.asked("GET", "/v1/status").bytes()
    for bad in (
        daemon.asked("POST", "/v1/check/url", host="evil.example"),
        daemon.asked("POST", "/v1/check/url", more=[b"Origin: null"]),
        daemon.asked("POST", "/v1/check/url", more=[b"Transfer-Encoding: chunked"]),
        daemon.asked("GET", "/v1/status", more=[b"Content-Length: %d" % len(good)]),
        daemon.asked("GET", "/v1/status", more=[b"Upgrade: x\r\nConnection: Upgrade"]),
    ):
        answer = daemon.send(bad.bytes() + good + good)
        assert answer.closed
        assert statuses(answer) == [answer.status]
        assert answer.status >= 400


def test_pipelined_requests_of_ours_are_answered_in_order(daemon: Target) -> None:
    asked = [daemon.asked("GET", "/v1/status"), daemon.asked("GET", "/v1/none"), daemon.asked("GET", "/v1/status")]
    asked[2].more = [b"Connection: close"]
    assert statuses(daemon.send(b"".join(one.bytes() for one in asked))) == [200, 404, 200]


def test_deep_and_long_json_over_loopback(daemon: Target) -> None:
    for plain in (
        b"[" * 8000,
        b'{"url":' + b"[" * 8000,
        b'{"urls":' + b"[" * 200_000,
        b'{"a":' * 100_000,
        b"\xff" * 1000,
    ):
        for path in ("/v1/check/url", "/v1/check/batch", "/v1/check/page", "/v1/check/mail"):
            answer = daemon.send(daemon.asked("POST", path, plain=plain).bytes(), to_the_end=False)
            assert answer.status == 400
            assert careless(answer) is None
    answer = daemon.send(daemon.asked("POST", "/v1/check/url", plain=b" " * 1_100_000).bytes())
    assert refused(answer, 413) is None


OTHER_UID = 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_another_user_on_the_unix_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Kept out by the folder and the file; let through those, refused by name."""
    for daemon in running(monkeypatch, "unix", tmp_path):
        asked = daemon.asked("GET", "/v1/status").bytes()
        path = Path(str(daemon.address))
        assert as_other_user(path, asked) == b"PermissionError"
        for folder in (*path.parents, path):
            if folder.is_relative_to(Path("/tmp")) and folder != Path("/tmp"):
                folder.chmod(0o777)
        answer = parsed(as_other_user(path, asked))
        assert answer.status == 403
        assert json.loads(answer.body)["error"]["code"] == "another_user"
        path.parent.chmod(0o700)


def as_other_user(path: Path, sent: bytes) -> bytes:
    """What another user's program hears from the socket, or the name of the error it meets."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgid(OTHER_UID)
            os.setuid(OTHER_UID)
            try:
                with connect(str(path)) as sock:
                    sock.sendall(sent)
                    told = sock.recv(65536)
            except OSError as error:
                told = type(error).__name__.encode()
            os.write(write_end, told)
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return told


def test_nothing_listens_beyond_the_loopback_address(daemon: Target) -> None:
    """Not on 0.0.0.0, not over IPv6: the port is bound to one address of this machine."""
    if not isinstance(daemon.address, tuple):
        pytest.skip("a unix socket has no port")
    port = daemon.address[1]
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    listening = [row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{port:04X}")]
    own = struct.pack("<I", struct.unpack(">I", socket.inet_aton("127.0.0.1"))[0]).hex().upper()
    assert listening == [f"{own}:{port:04X}"]
