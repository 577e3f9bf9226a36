"""The tables of ``guetteur.db``, as the ordered list of changes that made them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "create table secrets (name text primary key, value blob not null) without rowid",
        "create table exceptions (host text primary key, added_at text not null) without rowid",
        # Days are counted from the year 1 (`date.toordinal`); `key` is no host: see `guetteur.store.visits`.
        """create table visits (key blob primary key, days integer not null, first_day integer not null,
           last_day integer not null) without rowid""",
        "create index visits_by_last_day on visits (last_day)",
        """create table ages (domain text primary key, created text, why text, fetched_at text not null)
           without rowid""",
        "create table questions (day text primary key, asked integer not null)",
    ),
    (
        # `outcome` is empty while a contact lasts: see `guetteur.store.egress`.
        """create table egress (day text not null, purpose text not null, host text not null, what text not null,
           outcome text not null, times integer not null, at text not null, last_at text not null,
           primary key (day, purpose, host, what, outcome)) without rowid""",
        "create index egress_by_last_at on egress (last_at)",
        "create table egress_gaps (at text primary key) without rowid",
        # Numbers are never given twice: a page that is looked at may still hold an old one.
        """create table history (id integer primary key autoincrement, day text not null, host text not null,
           level text not null, body text, times integer not null, at text not null, last_at text not null,
           unique (day, host))""",
        "create index history_by_last_at on history (last_at)",
    ),
)
"""Each entry is applied once, in one transaction; the number of those applied is the file's ``user_version``. Only ever
add to the end."""


class NewerFileError(Exception):
    """A later version of the program has changed the tables."""


def migrate(connection: sqlite3.Connection, steps: Sequence[Sequence[str]] = MIGRATIONS) -> None:
    """Bring the tables up to date with ``steps``, which are as `MIGRATIONS`.

    Raises:
        NewerFileError: they are ahead of this program.
        sqlite3.Error: the file cannot be read or written; it is as it was.
    """
    if _version(connection) == len(steps):
        return
    if _version(connection) > len(steps):
        raise NewerFileError
    connection.execute("begin immediate")
    try:
        version = _version(connection)  # anew: another process may have been quicker
        for number, statements in enumerate(steps[version:], version + 1):
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"pragma user_version = {number}")
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])
