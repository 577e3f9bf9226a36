"""Fetching from real servers on the loopback, the honest and the hostile."""

import asyncio
import bz2
import gzip
import io
import lzma
import tarfile
import time
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from guetteur.publish.copies import Copies, CopyInfo
from guetteur.publish.fetch import Fetched, Fetcher
from guetteur.publish.sources import Slot, Source

pytestmark = pytest.mark.enable_socket

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEXT = "".join(f"host{number}.example.com\n" for number in range(20_000)).encode()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def source(name: str = "one", **changes: Any) -> Source:
    fields: dict[str, Any] = {
        "id": name, "name": name, "url": f"https://lists.example/{name}", "format": "hosts", "licence": "MIT",
        "kind": "phishing-hosts", "family": name, "trust": 1, "bit": 0, "refresh_h": 6, "max_bytes": 1_000_000,
        "deadline_s": 5.0, "checked": date(2026, 11, 24),
    }  # fmt: skip
    return Source(**(fields | changes))


class Mirror:
    """A server whose answers a test sets, and which remembers what it was asked."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.answers: dict[str, Handler] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.address = ""
        self.now = NOW

    async def handle(self, request: web.Request) -> web.StreamResponse:
        name = request.path.strip("/")
        self.asked.append((name, dict(request.headers)))
        return await self.answers[name](request)

    async def fetch(self, *sources: Source, **options: Any) -> list[Fetched]:
        fetcher = Fetcher(self.work, now=lambda: self.now, mirror=self.address, pause_s=0.01, **options)
        return await fetcher.fetch_all([Slot(one, None) for one in sources])

    def copies(self, name: str = "one") -> Copies:
        return Copies(self.work, name)

    def promote(self, name: str = "one") -> None:
        copies = self.copies(name)
        info = copies.info(copies.new)
        assert info is not None
        keys = copies.folder / "keys.new"
        keys.write_text("x\n")
        copies.promote(keys, info)


@pytest_asyncio.fixture
async def mirror(tmp_path: Path) -> AsyncIterator[Mirror]:
    made = Mirror(tmp_path / "work")
    app = web.Application()
    app.router.add_get("/{tail:.*}", made.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


def body(content: bytes, status: int = 200, **headers: str) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if named.get("ETag") and request.headers.get("If-None-Match") == named["ETag"]:
            return web.Response(status=304)
        return web.Response(body=content, status=status, headers=named)

    return answer


def cut(content: bytes, at: int, etag: str = '"v1"', resume: bool = True) -> Handler:
    """Sends ``content`` up to ``at`` and hangs up, the first time; afterwards answers ranges like an honest server."""
    calls = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal calls
        calls += 1
        wanted = request.headers.get("Range", "")
        if calls > 1 and resume and wanted and request.headers.get("If-Range") == etag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            headers = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}", "ETag": etag}
            return web.Response(status=206, body=content[start:], headers=headers)
        if calls > 1:
            return web.Response(body=content, headers={"ETag": etag})
        reply = web.StreamResponse(headers={"ETag": etag, "Content-Length": str(len(content))})
        await reply.prepare(request)
        await reply.write(content[:at])
        await asyncio.sleep(0.05)
        assert request.transport is not None
        request.transport.close()
        return reply

    return answer


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


async def test_endless_body_ends_at_the_cap(mirror: Mirror) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse()
        await reply.prepare(request)
        while True:
            await reply.write(b"endless.example.com\n" * 1000)

    mirror.answers["one"] = endless
    (result,) = await mirror.fetch(source(max_bytes=300_000))
    assert (result.outcome, result.code) == ("failed", "too_large")
    assert result.downloaded < 600_000
    assert not mirror.copies().part.exists()


async def test_announced_size_is_refused_at_once(mirror: Mirror) -> None:
    mirror.answers["one"] = body(TEXT)
    (result,) = await mirror.fetch(source(max_bytes=1000))
    assert (result.code, result.downloaded) == ("too_large", 0)


def tar_of(name: str, content: bytes, before: bytes = b"") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for path, data in (("first", before), (name, content)):
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zip_of(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(TEXT), lzma.compress(TEXT), bz2.compress(TEXT), zip_of("list", TEXT), tar_of("list", TEXT)],
    ids=["gzip", "xz", "bzip2", "zip", "tar"],
)
async def test_unpacks(mirror: Mirror, packed: bytes) -> None:
    mirror.answers["one"] = body(packed)
    member = "list" if packed[:2] in {b"PK", b"\x1f\x8b"} else ""
    assert (await mirror.fetch(source(member=member)))[0].outcome == "new"
    assert mirror.copies().new.read_bytes() == TEXT


BOMB = bytes(30_000_000)


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(BOMB), lzma.compress(BOMB), bz2.compress(BOMB), zip_of("list", BOMB), tar_of("list", TEXT, BOMB)],
    ids=["gzip", "xz", "bzip2", "zip", "tar"],
)
async def test_bombs_end_at_the_cap(mirror: Mirror, packed: bytes) -> None:
    mirror.answers["one"] = body(packed)
    (result,) = await mirror.fetch(source(member="list" if packed[:2] == b"PK" else ""))
    assert (result.outcome, result.code) == ("failed", "too_large")
    left = sum(file.stat().st_size for file in mirror.copies().folder.iterdir())
    assert left < 1_000_000


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (gzip.compress(TEXT)[:-200], "damaged"),
        (b"\x1f\x8bnonsense", "damaged"),
        (b"PK\x03\x04nonsense", "damaged"),
        (zip_of("other", TEXT), "damaged"),
        (tar_of("other", TEXT), "damaged"),
        (b"<!DOCTYPE html><title>Just a moment...</title>", "html"),
        (b"", "empty"),
        (b"  \n", "empty"),
    ],
)
async def test_what_is_no_list(mirror: Mirror, content: bytes, code: str) -> None:
    mirror.answers["one"] = body(content)
    member = "list" if content[:2] in {b"PK", b"\x1f\x8b"} else ""
    (result,) = await mirror.fetch(source(member=member))
    assert (result.outcome, result.code) == ("failed", code)
    assert not mirror.copies().new.exists()


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


def test_damaged_notes_count_as_none(tmp_path: Path) -> None:
    copies = Copies(tmp_path, "one")
    copies.folder.mkdir(parents=True)
    copies.good.write_text("x")
    assert copies.current() is None
    (copies.folder / "good.json").write_text("{")
    assert copies.current() is None
    copies.confirm(NOW)
    copies.new.write_text("y")
    copies.hold(CopyInfo("u", NOW, NOW))
    assert copies.reconsider()
    assert copies.new.read_text() == "y"
    assert not copies.reconsider()
