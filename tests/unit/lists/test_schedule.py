"""When syncs happen: spread, backing off, soon after a sleep; every clock is ours."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guetteur.lists.schedule import Moment, Plan, Schedule, run

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
YEAR = 365 * 86400.0


class Clocks:
    def __init__(self) -> None:
        self.wall, self.monotonic = NOW, 1000.0

    def __call__(self) -> Moment:
        return Moment(self.wall, self.monotonic)

    async def run(self, seconds: float) -> None:
        self.pass_(seconds, seconds)

    def pass_(self, wall: float, monotonic: float) -> Moment:
        self.wall += timedelta(seconds=wall)
        self.monotonic += monotonic
        return self()


def seconds_to(schedule: Schedule, clocks: Clocks) -> float:
    return (schedule.next_try - clocks.wall).total_seconds()


@given(st.integers(0, 1 << 30))
def test_waits_are_spread_and_back_off_to_a_cap(seed: int) -> None:
    clocks = Clocks()
    schedule = Schedule(clocks(), Random(seed).random)
    assert 6 <= seconds_to(schedule, clocks) <= 30
    schedule.succeeded(clocks())
    assert 24 * 60 <= seconds_to(schedule, clocks) <= 36 * 60
    for wait in (60, 120, 240, 480, 960, 1920, 3840, 7680, 14400, 14400, 14400):
        schedule.failed(clocks())
        assert wait * 0.8 <= seconds_to(schedule, clocks) <= wait * 1.2
    schedule.succeeded(clocks())
    schedule.failed(clocks())
    assert seconds_to(schedule, clocks) <= 72


def test_a_million_users_do_not_come_at_once() -> None:
    clocks = Clocks()
    waits = set()
    for seed in range(100):
        schedule = Schedule(clocks(), Random(seed).random)
        schedule.succeeded(clocks())
        waits.add(int(seconds_to(schedule, clocks)) // 60)
    assert len(waits) >= 12


def test_a_restart_does_not_ask_again_at_once() -> None:
    clocks = Clocks()
    schedule = Schedule(clocks(), lambda: 0.5, last_success=NOW - timedelta(minutes=10))
    assert seconds_to(schedule, clocks) == 20 * 60
    for last in (NOW - timedelta(days=2), NOW + timedelta(days=365)):
        assert seconds_to(Schedule(clocks(), lambda: 0.5, last_success=last), clocks) <= 30


def test_after_a_sleep_it_is_soon_but_not_at_once() -> None:
    clocks = Clocks()
    schedule = Schedule(clocks(), lambda: 0.5)
    schedule.succeeded(clocks())
    assert schedule.wait(clocks.pass_(8 * 3600, 5)) == pytest.approx(18)  # the monotonic clock slept too
    assert schedule.wait(clocks.pass_(17, 17)) > 0
    assert schedule.wait(clocks.pass_(2, 2)) == 0


def test_a_short_sleep_changes_nothing() -> None:
    clocks = Clocks()
    schedule = Schedule(clocks(), lambda: 0.5)
    schedule.succeeded(clocks())
    assert schedule.wait(clocks.pass_(300, 5)) == 60
    assert seconds_to(schedule, clocks) == 25 * 60


@pytest.mark.parametrize("jump", [-YEAR, YEAR])
def test_a_clock_set_by_a_year_neither_stops_nor_floods(jump: float) -> None:
    clocks = Clocks()
    schedule = Schedule(clocks(), lambda: 0.5)
    schedule.succeeded(clocks())
    clocks.pass_(jump, 0)
    tries = 0
    for _ in range(24 * 60):
        clocks.pass_(60, 60)
        while schedule.wait(clocks()) == 0:
            tries += 1
            schedule.succeeded(clocks())
    assert 40 <= tries <= 60


async def test_the_loop_survives_a_crash_of_the_attempt(caplog: pytest.LogCaptureFixture) -> None:
    clocks, calls = Clocks(), list[float]()

    async def attempt() -> bool:
        calls.append(clocks.monotonic)
        if len(calls) == 1:
            raise RuntimeError("a bug")
        if len(calls) == 4:
            raise asyncio.CancelledError
        return len(calls) == 3

    with pytest.raises(asyncio.CancelledError):
        await run(Schedule(clocks(), lambda: 0.5, Plan()), attempt, clocks, clocks.run)
    gaps = [round(after - before) for before, after in itertools.pairwise(calls)]
    assert gaps == [60, 120, 1800]
    assert "could not be renewed" in caplog.text
