"""Whether a reported page is still there: looked at now and then, when the person agreed, and not for ever.

The first look comes after an hour, later ones farther apart (`PAUSES`), at most `MOST_LOOKS` in `LONGEST`. A page is
closed when two looks in a row say so; what cannot be told, this machine being offline included, changes nothing.
"""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

from guetteur.lookup.addresses import Addresses
from guetteur.reports.redact.changes import REDACTED
from guetteur.reports.still_there import look
from guetteur.reports.waiting import Clocks, Span, moment, stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlite_utils import Database

    from guetteur.reports.outbox_file import OutboxFile
    from guetteur.reports.still_there import Look

PAUSES = tuple(timedelta(hours=hours) for hours in (1, 4, 12, 24))
"""Before the first look, the second …; the last one before all others."""
CONFIRM = timedelta(minutes=15)
"""Between a look that finds a page closed and the one that confirms it."""
MOST_LOOKS = 20
LONGEST = timedelta(days=30)
_AT_ONCE = 2

WatchState = Literal["waiting", "open", "closed", "unknown"]

_READ = """select case_id as "case", url, running as "on", state, checks, begun_at, checked_at, closed_at,
    seen_open, doubted_at, wait_from, wait_until from watches"""


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """One page that is, or was, looked after.

    Attributes:
        case: id of the case.
        url: the address as it was sent: without what tells one recipient from another.
        on: whether it will be looked at again.
        state: what the last look that could tell says; ``waiting`` before the first.
        checks: how many looks there were.
        begun_at: when the person agreed, UTC.
        checked_at: the last look, UTC, or None.
        closed_at: when it was first found closed, UTC; None while it is not.
        seen_open: whether a look has found it open.
        doubted_at: the look that found it closed and is not confirmed yet, or None.
        wait_from: beginning of the wait for the next look.
        wait_until: its end.
    """

    case: str
    url: str
    on: bool
    state: WatchState
    checks: int
    begun_at: datetime
    checked_at: datetime | None
    closed_at: datetime | None
    seen_open: bool
    doubted_at: datetime | None
    wait_from: str
    wait_until: str


class Watches:
    """Those of one outbox; calls block. All raise `OutboxError`."""

    def __init__(
        self, file: OutboxFile, clock: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._file = file
        self._clocks = Clocks(clock, monotonic)

    def begin(self, case: str, url: str) -> None:
        """Look after a page from now on; one that is looked after stays as it is, one that was ended begins anew."""
        known = self.of(case)
        if known is not None and known.on:
            return
        wait = self._clocks.begin(case, PAUSES[0])
        with self._file.change() as db:
            db.execute(
                "insert or replace into watches (case_id, url, running, state, begun_at, wait_from, wait_until)"
                " values (?, ?, 1, 'waiting', ?, ?, ?)",
                (case, url, wait.begun, *wait),
            )

    def end(self, case: str) -> None:
        """Look no more; what was seen stays."""
        with self._file.change() as db:
            db.execute("update watches set running = 0 where case_id = ?", (case,))

    def of(self, case: str) -> Watch | None:
        """That of a case."""
        return next(iter(self._read(" where case_id = ?", (case,))), None)

    def due(self, limit: int = _AT_ONCE) -> tuple[Watch, ...]:
        """Pages to be looked at now, those that have waited longest first."""
        found = []
        for watch in self._read(" where running = 1 order by wait_until"):
            span = Span(watch.wait_from, watch.wait_until)
            length = self._clocks.put_back(span)
            if length is not None:  # the clock was put back: the whole wait begins anew
                with self._file.change() as db:
                    self._wait(db, watch.case, length)
            elif self._clocks.is_over(watch.case, span):
                found.append(watch)
        return tuple(found[:limit])

    def seen(self, watch: Watch, found: Look) -> Watch:
        """Keep what a look says."""
        now, checks = self._clocks.now(), watch.checks + 1
        state, doubted, closed = watch.state, watch.doubted_at, watch.closed_at
        # Where the address was masked, "not found" may be the mask's doing, and a name that is not known that of a
        # filter: many protect people by denying that a bad name exists. Unless it once worked here.
        told_by_it = found == "gone" or (found == "missing" and REDACTED not in watch.url)
        says_closed = told_by_it or (found in {"missing", "unnamed"} and watch.seen_open)
        if found == "open":
            state, doubted, closed = "open", None, None
        elif not says_closed:
            state = "unknown" if state == "waiting" else state
        elif closed is None and doubted is not None:
            state, closed, doubted = "closed", doubted, None
        elif closed is None:
            state, doubted = ("unknown" if state == "waiting" else state), now
        pause = PAUSES[min(checks, len(PAUSES) - 1)] if doubted is None or doubted != now else CONFIRM
        on = checks < MOST_LOOKS and now - watch.begun_at < LONGEST
        with self._file.change() as db:
            kept = db.execute(
                "update watches set state = ?, checks = ?, checked_at = ?, doubted_at = ?, closed_at = ?,"
                " seen_open = ?, running = running and ? where case_id = ? and begun_at = ?",
                (
                    state, checks, stamp(now), stamp(doubted) if doubted else None, stamp(closed) if closed else None,
                    watch.seen_open or found == "open", on, watch.case, stamp(watch.begun_at),
                ),
            )  # fmt: skip
            if kept.rowcount:  # else it was ended and begun anew meanwhile
                self._wait(db, watch.case, pause)
        return next(iter(self._read(" where case_id = ?", (watch.case,))))

    def _wait(self, db: Database, case: str, pause: timedelta) -> None:
        span = self._clocks.begin(case, pause)
        db.execute("update watches set wait_from = ?, wait_until = ? where case_id = ?", (*span, case))

    def _read(self, where: str, values: tuple[object, ...] = ()) -> tuple[Watch, ...]:
        names = Watch.__struct_fields__
        rows = [dict(zip(names, row, strict=True)) for row in self._file.read(_READ + where, values)]
        for row in rows:
            for name in ("begun_at", "checked_at", "closed_at", "doubted_at"):
                row[name] = moment(row[name]) if row[name] else None
        return msgspec.convert(rows, tuple[Watch, ...], strict=False)


class Lookout:
    """Looks at what is due."""

    def __init__(self, watches: Watches, addresses: Addresses | None = None) -> None:
        """``addresses`` None: public ones, as the system knows them."""
        self._watches = watches
        self._addresses = addresses or Addresses()

    async def run(self) -> tuple[Watch, ...]:
        """Look at a few pages that are due, one after the other; returns what was seen.

        Raises:
            OutboxError: it could not be kept.
        """
        due = await asyncio.to_thread(self._watches.due)
        return tuple(
            [
                await asyncio.to_thread(self._watches.seen, watch, await look(watch.url, self._addresses))
                for watch in due
            ]
        )
