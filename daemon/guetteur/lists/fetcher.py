"""How list files come over the network: total deadlines, size caps, no redirects, no decoding, our own name.

tuf's own fetcher has a time-out for each read only: a server that sent a byte now and then held it for 50 s. And it
follows redirects and inflates what it gets, so a small answer could be led elsewhere or grow without bound.
"""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import IO, TYPE_CHECKING, TypeVar

import aiohttp
from tuf.api.exceptions import (
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    SlowRetrievalError,
)
from tuf.ngclient.fetcher import FetcherInterface

from guetteur import __version__
from guetteur.outgoing import open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from pathlib import Path

USER_AGENT = f"guetteur/{__version__} (+lists)"
_CHUNK = 64 * 1024

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What a server may cost.

    Attributes:
        file_s: time for one file, whatever its size ...
        bytes_per_s: ... and one second more for each so many bytes it may have.
        total_s: time for everything one fetcher does.
        total_bytes: bytes for everything one fetcher does.
    """

    file_s: float = 20.0
    bytes_per_s: int = 16 * 1024
    total_s: float = 45 * 60.0
    total_bytes: int = 2 * 1024**3


class EncodedError(DownloadError):
    """The server compressed or re-coded the answer although we asked for the bytes as they are."""


class ListFetcher(FetcherInterface):
    """One sync's downloads, on an event loop of its own: use it in one thread only, and close it there."""

    def __init__(
        self,
        scratch: Path,
        limits: FetchLimits,
        on_bytes: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            scratch: folder for files on their way; on the lists' disk, so that a full one is noticed early.
            limits: deadlines and caps.
            on_bytes: told (bytes so far, bytes allowed) of the file on its way.
        """
        self.received = 0
        self.server_date: datetime | None = None
        self._scratch = scratch
        self._limits = limits
        self._on_bytes = on_bytes
        self._runner = asyncio.Runner()
        self._session: aiohttp.ClientSession | None = None
        self._loop = self._runner.get_loop()
        self._end = self._loop.time() + limits.total_s
        self._deadline = self._end

    def close(self) -> None:
        """Close the connections and the event loop."""
        if self._session is not None:
            self._runner.run(self._session.close())
        self._runner.close()

    @contextmanager
    def download_file(self, url: str, max_length: int) -> Iterator[IO[bytes]]:
        """As in `FetcherInterface`, with a deadline that grows with ``max_length``.

        Raises:
            DownloadError: also `SlowRetrievalError`, `DownloadLengthMismatchError`, `DownloadHTTPError`,
                `EncodedError`.
            OSError: no room for the file.
        """
        self._deadline = min(self._end, self._loop.time() + self._limits.file_s + max_length / self._limits.bytes_per_s)
        with tempfile.TemporaryFile(dir=self._scratch) as file:
            received = 0
            for chunk in self.fetch(url):
                received += len(chunk)
                self.received += len(chunk)
                if received > max_length or self.received > self._limits.total_bytes:
                    raise DownloadLengthMismatchError(f"{url} sends more than {max_length} bytes")
                file.write(chunk)
                self._on_bytes(received, max_length)
            file.seek(0)
            yield file

    def _fetch(self, url: str) -> Iterator[bytes]:
        response = self._run(self._open(url))
        try:
            while chunk := self._run(response.content.read(_CHUNK)):
                yield chunk
        finally:
            response.close()

    async def _open(self, url: str) -> aiohttp.ClientResponse:
        if self._session is None:
            # All files of one renewal are one contact; our own deadline counts, see _run.
            self._session = open_session({"User-Agent": USER_AGENT}, proxies=True, together=True)
        response = await self._session.get(url, allow_redirects=False)
        with suppress(TypeError, ValueError, KeyError, OverflowError):
            self.server_date = parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
        if response.status != 200:
            response.close()
            raise DownloadHTTPError(f"{url} answers {response.status}", response.status)
        if response.headers.get("Content-Encoding", "identity") != "identity":
            response.close()
            raise EncodedError(f"{url} is encoded as {response.headers['Content-Encoding']}")
        return response

    def _run(self, step: Coroutine[object, object, T]) -> T:
        """One step within the deadline; every failure becomes a `DownloadError`."""

        async def guarded() -> T:
            async with asyncio.timeout_at(self._deadline):
                return await step

        try:
            return self._runner.run(guarded())
        except TimeoutError:
            raise SlowRetrievalError("the server takes too long") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise DownloadError(str(error) or type(error).__name__) from error
