"""One bounded question over HTTP: a total deadline, a cap on the answer, no redirects, no decoding."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import msgspec

from guetteur import __version__
from guetteur.outgoing import open_session
from guetteur.reports.channels.interface import Receipt
from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

USER_AGENT = f"guetteur/{__version__} (+report)"
MAX_WAIT_S = 24 * 3600.0
"""Longest time a server may ask us to wait."""
_BLOCK = 16 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may cost.

    Attributes:
        total_s: from the first name look-up to the last byte.
        max_bytes: length of an answer.
    """

    total_s: float = 30.0
    max_bytes: int = 128 * 1024


class UnreachedError(Exception):
    """No answer came; `receipt` says why. The question may have arrived all the same."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.receipt = Receipt("queued", code=code, detail=detail)


class Answer(msgspec.Struct, frozen=True):
    """What a server said.

    Attributes:
        status: HTTP status.
        content: the JSON of the body, or None.
        fault: why there is no content: ``answer_unreadable``, ``answer_too_large``, or empty.
        retry_after_s: what the header ``Retry-After`` says, in seconds.
    """

    status: int
    content: Any = None
    fault: str = ""
    retry_after_s: float | None = None

    def text(self, *names: str) -> str:
        """The first of these members that is a text or a whole number, shortened."""
        if isinstance(self.content, dict):
            for name in names:
                value = self.content.get(name)
                if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                    return shortened(str(value))
        return ""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: JSON or a form, never both."""

    path: str
    method: str = "POST"
    headers: dict[str, str] = {}
    json: Any = None
    form: dict[str, str] | None = None


def report_session() -> aiohttp.ClientSession:
    """A session for reports: our own name; without ~/.netrc, whose passwords would go to whoever asks."""
    return open_session({"User-Agent": USER_AGENT, "Accept": "application/json"})


async def ask(session: aiohttp.ClientSession, base: str, question: Question, limits: Limits) -> Answer:
    """Ask once. The status alone says whether the report was taken: once it is there, there is an answer.

    Raises:
        UnreachedError: ``offline``: nothing left.
            ``timeout``, ``server_error``, ``answer_broken``: it may have arrived.
    """
    body = None if question.json is None else msgspec.json.encode(question.json)
    headers = question.headers | ({"Content-Type": "application/json"} if body is not None else {})
    answer = None
    try:
        async with (
            asyncio.timeout(limits.total_s),
            session.request(
                question.method,
                base + question.path,
                data=question.form if body is None else body,
                headers=headers,
                proxy=_proxy(base),
                allow_redirects=False,  # a report is for whom it was shown to be for, and nobody they send us to
            ) as reply,
        ):
            answer = Answer(reply.status, None, "answer_unreadable", _retry_after(reply.headers))
            content, fault = await _content(reply, limits.max_bytes)
            return msgspec.structs.replace(answer, content=content, fault=fault)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        # A body that is late, or cut, must not send again what was taken.
        if answer is not None:
            return answer
        raise _unreached(error) from None


def _unreached(error: Exception) -> UnreachedError:
    match error:
        case TimeoutError():
            return UnreachedError("timeout")
        case aiohttp.ClientSSLError():
            code = "server_error"
        case aiohttp.ClientConnectorError():
            # Before a connection only; one that they end may have brought the report.
            code = "offline"
        case aiohttp.ClientConnectionError() | OSError():
            code = "server_error"
        case _:
            code = "answer_broken"
    return UnreachedError(code, shortened(str(error)))


def _proxy(url: str) -> str | None:
    """The system's proxy for ``url``, if any."""
    parts = urlsplit(url)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)


async def _content(reply: aiohttp.ClientResponse, limit: int) -> tuple[Any, str]:
    """The JSON of the body, or why there is none."""
    body = bytearray()
    async for block in reply.content.iter_chunked(_BLOCK):
        body += block
        if len(body) > limit:
            reply.close()
            return None, "answer_too_large"
    if not body.strip():
        return None, ""
    try:
        return msgspec.json.decode(bytes(body)), ""
    except UNREADABLE:
        return None, "answer_unreadable"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """RFC 9110, 10.2.3: seconds or a date; never more than a day."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), MAX_WAIT_S)
    try:
        # The server's own clock, where it tells it: ours may be wrong.
        now = parsedate_to_datetime(headers["Date"]) if "Date" in headers else datetime.now(UTC)
        wait = (parsedate_to_datetime(text) - now).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(wait, 0.0), MAX_WAIT_S)


def shortened(text: str, limit: int = 200) -> str:
    """One line of at most ``limit`` characters, without what a terminal would obey."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
