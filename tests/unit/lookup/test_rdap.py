"""RDAP against real servers on loopback: what a registry answers, and what an evil one might."""

import asyncio
import gzip
import time
import tracemalloc
import zlib
from datetime import date

import pytest
from aiohttp import web

from guetteur.core.facts import Known, Unavailable
from guetteur.lookup.outcome import Why
from support.registries import LIMITS, NOW, RDAP, Net, domain, dripping, http, pouring, replying

DAY = Known(date(2026, 11, 20), NOW)
MARGIN_S = 1.0


def why(code: Why) -> Unavailable:
    return Unavailable(code.value)


async def registry(net: Net, app: web.Application) -> int:
    """A real aiohttp server with TLS."""
    runner = web.AppRunner(app)
    await runner.setup()
    net.stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=net.authority.server_context())
    await site.start()
    port: int = runner.addresses[0][1]
    return port


async def test_a_registry_is_asked_as_rfc_9082_says(net: Net) -> None:
    seen = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        response = web.Response(body=domain(), content_type="application/rdap+json")
        response.set_cookie("track", "1")
        return response

    app = web.Application()
    app.router.add_get("/v1/domain/neuf.test", answer)
    lookup = net.lookup(rdap=await registry(net, app))
    assert await lookup.created("neuf.test") == DAY
    assert await lookup.created("neuf.test") == DAY
    assert seen[0].headers["Accept"].startswith("application/rdap+json")
    assert seen[0].headers["User-Agent"].startswith("guetteur/")
    assert seen[0].headers["Host"].startswith(RDAP)
    assert "Cookie" not in seen[1].headers


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        ("404 Not Found", "application/rdap+json", Why.NOT_FOUND),
        ("404 Not Found", "text/html", Why.REFUSED),
        ("429 Too Many Requests", "application/rdap+json", Why.REFUSED),
        ("500 Oops", "text/html", Why.REFUSED),
        ("503 Busy", "application/rdap+json", Why.REFUSED),
        ("202 Accepted", "application/rdap+json", Why.REFUSED),
    ],
)
async def test_statuses(net: Net, status: str, kind: str, code: Why) -> None:
    port = await net.serve(replying(http(b"{}", status=status, kind=kind)), tls=True)
    assert await net.lookup(rdap=port).created("neuf.test") == why(code)


@pytest.mark.parametrize(
    "target",
    [
        "https://127.0.0.1:{other}/v1/domain/neuf.test",
        "https://localhost:{other}/",
        "https://evil.test:{other}/v1/domain/neuf.test",
        f"https://{RDAP}:{{other}}/v1/domain/neuf.test",
        f"http://{RDAP}:{{own}}/v1/domain/neuf.test",
        "//evil.test:{other}/",
        "file:///etc/passwd",
        "https://[::1",
        "",
    ],
)
async def test_a_redirect_off_the_registry_is_not_followed(net: Net, target: str) -> None:
    net.names["evil.test"] = ["127.0.0.1"]
    other = await net.serve(replying(http(domain())), tls=True)
    answers: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await replying(answers[0])(reader, writer)

    own = await net.serve(handler, tls=True)
    location = target.format(other=other, own=own)
    answers.append(http(b"", f"Location: {location}", status="302 Found"))
    got = await net.lookup(rdap=own).created("neuf.test")
    assert got in (why(Why.REFUSED), why(Why.UNREADABLE))
    assert other not in net.connections
    assert "evil.test" not in net.resolved


async def test_a_redirect_within_the_registry_is_followed_twice_at_most(net: Net) -> None:
    async def step(request: web.Request) -> web.Response:
        left = int(request.match_info["left"])
        if left:
            raise web.HTTPFound(f"/step/{left - 1}")
        return web.Response(body=domain(), content_type="application/rdap+json")

    async def first(request: web.Request) -> web.Response:
        raise web.HTTPMovedPermanently(f"/step/{1 if 'neuf' in request.path else 2}")

    app = web.Application()
    app.router.add_get("/v1/domain/{name}", first)
    app.router.add_get("/step/{left}", step)
    lookup = net.lookup(rdap=await registry(net, app))
    assert await lookup.created("neuf.test") == DAY
    assert await lookup.created("vieux.test") == why(Why.REFUSED)


async def test_a_redirect_in_circles_ends(net: Net) -> None:
    answer = http(b"", "Location: /v1/domain/neuf.test", status="307 Temporary Redirect")
    port = await net.serve(replying(answer), tls=True)
    assert await net.lookup(rdap=port).created("neuf.test") == why(Why.REFUSED)
    assert net.connections[port] == 3


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 O",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/rdap+json\r\n\r\n{",
        b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 900000\r\n\r\n",
    ],
)
async def test_a_dripping_server_costs_its_deadline(net: Net, start: bytes) -> None:
    port = await net.serve(dripping(start), tls=True)
    began = time.monotonic()
    assert await net.lookup(rdap=port).created("neuf.test") in (why(Why.TIMEOUT), why(Why.REFUSED))
    assert time.monotonic() - began < LIMITS.server_s + MARGIN_S


async def test_a_server_that_never_speaks_tls_costs_its_deadline(net: Net) -> None:
    async def mute(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    port = await net.serve(mute)
    began = time.monotonic()
    assert await net.lookup(rdap=port).created("neuf.test") == why(Why.TIMEOUT)
    assert time.monotonic() - began < LIMITS.server_s + MARGIN_S


@pytest.mark.parametrize("length", ["Content-Length: 20000000", "Transfer-Encoding: chunked"])
async def test_twenty_megabytes_are_cut_off(net: Net, length: str) -> None:
    start = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{length}\r\n\r\n".encode()
    block = b" " * 50_000
    if "chunked" in length:
        block = b"c350\r\n" + block + b"\r\n"
    port = await net.serve(pouring(start, block, 20_000_000), tls=True)
    assert await net.lookup(rdap=port).created("neuf.test") == why(Why.TOO_LARGE)


async def test_a_compression_bomb_never_unfolds(net: Net) -> None:
    bomb = gzip.compress(b" " * 40_000_000)  # 39 KB on the wire, itself within the cap
    assert len(bomb) < LIMITS.max_bytes
    port = await net.serve(replying(http(bomb, "Content-Encoding: gzip")), tls=True)
    lookup = net.lookup(rdap=port)
    tracemalloc.start()
    try:
        assert await lookup.created("neuf.test") == why(Why.TOO_LARGE)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


async def test_a_registry_that_compresses_unasked_is_read(net: Net) -> None:
    port = await net.serve(replying(http(gzip.compress(domain()), "Content-Encoding: gzip")), tls=True)
    assert await net.lookup(rdap=port).created("neuf.test") == DAY


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (zlib.compress(domain()), "deflate"),
        (b"\x00" * 50, "br"),
        (b"no gzip at all", "gzip"),
        (gzip.compress(domain())[:40], "gzip"),
        (gzip.compress(gzip.compress(domain())), "gzip, gzip"),
    ],
)
async def test_other_codings_are_unreadable(net: Net, body: bytes, coding: str) -> None:
    port = await net.serve(replying(http(body, f"Content-Encoding: {coding}")), tls=True)
    assert await net.lookup(rdap=port).created("neuf.test") == why(Why.UNREADABLE)


@pytest.mark.parametrize(
    "answer",
    [
        b"\x00\xff\xfe garbage\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: banana\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 100_000,
        http(b"<html>hello</html>", kind="text/html"),
        http(domain(), kind="text/plain"),
        http(b"<html>hello</html>"),
        http(b"\xff\xfe{\x00}\x00"),
        http(b""),
    ],
)
async def test_garbage_is_unreadable(net: Net, answer: bytes) -> None:
    port = await net.serve(replying(answer), tls=True)
    assert await net.lookup(rdap=port).created("neuf.test") == why(Why.UNREADABLE)


async def test_a_certificate_of_strangers_ends_it(net: Net) -> None:
    port = await net.serve(replying(http(domain())), tls=True)
    lookup = net.lookup(rdap=port)
    lookup._rdap._ssl = None  # the system's authorities do not know the test's
    assert await lookup.created("neuf.test") == why(Why.OFFLINE)
    assert not net.asked


async def test_no_server_and_no_name(net: Net) -> None:
    port = await net.serve(replying(b""), tls=True)
    lookup = net.lookup(rdap=port)
    del net.names[RDAP]
    assert await lookup.created("neuf.test") == why(Why.OFFLINE)
    net.names[RDAP] = []
    assert await lookup.created("neuf.test") == why(Why.OFFLINE)
    closed = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    gone = closed.sockets[0].getsockname()[1]
    closed.close()
    await closed.wait_closed()
    net.names[RDAP] = ["127.0.0.1"]
    assert await net.lookup(rdap=gone).created("neuf.test") == why(Why.OFFLINE)


@pytest.mark.parametrize("created", ["2027-01-01T00:00:00Z", "2026-11-26T00:00:00Z", "1984-12-31T00:00:00Z"])
async def test_a_day_that_cannot_be(net: Net, created: str) -> None:
    port = await net.serve(replying(http(domain(created))), tls=True)
    assert await net.lookup(rdap=port).created("neuf.test") == why(Why.UNREADABLE)


async def test_tomorrow_is_another_time_zone(net: Net) -> None:
    port = await net.serve(replying(http(domain("2026-11-25T01:00:00"))), tls=True)
    assert await net.lookup(rdap=port).created("neuf.test") == Known(NOW.date(), NOW)
