"""When the registry is asked for an age, and when not."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from guetteur.core.facts import Known, Unavailable
from guetteur.store import ages as module
from guetteur.store.ages import Ages
from guetteur.store.database import StateDatabase

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BORN = date(2026, 11, 20)


class Registry:
    """A look-up that counts; the answer is the same for all."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.silent: dict[str, Unavailable] = {}
        self.answer: Known[date] | Unavailable = Known(BORN, NOW)
        self.go = asyncio.Event()
        self.go.set()
        self.busy = self.most = 0

    def nobody(self, domain: str) -> Unavailable | None:
        return self.silent.get(domain)

    async def created(self, domain: str) -> Known[date] | Unavailable:
        self.asked.append(domain)
        self.busy += 1
        self.most = max(self.most, self.busy)
        try:
            await self.go.wait()
        finally:
            self.busy -= 1
        return self.answer


@pytest.fixture
def database(tmp_path: Path) -> Iterator[StateDatabase]:
    database = StateDatabase(tmp_path / "guetteur.db")
    yield database
    database.close()


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def ages(database: StateDatabase, registry: Registry) -> Ages:
    return Ages(database, registry, per_day=30)


async def test_a_known_age_is_asked_for_once_in_thirty_days(ages: Ages, registry: Registry) -> None:
    assert await ages.created("a.fr", now=NOW) == Known(BORN, NOW)
    assert await ages.created("a.fr", now=NOW + timedelta(days=29)) == Known(BORN, NOW)
    assert len(registry.asked) == 1
    await ages.created("a.fr", now=NOW + timedelta(days=31))
    assert len(registry.asked) == 2


async def test_what_was_asked_once_is_known_to_every_check(database: StateDatabase, registry: Registry) -> None:
    ages = Ages(database, registry, per_day=30)
    assert ages.recall("a.fr", now=NOW) is None
    await ages.created("a.fr", now=NOW)
    later = Ages(database, None, per_day=30)  # as after a restart
    for one in (ages, later):
        assert one.recall("a.fr", now=NOW + timedelta(days=29)) == Known(BORN, NOW)
        assert one.recall("a.fr", now=NOW + timedelta(days=31)) is None
        assert one.recall("a.fr", now=NOW - timedelta(days=1)) is None


async def test_a_failure_is_remembered_for_a_day(ages: Ages, registry: Registry) -> None:
    registry.answer = Unavailable("age_refused")
    assert await ages.created("a.fr", now=NOW) == Unavailable("age_refused")
    assert await ages.created("a.fr", now=NOW + timedelta(hours=23)) == Unavailable("age_refused")
    assert len(registry.asked) == 1
    registry.answer = Known(BORN, NOW)
    assert await ages.created("a.fr", now=NOW + timedelta(hours=25)) == Known(BORN, NOW)


async def test_a_computer_that_was_offline_asks_again(ages: Ages, registry: Registry) -> None:
    registry.answer = Unavailable("age_offline")
    await ages.created("a.fr", now=NOW)
    registry.answer = Known(BORN, NOW)
    assert await ages.created("a.fr", now=NOW) == Known(BORN, NOW)


async def test_an_answer_from_the_future_is_asked_for_again(ages: Ages, registry: Registry) -> None:
    await ages.created("a.fr", now=NOW + timedelta(days=365))
    await ages.created("a.fr", now=NOW)
    assert len(registry.asked) == 2


async def test_the_lists_know_it_already(database: StateDatabase, registry: Registry) -> None:
    ages = Ages(database, registry, {"young.fr": BORN}.get, per_day=30)
    assert await ages.created("young.fr", now=NOW) == Known(BORN)
    assert registry.asked == []


async def test_thirty_questions_a_day_whatever_is_restarted(database: StateDatabase, registry: Registry) -> None:
    for start in range(0, 40, 10):
        ages = Ages(database, registry, per_day=30)  # as after a restart
        for number in range(start, start + 10):
            answer = await ages.created(f"site-{number}.fr", now=NOW)
            assert isinstance(answer, Known) == (number < 30)
    assert answer == Unavailable("age_budget")
    assert len(registry.asked) == 30
    # A refusal is not remembered: the next day it is asked.
    assert await ages.created("site-39.fr", now=NOW + timedelta(days=1)) == Known(BORN, NOW)


async def test_names_that_nobody_is_asked_about_cost_no_question(database: StateDatabase, registry: Registry) -> None:
    """A letter full of names below .de must not use up the day's questions."""
    ages = Ages(database, registry, per_day=1)
    registry.silent = {f"site-{number}.de": Unavailable("age_not_published") for number in range(3)}
    for name in registry.silent:
        assert await ages.created(name, now=NOW) == Unavailable("age_not_published")
    assert registry.asked == []
    assert await ages.created("a.fr", now=NOW) == Known(BORN, NOW)
    assert await ages.created("b.fr", now=NOW) == Unavailable("age_budget")


async def test_midnight_and_a_clock_that_goes_back(ages: Ages, registry: Registry) -> None:
    late = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)
    for number in range(31):
        await ages.created(f"today-{number}.fr", now=late)
    for number in range(31):
        await ages.created(f"tomorrow-{number}.fr", now=late + timedelta(minutes=2))
    assert len(registry.asked) == 60
    for day in (0, 1, 365, -365, 0, 1):
        await ages.created(f"again-{day}.fr", now=late + timedelta(minutes=2 * day))
    for day in (365, -365):
        await ages.created(f"jump-{day}.fr", now=late + timedelta(days=day))
    assert await ages.created("back.fr", now=late) == Unavailable("age_budget")
    # The day is the same everywhere: a journey to another time zone brings no new questions.
    east = late.astimezone(datetime.strptime("+1100", "%z").tzinfo)
    assert await ages.created("east.fr", now=east) == Unavailable("age_budget")


async def test_what_cannot_be_counted_is_not_asked(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "file").write_text("")
    database = StateDatabase(tmp_path / "file" / "guetteur.db")
    ages = Ages(database, registry, per_day=30)
    assert await ages.created("a.fr", now=NOW) == Unavailable("age_budget")
    assert registry.asked == []
    database.close()


async def test_one_domain_one_question_and_two_at_once(ages: Ages, registry: Registry) -> None:
    registry.go.clear()
    same = [asyncio.create_task(ages.created("a.fr", now=NOW)) for _ in range(5)]
    others = [asyncio.create_task(ages.created(f"b{number}.fr", now=NOW)) for number in range(5)]
    await asyncio.sleep(0.1)
    same[0].cancel()  # the first to ask hangs up
    registry.go.set()
    assert await asyncio.gather(*same[1:], *others) == [Known(BORN, NOW)] * 9
    assert registry.asked.count("a.fr") == 1
    assert registry.most == 2


async def test_a_registry_that_never_answers(ages: Ages, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DEADLINE_S", 0.05)
    registry.go.clear()
    assert await ages.created("a.fr", now=NOW) == Unavailable("age_timeout")
    assert registry.busy == 0


async def test_the_end_of_the_daemon_ends_the_questions(ages: Ages, registry: Registry) -> None:
    registry.go.clear()
    waiting = asyncio.create_task(ages.created("a.fr", now=NOW))
    await asyncio.sleep(0.1)
    await ages.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_old_answers_leave_the_file(ages: Ages, database: StateDatabase) -> None:
    await ages.created("old.fr", now=NOW)
    await ages.created("new.fr", now=NOW + timedelta(days=31))
    assert database.read(lambda db: db.execute("select domain from ages").fetchall(), []) == [("new.fr",)]


async def test_without_a_look_up_nothing_is_asked(database: StateDatabase) -> None:
    assert await Ages(database, None, per_day=30).created("a.fr", now=NOW) == Unavailable("age_not_asked")
