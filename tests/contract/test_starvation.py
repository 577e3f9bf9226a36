"""Clients that begin and do not end, ask and do not listen, or come in thousands: they are cut off, others are served.

The deadlines are set short here; that each holds is seen by what comes back, not by a clock.
"""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from guetteur.checker import Checker
from guetteur.config import Settings
from guetteur.mail_checker import MailChecker
from guetteur.transport import connections
from guetteur.transport.client import DaemonClient
from guetteur.transport.connections import MAX_OPEN
from guetteur.web import guard
from support.raw import Asked
from support.served import daemon

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


# Long enough to be read in a thread.
LONG_MAIL = {"shown": {"text": "y" * 63_900, "subject": "z" * 999, "from_name": "n" * 999}}


class Served:
    """A daemon on its unix socket, and the ways to meet it."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession) -> None:
        self.settings = settings
        self._path = str(settings.socket_path)
        self._session = session

    async def open(self) -> Stream:
        return await asyncio.open_unix_connection(self._path, limit=2**20)

    async def ask(self, path: str = "/v1/check/url", body: object = None) -> tuple[int, Any]:
        body = {"url": "https://example.org/"} if body is None else body
        async with self._session.post(path, json=body) as reply:
            return reply.status, await reply.json()

    def request(self, route: str = "POST", path: str = "/v1/check/url", plain: bytes = b"{}", **odd: Any) -> bytes:
        return Asked(None, route, path, "localhost", plain=plain, **odd).bytes()


@pytest_asyncio.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    settings = Settings(tmp_path / "run", tmp_path / "state")
    connector = aiohttp.UnixConnector(str(settings.socket_path), force_close=True)
    async with daemon(settings), aiohttp.ClientSession("http://localhost", connector=connector) as session:
        yield Served(settings, session)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_S", 0.4)
    monkeypatch.setattr(connections, "WRITE_S", 0.4)
    monkeypatch.setattr(guard, "BODY_S", 0.4)


async def to_the_end(stream: Stream) -> bytes:
    """All that comes until the other side hangs up."""
    reader, writer = stream
    got = b""
    with contextlib.suppress(ConnectionError):
        got = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return got


def told(got: bytes) -> tuple[int, str]:
    """Status and code of a refusal."""
    head, _, body = got.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"]["code"]


async def drip(stream: Stream, sent: bytes) -> None:
    """A byte at a time, for as long as anybody listens."""
    with contextlib.suppress(ConnectionError):
        for byte in sent:
            stream[1].write(bytes([byte]))
            await stream[1].drain()
            await asyncio.sleep(0.05)


HALVES = (
    b"",
    b"P",
    b"POST /v1/check/url HTTP/1.1\r\nHost: local",
    b"POST /v1/check/url HTTP/1.1\r\nHost: localhost\r\n\r",
)


async def test_a_hundred_and_fifty_half_open_requests(served: Served, short: None) -> None:
    """More than are let stay open at once: the first go at once, the others at the deadline."""
    streams = []
    for number in range(150):
        stream = await served.open()
        stream[1].write(HALVES[number % len(HALVES)])
        streams.append(stream)
        if number % 30 == 0:
            assert (await served.ask())[0] == 200
    assert (await served.ask())[0] == 200
    ends = await asyncio.gather(*(to_the_end(stream) for stream in streams))
    in_time = [end for end in ends if end]
    assert {told(end) for end in in_time} == {(408, "head_too_slow")}
    assert len(in_time) >= MAX_OPEN - 10
    assert (await served.ask())[0] == 200


async def test_heads_that_drip(served: Served, short: None) -> None:
    """Each byte begins no new deadline."""
    streams = [await served.open() for _ in range(20)]
    drips = [asyncio.create_task(drip(stream, served.request(more=[b"X: " + b"a" * 400]))) for stream in streams]
    assert (await served.ask())[0] == 200
    ends = await asyncio.gather(*(to_the_end(stream) for stream in streams))
    await asyncio.gather(*drips)
    assert {told(end) for end in ends} == {(408, "head_too_slow")}


async def test_a_head_that_drips_on_a_connection_that_was_let_in(served: Served, short: None) -> None:
    reader, writer = stream = await served.open()
    for _ in range(3):
        writer.write(served.request("GET", "/v1/status"))
        assert (await read_json_answer(reader))["product"] == "guetteur"
        await asyncio.sleep(0.6)  # idle for longer than a head may take
    writer.write(b"GET /v1/sta")
    assert told(await to_the_end(stream)) == (408, "head_too_slow")


async def read_json_answer(reader: asyncio.StreamReader) -> Any:
    """The body of one answer; the connection stays open."""
    await reader.readuntil(b"\r\n\r\n")
    got = b""
    while True:
        got += await reader.read(65536)
        with contextlib.suppress(ValueError):
            return json.loads(got)


async def test_bodies_that_drip_or_never_come(served: Served, short: None) -> None:
    whole = served.request(plain=b'{"url":"https://example.org/' + b"a" * 500 + b'"}')
    head, _, body = whole.partition(b"\r\n\r\n")
    streams = [await served.open() for _ in range(20)]
    drips = []
    for number, stream in enumerate(streams):
        stream[1].write(head + b"\r\n\r\n")
        if number % 2:
            drips.append(asyncio.create_task(drip(stream, body)))
    assert (await served.ask())[0] == 200
    ends = await asyncio.gather(*(to_the_end(stream) for stream in streams))
    await asyncio.gather(*drips)
    assert {told(end) for end in ends} == {(408, "body_too_slow")}


async def test_endless_bodies(served: Served) -> None:
    """A length that cannot be meant, and bytes without end."""
    stream = await served.open()
    head, _, _ = served.request().partition(b"2\r\n\r\n{}")
    stream[1].write(head + b"9" * 15 + b"\r\n\r\n")

    async def pour() -> None:
        with contextlib.suppress(ConnectionError):
            while not stream[1].is_closing():
                stream[1].write(b" " * 65536)
                await stream[1].drain()

    pouring = asyncio.create_task(pour())
    head_of_answer = await asyncio.wait_for(stream[0].readuntil(b"\r\n\r\n"), 20)
    assert b" 413 " in head_of_answer
    await to_the_end(stream)
    await pouring
    assert (await served.ask())[0] == 200


async def test_who_does_not_listen(served: Served, short: None) -> None:
    """Asks for more than the system buffers and reads nothing of it."""
    slow = []
    for _ in range(10):
        reader, writer = await asyncio.open_unix_connection(str(served.settings.socket_path), limit=1)
        writer.write(served.request(path="/v1/lists/hosts", plain=b'{"base":null,"cursor":0}') * 5)
        slow.append((reader, writer))
    assert (await served.ask())[0] == 200
    await asyncio.sleep(1)
    ends = await asyncio.gather(*(to_the_end(stream) for stream in slow))
    one = len(json.dumps((await served.ask("/v1/lists/hosts", {"base": None, "cursor": 0}))[1]))
    assert all(len(end) < one for end in ends), "cut in the middle of the first answer"


async def test_who_listens_drop_by_drop(served: Served, short: None) -> None:
    reader, writer = await asyncio.open_unix_connection(str(served.settings.socket_path), limit=1)
    writer.write(served.request(path="/v1/lists/hosts", plain=b'{"base":null,"cursor":0}'))
    got = 0
    with contextlib.suppress(ConnectionError):
        while part := await reader.read(4096):
            got += len(part)
            await asyncio.sleep(0.01)
            assert got < 2**20
    assert got > 0
    writer.close()
    assert (await served.ask())[0] == 200


async def test_thousands_one_after_the_other(served: Served) -> None:
    for number in range(3000):
        _, writer = await served.open()
        writer.write(HALVES[number % len(HALVES)])
        writer.close()
        if number % 500 == 0:
            assert (await served.ask())[0] == 200
    assert (await served.ask())[0] == 200


async def test_idle_connections_of_the_relay_outlive_a_flood(served: Served) -> None:
    """The relay's own stay open while strangers come and go: nothing is asked a second time, nothing connects anew."""
    relay = [DaemonClient(served.settings) for _ in range(8)]
    await asyncio.to_thread(lambda: [client.request("/v1/status") for client in relay])
    before = [client._connection for client in relay]
    strangers = [await served.open() for _ in range(3 * MAX_OPEN)]
    await asyncio.to_thread(lambda: [client.request("/v1/status") for client in relay])
    assert [client._connection for client in relay] == before
    for client in relay:
        client.close()
    for _, writer in strangers:
        writer.close()


async def test_among_many_let_in_the_one_idle_longest_goes(served: Served) -> None:
    streams = []
    for _ in range(MAX_OPEN):
        reader, writer = await served.open()
        writer.write(served.request("GET", "/v1/status"))
        await read_json_answer(reader)
        streams.append((reader, writer))
    assert (await served.ask())[0] == 200
    assert await to_the_end(streams[0]) == b""
    reader, writer = streams[-1]
    writer.write(served.request("GET", "/v1/status"))
    assert (await read_json_answer(reader))["product"] == "guetteur"
    for _, writer in streams[1:]:
        writer.close()


async def test_too_many_checks_at_once(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the cap: told so at once, not made to wait; afterwards all is as before."""
    monkeypatch.setattr(guard, "MAX_RUNNING", 3)
    go, begun = threading.Event(), threading.Semaphore(0)
    check = MailChecker.check

    def slow(*args: Any, **more: Any) -> Any:
        begun.release()
        assert go.wait(20)
        return check(*args, **more)

    monkeypatch.setattr(MailChecker, "check", slow)
    waiting = [asyncio.create_task(served.ask("/v1/check/mail", LONG_MAIL)) for _ in range(3)]
    await asyncio.to_thread(lambda: [begun.acquire(timeout=20) for _ in waiting])
    for path, body in (("/v1/check/url", None), ("/v1/check/mail", LONG_MAIL), ("/v1/exceptions", {"action": "list"})):
        status, reply = await served.ask(path, body)
        assert (status, reply["error"]["code"]) == (503, "too_busy")
        assert reply["error"]["hint"]
    go.set()
    assert [status for status, _ in await asyncio.gather(*waiting)] == [200] * 3
    assert (await served.ask())[0] == 200


async def test_a_check_that_takes_too_long(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "CHECK_S", 0.3)
    go, check = threading.Event(), MailChecker.check

    def slow(*args: Any, **more: Any) -> Any:
        go.wait(20)
        return check(*args, **more)

    monkeypatch.setattr(MailChecker, "check", slow)
    status, reply = await served.ask("/v1/check/mail", LONG_MAIL)
    assert (status, reply["error"]["code"]) == (503, "check_too_slow")
    assert (await served.ask())[0] == 200
    go.set()


async def test_who_hangs_up_in_the_middle_leaves_no_trace(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    whole = served.request(plain=b'{"url":"https://example.org/"}')
    for cut in range(0, len(whole), 7):
        _, writer = await served.open()
        writer.write(whole[:cut])
        await writer.drain()
        writer.close()
    assert (await served.ask())[0] == 200
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


async def test_an_unforeseen_failure_is_told_and_ends_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: Any, **_more: Any) -> Any:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(Checker, "check", broken)
        status, reply = await served.ask()
    assert (status, reply["error"]["code"]) == (500, "internal_error")
    assert "example.org" not in caplog.text
    assert (await served.ask())[0] == 200
