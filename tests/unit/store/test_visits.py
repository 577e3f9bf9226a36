"""What makes a site familiar, and how little is kept for it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from guetteur.store import visits as module
from guetteur.store.database import StateDatabase
from guetteur.store.visits import Visits

START = datetime(2026, 11, 1, 12, tzinfo=UTC)


class World:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "guetteur.db"
        self.now = START
        self.database = StateDatabase(self.path)
        self.visits = Visits(self.database, lambda: self.now)

    async def day(self, number: int, *hosts: str) -> None:
        self.now = START + timedelta(days=number)
        for host in hosts:
            self.visits.note(host)
        await self.visits.flush()

    def rows(self) -> list[tuple[Any, ...]]:
        return self.database.read(lambda db: db.execute("select * from visits order by key").fetchall(), [])

    def again(self) -> None:
        self.database.close()
        self.database = StateDatabase(self.path)
        self.visits = Visits(self.database, lambda: self.now)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.database.close()


async def test_three_days_over_a_week_are_familiar(world: World) -> None:
    for day in (0, 1, 2):
        await world.day(day, "caf-aide.fr", "www.caf-aide.fr")
        assert not world.visits.familiar("caf-aide.fr")
    await world.day(7)
    assert world.visits.familiar("caf-aide.fr")
    assert world.visits.familiar("www.caf-aide.fr")
    assert not world.visits.familiar("login.caf-aide.fr")
    world.again()
    assert world.visits.familiar("caf-aide.fr")


async def test_many_visits_in_two_days_are_not(world: World) -> None:
    for _ in range(20):
        await world.day(0, "caf-aide.fr")
        await world.day(9, "caf-aide.fr")
    assert [row[1] for row in world.rows()] != [0]
    world.database.write(lambda db: db.execute("delete from visits"))
    for _ in range(20):
        await world.day(9, "caf-aide.fr")
    await world.day(20, "caf-aide.fr")
    assert not world.visits.familiar("caf-aide.fr")


async def test_no_name_stands_in_the_file(world: World) -> None:
    await world.day(0, "tres-personnel.example")
    world.database.close()
    for file in world.path.parent.iterdir():
        assert b"tres-personnel" not in file.read_bytes()


async def test_another_install_has_other_keys(world: World, tmp_path: Path) -> None:
    await world.day(0, "a.example")
    other = World(tmp_path / "other")
    await other.day(0, "a.example")
    assert world.rows()[0][0] != other.rows()[0][0]
    other.database.close()


async def test_forgotten_after_half_a_year(world: World) -> None:
    for day in (0, 1, 8):
        await world.day(day, "a.example", "b.example")
    await world.day(100, "b.example")
    await world.day(8 + 181)
    assert not world.visits.familiar("a.example")
    assert world.visits.familiar("b.example")
    assert len(world.rows()) == 1


async def test_the_longest_unseen_give_way(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ROWS", 10)
    for day in range(4):
        await world.day(day, *(f"site-{day}-{number}.example" for number in range(5)))
    assert sorted(row[2] for row in world.rows()) == [START.date().toordinal() + day for day in [2] * 5 + [3] * 5]


async def test_the_number_of_days_has_an_end(world: World) -> None:
    await world.day(0, "a.example")
    world.database.write(lambda db: db.execute("update visits set days = 255"))
    await world.day(1, "a.example")
    assert world.rows()[0][1] == 255


async def test_a_clock_that_ran_ahead_and_came_back(world: World) -> None:
    await world.day(0, "a.example")
    await world.day(100, "a.example")
    for day in (1, 2, 8):
        await world.day(day, "a.example")
    assert world.visits.familiar("a.example")


async def test_a_batch_that_could_not_be_written_is_tried_again(world: World) -> None:
    for day in (0, 1):
        await world.day(day, "a.example")
    write, world.database.write = world.database.write, lambda _change: False  # type: ignore[method-assign]
    await world.day(8, "a.example")
    world.database.write = write  # type: ignore[method-assign]
    assert not world.visits.familiar("a.example")
    await world.day(8)
    assert world.visits.familiar("a.example")


async def test_what_waits_is_bounded(world: World) -> None:
    for number in range(module._MAX_WAITING + 100):
        world.visits.note(f"site-{number}.example")
    assert len(world.visits._waiting) == module._MAX_WAITING


async def test_the_end_of_the_process_writes_what_waits(world: World) -> None:
    world.visits.note("a.example")
    world.visits.flush_now()
    assert len(world.rows()) == 1
