"""Fetches the sources: all at once, only what changed, on from where it was cut, within a deadline and a size cap.

A source that is dead, slow or hostile costs its own deadline and nothing else; its last good copy stays as it is.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import urljoin, urlsplit

import aiohttp

from guetteur import __version__
from guetteur.errors import DataFileError, GuetteurError
from guetteur.publish.copies import Copies, CopyInfo, PartInfo
from guetteur.publish.unpack import unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from guetteur.publish.sources import Slot

Outcome = Literal["new", "unchanged", "not_due", "failed"]

_BLOCK = 1 << 16
_ATTEMPTS = 3
_MAX_REDIRECTS = 5
_AT_ONCE = 8
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CUT = (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError, aiohttp.ClientResponseError, ConnectionError)


@dataclass(frozen=True, slots=True)
class Fetched:
    """How it went with one slot; ``code`` and ``why`` say what is wrong when it failed."""

    slot_id: str
    outcome: Outcome
    downloaded: int = 0
    seconds: float = 0.0
    code: str = ""
    why: str = ""


class Progress(Protocol):
    """Is told how the downloads go; all calls come from the event loop."""

    def started(self, slot_id: str, total: int | None) -> None:
        """A body begins; ``total`` is None when the server does not say its length."""

    def advanced(self, slot_id: str, size: int) -> None:
        """So many bytes more."""

    def ended(self, result: Fetched) -> None:
        """One slot is done."""


class _Again(Exception):  # noqa: N818 -- a step of the conversation, not an error
    """The connection was cut or the server is busy: worth another attempt."""


class Fetcher:
    """Fetches slots into their copies."""

    def __init__(  # noqa: PLR0913 -- what a fetch depends on, passed in
        self,
        work: Path,
        *,
        now: Callable[[], datetime],
        mirror: str | None = None,
        force: bool = False,
        progress: Progress | None = None,
        pause_s: float = 1.0,
    ) -> None:
        """Set up.

        Args:
            work: the work folder.
            now: the clock.
            mirror: base address that serves every slot under its id, instead of the sources' own addresses.
            force: ask also what is not due yet.
            progress: is told how it goes.
            pause_s: wait before the second attempt; doubled before the third.
        """
        self._work = work
        self._now = now
        self._mirror = mirror
        self._force = force
        self._progress = progress
        self._pause_s = pause_s

    async def fetch_all(self, slots: Sequence[Slot]) -> list[Fetched]:
        """Fetch all; the results stand in the order of the slots. Raises nothing for a source's sake."""
        gate = asyncio.Semaphore(_AT_ONCE)
        headers = {
            "User-Agent": f"guetteur/{__version__} (list maintenance)",
            # Resuming counts bytes of the file itself, so no transfer coding on top of it.
            "Accept-Encoding": "identity",
        }
        async with aiohttp.ClientSession(
            headers=headers, auto_decompress=False, timeout=aiohttp.ClientTimeout(total=None), trust_env=True
        ) as session:

            async def one(slot: Slot) -> Fetched:
                async with gate:
                    return await self._one(session, slot)

            return list(await asyncio.gather(*(one(slot) for slot in slots)))

    async def _one(self, session: aiohttp.ClientSession, slot: Slot) -> Fetched:
        copies = Copies(self._work, slot.id)
        start = time.monotonic()
        task = _Download(session, slot, copies, slot.url(self._mirror), self._progress)
        outcome: Outcome = "failed"
        code = why = ""
        if not self._due(slot, copies):
            outcome = "not_due"
        else:
            try:
                async with asyncio.timeout(slot.source.deadline_s):
                    outcome = await self._attempts(task, copies)
            except TimeoutError:
                code, why = "deadline", f"not done within {slot.source.deadline_s:g} s"
            except GuetteurError as error:
                code, why = error.code, error.message
            except (aiohttp.ClientError, OSError, ValueError) as error:
                code, why = "unreachable", str(error) or type(error).__name__
        result = Fetched(slot.id, outcome, task.downloaded, time.monotonic() - start, code, why[:200])
        if self._progress is not None:
            self._progress.ended(result)
        return result

    def _due(self, slot: Slot, copies: Copies) -> bool:
        info = copies.info(copies.good)
        if info is None or self._force:
            return True
        if slot.day is not None:
            # A day's file is written once.
            return False
        return (self._now() - info.checked_at).total_seconds() >= slot.source.refresh_h * 3600

    async def _attempts(self, task: _Download, copies: Copies) -> Outcome:
        for attempt in range(_ATTEMPTS):
            try:
                info = await task.run(self._now())
            except (_Again, *_CUT) as error:
                if attempt == _ATTEMPTS - 1:
                    raise DataFileError("unreachable", str(error) or type(error).__name__) from None
                await asyncio.sleep(self._pause_s * 2**attempt)
                continue
            if info is None:
                copies.confirm(self._now())
                return "unchanged"
            text = copies.folder / "unpacked"
            try:
                source = task.slot.source
                await asyncio.to_thread(unpack, copies.part, text, source.max_bytes, source.member)
            except DataFileError:
                copies.drop_part()
                text.unlink(missing_ok=True)
                raise
            copies.fetched(text, info)
            return "new"
        raise AssertionError("unreachable code")


class _Download:
    """One slot's conversation with its server."""

    def __init__(
        self, session: aiohttp.ClientSession, slot: Slot, copies: Copies, url: str, progress: Progress | None
    ) -> None:
        self.slot = slot
        self.downloaded = 0
        self._session = session
        self._copies = copies
        self._url = url
        self._progress = progress

    async def run(self, now: datetime) -> CopyInfo | None:
        """Fill the part file; None when the good copy is current."""
        headers = self._validators()
        part = self._copies.part_info()
        have = self._copies.part.stat().st_size if part is not None and part.url == self._url else 0
        if part is not None and have:
            headers |= {"Range": f"bytes={have}-", "If-Range": part.validator}
        async with await self._ask(headers) as reply:
            if reply.status == 304:
                return None
            if reply.status == 416:
                self._copies.drop_part()
                raise _Again("the server knows no such range")
            if reply.status == 429 or reply.status >= 500:
                raise _Again(f"the server answered {reply.status}")
            if reply.status not in {200, 206}:
                raise DataFileError(
                    "http_status", f"the server answered {reply.status}", "look at the source's address"
                )
            etag, modified = reply.headers.get("ETag", ""), reply.headers.get("Last-Modified", "")
            if reply.status == 206:
                if not have or not reply.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                    self._copies.drop_part()
                    raise _Again("the server sent another range than was asked for")
            else:
                have = 0
                # RFC 9110, 13.1.5: a weak tag does not do for If-Range.
                strong = etag if etag and not etag.startswith("W/") else modified
                self._copies.begin_part(PartInfo(self._url, strong))
            await self._body(reply, have)
        return CopyInfo(self._url, now, now, etag, modified)

    def _validators(self) -> dict[str, str]:
        info = self._copies.info(self._copies.good)
        if info is None or info.url != self._url:
            return {}
        named = {"If-None-Match": info.etag, "If-Modified-Since": info.last_modified}
        return {name: value for name, value in named.items() if value}

    async def _ask(self, headers: dict[str, str]) -> aiohttp.ClientResponse:
        url = self._url
        for _ in range(_MAX_REDIRECTS + 1):
            reply = await self._session.get(url, headers=headers, allow_redirects=False)
            if reply.status not in _REDIRECTS:
                return reply
            target = urljoin(url, reply.headers.get("Location", ""))
            reply.release()
            old, new = urlsplit(url).scheme, urlsplit(target).scheme
            if new not in {"http", "https"} or (old == "https" and new != "https"):
                raise DataFileError(
                    "redirect", f"sent on from {old} to {new or 'nowhere'}", "look at the source's address"
                )
            url = target
        raise DataFileError("redirect", "sent on in circles", "look at the source's address")

    async def _body(self, reply: aiohttp.ClientResponse, have: int) -> None:
        limit = self.slot.source.max_bytes
        length = reply.content_length
        if length is not None and have + length > limit:
            self._copies.drop_part()
            raise DataFileError("too_large", f"{have + length} bytes, {limit} are allowed", "look at max_bytes")
        if self._progress is not None:
            self._progress.started(self.slot.id, None if length is None else have + length)
        with self._copies.part.open("ab") as file:
            async for block in reply.content.iter_chunked(_BLOCK):
                have += len(block)
                self.downloaded += len(block)
                if have > limit:
                    self._copies.drop_part()
                    raise DataFileError("too_large", f"more than {limit} bytes", "look at max_bytes")
                file.write(block)
                if self._progress is not None:
                    self._progress.advanced(self.slot.id, len(block))
