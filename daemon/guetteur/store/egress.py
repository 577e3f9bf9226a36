"""What left this computer: every contact with another one, noted from its beginning, written by a thread of its own.

Like contacts of one day (UTC) are one row that counts. While a contact lasts it is a row without an outcome, so that
one the program died in shows as what it was: begun, and never answered.
"""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from guetteur.egress import Outcome, Purpose
from guetteur.store.database import StateDatabase
from guetteur.store.keeping import MAX_ROWS, forget_old, oldest_kept, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlite_utils import Database

    from guetteur.egress import Left

GAP_SUFFIX = ".gap"
"""Of an empty file beside the database: something went unnoted, and the database could not be told."""
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
    gap, and that there is one is said until the log is cleared. A gap that cannot be written either is marked by a file
    beside the database, for the next process; where no file can be made it ends with this one.
    """

    def __init__(self, database: StateDatabase, clock: Callable[[], datetime]) -> None:
        """Nothing is written yet."""
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: list[_Change] = []
        self._scheduled = self._stuck = False
        self._marker = database.path.with_name(database.path.name + GAP_SUFFIX)
        # A damaged file was moved aside, with what stood in it, or cannot be read.
        self._gap = database.fault is not None and database.fault.code in {"store_damaged", "store_unreadable"}
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
        oldest = oldest_kept(self._clock())
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
            EgressEntry(
                datetime.fromisoformat(at), purpose, to, what, outcome or "failed", times, datetime.fromisoformat(last)
            )
            for at, purpose, to, what, outcome, times, last in rows
        )
        return EgressReport(entries, whole and not self._stuck and not self._gap)

    def clear(self) -> bool:
        """Forget everything; return whether it is forgotten: all or nothing. Blocks."""
        return self._writer.submit(self._clear).result()

    def forget_old(self) -> None:
        """Forget what is older than `guetteur.store.keeping.KEEP_DAYS`. Blocks."""
        self._database.write(lambda db: forget_old(db, "egress", self._clock()))

    def close(self) -> None:
        """Write what waits; nothing is noted from now on. Blocks for as long as the file is locked."""
        self._settle()
        self._writer.shutdown()
        with self._lock:
            lost = self._gap or bool(self._waiting)
        if lost:
            self._mark()

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
            self._mark()

    def _settle(self) -> None:
        with suppress(RuntimeError):  # closed: everything is written
            self._writer.submit(self._flush).result()

    def _clear(self) -> bool:
        with self._lock:
            waiting, self._waiting = self._waiting, []
            gap, self._gap = self._gap, False

        def change(db: Database) -> None:
            db.execute("delete from egress")
            db.execute("delete from egress_gaps")

        cleared = self._database.forget(change)
        with self._lock:
            self._stuck = not cleared and self._database.kept
            if not cleared:
                # The old entries are still there, and so is what was missing among them.
                self._waiting, self._gap = waiting + self._waiting, self._gap or gap
        if cleared:
            self._unmark()
        return cleared

    def _flush(self) -> None:
        marked = self._is_marked()
        with self._lock:
            batch, self._waiting = self._waiting, []
            self._scheduled = False
            self._gap = gap = self._gap or marked
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
        if marked and written:
            self._unmark()
        elif not written and not self._database.kept:
            self._mark()

    def _is_marked(self) -> bool:
        try:
            return self._marker.exists()
        except OSError:
            return False

    def _mark(self) -> None:
        with suppress(OSError):
            self._marker.touch(0o600)

    def _unmark(self) -> None:
        with suppress(OSError):
            self._marker.unlink(missing_ok=True)

    def _after_loss(self, db: Database) -> None:
        db.execute("insert or ignore into egress_gaps values (?)", (stamp(self._clock()),))


class LateEgressLog:
    """The log of another process than the daemon, opened by its first contact: most commands make none."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        """Nothing is opened yet; ``path`` is the database's."""
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._opened: tuple[StateDatabase, EgressLog] | None = None

    def begun(self, left: Left) -> datetime:
        """As in the interface; the first one blocks."""
        return self._log().begun(left)

    def ended(self, left: Left, begun_at: datetime, outcome: Outcome) -> None:
        """As in the interface."""
        self._log().ended(left, begun_at, outcome)

    def close(self) -> None:
        """Write what waits and close the file. Blocks."""
        if self._opened is not None:
            database, log = self._opened
            log.close()
            database.close()

    def _log(self) -> EgressLog:
        with self._lock:
            if self._opened is None:
                database = StateDatabase(self._path, owner=False)
                self._opened = database, EgressLog(database, self._clock)
            return self._opened[1]


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
                (*key, by, *map(stamp, moments[key])),
            )
        elif by < 0:
            db.execute(
                "update egress set times = times + ? where (day, purpose, host, what, outcome) = (?, ?, ?, ?, ?)",
                (by, *key),
            )
    db.execute("delete from egress where times <= 0")
    forget_old(db, "egress", now)
    evicted = db.execute(
        "delete from egress where (day, purpose, host, what, outcome) in"
        " (select day, purpose, host, what, outcome from egress order by last_at desc limit -1 offset ?)",
        (MAX_ROWS,),
    ).rowcount
    # Those were young enough to be kept.
    if gap or evicted:
        db.execute("insert or ignore into egress_gaps values (?)", (stamp(now),))
