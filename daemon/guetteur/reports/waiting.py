"""How long the outbox waits, and by which clock.

The wall clock outlives the process, but jumps: a wait is kept as its beginning and its end, and a clock found before
the beginning was put back, so the whole wait begins anew. The monotonic clock does not jump, but dies with the process.
A wait is over when neither clock objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from guetteur.reports.channels.interface import Receipt


@dataclass(frozen=True, slots=True)
class Waits:
    """How long is waited for what.

    Attributes:
        first: before the second attempt; each later one waits four times as long.
        longest: at most.
        offline: at most while this machine has no network.
        gap: between two reports through one channel.
        busy: for a channel that says "too many" without saying how long.
        poll: between two questions what became of a report.
        attempts: failed attempts after which a report is given up; those without a network do not count.
        age: age after which a failed report is given up, and an accepted one no longer asked after.
    """

    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=24)
    offline: timedelta = timedelta(hours=1)
    gap: timedelta = timedelta(seconds=10)
    busy: timedelta = timedelta(minutes=15)
    poll: timedelta = timedelta(hours=1)
    attempts: int = 10
    age: timedelta = timedelta(days=30)

    def after(self, receipt: Receipt, attempts: int) -> timedelta:
        """Time until the next attempt, after ``attempts`` of them and an answer that says "later"."""
        longest = self.offline if receipt.code == "offline" else self.longest
        factor: int = 4 ** min(max(attempts, 1) - 1, 16)
        wait = min(self.first * factor, longest)
        return max(wait, self.asked(receipt))

    def asked(self, receipt: Receipt) -> timedelta:
        """Time the other side wants to be left alone."""
        if receipt.retry_after_s is not None:
            return timedelta(seconds=receipt.retry_after_s)
        return self.busy if receipt.code == "rate_limited" else timedelta()


class Span(NamedTuple):
    """A wait as it is kept."""

    begun: str
    end: str


class Clocks:
    """Begins and ends waits, each under a name of its own."""

    def __init__(self, wall: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._held: dict[str, float] = {}

    def now(self) -> datetime:
        """The wall clock, UTC."""
        return self._wall().astimezone(UTC)

    def begin(self, name: str, wait: timedelta) -> Span:
        """A wait from now on; an earlier one of that name is forgotten."""
        now = self.now()
        if wait > timedelta():
            self._held[name] = self._monotonic() + wait.total_seconds()
        else:
            self._held.pop(name, None)
        return Span(stamp(now), stamp(now + wait))

    def is_over(self, name: str, span: Span) -> bool:
        """Whether neither clock objects; no wait at all is over whatever the wall clock says."""
        over = span.begun == span.end or self.now() >= moment(span.end)
        return over and self._held.get(name, 0.0) <= self._monotonic()

    def put_back(self, span: Span) -> timedelta | None:
        """The length of a wait that the wall clock has fallen before, or None."""
        begun, end = moment(span.begun), moment(span.end)
        return end - begun if self.now() < begun and end > begun else None


def stamp(when: datetime) -> str:
    """As it is kept: sortable text."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """What `stamp` wrote."""
    return datetime.fromisoformat(text)
