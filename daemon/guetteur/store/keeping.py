"""How long, and how much, of what is kept day by day: what left, and warnings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sqlite_utils import Database

KEEP_DAYS = 90
MAX_ROWS = 5_000
"""Of each table, the newest."""


def stamp(moment: datetime) -> str:
    """As it stands in a row; sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def oldest_kept(now: datetime) -> str:
    """The stamp before which nothing is kept."""
    return stamp(now - timedelta(days=KEEP_DAYS))


def forget_old(db: Database, table: Literal["egress", "history"], now: datetime) -> None:
    """Delete the rows of ``table`` that are older than `KEEP_DAYS`."""
    db.execute(f"delete from {table} where last_at < ?", (oldest_kept(now),))  # noqa: S608 -- one of two names
