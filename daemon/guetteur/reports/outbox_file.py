"""The file ``outbox.db``: its tables, and transactions that are on the disk when they return."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from guetteur.errors import GuetteurError
from guetteur.store.migrations import NewerFileError, migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BUSY_MS = 5_000

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "create table cases (id text primary key, content blob not null) without rowid",
        """create table reports (
           case_id text not null, channel text not null, state text not null, recipient text not null,
           subject text not null, url text not null, draft blob not null, reference text not null default '',
           code text not null default '', detail text not null default '', attempts integer not null default 0,
           failures integer not null default 0, queued_at text not null, updated_at text not null,
           wait_from text not null, wait_until text not null, primary key (case_id, channel))""",
        "create index reports_by_subject on reports (subject)",
        "create index reports_by_state on reports (state, channel, queued_at)",
        "create index reports_by_time on reports (queued_at)",
        """create table receipts (id integer primary key, case_id text not null, channel text not null,
           state text not null, reference text not null, code text not null, detail text not null, at text not null)""",
        "create index receipts_by_report on receipts (case_id, channel)",
        """create table lanes (channel text primary key, wait_from text not null, wait_until text not null)
           without rowid""",
    ),
    (
        """create table marks (case_id text not null, kind text not null, value text not null,
           primary key (case_id, kind, value)) without rowid""",
        "create index reports_by_case on reports (case_id, state)",
        # Counts what can change a campaign, whoever changes it; receipts come far more often.
        "create table campaign_changes (number integer not null)",
        "insert into campaign_changes values (0)",
        *(
            f"create trigger {name} after {event} begin update campaign_changes set number = number + 1; end"  # noqa: S608
            for name, event in (
                ("mark_kept", "insert on marks"),
                ("mark_dropped", "delete on marks"),
                ("case_kept", "insert on cases"),
                ("case_changed", "update on cases"),
                ("report_kept", "insert on reports"),
                ("report_retracted", "update of state on reports when 'retracted' in (old.state, new.state)"),
            )
        ),
    ),
    (
        """create table watches (case_id text primary key, url text not null, running integer not null,
           state text not null, seen_open integer not null default 0, checks integer not null default 0,
           doubted_at text, closed_at text, checked_at text, begun_at text not null, wait_from text not null,
           wait_until text not null) without rowid""",
    ),
)
"""Each entry is applied once, in one transaction; the number of those applied is the file's ``user_version``. Only ever
add to the end."""


class OutboxError(GuetteurError):
    """The outbox cannot be read or written."""


class OutboxFile:
    """One file; calls block for as long as the disk takes, one at a time, from any thread."""

    def __init__(self, path: Path) -> None:
        """Open it, bring its tables up to date.

        Raises:
            OutboxError: ``outbox_unreadable``, ``outbox_newer``.
        """
        self.path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Made by us before SQLite does: what a person reports is nobody else's business, not even for a moment.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            path.chmod(0o600)
            self._db = _connect(path)
        except (OSError, sqlite3.Error) as error:
            hint = "check the folder's rights and room; a damaged file can be moved away, and a new one is begun"
            raise OutboxError("outbox_unreadable", f"{path}: {error}", hint) from None

    def close(self) -> None:
        """Close it."""
        with self._lock, suppress(sqlite3.Error):
            self._db.conn.close()

    @contextmanager
    def change(self) -> Iterator[Database]:
        """One transaction: made as a whole and on the disk, or not at all; begun within another it is part of that one.

        Raises:
            OutboxError: ``outbox_unwritable``; nothing was changed.
        """
        with self._lock:
            if self._db.conn.in_transaction:
                yield self._db
                return
            try:
                self._db.conn.execute("begin immediate")
                yield self._db
                self._db.conn.execute("commit")
            except BaseException as error:
                with suppress(sqlite3.Error):
                    if self._db.conn.in_transaction:
                        self._db.conn.execute("rollback")
                if isinstance(error, sqlite3.Error):
                    raise self._fault(error) from None
                raise

    def read(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        """All rows.

        Raises:
            OutboxError: ``outbox_unwritable``.
        """
        with self._lock:
            try:
                return list(self._db.execute(query, values).fetchall())
            except sqlite3.Error as error:
                raise self._fault(error) from None

    def _fault(self, error: sqlite3.Error) -> OutboxError:
        return OutboxError("outbox_unwritable", f"{self.path}: {error}", "free some disk space, or try again")


def _connect(path: Path) -> Database:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_BUSY_MS / 1000)
    try:
        connection.execute("pragma journal_mode = wal")
        # Every commit is on the disk when it returns: "sent" must not be forgotten by a power cut.
        connection.execute("pragma synchronous = full")
        connection.execute("pragma secure_delete = on")
        # One commit in a hundred would pay for copying the log back; the log may grow to 16 MB instead.
        connection.execute("pragma wal_autocheckpoint = 4000")
        migrate(connection, MIGRATIONS)
    except NewerFileError:
        connection.close()
        hint = "update guetteur"
        raise OutboxError("outbox_newer", f"{path} was written by a later version of guetteur", hint) from None
    except BaseException:
        connection.close()
        raise
    return Database(connection, execute_plugins=False)
