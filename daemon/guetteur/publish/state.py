"""What the maintainer's machine remembers between runs: SQLite in the work folder.

A run writes in one transaction that is committed only when its list was published; until then, readers and a next run
see the state before it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from guetteur.lists.layout import EPOCH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from guetteur.publish.fetch import Fetched
    from guetteur.publish.gates import Refusal

KEEP_NEWLY_DAYS = 400
_KEEP_FETCHES_DAYS = 90

_TABLES = """
create table if not exists keys (key text primary key, bits integer not null, day integer not null) without rowid;
create table if not exists newly (host text primary key, day integer not null) without rowid;
create table if not exists bare (key text, slot text, reason text not null, primary key (key, slot)) without rowid;
create table if not exists taken (slot text primary key) without rowid;
create table if not exists published (slot text primary key) without rowid;
"""


def day_of(number: int) -> date | None:
    """The day a stored number stands for; 0 is unknown."""
    return EPOCH + timedelta(days=number) if number else None


class State:
    """The database ``state.db`` of a work folder, one writer at a time."""

    def __init__(self, work: Path) -> None:
        work.mkdir(parents=True, exist_ok=True)
        self.path = work / "state.db"
        # Transactions are ours: nothing is committed behind our back.
        self._connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = wal", "synchronous = normal", "cache_size = -65536"):
            self._connection.execute(f"pragma {pragma}")
        self._connection.executescript(_TABLES)
        self._db = Database(self._connection)
        for name, columns, pk in (
            ("fetches", {"at": str, "slot": str, "outcome": str, "bytes": int, "seconds": float, "why": str}, None),
            ("decisions", {"key": str, "rule": str, "detail": str, "bits": int}, ("key", "rule")),
        ):
            if name not in self._db.table_names():
                self._db.create_table(name, columns, pk=pk)

    def close(self) -> None:
        """Forget what was not committed."""
        if self._connection.in_transaction:
            self._connection.execute("rollback")
        self._connection.close()

    def begin(self) -> None:
        """Start the run's transaction."""
        self._connection.execute("begin immediate")

    def commit(self) -> None:
        """Keep what the run wrote."""
        self._connection.execute("commit")
        self._connection.execute("pragma wal_checkpoint(truncate)")

    def record_fetches(self, results: Iterable[Fetched], at: str) -> None:
        """Add to the history, outside the run's transaction: what was tried stays known whatever comes of it."""
        rows = [
            (at, r.slot_id, r.outcome, r.downloaded, round(r.seconds, 3), f"{r.code} {r.why}".strip()) for r in results
        ]
        self._connection.execute("begin immediate")
        self._connection.executemany(
            "insert into fetches (at, slot, outcome, bytes, seconds, why) values (?,?,?,?,?,?)", rows
        )
        limit = (date.fromisoformat(at[:10]) - timedelta(days=_KEEP_FETCHES_DAYS)).isoformat()
        self._connection.execute("delete from fetches where at < ?", (limit,))
        self._connection.execute("commit")

    def fetches(self, slot_id: str) -> list[dict[str, Any]]:
        """The history of one slot, newest first."""
        return list(self._db.query("select * from fetches where slot = ? order by at desc, rowid desc", (slot_id,)))

    def previous(self) -> Iterator[tuple[str, int, int]]:
        """Key, bits, first day of every entry of the last committed run, in order, whatever is written meanwhile."""
        reader = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            yield from reader.execute("select key, bits, day from keys order by key")
        finally:
            reader.close()

    def put_keys(self, rows: Iterable[tuple[str, int, int]]) -> None:
        """Add or change entries."""
        self._connection.executemany("insert or replace into keys values (?,?,?)", rows)

    def drop_keys(self, keys: Iterable[str]) -> None:
        """Remove entries."""
        self._connection.executemany("delete from keys where key = ?", ((key,) for key in keys))

    def put_decisions(self, refusals: Iterable[Refusal]) -> None:
        """Replace the last run's decisions."""
        self._connection.execute("delete from decisions")
        self._connection.executemany(
            "insert or replace into decisions (key, rule, detail, bits) values (?,?,?,?)",
            ((r.key, r.rule, r.detail, r.bits) for r in refusals),
        )

    def record_bare(self, refused: Mapping[str, Mapping[str, str]]) -> None:
        """Replace what the normaliser refused of slots as nobody's: slot → host → reason.

        Outside the run's transaction: a copy is read once, whatever comes of the run that read it.
        """
        self._connection.execute("begin immediate")
        for slot_id, hosts in refused.items():
            self._connection.execute("delete from bare where slot = ?", (slot_id,))
            self._connection.executemany(
                "insert into bare values (?,?,?)", ((host, slot_id, reason) for host, reason in hosts.items())
            )
        self._connection.execute("commit")

    def was_published(self, slot_id: str) -> bool:
        """Whether entries of a slot were ever published."""
        return self._connection.execute("select 1 from published where slot = ?", (slot_id,)).fetchone() is not None

    def put_published(self, slot_ids: Iterable[str]) -> None:
        """Remember whose entries are published."""
        self._connection.executemany("insert or ignore into published values (?)", ((name,) for name in slot_ids))

    def taken(self, slot_id: str) -> bool:
        """Whether the hosts of a day's file are in already."""
        return self._connection.execute("select 1 from taken where slot = ?", (slot_id,)).fetchone() is not None

    def take_newly(self, slot_id: str, hosts: Iterable[str], day: date) -> None:
        """Remember the hosts of a day's file; the earliest day of a host stands."""
        number = (day - EPOCH).days
        self._connection.executemany(
            "insert into newly values (?,?) on conflict (host) do update set day = min(day, excluded.day)",
            ((host, number) for host in hosts),
        )
        self._connection.execute("insert or ignore into taken values (?)", (slot_id,))

    def prune_newly(self, today: date) -> None:
        """Forget hosts first seen more than `KEEP_NEWLY_DAYS` ago."""
        limit = (today - EPOCH).days - KEEP_NEWLY_DAYS
        self._connection.execute("delete from newly where day < ?", (limit,))

    def newly(self) -> NewlyTable:
        """Hosts and the day each was first seen, read from the database as needed, in order."""
        return NewlyTable(self._connection)

    def entry(self, key: str) -> tuple[int, int] | None:
        """Bits and first day of a listed key."""
        found = self._connection.execute("select bits, day from keys where key = ?", (key,)).fetchone()
        return None if found is None else (found[0], found[1])

    def decisions(self, key: str) -> list[tuple[str, str, int]]:
        """Rule, detail, bits of what was decided on a key in the last run."""
        return list(self._connection.execute("select rule, detail, bits from decisions where key = ?", (key,)))

    def bare(self, host: str) -> list[tuple[str, str]]:
        """Slots that wanted to list ``host``, which is nobody's, with the reason."""
        return list(self._connection.execute("select slot, reason from bare where key = ?", (host,)))

    def __len__(self) -> int:
        return int(self._connection.execute("select count(*) from keys").fetchone()[0])


class NewlyTable(Mapping[str, date]):
    """Host → first day seen; valid while the state is open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getitem__(self, host: str) -> date:
        found = self._connection.execute("select day from newly where host = ?", (host,)).fetchone()
        if found is None:
            raise KeyError(host)
        return EPOCH + timedelta(days=found[0])

    def __iter__(self) -> Iterator[str]:
        for (host,) in self._connection.execute("select host from newly order by host"):
            yield host

    def __len__(self) -> int:
        return int(self._connection.execute("select count(*) from newly").fetchone()[0])

    def rows(self) -> Iterator[tuple[str, date]]:
        """Hosts with their day in one pass."""
        for host, day in self._connection.execute("select host, day from newly order by host"):
            yield host, EPOCH + timedelta(days=day)
