"""What the daemon does on the person's own word: exceptions, familiar sites, the age of a name."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from guetteur.app import build_web_app
from guetteur.config import PACKAGE_DATA, Settings
from guetteur.core.facts import Known, Unavailable
from guetteur.store.person import FILE_NAME
from guetteur.transport.endpoint import AlreadyRunning, bind
from support.sealed import ask_sealed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DOUBTFUL = ("mon-compte-orange.net", "sfr-espace.com", "lcl-securite.com", "caf-aide.fr", "ma-laposte.com",
            "credit-agricole-immo.com", "amicale-orange.fr", "boursorama-blog.fr", "doctolib-paris.net")  # fmt: skip
FAKE = "remboursement-ameli.info"
HIDDEN = "https://www.impots.gouv.fr@{}/"


class Registry:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Known[date] | Unavailable = Known(NOW.date() - timedelta(days=3), NOW)

    def nobody(self, _domain: str) -> None:
        """There is somebody for every name."""

    async def created(self, domain: str) -> Known[date] | Unavailable:
        self.asked.append(domain)
        return self.answer


class World:
    """One person's daemon, which can be started anew on the same folder."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.settings = Settings(folder / "run", folder / "state", data_dir=PACKAGE_DATA, transport="loopback")
        self.registry = Registry()
        self.now = NOW
        self._stack = stack
        self._running = AsyncExitStack()

    async def start(self) -> None:
        listener = await bind(self.settings)
        assert not isinstance(listener, AlreadyRunning)
        self._running = await self._stack.enter_async_context(AsyncExitStack())
        self._running.callback(listener.close)
        app = build_web_app(self.settings, listener, lookup=self.registry, clock=lambda: self.now)
        self._listener = listener
        self._client = await self._running.enter_async_context(TestClient(TestServer(app, host="127.0.0.1")))

    async def restart(self) -> None:
        await self._running.aclose()
        await self.start()

    async def ask(self, path: str, body: object = None, status: int = 200) -> Any:
        got, reply = await ask_sealed(self._client, self._listener, path, body)
        assert got == status, reply
        return reply

    async def check(self, host: str, **more: object) -> Any:
        return await self.ask("/v1/check/url", {"url": f"https://{host}/", **more})

    async def exceptions(self, action: str, host: str = "") -> list[str]:
        answer = await self.ask("/v1/exceptions", {"action": action, "host": host})
        return [one["host"] for one in answer["exceptions"]]

    async def doubtful(self, *levels: str) -> str:
        """A host whose verdict an age may settle."""
        for host in DOUBTFUL:
            verdict = await self.check(host)
            if verdict["age_would_help"] and verdict["level"] in levels:
                return host
        raise AssertionError(f"none of {DOUBTFUL} is doubtful any more")


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        world = World(tmp_path, stack)
        await world.start()
        yield world


async def test_an_exception_ends_the_warning_and_can_be_undone(world: World) -> None:
    before = await world.check(FAKE)
    assert (before["level"], before["exceptable"], before["excepted"]) == ("DANGER", True, False)
    assert await world.exceptions("add", f"www.{FAKE}") == [FAKE]
    after = await world.check(FAKE)
    assert after["level"] not in {"DANGER", "CAUTION", "OFFICIAL"}
    assert (after["exceptable"], after["excepted"], after["doubted"]) == (False, True, False)
    assert (await world.check(f"www.{FAKE}"))["excepted"]
    assert (await world.check(f"login.{FAKE}"))["level"] == "DANGER"
    await world.restart()
    assert await world.exceptions("list") == [FAKE]
    assert (await world.check(FAKE))["excepted"]
    assert await world.exceptions("remove", FAKE) == []
    assert (await world.check(FAKE))["level"] == "DANGER"


async def test_no_exception_ends_a_warning_that_a_list_gives(world: World) -> None:
    hosts = (await world.ask("/v1/lists/hosts", {"cursor": 0}))["hosts"]
    listed = next(host for host in hosts if "_" not in host)
    assert not (await world.check(listed))["exceptable"]
    await world.exceptions("add", listed)
    verdict = await world.check(listed)
    assert (verdict["level"], verdict["excepted"], verdict["exceptable"]) == ("DANGER", True, False)


@pytest.mark.parametrize(
    "body",
    [
        {"action": "add"},
        {"action": "add", "host": "a b"},
        {"action": "add", "host": "http://a.fr/"},
        {"action": "remove", "host": "é.fr"},
        {"action": "clear"},
        {"action": "add", "host": "x" * 254},
        {},
    ],
)
async def test_what_is_no_host_is_refused(world: World, body: object) -> None:
    error = (await world.ask("/v1/exceptions", body, 400))["error"]
    assert error["hint"]
    assert await world.exceptions("list") == []


async def test_a_young_domain_settles_an_open_verdict(world: World) -> None:
    calm = await world.doubtful("NO_KNOWN_RISK")
    worrying = await world.doubtful("CAUTION")
    assert world.registry.asked == []  # a plain check asks nobody
    raised = await world.ask("/v1/check/age", {"url": f"https://www.{calm}/a?b#c", "lang": "en"})
    assert (raised["level"], raised["age_would_help"]) == ("CAUTION", False)
    assert "registered_lately" in {reason["code"] for reason in raised["reasons"]}
    assert (await world.ask("/v1/check/age", {"url": f"https://{worrying}/"}))["level"] == "DANGER"
    assert world.registry.asked == [calm, worrying]  # the name alone: no www, no path
    # From now on every check knows it, after a restart too, and nobody is asked again.
    await world.restart()
    assert (await world.check(calm))["level"] == "CAUTION"
    assert (await world.ask("/v1/check/page", {"url": f"https://{worrying}/", "page": {}}))["level"] == "DANGER"
    await world.ask("/v1/check/age", {"url": f"https://{calm}/"})
    assert len(world.registry.asked) == 2


async def test_an_old_domain_or_no_answer_changes_nothing(world: World) -> None:
    host = await world.doubtful("CAUTION")
    before = await world.check(host)
    for answer in (Known(date(2001, 1, 1), NOW), Unavailable("age_refused")):
        world.registry.answer = answer
        after = await world.ask("/v1/check/age", {"url": f"https://{host}/"})
        assert after["level"] == before["level"]
        assert after["reasons"] == before["reasons"]
        world.now += timedelta(days=40)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.impots.gouv.fr/",
        "https://example.org/",
        f"https://{FAKE}/",
        "http://127.0.0.1/",
        "https://amicale-orange.web.app/",
        "https://sfr-espace.blogspot.com/",
        "https://camelia.fr/",
    ],
)
async def test_nobody_is_asked_where_it_would_not_help(world: World, url: str) -> None:
    plain = await world.ask("/v1/check/url", {"url": url})
    assert not plain["age_would_help"]
    aged = await world.ask("/v1/check/age", {"url": url})
    assert aged["level"] == plain["level"]
    assert world.registry.asked == []


async def test_nobody_is_asked_about_an_excepted_site(world: World) -> None:
    host = await world.doubtful("CAUTION", "NO_KNOWN_RISK")
    await world.exceptions("add", host)
    assert not (await world.check(host))["age_would_help"]
    await world.ask("/v1/check/age", {"url": f"https://{host}/"})
    assert world.registry.asked == []


async def test_the_budget_of_a_day(world: World) -> None:
    host = await world.doubtful("CAUTION", "NO_KNOWN_RISK")
    with sqlite3.connect(world.settings.state_dir / FILE_NAME) as connection:
        connection.execute("insert into questions values (?, 30)", (NOW.date().isoformat(),))
    connection.close()
    await world.ask("/v1/check/age", {"url": f"https://{host}/"})
    assert world.registry.asked == []
    world.now += timedelta(days=1)
    await world.ask("/v1/check/age", {"url": f"https://{host}/"})
    assert world.registry.asked == [host]


def rows(world: World) -> list[Any]:
    connection = sqlite3.connect(world.settings.state_dir / FILE_NAME)
    try:
        return connection.execute("select days from visits").fetchall()
    finally:
        connection.close()


async def test_only_doubted_and_unwarned_visits_leave_a_trace(world: World) -> None:
    quiet = await world.doubtful("NO_KNOWN_RISK")
    warned = await world.doubtful("CAUTION")
    for host in ("www.impots.gouv.fr", "example.org", FAKE, warned):
        await world.check(host, visit=True)
    await world.check(quiet)  # not a visit
    await world.restart()  # the end of the daemon writes what waits
    assert rows(world) == []
    await world.check(quiet, visit=True)
    await world.check(f"www.{quiet}", visit=True)
    await world.exceptions("add", quiet)
    await world.restart()
    assert rows(world) == [(1,)]
    world.now += timedelta(days=1)
    await world.check(quiet, visit=True)  # an excepted site is no evidence of anything
    await world.restart()
    assert rows(world) == [(1,)]


async def test_a_familiar_site_gets_the_calmer_level_and_stays_familiar(world: World) -> None:
    """The rule came after the habit: played by writing the habit."""
    host = await world.doubtful("CAUTION")
    quiet = await world.doubtful("NO_KNOWN_RISK")
    for day in (0, 1, 8):
        world.now = NOW + timedelta(days=day)
        await world.check(quiet, visit=True)
        await world.restart()
    points = "update visits set key = ?"
    from guetteur.store.database import StateDatabase
    from guetteur.store.visits import Visits

    database = StateDatabase(world.settings.state_dir / FILE_NAME)
    key = Visits(database, lambda: world.now)._key(host)
    database.write(lambda db: db.execute(points, (key,)))
    database.close()
    await world.restart()
    calmer = await world.check(host, visit=True)
    assert calmer["level"] == "NO_KNOWN_RISK"
    assert calmer["doubted"]
    await world.restart()
    assert rows(world) == [(3,)]


async def test_a_damaged_store_is_said_in_the_status(world: World) -> None:
    assert (await world.ask("/v1/status"))["store"] == {"ok": True, "error": None}
    await world.exceptions("add", FAKE)
    await world._running.aclose()
    (world.settings.state_dir / FILE_NAME).write_bytes(b"not a database" * 1000)
    await world.start()
    store = (await world.ask("/v1/status"))["store"]
    assert store["ok"]
    assert store["error"]["code"] == "store_damaged"
    assert await world.exceptions("list") == []
    assert (await world.check(FAKE))["level"] == "DANGER"


async def test_a_store_that_cannot_be_written_takes_nothing_else_down(world: World) -> None:
    await world._running.aclose()
    (world.settings.state_dir / FILE_NAME).unlink()
    for suffix in ("-wal", "-shm"):
        (world.settings.state_dir / (FILE_NAME + suffix)).unlink(missing_ok=True)
    (world.settings.state_dir / FILE_NAME).mkdir()
    await world.start()
    store = (await world.ask("/v1/status"))["store"]
    assert not store["ok"]
    assert store["error"]["hint"]
    answer = await world.ask("/v1/exceptions", {"action": "add", "host": FAKE})
    assert not answer["kept"]
    assert (await world.check(FAKE, visit=True))["excepted"]
    host = await world.doubtful("CAUTION")
    await world.ask("/v1/check/age", {"url": f"https://{host}/"})
    assert world.registry.asked == []  # what could not be counted is not asked
