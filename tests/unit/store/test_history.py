"""Warnings that are kept: one a host and day, bounded, only what was asked for, and gone when they are cleared."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guetteur.errors import InvalidInputError
from guetteur.store.database import StateDatabase
from guetteur.store.history import History
from guetteur.store.keeping import KEEP_DAYS, MAX_ROWS
from guetteur.store.person import FILE_NAME

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[StateDatabase]:
    opened = StateDatabase(tmp_path / FILE_NAME)
    yield opened
    opened.close()


@pytest.fixture
def history(database: StateDatabase, clock: Clock) -> History:
    return History(database, clock)


def told(history: History) -> list[tuple[object, ...]]:
    return [(one.host, one.level, one.body, one.times) for one in history.entries(MAX_ROWS)]


def test_nothing_is_kept_by_itself(history: History) -> None:
    assert history.entries(9) == ()


def test_one_host_on_one_day_is_one_entry(history: History, clock: Clock) -> None:
    history.add("scam.example", "CAUTION", None)
    clock.now += timedelta(hours=1)
    history.add("scam.example", "DANGER", "ameli")
    clock.now += timedelta(hours=1)
    history.add("scam.example", "CAUTION", None)  # the gravest stays, and whom it imitates
    history.add("www.scam.example", "DANGER", None)
    assert told(history) == [("www.scam.example", "DANGER", None, 1), ("scam.example", "DANGER", "ameli", 3)]
    one = history.entries(9)[1]
    assert (one.at, one.last_at) == (NOW, NOW + timedelta(hours=2))
    clock.now += timedelta(hours=12)
    history.add("scam.example", "DANGER", None)
    assert len(told(history)) == 3


@pytest.mark.parametrize(
    "host",
    [
        "",
        "a b",
        "https://a.fr",
        "a.fr/path",
        "a.fr:80",
        "user@a.fr",
        "A.fr",
        "é.fr",
        "a" * 300 + ".fr",
        "a.fr.\n",
        "<b>",
    ],
)
def test_what_is_no_host_is_refused(history: History, host: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        history.add(host, "DANGER", None)
    assert refused.value.code == "not_a_host"
    assert history.entries(9) == ()


def test_addresses_and_foreign_names_are_hosts(history: History) -> None:
    for host in ("93.184.216.34", "[2001:db8::1]", "xn--mnchen-3ya.de"):
        history.add(host, "DANGER", None)
    assert len(told(history)) == 3


def test_some_or_all_are_forgotten_for_good(history: History, tmp_path: Path) -> None:
    for number in range(4):
        history.add(f"site-{number}-to-forget.example", "DANGER", None)
    first = history.entries(9)
    assert history.clear([first[0].id, first[2].id, 999])
    assert [one.id for one in history.entries(9)] == [first[1].id, first[3].id]
    assert history.clear([])
    assert len(history.entries(9)) == 2
    assert history.clear(None)
    assert history.entries(9) == ()
    history.add("new.example", "DANGER", None)
    assert history.entries(9)[0].id not in {one.id for one in first}
    assert [path.name for path in tmp_path.iterdir() if b"to-forget" in path.read_bytes()] == []


def test_what_only_this_process_would_forget_is_not_cleared(
    history: History, database: StateDatabase, clock: Clock, tmp_path: Path
) -> None:
    history.add("scam.example", "DANGER", None)
    database.read(lambda db: db.execute("pragma wal_checkpoint(truncate)").fetchall(), [])
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("begin immediate")
    in_memory = StateDatabase(tmp_path / FILE_NAME)
    other.execute("commit")
    other.close()
    assert not in_memory.kept
    late = History(in_memory, clock)
    assert not late.clear(None)
    assert told(late) == told(history) == [("scam.example", "DANGER", None, 1)]
    in_memory.close()


def test_what_is_old_is_forgotten_also_where_nothing_is_added(
    history: History, database: StateDatabase, clock: Clock
) -> None:
    history.add("old.example", "DANGER", None)
    clock.now += timedelta(days=KEEP_DAYS, seconds=1)
    assert history.entries(9) == ()
    history.forget_old()
    assert database.read(lambda db: db.execute("select count(*) from history").fetchone(), ()) == (0,)


def test_a_clock_put_back_loses_nothing(history: History, clock: Clock) -> None:
    clock.now = NOW + timedelta(days=400)
    history.add("a.example", "DANGER", None)
    clock.now = NOW
    history.add("b.example", "DANGER", None)
    assert [host for host, *_ in told(history)] == ["a.example", "b.example"]


def test_the_newest_are_kept_when_there_are_too_many(history: History, database: StateDatabase, clock: Clock) -> None:
    rows = [(NOW.date().isoformat(), f"site-{number}.example", "DANGER", None, 1) for number in range(MAX_ROWS)]
    early = NOW - timedelta(days=1)
    database.write(
        lambda db: db.conn.executemany(
            "insert into history (day, host, level, body, times, at, last_at) values (?, ?, ?, ?, ?, ?, ?)",
            [(*row, stamp, stamp) for row, stamp in zip(rows, map(_stamp, _seconds(early)), strict=False)],
        )
    )
    history.add("one-more.example", "DANGER", None)
    found = [host for host, *_ in told(history)]
    assert (found[0], found[-1], len(found)) == ("one-more.example", "site-1.example", MAX_ROWS)


def _seconds(begin: datetime) -> Iterator[datetime]:
    while True:
        yield begin
        begin += timedelta(seconds=1)


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def test_a_locked_or_full_file_fails_nobody(history: History, database: StateDatabase, tmp_path: Path) -> None:
    database.read(lambda db: db.execute("pragma busy_timeout = 50"), None)
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("begin immediate")
    history.add("a.example", "DANGER", None)
    assert not history.clear(None)
    other.execute("commit")
    other.close()
    assert history.entries(9) == ()
    assert database.fault is not None
    assert database.fault.code == "store_busy"
    history.add("a.example", "DANGER", None)
    assert len(history.entries(9)) == 1
