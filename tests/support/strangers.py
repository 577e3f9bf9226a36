"""Clients that nobody wants, on a unix socket: half-open, slow, deaf, or very many at once; each until cancelled."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from support.raw import Asked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

HALF_OPEN, DRIPPING, DEAF = 16, 8, 4
"""How many of each stand at the door all the time."""
CROWD, CROWD_EVERY_S = 200, 10.0
"""More than may be open at once, all together, that say nothing."""
_DRIP_S = 0.2

HALVES = (
    b"",
    b"P",
    b"POST /v1/check/url HTTP/1.1\r\nHost: local",
    b"POST /v1/check/url HTTP/1.1\r\nHost: localhost\r\n\r",
)


@dataclass(slots=True)
class Strangers:
    """All of them.

    Attributes:
        path: the socket.
        came: how many connections they made.
        cut: how many of them the other side ended.
    """

    path: str
    came: int = 0
    cut: int = 0

    @contextlib.asynccontextmanager
    async def about(self) -> AsyncIterator[None]:
        """Have them come again and again while the block lasts."""
        kinds: list[Callable[[int], Awaitable[None]]] = [self._half_open] * HALF_OPEN
        kinds += [self._drip_head, self._drip_body] * DRIPPING
        kinds += [self._deaf] * DEAF
        tasks = [asyncio.create_task(self._again(kind, number)) for number, kind in enumerate(kinds)]
        tasks.append(asyncio.create_task(self._crowds()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _again(self, kind: Callable[[int], Awaitable[None]], number: int) -> None:
        while True:
            # Refused at the door, or cut: that is what is wanted.
            with contextlib.suppress(OSError):
                await kind(number)
                self.cut += 1
            await asyncio.sleep(0.1)

    @contextlib.asynccontextmanager
    async def _open(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_unix_connection(self.path, limit=4096)
        self.came += 1
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    async def _half_open(self, number: int) -> None:
        async with self._open() as (reader, writer):
            writer.write(HALVES[number % len(HALVES)])
            await reader.read()

    async def _drip_head(self, number: int) -> None:
        await self._drip(Asked(None, "POST", "/v1/check/url", "localhost", more=[b"X: " + b"a" * 400]).bytes())

    async def _drip_body(self, number: int) -> None:
        whole = Asked(
            None, "POST", "/v1/check/url", "localhost", plain=b'{"url":"https://a.example/%s"}' % (b"a" * 500)
        )
        head, _, body = whole.bytes().partition(b"\r\n\r\n")
        await self._drip(body, head + b"\r\n\r\n")

    async def _drip(self, slowly: bytes, first: bytes = b"") -> None:
        async with self._open() as (reader, writer):
            ended = asyncio.create_task(reader.read())
            writer.write(first)
            for byte in slowly:
                if ended.done():
                    break
                writer.write(bytes([byte]))
                await asyncio.sleep(_DRIP_S)
            await ended

    async def _deaf(self, number: int) -> None:
        """Asks for more than the system buffers and reads nothing of it."""
        one = Asked(None, "POST", "/v1/lists/hosts", "localhost", plain=b'{"base":null,"cursor":0}').bytes()
        async with self._open() as (_, writer):
            writer.write(one * 5)
            while not writer.transport.is_closing():
                await asyncio.sleep(0.5)
                writer.write(one)

    async def _crowds(self) -> None:
        while True:
            # Not at the very moment when those who ask connect: until they have asked, nobody can tell them apart.
            await asyncio.sleep(CROWD_EVERY_S / 5)
            writers = []
            try:
                for _ in range(CROWD):
                    with contextlib.suppress(OSError):
                        _, writer = await asyncio.open_unix_connection(self.path)
                        writers.append(writer)
                self.came += len(writers)
                await asyncio.sleep(1)
            finally:  # the end may come while they stand there
                for writer in writers:
                    writer.transport.abort()
            await asyncio.sleep(CROWD_EVERY_S * 4 / 5 - 1)
