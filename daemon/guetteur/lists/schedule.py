"""When to sync: spread out, backing off, and soon after a sleep. Clock, randomness and sleep are passed in.

A laptop's monotonic clock stands still while it sleeps (Linux) and its wall clock may jump; whichever of the two says
that it is time, wins. A clock set back cannot put the next try off, one set forward costs one early try.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Never

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of both clocks: the wall's, in UTC, and the monotonic one's, in seconds."""

    wall: datetime
    monotonic: float


@dataclass(frozen=True, slots=True)
class Plan:
    """The times, in seconds.

    Attributes:
        interval: between successes, on average.
        jitter: share by which each wait is drawn longer or shorter, so that a million users do not come at once.
        first_retry: wait after the first failure; doubles with each further one ...
        last_retry: ... up to this.
        start: longest wait after the daemon's start or the machine's sleep; drawn from a fifth of it up.
        tick: longest sleep before both clocks are read again.
    """

    interval: float = 30 * 60.0
    jitter: float = 0.2
    first_retry: float = 60.0
    last_retry: float = 4 * 3600.0
    start: float = 30.0
    tick: float = 60.0


class Schedule:
    """When the next sync is due; decides, does nothing."""

    def __init__(
        self, at: Moment, random: Callable[[], float], plan: Plan | None = None, last_success: datetime | None = None
    ) -> None:
        """Plan the first try.

        Args:
            at: now.
            random: draws from [0, 1).
            plan: the times.
            last_success: of an earlier run; a restart within the interval does not ask again at once.
        """
        self._random = random
        self._plan = plan or Plan()
        self._failures = 0
        self._read = at
        self._due = at
        age = self._plan.interval if last_success is None else (at.wall - last_success).total_seconds()
        # A last success in the future means that a clock was wrong: ask.
        rest = self._plan.interval - age if 0 <= age < self._plan.interval else 0.0
        self._set(at, max(rest, self._soon()))

    @property
    def next_try(self) -> datetime:
        """When it is due, by the wall clock."""
        return self._due.wall

    def succeeded(self, at: Moment) -> None:
        """A sync ended well, at ``at``."""
        self._failures = 0
        self._set(at, self._spread(self._plan.interval))

    def failed(self, at: Moment) -> None:
        """A sync failed, at ``at``."""
        wait = min(self._plan.first_retry * 2.0 ** min(self._failures, 32), self._plan.last_retry)
        self._failures += 1
        self._set(at, self._spread(wait))

    def hurry(self, at: Moment) -> None:
        """A list was found damaged: try soon, though the last sync went well."""
        self._set(at, self._soon())

    def wait(self, at: Moment) -> float:
        """Seconds to sleep before asking again; 0 when a sync is due."""
        slept = (at.wall - self._read.wall).total_seconds() - (at.monotonic - self._read.monotonic)
        self._read = at
        left = min((self._due.wall - at.wall).total_seconds(), self._due.monotonic - at.monotonic)
        if slept > self._plan.tick and left <= 0:
            # Awake again, and overdue: the network needs a moment, and so do the other machines of the office.
            left = self._soon()
            self._set(at, left)
        if left <= 0:
            return 0.0
        return min(left, self._plan.tick)

    def _set(self, at: Moment, wait: float) -> None:
        self._read = at
        self._due = Moment(at.wall + timedelta(seconds=wait), at.monotonic + wait)

    def _spread(self, wait: float) -> float:
        return wait * (1 + self._plan.jitter * (2 * self._random() - 1))

    def _soon(self) -> float:
        return self._plan.start * (0.2 + 0.8 * self._random())


async def run(
    schedule: Schedule,
    attempt: Callable[[], Awaitable[bool]],
    clock: Callable[[], Moment],
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> Never:
    """Call ``attempt`` whenever it is due, for ever; cancel to end.

    Args:
        schedule: decides when.
        attempt: one sync; whether it went well. An exception counts as a failure and is logged.
        clock: reads both clocks.
        sleep: waits so many seconds.
    """
    while True:
        wait = schedule.wait(clock())
        if wait > 0:
            await sleep(wait)
            continue
        try:
            well = await attempt()
        except Exception:
            LOG.exception("the lists could not be renewed")
            well = False
        if well:
            schedule.succeeded(clock())
        else:
            schedule.failed(clock())
