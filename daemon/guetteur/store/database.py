"""One SQLite file that the daemon can do without: every failure becomes a `Fault`, and the daemon goes on.

What cannot be written is held in memory, and what must not be lost is written when it can be (`StateDatabase.owe`). A
damaged file is moved aside and begun anew, by its owner alone: under a daemon that has it open, another process would
take away what the daemon goes on writing. Calls block for as long as the disk takes, so the daemon makes them in a
thread; one at a time, from any thread.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from sqlite_utils import Database

from guetteur.store.migrations import NewerFileError, migrate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")
LOG = logging.getLogger(__name__)

DAMAGED_SUFFIX = ".damaged"
_COMPANIONS = ("", "-wal", "-shm")
_BUSY_MS = 2_000
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PASSING = frozenset({"store_full", "store_busy", "store_unwritable"})
"""Troubles that may end while the daemon runs."""
_READ_ONLY = ("mode=ro", "immutable=1")
"""Ways to open what cannot be written. The second sees no write-ahead log, so nothing that a killed daemon wrote last;
the first needs a place for the log's index, which a full or read-only disk may refuse."""


class Fault(NamedTuple):
    """Why the file is not as it should be: a code, a sentence, what to do."""

    code: str
    message: str
    hint: str


class StateDatabase:
    """The file ``guetteur.db`` of one state folder.

    Attributes:
        path: where it lies.
        kept: whether what is written outlives this process.
    """

    def __init__(self, path: Path, *, owner: bool = True) -> None:
        """Open it, bring its tables up to date; never raises for what is wrong with the file or its folder.

        Args:
            path: where it lies.
            owner: this process is the daemon; any other leaves a damaged file for the daemon to find.
        """
        self.path = path
        self.kept = False
        self._owner = owner
        self._lock = threading.Lock()
        self._loss: Fault | None = None
        self._trouble: Fault | None = None
        self._after_loss: list[Callable[[Database], None]] = []
        self._owed: dict[object, Callable[[Database], object]] = {}
        self._copied = False
        self._db = self._open()

    @property
    def fault(self) -> Fault | None:
        """What is wrong now, else what was lost since this process began."""
        return self._trouble or self._loss

    def after_loss(self, refill: Callable[[Database], None]) -> None:
        """Have ``refill`` write what it still knows whenever the file had to be begun anew in the middle of a run."""
        self._after_loss.append(refill)

    def read(self, ask: Callable[[Database], T], otherwise: T) -> T:
        """What ``ask`` answers, or ``otherwise`` when the file cannot be read."""
        with self._lock:
            try:
                return ask(self._db)
            except sqlite3.Error as error:
                self._failed(error)
                return otherwise

    def write(self, change: Callable[[Database], object]) -> bool:
        """Make ``change`` as a whole or not at all; return whether it was made and outlives this process."""
        with self._lock:
            if not self._try(change):
                return False
            if self.kept and not self._owed:
                self._trouble = None
            return self.kept

    def owe(self, key: object, change: Callable[[Database], object]) -> bool:
        """As `write`, but what cannot be written now is written by a later call, or by `settle`.

        Args:
            key: what is changed; a later change of the same takes this one's place.
            change: may be made twice.
        """
        with self._lock:
            self._owed.pop(key, None)
            self._owed[key] = change
            late = len(self._owed) > 1
            paid = self._pay()
            if paid and late:
                self._empty_log()
            return paid

    def settle(self) -> None:
        """Write what is owed, where there is room again."""
        with self._lock:
            if not self.kept and self._owner:
                self._reopen()
            if self.kept and self._owed and self._pay():
                self._empty_log()

    def forget(self, change: Callable[[Database], object]) -> bool:
        """Make ``change``, which takes something away, for good: in the write-ahead log, too, or not at all.

        Returns:
            Whether it was made; never where only this process would forget.
        """
        if not self.kept or not self.write(change):
            return False
        self.empty_log()
        return True

    def empty_log(self) -> None:
        """Leave nothing in the write-ahead log of what was taken away."""
        with self._lock:
            self._empty_log()

    def check(self) -> None:
        """Look at all of the file, as when it was opened, and do the same about damage that no call has met yet."""
        with self._lock:
            if not (self.kept and self._owner):
                return
            try:
                # Else whole pages in memory would be read of what is damaged on the disk.
                self._db.execute("pragma shrink_memory").fetchall()
                _check(self._db.conn, self.path)
            except sqlite3.Error as error:
                self._failed(error)

    def close(self) -> None:
        """Close the file; later calls answer as if it could not be read."""
        with self._lock, suppress(sqlite3.Error):
            self._db.conn.close()

    def _try(self, change: Callable[[Database], object]) -> bool:
        try:
            self._change(change)
        except sqlite3.Error as error:
            if not self._failed(error):
                return False
            try:
                self._change(change)  # the file was damaged: this is the first change of the new one
            except sqlite3.Error as again:
                self._failed(again)
                return False
        return True

    def _pay(self) -> bool:
        """Make every change that is owed, all or none; return whether they outlive this process."""

        def change(db: Database) -> None:
            for owed in self._owed.values():
                owed(db)

        if not self._try(change) or not self.kept:
            return False
        self._owed.clear()
        self._trouble = None
        return True

    def _empty_log(self) -> None:
        with suppress(sqlite3.Error):
            # A process that reads at this moment keeps the old pages until the next time, or until the file is closed.
            self._db.execute("pragma wal_checkpoint(truncate)").fetchall()

    def _change(self, change: Callable[[Database], object]) -> None:
        connection = self._db.conn
        connection.execute("begin immediate")
        try:
            change(self._db)
            connection.execute("commit")
        except BaseException:
            with suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("rollback")
            raise

    def _open(self) -> Database:
        try:
            database = self._open_file()
        except NewerFileError:
            self._trouble = Fault(
                "store_newer", f"{self.path} was written by a later version of guetteur", "update guetteur"
            )
        except (OSError, sqlite3.Error) as error:
            self._trouble = _fault(error, self.path)
        else:
            self.kept = True
            return database
        self.kept = False
        LOG.warning("%s (%s); going on without", self._trouble.message, self._trouble.hint)
        return self._in_memory()

    def _reopen(self) -> None:
        """Open the file after all, where what hindered that may have passed and nothing in the file is unknown here."""
        if self._trouble is None or self._trouble.code not in _PASSING or not self._copied:
            return
        try:
            database = self._open_file()
        except (NewerFileError, OSError, sqlite3.Error):
            return
        self._db.conn.close()
        self._db, self.kept, self._trouble = database, True, None
        self._refill()

    def _refill(self) -> None:
        for refill in self._after_loss:
            try:
                self._change(refill)
            except sqlite3.Error as error:
                self._owed[refill], self._trouble = refill, _fault(error, self.path)

    def _open_file(self) -> Database:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Made by us before SQLite does: whom the person visits is nobody else's business, not even for a moment.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        self.path.chmod(0o600)
        try:
            return _connect(self.path)
        except sqlite3.DatabaseError as error:
            if not (self._owner and _is_damage(error)):
                raise
        self._set_aside()
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        return _connect(self.path)

    def _set_aside(self) -> None:
        """Keep the damaged file beside, for whoever wants to rescue something; only the last one."""
        aside = self.path.with_name(self.path.name + DAMAGED_SUFFIX)
        for companion in _COMPANIONS:
            source, target = (path.with_name(path.name + companion) for path in (self.path, aside))
            target.unlink(missing_ok=True)
            if source.exists():
                source.replace(target)
        self._loss = Fault(
            "store_damaged", f"{self.path} was damaged and a new one was begun", f"the old one is now {aside}"
        )
        LOG.error("%s; %s", self._loss.message, self._loss.hint)

    def _in_memory(self) -> Database:
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._copied = False
        if self._trouble is not None and self._trouble.code in _PASSING:
            # Read-only folder or disk: what the person decided before still holds.
            self._copied = _is_absent(self.path) or any(_copy(self.path, connection, way) for way in _READ_ONLY)
        try:
            migrate(connection)
        except (NewerFileError, sqlite3.Error):
            connection.close()
            self._copied = False
            connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            migrate(connection)
        return Database(connection, execute_plugins=False)

    def _failed(self, error: sqlite3.Error) -> bool:
        """Remember what went wrong; return whether there is a new file in the place of a damaged one."""
        if not (self.kept and self._owner and _is_damage(error)):
            trouble = _fault(error, self.path)
            if self._trouble is None or self._trouble.code != trouble.code:
                LOG.warning("%s (%s)", trouble.message, trouble.hint)
            if self.kept or self._trouble is None:
                self._trouble = trouble
            return False
        with suppress(sqlite3.Error):
            self._db.conn.close()
        try:
            self._set_aside()
        except OSError as stuck:
            self._trouble = _fault(stuck, self.path)
        self._db = self._open()
        self._refill()
        return True


def _connect(path: Path) -> Database:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_BUSY_MS / 1000)
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        # What is removed is gone: a removed exception or visit must not be found in the file's free pages.
        connection.execute("pragma secure_delete = on")
        _check(connection, path)
        migrate(connection)
        # A file that only opens for reading says so here, not at the first exception the person makes.
        connection.execute("begin immediate")
        connection.execute("rollback")
    except BaseException:
        connection.close()
        raise
    return Database(connection, execute_plugins=False)


def _is_absent(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        pass
    return False


def _copy(path: Path, target: sqlite3.Connection, way: str) -> bool:
    """Whether everything in the file could be copied, opened this ``way``."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{way}", uri=True)) as source:
            source.backup(target)
    except sqlite3.Error:
        return False
    return True


def _check(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("pragma quick_check(1)").fetchone()[0] != "ok":
        error = sqlite3.DatabaseError(f"{path} fails its check")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _result_code(error: sqlite3.Error) -> int:
    # The primary code: the extended ones carry more in their upper bytes.
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def _is_damage(error: sqlite3.Error) -> bool:
    return _result_code(error) in _BROKEN


def _fault(error: OSError | sqlite3.Error, path: Path) -> Fault:
    if isinstance(error, sqlite3.Error):
        match _result_code(error):
            case sqlite3.SQLITE_FULL:
                return Fault("store_full", f"no room left for {path}", "free some disk space")
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return Fault("store_busy", f"another program keeps {path} locked", "it is tried again")
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                return Fault("store_unreadable", f"{path} is damaged", "guetteur begins a new one when it next starts")
        return Fault("store_unwritable", f"{path}: {error}", "check the folder's owner and rights")
    reason = error.strerror or str(error)
    return Fault("store_unwritable", f"{path}: {reason}", "check the folder's owner and rights")
