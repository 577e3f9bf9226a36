"""The log of what left: on the disk before the answer comes, bounded, and honest about what it could not write."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guetteur.egress import Left, contact, errand
from guetteur.store.database import StateDatabase
from guetteur.store.egress import GAP_SUFFIX, EgressEntry, EgressLog, LateEgressLog
from guetteur.store.keeping import KEEP_DAYS, MAX_ROWS
from guetteur.store.person import FILE_NAME

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RDAP = Left("age", "rdap.example", "scam.fr")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


@pytest.fixture
def database(path: Path) -> Iterator[StateDatabase]:
    opened = StateDatabase(path)
    yield opened
    opened.close()


@pytest.fixture
def log(database: StateDatabase, clock: Clock) -> Iterator[EgressLog]:
    made = EgressLog(database, clock)
    yield made
    made.close()


def told(log: EgressLog) -> list[tuple[str, ...]]:
    return [(one.purpose, one.to, one.what, one.outcome, str(one.count)) for one in log.report(MAX_ROWS).entries]


def note(log: EgressLog, left: Left = RDAP, times: int = 1) -> None:
    for _ in range(times):
        log.ended(left, log.begun(left), "answered")


def test_nothing_left_at_first(log: EgressLog) -> None:
    assert log.report(9).entries == ()
    assert log.report(1).complete


def test_like_contacts_of_a_day_are_one_line(log: EgressLog, clock: Clock) -> None:
    note(log)
    note(log, Left("age", "whois.example", "scam.fr"))
    clock.now += timedelta(hours=2)
    note(log)
    assert log.report(1).entries == (EgressEntry(NOW, *RDAP, "answered", 2, NOW + timedelta(hours=2)),)
    clock.now += timedelta(hours=12)
    note(log)
    assert [line[-1] for line in told(log)] == ["1", "2", "1"]


def test_a_contact_is_on_the_disk_before_it_ends(log: EgressLog, database: StateDatabase, clock: Clock) -> None:
    begun_at = log.begun(RDAP)
    assert told(log) == [(*RDAP, "failed", "1")]
    other = EgressLog(database, clock)
    assert told(other) == [(*RDAP, "failed", "1")]
    other.close()
    clock.now += timedelta(hours=20)  # over midnight: it stays where it began
    log.ended(RDAP, begun_at, "answered")
    assert log.report(9).entries == (EgressEntry(NOW, *RDAP, "answered", 1, NOW),)


def test_one_that_a_kill_cut_short_is_told(path: Path) -> None:
    script = (
        "import os, signal, sys; from datetime import UTC, datetime; from pathlib import Path;"
        "from guetteur.egress import errand, Contact; from guetteur.store.database import StateDatabase;"
        "from guetteur.store.egress import EgressLog;"
        "log = EgressLog(StateDatabase(Path(sys.argv[1])), lambda: datetime.now(UTC))\n"
        "with errand(log, 'report', 'netcraft'): Contact('api.example')\n"
        "log.report(1).entries; os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script, path], check=False)
    database = StateDatabase(path)
    log = EgressLog(database, lambda: datetime.now(UTC))
    assert told(log) == [("report", "api.example", "netcraft", "failed", "1")]
    assert log.report(1).complete
    log.close()
    database.close()


def test_what_is_old_is_forgotten(log: EgressLog, database: StateDatabase, clock: Clock) -> None:
    note(log)
    clock.now += timedelta(days=KEEP_DAYS, seconds=1)
    assert log.report(9).entries == ()
    note(log, Left("lists", "lists.example", ""))
    assert len(told(log)) == 1
    clock.now += timedelta(days=KEEP_DAYS, seconds=1)
    log.forget_old()
    assert database.read(lambda db: db.execute("select count(*) from egress").fetchone(), ()) == (0,)


def test_a_clock_put_back_loses_nothing(log: EgressLog, clock: Clock) -> None:
    clock.now = NOW + timedelta(days=40)
    note(log)
    clock.now = NOW
    note(log)
    assert [line[-1] for line in told(log)] == ["1", "1"]
    assert [one.at for one in log.report(9).entries] == [NOW + timedelta(days=40), NOW]


def test_the_newest_are_kept_when_there_are_too_many(log: EgressLog, clock: Clock) -> None:
    for number in range(MAX_ROWS + 30):
        clock.now = NOW + timedelta(seconds=number)
        note(log, Left("lookup", "dns", f"site-{number}.fr"))
        if number % 500 == 0:
            log.report(1)
    found = [one.what for one in log.report(2 * MAX_ROWS).entries]
    assert found == [f"site-{number}.fr" for number in range(MAX_ROWS + 29, 29, -1)]
    assert not log.report(1).complete
    # Many at the same moment, as well.
    for number in range(40):
        note(log, Left("watch", f"at-once-{number}.fr", ""))
    assert len(log.report(2 * MAX_ROWS).entries) == MAX_ROWS


def test_a_locked_file_makes_nobody_wait_and_is_written_later(
    log: EgressLog, database: StateDatabase, path: Path
) -> None:
    database.read(lambda db: db.execute("pragma busy_timeout = 50"), None)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    note(log, times=3)
    assert log.report(9).entries == ()
    assert not log.report(1).complete
    other.execute("commit")
    other.close()
    assert told(log) == [(*RDAP, "answered", "3")]
    assert log.report(1).complete


def test_a_full_disk_is_said_until_the_log_is_cleared(log: EgressLog, database: StateDatabase, clock: Clock) -> None:
    note(log)
    assert log.report(1).complete
    pages = database.read(lambda db: db.execute("pragma page_count").fetchone()[0], 0)
    database.read(lambda db: db.execute(f"pragma max_page_count = {pages}").fetchall(), [])
    for number in range(1_500):  # more than can wait
        note(log, Left("lookup", "dns", f"a-rather-long-name-of-a-site-{number}.example.fr"))
    assert not log.report(1).complete
    assert told(log)[-1] == (*RDAP, "answered", "1")
    database.read(lambda db: db.execute("pragma max_page_count = 1000000").fetchall(), [])
    assert len(log.report(MAX_ROWS).entries) > 500  # what waited is written
    assert not log.report(1).complete  # and what could not wait is missed
    after = EgressLog(database, clock)  # as after a restart
    assert not after.report(1).complete
    assert after.clear()
    assert after.report(1).complete
    assert after.report(9).entries == ()
    after.close()


def test_without_a_place_on_the_disk_it_says_so(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "file").write_text("")
    database = StateDatabase(tmp_path / "file" / FILE_NAME)
    log = EgressLog(database, clock)
    note(log, times=2)
    assert told(log) == [(*RDAP, "answered", "2")]
    assert not log.report(1).complete
    assert not log.clear()
    assert told(log) == [(*RDAP, "answered", "2")]  # nothing is half cleared
    assert not log.report(1).complete
    log.close()
    database.close()


def gap_of(path: Path) -> Path:
    return path.with_name(path.name + GAP_SUFFIX)


def reopened(path: Path, clock: Clock) -> tuple[int, bool]:
    """How many lines a later process tells, and whether those are all."""
    database = StateDatabase(path)
    log = EgressLog(database, clock)
    told = log.report(MAX_ROWS)
    log.close()
    database.close()
    return len(told.entries), told.complete


def test_what_was_in_memory_alone_is_a_gap_for_the_next_process(
    log: EgressLog, database: StateDatabase, path: Path, clock: Clock
) -> None:
    note(log)
    assert told(log) == [(*RDAP, "answered", "1")]
    database.read(lambda db: db.execute("pragma wal_checkpoint(truncate)").fetchall(), [])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    in_memory = StateDatabase(path)
    other.execute("commit")
    other.close()
    second = EgressLog(in_memory, clock)
    assert second.report(1).complete  # the copy says so, and nothing has left since
    assert not gap_of(path).exists()
    assert not second.clear()
    assert len(second.report(9).entries) == 1
    note(second, Left("lists", "lists.example", ""))
    assert not second.report(1).complete
    assert gap_of(path).exists()  # already now: the process may be killed
    assert not log.report(1).complete  # another process that runs is told, too
    assert not gap_of(path).exists()
    second.close()
    in_memory.close()
    assert reopened(path, clock) == (1, False)
    assert not gap_of(path).exists()  # it stands in the file now
    assert log.clear()
    assert reopened(path, clock) == (0, True)


def test_what_was_still_to_be_written_at_the_end_is_a_gap(database: StateDatabase, path: Path, clock: Clock) -> None:
    database.read(lambda db: db.execute("pragma busy_timeout = 50"), None)
    log = EgressLog(database, clock)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    note(log)
    log.close()
    assert gap_of(path).exists()
    other.execute("commit")
    other.close()
    assert reopened(path, clock) == (0, False)
    gap_of(path).touch()
    log = EgressLog(database, clock)
    assert log.clear()
    log.close()
    assert not gap_of(path).exists()
    assert reopened(path, clock) == (0, True)


def test_a_process_that_contacts_nobody_opens_nothing(path: Path, clock: Clock) -> None:
    late = LateEgressLog(path, clock)
    late.close()
    assert not path.exists()
    late = LateEgressLog(path, clock)
    with errand(late, "lists"), contact("lists.example") as noted:
        noted.end("answered")
    late.close()
    assert reopened(path, clock) == (1, True)


def test_a_damaged_file_is_a_gap(path: Path, clock: Clock) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
    database = StateDatabase(path)
    log = EgressLog(database, clock)
    assert not log.report(1).complete
    note(log)
    log.close()
    database.close()
    database = StateDatabase(path)
    log = EgressLog(database, clock)
    assert told(log) == [(*RDAP, "answered", "1")]
    assert not log.report(1).complete
    log.close()
    database.close()


def test_damage_in_the_middle_of_a_run_is_a_gap(log: EgressLog, path: Path) -> None:
    for number in range(600):
        note(log, Left("lookup", "dns", f"site-{number}.example.fr"))
    assert log.report(1).complete
    with sqlite3.connect(path) as other:
        other.execute("pragma wal_checkpoint(truncate)")
    other.close()
    path.write_bytes(b"\xaa" * path.stat().st_size)
    note(log, Left("watch", "scam.fr", "scam.fr"))
    log.report(9)
    note(log, Left("watch", "scam.fr", "scam.fr"))
    assert not log.report(1).complete
    assert log.clear()
    assert log.report(1).complete


def test_nothing_that_was_cleared_is_in_a_file(log: EgressLog, tmp_path: Path) -> None:
    note(log, Left("age", "rdap.example", "a-name-to-be-forgotten.fr"))
    log.report(1)
    assert [path.name for path in tmp_path.iterdir() if b"to-be-forgotten" in path.read_bytes()] != []
    assert log.clear()
    assert [path.name for path in tmp_path.iterdir() if b"to-be-forgotten" in path.read_bytes()] == []


def test_threads_and_processes_write_together(log: EgressLog, path: Path) -> None:
    threads = [threading.Thread(target=note, args=(log, RDAP, 50)) for _ in range(4)]
    others = [StateDatabase(path) for _ in range(2)]
    logs = [EgressLog(other, lambda: NOW) for other in others]
    for thread in threads:
        thread.start()
    for one in logs:
        note(one, times=20)
        one.close()
    for thread in threads:
        thread.join()
    assert told(log) == [(*RDAP, "answered", "240")]
    for other in others:
        other.close()


def test_after_its_end_it_neither_fails_nor_waits(log: EgressLog) -> None:
    log.close()
    note(log)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("age", "report", "watch")), st.sampled_from(("a.fr", "b.fr")), st.integers(0, 200_000),
            st.sampled_from(("answered", "refused", "failed", None)), st.booleans(),
        ),
        max_size=30,
    )
)  # fmt: skip
def test_every_contact_is_counted_once(tmp_path: Path, contacts: list[tuple[str, str, int, str | None, bool]]) -> None:
    """Whatever ends when, and however they are written together."""
    folder = tmp_path / "each"
    shutil.rmtree(folder, ignore_errors=True)
    clock = Clock()
    database = StateDatabase(folder / FILE_NAME)
    log = EgressLog(database, clock)
    expected: dict[tuple[str, ...], int] = {}
    ends = []
    for purpose, to, seconds, outcome, at_once in contacts:
        clock.now = NOW + timedelta(seconds=seconds)
        left = Left(purpose, to, "")  # type: ignore[arg-type]
        begun_at = log.begun(left)
        key = (begun_at.date().isoformat(), purpose, to, outcome or "failed")
        expected[key] = expected.get(key, 0) + 1
        if outcome is not None:
            ends.append((left, begun_at, outcome))
        if at_once:
            log.report(1)
    for left, begun_at, outcome in ends:
        log.ended(left, begun_at, outcome)  # type: ignore[arg-type]
    clock.now = NOW + timedelta(days=3)
    found: dict[tuple[str, ...], int] = {}
    for one in log.report(MAX_ROWS).entries:
        key = (one.at.date().isoformat(), one.purpose, one.to, one.outcome)
        found[key] = found.get(key, 0) + one.count
        assert one.at <= one.last_at
    assert found == expected
    log.close()
    database.close()
