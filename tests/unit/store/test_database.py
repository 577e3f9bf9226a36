"""The file that remembers: whatever happens to it, the daemon goes on and says so."""

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guetteur.egress import contact, errand
from guetteur.store.database import StateDatabase
from guetteur.store.egress import LateEgressLog
from guetteur.store.exceptions import Exceptions
from guetteur.store.migrations import MIGRATIONS
from guetteur.store.person import FILE_NAME, PersonStore
from support.hindered import refusing

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROOT_CANNOT_TEST = pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")


def reopened(path: Path) -> Exceptions:
    database = StateDatabase(path)
    try:
        return Exceptions(database)
    finally:
        database.close()


def test_only_the_person_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / FILE_NAME
    database = StateDatabase(path)
    Exceptions(database).add("a.example", NOW)
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    database.close()
    path.chmod(0o644)
    StateDatabase(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_written_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    database = StateDatabase(path)
    assert Exceptions(database).add("a.example", NOW)
    assert (database.kept, database.fault) == (True, None)
    database.close()
    assert [one.host for one in reopened(path).all()] == ["a.example"]
    assert reopened(path).all()[0].added_at == NOW


def test_the_number_of_changes_is_the_files_version(tmp_path: Path) -> None:
    StateDatabase(tmp_path / FILE_NAME).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        assert connection.execute("pragma user_version").fetchone() == (len(MIGRATIONS),)
    connection.close()


@pytest.mark.parametrize("content", [b"this is no database " * 500, b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_damaged_file_is_moved_aside_and_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    database = StateDatabase(path)
    assert database.kept
    assert database.fault is not None
    assert database.fault.code == "store_damaged"
    assert (tmp_path / f"{FILE_NAME}.damaged").read_bytes() == content
    assert Exceptions(database).add("a.example", NOW)
    assert database.fault.code == "store_damaged"  # what was lost stays said
    database.close()
    assert len(reopened(path).all()) == 1


def test_flipped_bytes_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    database = StateDatabase(path)
    exceptions = Exceptions(database)
    for number in range(300):
        exceptions.add(f"site-{number}.example", NOW)
    database.close()
    content = bytearray(path.read_bytes())
    content[4096:20480] = bytes(16384)
    path.write_bytes(content)
    database = StateDatabase(path)
    assert database.fault is not None
    assert database.fault.code == "store_damaged"
    database.close()


def spoil(path: Path, page: int | None = None) -> None:
    """Overwrite one page in place, or all of them."""
    with sqlite3.connect(path) as other:
        other.execute("pragma wal_checkpoint(truncate)")
    other.close()
    with path.open("r+b") as file:
        file.seek(0 if page is None else page * 4096)
        file.write(b"\xaa" * (path.stat().st_size if page is None else 4096))


def test_damage_in_the_middle_of_a_run_loses_no_exception(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    database = StateDatabase(path)
    exceptions = Exceptions(database)
    for number in range(300):
        exceptions.add(f"site-{number}.example", NOW)
    spoil(path)
    exceptions.add("one-more.example", NOW)
    exceptions.add("and-another.example", NOW)
    assert len(exceptions.all()) == 302
    assert database.fault is not None
    assert database.fault.code == "store_damaged"
    database.close()
    assert len(reopened(path).all()) == 302


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir()) if sys.platform == "linux" else 0


def test_the_daily_look_is_at_the_disk_and_not_at_what_is_in_memory(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    database = StateDatabase(path)
    exceptions = Exceptions(database)
    for number in range(300):
        exceptions.add(f"site-{number}.example", NOW)
    before = open_files()
    database.check()
    assert database.fault is None
    assert open_files() == before
    spoil(path)
    database.read(lambda db: list(db["exceptions"].rows), [])
    database.check()
    assert database.fault is not None
    assert database.fault.code == "store_damaged"
    database.close()
    assert len(reopened(path).all()) == 300


def test_another_process_leaves_a_damaged_file_to_the_daemon(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    database = StateDatabase(path)
    exceptions = Exceptions(database)
    exceptions.add("a.example", NOW)
    spoil(path)
    other = StateDatabase(path, owner=False)
    assert not other.kept
    assert other.fault is not None
    assert other.fault.code == "store_unreadable"
    assert Exceptions(other).all() == ()
    other.close()
    assert not (tmp_path / f"{FILE_NAME}.damaged").exists()
    assert exceptions.add("b.example", NOW)
    assert database.fault is not None
    assert database.fault.code == "store_damaged"
    database.close()
    assert len(reopened(path).all()) == 2


def test_another_process_that_meets_damage_goes_on_without(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    database = StateDatabase(path, owner=False)
    exceptions = Exceptions(database)
    exceptions.add("a.example", NOW)
    spoil(path)
    assert not exceptions.add("b.example", NOW)
    assert not exceptions.add("c.example", NOW)
    assert database.fault is not None
    assert database.fault.code == "store_unreadable"
    database.close()
    assert [one.name for one in tmp_path.glob("*.damaged*")] == []


def test_damage_that_no_write_met_is_found_before_the_end(tmp_path: Path) -> None:
    """A page that nothing was read from since: the renewal of the lists sees it and must not take the file away."""
    path = tmp_path / FILE_NAME
    daemon = PersonStore(tmp_path, lambda: NOW)
    daemon.exceptions.add("a.example", NOW)
    spoil(path, 3)
    renewal = LateEgressLog(path, lambda: NOW)
    with errand(renewal, "lists"), contact("lists.example") as noted:
        noted.end("answered")
    renewal.close()
    assert daemon.exceptions.add("b.example", NOW)
    daemon.close()
    after = PersonStore(tmp_path, lambda: NOW)
    assert [one.host for one in after.exceptions.all()] == ["a.example", "b.example"]
    assert not after.egress.report(1).complete
    after.close()


async def test_damage_that_no_write_met_is_found_within_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guetteur.store.person.FLUSH_EVERY_S", 0.01)
    daemon = PersonStore(tmp_path, lambda: NOW)
    daemon.exceptions.add("a.example", NOW)
    spoil(tmp_path / FILE_NAME, 3)
    running = asyncio.create_task(daemon.run())
    while daemon.database.fault is None:
        await asyncio.sleep(0.01)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert daemon.database.fault.code == "store_damaged"
    daemon.close()
    assert [one.host for one in reopened(tmp_path / FILE_NAME).all()] == ["a.example"]


def test_a_removed_exception_is_in_no_file(tmp_path: Path) -> None:
    database = StateDatabase(tmp_path / FILE_NAME)
    exceptions = Exceptions(database)
    exceptions.add("to-be-forgotten.example", NOW)
    assert exceptions.remove("to-be-forgotten.example")
    assert [path.name for path in tmp_path.iterdir() if b"to-be-forgotten" in path.read_bytes()] == []
    database.close()


@ROOT_CANNOT_TEST
def test_a_read_only_folder_still_lets_it_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    database = StateDatabase(folder / FILE_NAME)
    Exceptions(database).add("a.example", NOW)
    database.close()
    (folder / FILE_NAME).chmod(0o400)
    folder.chmod(0o500)
    _read_only(folder)
    folder.chmod(0o700)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """The place of the state folder is taken by a file: not even root can write there."""
    (tmp_path / "state").write_text("")
    database = StateDatabase(tmp_path / "state" / FILE_NAME)
    assert not database.kept
    assert database.fault is not None
    assert database.fault.code == "store_unwritable"
    exceptions = Exceptions(database)
    assert not exceptions.add("b.example", NOW)
    assert exceptions.holds("b.example")  # until the daemon ends
    database.close()


def test_a_file_that_only_opens_for_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a disk mounted read-only, also for root."""
    path = tmp_path / FILE_NAME
    database = StateDatabase(path)
    Exceptions(database).add("a.example", NOW)
    database.close()
    refuse = refusing(path, os.O_RDWR, PermissionError(30, "Read-only file system", str(path)))
    monkeypatch.setattr("guetteur.store.database.os.open", refuse)
    _read_only(tmp_path)


def _read_only(folder: Path) -> None:
    database = StateDatabase(folder / FILE_NAME)
    assert not database.kept
    assert database.fault is not None
    assert database.fault.code == "store_unwritable"
    exceptions = Exceptions(database)
    assert exceptions.holds("a.example")
    assert not exceptions.add("b.example", NOW)
    assert exceptions.holds("b.example")
    database.close()


def test_a_full_disk(tmp_path: Path) -> None:
    database = StateDatabase(tmp_path / FILE_NAME)
    exceptions = Exceptions(database)
    exceptions.add("a.example", NOW)
    pages = database.read(lambda db: db.execute("pragma page_count").fetchone()[0], 0)
    # SQLite's own limit answers as a full disk does.
    database.read(lambda db: db.execute(f"pragma max_page_count = {pages}").fetchone(), None)
    for number in range(400):
        exceptions.add(f"site-{number}.example", NOW)
    assert exceptions.holds("site-399.example")
    assert database.fault is not None
    assert database.fault.code == "store_full"
    database.read(lambda db: db.execute("pragma max_page_count = 100000").fetchone(), None)
    assert exceptions.add("b.example", NOW)
    assert database.fault is None
    database.close()


def test_a_choice_just_before_a_kill_holds_on_a_disk_that_became_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands in the write-ahead log alone; a home that is mounted read-only after a crash is the usual way."""
    path = tmp_path / FILE_NAME
    writer = start_writer(path, "x", 100_000)
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write("go\n")
    writer.stdin.flush()
    assert writer.stdout.readline() == "0\n"
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    refuse = refusing(path, os.O_RDWR, PermissionError(30, "Read-only file system", str(path)))
    monkeypatch.setattr("guetteur.store.database.os.open", refuse)
    database = StateDatabase(path)
    assert not database.kept
    assert Exceptions(database).holds("x-0.example")
    database.close()


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    StateDatabase(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"pragma user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    before = path.read_bytes()
    database = StateDatabase(path)
    assert database.fault is not None
    assert database.fault.code == "store_newer"
    Exceptions(database).add("a.example", NOW)
    database.close()
    assert path.read_bytes() == before


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from guetteur.store.database import StateDatabase
from guetteur.store.exceptions import Exceptions
from guetteur.store.visits import Visits
database = StateDatabase(Path(sys.argv[1]))
exceptions = Exceptions(database)
print("ready", flush=True)
sys.stdin.readline()
visits = Visits(database, lambda: datetime.now(UTC))
for number in range(int(sys.argv[3])):
    visits.note(f"{sys.argv[2]}-{number}.example")
    visits.flush_now()
    assert exceptions.add(f"{sys.argv[2]}-{number}.example", datetime.now(UTC)), database.fault
    print(number, flush=True)
"""


def start_writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_two_processes_at_once(tmp_path: Path) -> None:
    """Both begin the same new file, then write side by side."""
    path = tmp_path / FILE_NAME
    writers = [start_writer(path, name, 60) for name in ("one", "two")]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=30)
        assert writer.returncode == 0
    assert len(reopened(path).all()) == 120


def test_kill_9_leaves_what_was_said_to_be_written(tmp_path: Path) -> None:
    for run in range(5):
        path = tmp_path / f"{run}.db"
        writer = start_writer(path, "x", 100_000)
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
        time.sleep(0.02 + 0.03 * run)
        writer.send_signal(signal.SIGKILL)
        said = writer.stdout.read().split()
        writer.wait()
        writer.stdin.close()
        writer.stdout.close()
        database = StateDatabase(path)
        assert database.fault is None
        assert len(Exceptions(database).all()) >= len(said)
        assert database.read(lambda db: db.execute("select count(*) from visits").fetchone()[0], 0) >= len(said)
        database.close()


def test_the_whole_store_opens_without_a_folder_to_write_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = PersonStore(tmp_path / "file" / "below", lambda: NOW)
    assert not store.visits.familiar("a.example")
    store.visits.note("a.example")
    store.close()
