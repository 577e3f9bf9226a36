"""A server of feeds whose answers a test sets: honest ones, and one that hangs up."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from guetteur.publish.copies import Copies
from guetteur.publish.fetch import Fetched, Fetcher
from guetteur.publish.sources import Slot, Source

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
        copies.promote(copies.new, keys, info)


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
