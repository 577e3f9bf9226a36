"""Reports that were begun and not sent: in memory alone, few, bounded, and forgotten after two hours."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from guetteur.core.subject import parse_url
from guetteur.errors import InvalidInputError
from guetteur.web.routes import from_base64
from guetteur.web.wire_report import EvidenceTaken

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from guetteur.reports.case import CaseKind
    from guetteur.reports.desk import Offers
    from guetteur.reports.marks import Mark
    from guetteur.reports.network import Network
    from guetteur.web.report_reading import Copy, Reading
    from guetteur.web.wire_report import AddEvidence, BeginReport

MAX_OPEN = 4
MAX_BYTES = 24 * 1024 * 1024
"""Of the evidence of one case: a mail of the usual limit fits, so does any page with its picture."""
FORGOTTEN_AFTER = timedelta(hours=2)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Where a computer's clock begins; in the year 1 there are moments that other time zones have no name for."""

_PICTURES = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"))
_FITS = {"page": ("screenshot", "html"), "mail": ("screenshot", "mail")}


@dataclass(slots=True)
class _Coming:
    """Evidence of which not every piece is here."""

    parts: int
    next: int = 0
    data: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class OpenCase:
    """One report in the making.

    Attributes:
        id: its number.
        begun: what it was begun with.
        begun_at: when, UTC.
        found_at: when the person met it, UTC.
        touched_at: when something was last asked of it, UTC.
        lock: held while it is previewed or sent.
        evidence: what is here as a whole, by name.
        reading: what Guetteur says of it, once it was read.
        copies: the redacted copy, by whether the address is left as it is.
        network: where the page lies, once it was asked.
        marks: what other reports may share with it.
        kind: what happened, by the last preview.
        offers: what the last preview showed; None before it, and when evidence came after it.
        bundle: where the original was sealed.
        sent: it was sent: only ``offers`` is left of it.
    """

    id: str
    begun: BeginReport
    begun_at: datetime
    found_at: datetime
    touched_at: datetime
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    evidence: dict[str, bytes] = field(default_factory=dict)
    reading: Reading | None = None
    copies: dict[bool, Copy] = field(default_factory=dict)
    network: Network | None = None
    marks: tuple[Mark, ...] | None = None
    kind: CaseKind | None = None
    offers: Offers | None = None
    bundle: Path | None = None
    sent: bool = False
    coming: dict[str, _Coming] = field(default_factory=dict)

    def take(self, piece: AddEvidence) -> EvidenceTaken:
        """Take the next piece of something; piece 0 begins it anew.

        Raises:
            InvalidInputError: ``evidence_order``, ``evidence_too_large``, ``evidence_invalid``, ``invalid_base64``.
        """
        if piece.name not in _FITS[self.begun.what]:
            hint = "send " + " or ".join(_FITS[self.begun.what])
            raise InvalidInputError("evidence_invalid", f"a {self.begun.what} has no {piece.name}", hint)
        if piece.part == 0:
            self.coming[piece.name] = _Coming(piece.parts)
            self.evidence.pop(piece.name, None)
            self._changed()
        coming = self.coming.get(piece.name)
        if coming is None or (piece.part, piece.parts) != (coming.next, coming.parts) or piece.part >= piece.parts:
            self.coming.pop(piece.name, None)
            raise InvalidInputError("evidence_order", f"piece {piece.part} is not the next one", "begin with piece 0")
        data = from_base64(piece.data, "data")
        if self._size() + len(data) > MAX_BYTES:
            del self.coming[piece.name]
            message = f"the evidence has more than {MAX_BYTES // 1024 // 1024} MB"
            raise InvalidInputError("evidence_too_large", message, "leave the largest piece out")
        coming.data += data
        coming.next += 1
        size, complete = len(coming.data), coming.next == coming.parts
        if complete:
            whole = bytes(self.coming.pop(piece.name).data)
            _check(piece.name, whole)
            self.evidence[piece.name] = whole
            self._changed()
        return EvidenceTaken(size, complete)

    def close(self) -> None:
        """Keep nothing but what was offered."""
        self.sent = True
        self.evidence.clear()
        self.coming.clear()
        self.copies.clear()
        self.reading = self.marks = self.network = None

    def _changed(self) -> None:
        self.reading = self.marks = self.offers = None
        self.copies.clear()

    def _size(self) -> int:
        return sum(map(len, self.evidence.values())) + sum(len(one.data) for one in self.coming.values())


class OpenCases:
    """All of them; for the event loop alone."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._cases: dict[str, OpenCase] = {}

    def begin(self, begun: BeginReport) -> OpenCase:
        """Begin one; the one that was left alone longest makes room.

        Raises:
            InvalidInputError: ``no_address``, ``no_such_moment``, and those of addresses.
        """
        if begun.what == "page":
            if not begun.url:
                raise InvalidInputError("no_address", "a page has an address", "give its url")
            parse_url(begun.url)
        now = self._clock()
        seen = begun.seen_at or now
        seen = seen if seen.tzinfo is not None else seen.replace(tzinfo=UTC)
        if seen < EARLIEST:
            raise InvalidInputError("no_such_moment", f"seen_at lies before {EARLIEST:%Y}", "leave it out")
        self.forget(now)
        while len(self._cases) >= MAX_OPEN:
            del self._cases[min(self._cases.values(), key=lambda case: case.touched_at).id]
        case = OpenCase(str(uuid.uuid4()), begun, now, min(seen, now).astimezone(UTC), now)
        self._cases[case.id] = case
        return case

    def get(self, case: str) -> OpenCase | None:
        """The case of that number, touched; None when it is not there (any more)."""
        now = self._clock()
        self.forget(now)
        found = self._cases.get(case)
        if found is not None:
            found.touched_at = now
        return found

    def forget(self, now: datetime) -> None:
        """Drop what was left alone for long."""
        for case in [one for one in self._cases.values() if now - one.touched_at > FORGOTTEN_AFTER]:
            del self._cases[case.id]


def picture_kind(data: bytes) -> str | None:
    """``png`` or ``jpg`` by the first bytes, or None."""
    return next((kind for magic, kind in _PICTURES if data.startswith(magic)), None)


def _check(name: str, data: bytes) -> None:
    """Whether evidence is what it claims to be.

    Raises:
        InvalidInputError: ``evidence_invalid``.
    """
    if name == "screenshot" and picture_kind(data) is None:
        raise InvalidInputError("evidence_invalid", "the screenshot is no PNG or JPEG", "send it as PNG or JPEG")
    if name == "html":
        try:
            data.decode()
        except UnicodeDecodeError:
            raise InvalidInputError("evidence_invalid", "the page is not UTF-8", "send it in UTF-8") from None
    if name == "mail" and not data:
        raise InvalidInputError("evidence_invalid", "the message is empty", "send the raw message")
