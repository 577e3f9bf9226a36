"""Warnings the person was given, for those who want them kept: nothing is added unless the extension says so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from guetteur.store.exceptions import checked_host
from guetteur.store.keeping import MAX_ROWS, forget_old, oldest_kept, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlite_utils import Database

    from guetteur.store.database import StateDatabase

WarnedLevel = Literal["DANGER", "CAUTION"]


class Warned(msgspec.Struct, frozen=True):
    """Warnings of one host on one day (UTC).

    Attributes:
        id: never given twice.
        at: the first, UTC.
        host: normalised ASCII host.
        level: the gravest.
        body: id of the body it imitates, or None.
        times: how many.
        last_at: the last, UTC.
    """

    id: int
    at: datetime
    host: str
    level: WarnedLevel
    body: str | None
    times: int
    last_at: datetime


class History:
    """The warnings of one person; calls block."""

    def __init__(self, database: StateDatabase, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def add(self, host: str, level: WarnedLevel, body: str | None) -> None:
        """Keep a warning that is given now; one that cannot be written is not worth an error.

        Raises:
            InvalidInputError: ``not_a_host``.
        """
        name, now = checked_host(host), self._clock()
        day, at = now.astimezone(UTC).date().isoformat(), stamp(now)

        def change(db: Database) -> None:
            db.execute(
                "insert into history (day, host, level, body, times, at, last_at) values (?, ?, ?, ?, 1, ?, ?)"
                " on conflict (day, host) do update set times = times + 1, last_at = max(last_at, excluded.last_at),"
                " level = case level when 'DANGER' then level else excluded.level end,"
                " body = coalesce(excluded.body, body)",
                (day, name, level, body, at, at),
            )
            forget_old(db, "history", now)
            db.execute(
                "delete from history where id in (select id from history order by last_at desc limit -1 offset ?)",
                (MAX_ROWS,),
            )

        self._database.write(change)

    def entries(self, limit: int) -> tuple[Warned, ...]:
        """The newest."""
        oldest = oldest_kept(self._clock())
        nothing: list[tuple[int, str, str, WarnedLevel, str | None, int, str]] = []
        rows = self._database.read(
            lambda db: db.execute(
                "select id, at, host, level, body, times, last_at from history"
                " where last_at >= ? order by last_at desc, id desc limit ?",
                (oldest, limit),
            ).fetchall(),
            nothing,
        )
        return tuple(
            Warned(number, datetime.fromisoformat(at), host, level, body, times, datetime.fromisoformat(last))
            for number, at, host, level, body, times, last in rows
        )

    def forget_old(self) -> None:
        """Forget what is older than `guetteur.store.keeping.KEEP_DAYS`, also where nothing is added any more."""
        self._database.write(lambda db: forget_old(db, "history", self._clock()))

    def clear(self, ids: Sequence[int] | None) -> bool:
        """Forget those of ``ids``, or all with None; return whether they are forgotten: all or none."""

        def change(db: Database) -> None:
            if ids is None:
                db.execute("delete from history")
            else:
                db.conn.executemany("delete from history where id = ?", ((number,) for number in ids))

        return self._database.forget(change)
