"""Choices that could not be written when they were made: they are written when there is room."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guetteur.store.database import StateDatabase
from guetteur.store.exceptions import Exceptions
from guetteur.store.person import FILE_NAME, PersonStore
from support.hindered import held_by_another, refusing

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def reopened(path: Path) -> Exceptions:
    database = StateDatabase(path)
    try:
        return Exceptions(database)
    finally:
        database.close()


def room(database: StateDatabase, pages: int) -> None:
    """SQLite's own limit answers as a full disk does; pages that are there already count."""
    database.read(lambda db: db.execute(f"pragma max_page_count = {pages}").fetchone(), None)


def test_choices_made_on_a_full_disk_are_written_when_there_is_room(tmp_path: Path) -> None:
    daemon = PersonStore(tmp_path, lambda: NOW)
    room(daemon.database, 1)
    names = [f"a-rather-long-name-{number:03}.example" for number in range(200)]
    kept = [daemon.exceptions.add(name, NOW) for name in names]
    assert not kept[-1]
    daemon.history.clear(None)  # what can be written says nothing about what could not
    assert daemon.database.fault is not None
    assert daemon.database.fault.code == "store_full"
    daemon.database.settle()
    assert daemon.database.fault is not None
    room(daemon.database, 100_000)
    daemon.database.settle()
    assert daemon.database.fault is None
    assert [one.host for one in reopened(tmp_path / FILE_NAME).all()] == names
    daemon.close()


async def test_a_removal_that_failed_is_made_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the site would be trusted again after the next start."""
    monkeypatch.setattr("guetteur.store.database._BUSY_MS", 10)
    monkeypatch.setattr("guetteur.store.person.FLUSH_EVERY_S", 0.01)
    daemon = PersonStore(tmp_path, lambda: NOW)
    daemon.exceptions.add("trusted-once.example", NOW)
    with held_by_another(tmp_path / FILE_NAME):
        assert not daemon.exceptions.remove("trusted-once.example")
        assert not daemon.exceptions.add("b.example", NOW)
        assert daemon.database.fault is not None
        assert daemon.database.fault.code == "store_busy"
    running = asyncio.create_task(daemon.run())
    while daemon.database.fault is not None:
        await asyncio.sleep(0.01)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert [one.host for one in reopened(tmp_path / FILE_NAME).all()] == ["b.example"]
    assert [path.name for path in tmp_path.iterdir() if b"trusted-once" in path.read_bytes()] == []
    daemon.close()


@pytest.mark.parametrize("end", [PersonStore.close, lambda store: store.exceptions.add("later.example", NOW)])
def test_what_is_owed_is_written_at_the_end_and_with_the_next_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: Callable[[PersonStore], object]
) -> None:
    monkeypatch.setattr("guetteur.store.database._BUSY_MS", 10)
    daemon = PersonStore(tmp_path, lambda: NOW)
    daemon.exceptions.add("a.example", NOW)
    with held_by_another(tmp_path / FILE_NAME):
        assert not daemon.exceptions.remove("a.example")
    end(daemon)
    assert not reopened(tmp_path / FILE_NAME).holds("a.example")
    daemon.database.close()


@pytest.mark.parametrize("before", [True, False], ids=["choices before", "first start"])
def test_a_disk_that_was_full_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bool) -> None:
    path = tmp_path / FILE_NAME
    if before:
        database = StateDatabase(path)
        exceptions = Exceptions(database)
        exceptions.add("before.example", NOW)
        exceptions.add("undone.example", NOW)
        database.close()
    refuse = refusing(path, os.O_CREAT, OSError(28, "No space left on device", str(path)))
    with monkeypatch.context() as full:
        full.setattr("guetteur.store.database.os.open", refuse)
        daemon = PersonStore(tmp_path, lambda: NOW)
        assert not daemon.exceptions.add("meanwhile.example", NOW)
        assert not daemon.exceptions.remove("undone.example")
        daemon.database.settle()
        assert not daemon.database.kept
    daemon.database.settle()
    assert (daemon.database.kept, daemon.database.fault) == (True, None)
    kept = ["before.example", "meanwhile.example"] if before else ["meanwhile.example"]
    assert [one.host for one in reopened(path).all()] == kept
    assert daemon.exceptions.remove("meanwhile.example")
    daemon.visits.note("a.example")
    daemon.close()
    again = PersonStore(tmp_path, lambda: NOW)
    assert again.database.read(lambda db: db.execute("select count(*) from visits").fetchone()[0], 0) == 1
    assert again.visits._secret == daemon.visits._secret
    again.close()
