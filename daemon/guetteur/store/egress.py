"""What left this computer: every contact with another one, noted from its beginning, written by a thread of its own.

Like contacts of one day (UTC) are one row that counts. While a contact lasts it is a row without an outcome, so that
one the program died in shows as what it was: begun, and never answered.
"""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from guetteur.egress import Outcome, Purpose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlite_utils import Database

    from guetteur.egress import Left
    from guetteur.store.database import StateDatabase

KEEP_DAYS = 90
MAX_ROWS = 5_000
_MAX_WAITING = 2_000
_LASTS = ""
"""The outcome of a contact that has none yet."""


class EgressEntry(msgspec.Struct, frozen=True):
    """Like contacts of one day; moments in UTC, the first and the last of ``count``."""

    at: datetime
    purpose: Purpose
    to: str
    what: str
    outcome: Outcome
    count: int
    last_at: datetime


class EgressReport(NamedTuple):
    """What the log says; ``complete``: every contact since it was last cleared is in it."""

    entries: tuple[EgressEntry, ...]
    complete: bool


class _Change(NamedTuple):
    left: Left
    outcome: str
    at: datetime
    by: int


class EgressLog:
    """The contacts of one person, as a `guetteur.egress.Ledger`.

    What cannot be written waits for the next contact; what can wait no longer, or would end with the program, leaves a
    gap, and that there is one is said until the log is cleared.
    """

    def __init__(self, database: StateDatabase, clock: Callable[[], datetime]) -> None:
        """Nothing is written yet."""
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: list[_Change] = []
        self._scheduled = self._stuck = False
        # A damaged file was moved aside, with what stood in it.
        self._gap = database.fault is not None and database.fault.code == "store_damaged"
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="egress")
        database.after_loss(self._after_loss)

    def begun(self, left: Left) -> datetime:
        """As in the interface."""
        now = self._clock()
        self._add(_Change(left, _LASTS, now, 1))
        return now

    def ended(self, left: Left, begun_at: datetime, outcome: Outcome) -> None:
        """As in the interface."""
        self._add(_Change(left, _LASTS, begun_at, -1), _Change(left, outcome, begun_at, 1))

    def report(self, limit: int) -> EgressReport:
        """The newest ``limit`` entries, those that wait included. Blocks."""
        self._settle()
        oldest = _stamp(self._clock() - timedelta(days=KEEP_DAYS))
        nothing: list[tuple[str, Purpose, str, str, Outcome | Literal[""], int, str]] = []
        rows, whole = self._database.read(
            lambda db: (
                db.execute(
                    "select at, purpose, host, what, outcome, times, last_at from egress"
                    " where last_at >= ? order by last_at desc, day desc, purpose, host, what limit ?",
                    (oldest, limit),
                ).fetchall(),
                db.execute("select 1 from egress_gaps").fetchone() is None,
            ),
            (nothing, False),
        )
        entries = tuple(
            EgressEntry(_moment(at), purpose, to, what, outcome or "failed", times, _moment(last))
            for at, purpose, to, what, outcome, times, last in rows
        )
        return EgressReport(entries, whole and not self._stuck and not self._gap)

    def clear(self) -> bool:
        """Forget everything; return whether that outlives this process. Blocks."""
        return self._writer.submit(self._clear).result()

    def forget_old(self) -> None:
        """Forget what is older than `KEEP_DAYS`. Blocks."""
        self._database.write(lambda db: _forget_old(db, self._clock()))

    def close(self) -> None:
        """Write what waits; nothing is noted from now on. Blocks for as long as the file is locked."""
        self._settle()
        self._writer.shutdown()

    def _add(self, *changes: _Change) -> None:
        with self._lock:
            if len(self._waiting) >= _MAX_WAITING:
                self._gap = True
                return
            self._waiting += changes
            if self._scheduled:
                return
            self._scheduled = True
        try:
            self._writer.submit(self._flush)
        except RuntimeError:  # the program ends
            self._gap, self._scheduled = True, False

    def _settle(self) -> None:
        with suppress(RuntimeError):  # closed: everything is written
            self._writer.submit(self._flush).result()

    def _clear(self) -> bool:
        with self._lock:
            self._waiting = []
            self._gap = False

        def change(db: Database) -> None:
            db.execute("delete from egress")
            db.execute("delete from egress_gaps")

        # Where that fails the old entries are still there, and so is what was missing among them.
        cleared = self._database.write(change)
        with self._lock:
            self._stuck = not cleared and self._database.kept
        return cleared

    def _flush(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting, []
            self._scheduled = False
            gap = self._gap
        if not batch and not gap:
            return
        now = self._clock()
        written = self._database.write(lambda db: _apply(db, batch, now, gap=gap))
        with self._lock:
            if written:
                self._stuck = False
                self._gap = self._gap and not gap
            elif self._database.kept:
                self._waiting, self._stuck = batch + self._waiting, True
            else:
                self._gap = True  # written to memory alone: it ends with the program

    def _after_loss(self, db: Database) -> None:
        db.execute("insert or ignore into egress_gaps values (?)", (_stamp(self._clock()),))


def _apply(db: Database, batch: Sequence[_Change], now: datetime, *, gap: bool) -> None:
    sums, moments = Counter[tuple[str, ...]](), dict[tuple[str, ...], tuple[datetime, datetime]]()
    for change in batch:
        key: tuple[str, ...] = (change.at.astimezone(UTC).date().isoformat(), *change.left, change.outcome)
        sums[key] += change.by
        first, last = moments.get(key, (change.at, change.at))
        moments[key] = min(first, change.at), max(last, change.at)
    for key, by in sums.items():
        if by > 0:
            db.execute(
                "insert into egress values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (day, purpose, host, what, outcome)"
                " do update set times = times + excluded.times, at = min(at, excluded.at),"
                " last_at = max(last_at, excluded.last_at)",
                (*key, by, *map(_stamp, moments[key])),
            )
        elif by < 0:
            db.execute(
                "update egress set times = times + ? where (day, purpose, host, what, outcome) = (?, ?, ?, ?, ?)",
                (by, *key),
            )
    db.execute("delete from egress where times <= 0")
    _forget_old(db, now)
    db.execute(
        "delete from egress where (day, purpose, host, what, outcome) in"
        " (select day, purpose, host, what, outcome from egress order by last_at desc limit -1 offset ?)",
        (MAX_ROWS,),
    )
    if gap:
        db.execute("insert or ignore into egress_gaps values (?)", (_stamp(now),))


def _forget_old(db: Database, now: datetime) -> None:
    db.execute("delete from egress where last_at < ?", (_stamp(now - timedelta(days=KEEP_DAYS)),))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
