"""Which doubtful names the person goes to regularly, kept without the names.

A site that somebody has used for weeks before a rule began to doubt its name is most likely what they take it for;
it gets the calmer level (Chromium does the same by site engagement). Kept are, per host, a keyed hash (HMAC-SHA256),
on how many days it was opened, the first and the last: no address, no time of day. Only hosts whose name gave some
evidence are noted at all, so ordinary browsing leaves no trace. The key lies in the same file: whoever can read the
person's files can still try names one by one, as they could in the browser's own history.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from typing import TYPE_CHECKING

from guetteur.store.exceptions import without_www

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlite_utils import Database

    from guetteur.store.database import StateDatabase

ENOUGH_DAYS = 3
SETTLED_DAYS = 7
"""Familiar: opened on so many days, the first of them so long ago."""

FORGET_DAYS = 180
MAX_ROWS = 50_000
MOST_DAYS = 255
_MAX_WAITING = 5_000
_KEY = "visits"
_PREFIX = 8


class Visits:
    """Visits, written in batches; asking whether a host is familiar costs a hash and a look into a set."""

    def __init__(self, database: StateDatabase, clock: Callable[[], datetime]) -> None:
        """Load the key and what is familiar."""
        self._database = database
        self._clock = clock
        self._secret = database.read(_secret, None) or secrets.token_bytes(32)
        database.write(self._keep_secret)
        # Another process may have been quicker with its key.
        self._secret = database.read(_secret, None) or self._secret
        database.after_loss(self._keep_secret)
        self._waiting: dict[bytes, int] = {}
        self._day = self._today()
        self._familiar = self._load()
        self._pruned = 0

    def familiar(self, host: str) -> bool:
        """Whether the person has gone to ``host`` on three days or more, for a week or more."""
        familiar = self._familiar
        return bool(familiar) and self._key(host)[:_PREFIX] in familiar

    def note(self, host: str) -> None:
        """Remember that the person opened ``host`` today; written by the next `flush`."""
        if len(self._waiting) < _MAX_WAITING:
            self._waiting[self._key(host)] = self._today()

    async def flush(self) -> None:
        """Write what was noted; once a day also forget what is old."""
        batch, self._waiting = self._waiting, {}
        today = self._today()
        if not batch and today == self._day == self._pruned:
            return
        if not await asyncio.to_thread(self._write, batch, today) and self._database.kept:
            self._waiting = batch | self._waiting  # disk full or locked: next time
        self._day = self._pruned = today

    def flush_now(self) -> None:
        """`flush`, for the end of the process."""
        batch, self._waiting = self._waiting, {}
        self._write(batch, self._today())

    def _write(self, batch: dict[bytes, int], today: int) -> bool:
        rows = [(key, day, day, MOST_DAYS) for key, day in batch.items()]
        prune = today != self._pruned

        def change(db: Database) -> None:
            # After a clock that ran ahead, days in the future would keep a row from counting for as long.
            db.conn.executemany(
                "insert into visits values (?, 1, ?, ?) on conflict (key) do update set"
                " days = min(?, days + (last_day <> excluded.last_day)),"
                " first_day = min(first_day, excluded.first_day), last_day = excluded.last_day",
                rows,
            )
            if prune:
                db.execute("delete from visits where last_day < ?", (today - FORGET_DAYS,))
            db.execute(
                "delete from visits where key in (select key from visits order by last_day desc limit -1 offset ?)",
                (MAX_ROWS,),
            )

        written = self._database.write(change)
        self._familiar = self._load(today)
        return written

    def _load(self, today: int | None = None) -> frozenset[bytes]:
        first = (self._today() if today is None else today) - SETTLED_DAYS
        nothing: list[tuple[bytes]] = []
        rows = self._database.read(
            lambda db: db.execute(
                "select key from visits where days >= ? and first_day <= ?", (ENOUGH_DAYS, first)
            ).fetchall(),
            nothing,
        )
        return frozenset(key[:_PREFIX] for (key,) in rows)

    def _key(self, host: str) -> bytes:
        return hmac.digest(self._secret, without_www(host).encode("ascii"), "sha256")

    def _today(self) -> int:
        return self._clock().date().toordinal()

    def _keep_secret(self, db: Database) -> None:
        db.execute("insert or ignore into secrets values (?, ?)", (_KEY, self._secret))


def _secret(db: Database) -> bytes | None:
    row = db.execute("select value from secrets where name = ?", (_KEY,)).fetchone()
    return None if row is None else bytes(row[0])
