"""Fetching from real servers on the loopback, the honest and the hostile."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from guetteur.publish.fetch import Fetched, Fetcher
from guetteur.publish.sources import Slot
from support.feed_mirror import NOW, TEXT, Mirror, body, cut, source

pytestmark = pytest.mark.enable_socket


async def test_new_then_unchanged_then_changed(mirror: Mirror) -> None:
    mirror.answers["one"] = body(TEXT, ETag='"v1"', Last_Modified="Tue, 24 Nov 2026 10:00:00 GMT")
    (result,) = await mirror.fetch(source())
    assert (result.outcome, result.downloaded) == ("new", len(TEXT))
    assert mirror.copies().new.read_bytes() == TEXT
    mirror.promote()
    mirror.now = NOW + timedelta(hours=7)
    (result,) = await mirror.fetch(source())
    assert (result.outcome, result.downloaded) == ("unchanged", 0)
    assert mirror.asked[-1][1]["If-Modified-Since"] == "Tue, 24 Nov 2026 10:00:00 GMT"
    info = mirror.copies().current()
    assert info is not None
    assert (info.fetched_at, info.checked_at) == (NOW, mirror.now)
    mirror.answers["one"] = body(b"other.example.com\n", ETag='"v2"')
    mirror.now += timedelta(hours=7)
    assert (await mirror.fetch(source()))[0].outcome == "new"
    assert mirror.copies().good.read_bytes() == TEXT


async def test_not_due_is_not_asked(mirror: Mirror) -> None:
    mirror.answers["one"] = body(TEXT)
    await mirror.fetch(source())
    mirror.promote()
    assert (await mirror.fetch(source()))[0].outcome == "not_due"
    assert len(mirror.asked) == 1
    assert (await mirror.fetch(source(), force=True))[0].outcome == "new"


async def test_resumes_within_a_run(mirror: Mirror) -> None:
    mirror.answers["one"] = cut(TEXT, 100_000)
    (result,) = await mirror.fetch(source())
    assert result.outcome == "new"
    assert mirror.copies().new.read_bytes() == TEXT
    assert mirror.asked[1][1]["If-Range"] == '"v1"'
    assert result.downloaded == len(TEXT)
    assert not mirror.copies().part.exists()


async def test_resumes_in_the_next_run(mirror: Mirror) -> None:
    """The deadline comes in the middle; what has come is not asked again."""

    async def stall(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"ETag": '"v1"', "Content-Length": str(len(TEXT))})
        await reply.prepare(request)
        await reply.write(TEXT[:65_536])
        await asyncio.sleep(30)
        return reply

    mirror.answers["one"] = stall
    (result,) = await mirror.fetch(source(deadline_s=0.4))
    assert result.code == "deadline"
    mirror.answers["one"] = answer = cut(TEXT, 0)
    with pytest.raises(AttributeError):
        await answer(None)  # type: ignore[arg-type]  # the first call is the one that hangs up
    (result,) = await mirror.fetch(source())
    assert result.outcome == "new"
    assert result.downloaded < len(TEXT)
    assert mirror.copies().new.read_bytes() == TEXT


@pytest.mark.parametrize("etag", ['"v2"', 'W/"v1"', ""])
async def test_never_joins_two_versions(mirror: Mirror, etag: str) -> None:
    """The file changed, or its tag is too weak to say so: the download begins again."""
    first, second = b"a.example.com\n" * 20_000, b"b.example.com\n" * 20_000
    calls = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal calls
        calls += 1
        if calls == 1:
            return await cut(first, 100_000, etag.replace("v2", "v1"))(request)
        assert request.headers.get("If-Range") in {None, '"v1"'}
        return web.Response(body=second, headers={"ETag": etag} if etag else {})

    mirror.answers["one"] = answer
    assert (await mirror.fetch(source()))[0].outcome == "new"
    assert mirror.copies().new.read_bytes() == second


async def test_a_range_nobody_asked_for(mirror: Mirror) -> None:
    calls = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal calls
        calls += 1
        headers = {"Content-Range": f"bytes 5-{len(TEXT) - 1}/{len(TEXT)}", "ETag": '"v1"'}
        return web.Response(status=206, body=TEXT[5:], headers=headers)

    mirror.answers["one"] = answer
    (result,) = await mirror.fetch(source())
    assert (result.outcome, result.code, calls) == ("failed", "unreachable", 3)


async def test_range_beyond_the_end_begins_again(mirror: Mirror) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=416) if "Range" in request.headers else web.Response(body=b"short.example.com\n")

    mirror.answers["one"] = cut(TEXT, 100_000)
    copies = mirror.copies()
    mirror.answers["one"] = answer
    copies.folder.mkdir(parents=True)
    copies.part.write_bytes(TEXT)
    (copies.folder / "part.json").write_text(f'{{"url": "{mirror.address}/one", "validator": "\\"v1\\""}}')
    assert (await mirror.fetch(source()))[0].outcome == "new"
    assert copies.new.read_bytes() == b"short.example.com\n"


async def test_slow_drip_ends_at_the_deadline(mirror: Mirror) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse()
        await reply.prepare(request)
        while True:
            await reply.write(b"x")
            await asyncio.sleep(0.02)

    mirror.answers["one"] = drip
    start = time.monotonic()
    (result,) = await mirror.fetch(source(deadline_s=0.4))
    assert time.monotonic() - start < 2
    assert (result.outcome, result.code) == ("failed", "deadline")


async def test_silent_server_ends_at_the_deadline(mirror: Mirror) -> None:
    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    mirror.answers["one"] = silent
    assert (await mirror.fetch(source(deadline_s=0.3)))[0].code == "deadline"


async def test_busy_server_is_asked_again(mirror: Mirror) -> None:
    calls = 0

    async def answer(_: web.Request) -> web.StreamResponse:
        nonlocal calls
        calls += 1
        return web.Response(status=(500, 429)[calls - 1]) if calls < 3 else web.Response(body=TEXT)

    mirror.answers["one"] = answer
    assert (await mirror.fetch(source()))[0].outcome == "new"
    assert calls == 3


@pytest.mark.parametrize(("status", "asked"), [(500, 3), (503, 3), (404, 1), (403, 1), (204, 1)])
async def test_errors(mirror: Mirror, status: int, asked: int) -> None:
    mirror.answers["one"] = body(b"", status)
    (result,) = await mirror.fetch(source())
    assert result.outcome == "failed"
    assert str(status) in result.why
    assert len(mirror.asked) == asked


async def test_redirects_are_followed_a_few_times(mirror: Mirror) -> None:
    mirror.answers["one"] = body(b"", 302, Location="/two")
    mirror.answers["two"] = body(TEXT)
    assert (await mirror.fetch(source()))[0].outcome == "new"
    mirror.answers["loop"] = body(b"", 302, Location="/loop")
    (result,) = await mirror.fetch(source("loop"))
    assert (result.code, result.why) == ("redirect", "sent on in circles")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/plain,x"])
async def test_redirect_out_of_the_web(mirror: Mirror, target: str) -> None:
    mirror.answers["one"] = body(b"", 302, Location=target)
    assert (await mirror.fetch(source()))[0].code == "redirect"


async def test_redirect_from_https_to_http(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    """A downgrade is refused before the second server is asked; the first is https only by name here."""
    from guetteur.publish import fetch

    real = fetch.urlsplit
    monkeypatch.setattr(
        fetch, "urlsplit", lambda url: real(url.replace("http://127", "https://127") if url.endswith("one") else url)
    )
    mirror.answers["one"] = body(b"", 301, Location="/two")
    mirror.answers["two"] = body(TEXT)
    (result,) = await mirror.fetch(source())
    assert (result.code, result.why) == ("redirect", "sent on from https to http")
    assert [name for name, _ in mirror.asked] == ["one"]


async def test_one_dead_source_leaves_the_others_alone(mirror: Mirror) -> None:
    mirror.answers["good"] = body(TEXT)
    mirror.answers["bad"] = body(b"", 500)
    results = await mirror.fetch(source("bad"), source("good"))
    assert [result.outcome for result in results] == ["failed", "new"]


async def test_nobody_listens(tmp_path: Path, unused_tcp_port: int) -> None:
    fetcher = Fetcher(tmp_path, now=lambda: NOW, mirror=f"http://127.0.0.1:{unused_tcp_port}", pause_s=0.01)
    (result,) = await fetcher.fetch_all([Slot(source(), None)])
    assert (result.outcome, result.code) == ("failed", "unreachable")


async def test_failure_keeps_the_last_good_copy(mirror: Mirror) -> None:
    mirror.answers["one"] = body(TEXT)
    await mirror.fetch(source())
    mirror.promote()
    before = mirror.copies().current()
    mirror.answers["one"] = body(b"", 500)
    assert (await mirror.fetch(source(), force=True))[0].outcome == "failed"
    assert mirror.copies().current() == before
    assert mirror.copies().good.read_bytes() == TEXT


async def test_progress_is_told(mirror: Mirror) -> None:
    calls: list[tuple[Any, ...]] = []

    class Listener:
        def started(self, slot_id: str, total: int | None) -> None:
            calls.append(("started", slot_id, total))

        def advanced(self, slot_id: str, size: int) -> None:
            calls.append(("advanced", slot_id, size))

        def ended(self, result: Fetched) -> None:
            calls.append(("ended", result.slot_id, result.outcome))

    mirror.answers["one"] = body(TEXT)
    await mirror.fetch(source(), progress=Listener())
    assert calls[0] == ("started", "one", len(TEXT))
    assert calls[-1] == ("ended", "one", "new")
    assert sum(call[2] for call in calls if call[0] == "advanced") == len(TEXT)
