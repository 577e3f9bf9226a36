"""A daemon whose clock is a year off, from the start or all at once: it judges, forgets nothing, and says so."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from guetteur.app import build_web_app
from guetteur.config import PACKAGE_DATA, Settings
from guetteur.core.facts import Unavailable
from guetteur.lists.compiled import CompiledList
from guetteur.transport.endpoint import AlreadyRunning, bind
from support.sealed import ask_sealed

BUILT = CompiledList(PACKAGE_DATA / "starter.bin").meta.built_at.astimezone(UTC)
NOW = BUILT + timedelta(days=3)
YEAR = timedelta(days=365)
FAKE, EXCEPTED, OFFICIAL = "remboursement-ameli.info", "sfr-espace.com", "www.impots.gouv.fr"


class Offline:
    """No registry answers."""

    def nobody(self, _domain: str) -> None:
        """There is somebody for every name."""

    async def created(self, _domain: str) -> Unavailable:
        return Unavailable("age_offline")


class World:
    """One person's daemon on a loopback port, with a clock of its own."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.settings = Settings(folder / "run", folder / "state", data_dir=PACKAGE_DATA, transport="loopback")
        self.now = NOW
        self._stack, self._running = stack, AsyncExitStack()

    async def start(self) -> None:
        await self._running.aclose()
        listener = await bind(self.settings)
        assert not isinstance(listener, AlreadyRunning)
        self._running = await self._stack.enter_async_context(AsyncExitStack())
        self._running.callback(listener.close)
        app = build_web_app(self.settings, listener, lookup=Offline(), clock=lambda: self.now)
        self._listener = listener
        self._client = await self._running.enter_async_context(TestClient(TestServer(app, host="127.0.0.1")))

    async def ask(self, path: str, body: object = None) -> Any:
        status, reply = await ask_sealed(self._client, self._listener, path, body)
        assert status == 200, reply
        return reply

    async def level(self, host: str) -> str:
        return str((await self.ask("/v1/check/url", {"url": f"https://{host}/", "visit": True}))["level"])

    async def judges(self) -> bool:
        """Whether it says what it should of a fake, of what a list names and of the State, and knows the exception."""
        listed = (await self.ask("/v1/lists/hosts", {"base": None, "cursor": 0}))["hosts"][0]
        levels = [await self.level(host) for host in (FAKE, listed, OFFICIAL)]
        kept = await self.ask("/v1/exceptions", {"action": "list", "host": ""})
        return levels == ["DANGER", "DANGER", "OFFICIAL"] and [one["host"] for one in kept["exceptions"]] == [EXCEPTED]


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        world = World(tmp_path, stack)
        await world.start()
        await world.ask("/v1/exceptions", {"action": "add", "host": EXCEPTED})
        yield world


@pytest.mark.parametrize("jump", [YEAR, -YEAR], ids=["ahead", "behind"])
async def test_a_clock_that_jumps_by_a_year_changes_no_verdict(world: World, jump: timedelta) -> None:
    assert await world.judges()
    world.now += jump  # at once, while it runs
    assert await world.judges()
    await world.start()  # and from the start
    assert await world.judges()
    world.now -= jump
    assert await world.judges()
    await world.start()
    assert await world.judges()
    status = await world.ask("/v1/status")
    assert status["store"] == {"ok": True, "error": None}
    assert status["lists"]["error"] is None
    assert status["lists"]["age_days"] == 3


async def test_a_clock_behind_is_said_and_no_age_is_told(world: World) -> None:
    world.now = NOW - YEAR
    lists = (await world.ask("/v1/status"))["lists"]
    assert lists["error"]["code"] == "clock_wrong"
    assert f"{NOW - YEAR:%Y-%m-%d}" in lists["error"]["message"]
    assert f"{BUILT:%Y-%m-%d}" in lists["error"]["message"]
    assert lists["error"]["hint"]
    assert lists["stale"]
    world.now = BUILT - timedelta(hours=20)  # as wrong as a time zone: nothing to speak of
    assert (await world.ask("/v1/status"))["lists"]["error"] is None


async def test_a_clock_ahead_makes_the_lists_old(world: World) -> None:
    world.now = NOW + YEAR
    lists = (await world.ask("/v1/status"))["lists"]
    assert (lists["stale"], lists["age_days"]) == (True, 368)


async def test_what_a_person_does_under_a_wrong_clock_is_there_under_a_right_one(world: World) -> None:
    for jump in (YEAR, -YEAR):
        world.now = datetime(2030, 2, 28, 23, 59, 59, tzinfo=UTC) + jump
        await world.ask("/v1/exceptions", {"action": "add", "host": FAKE})
        world.now = NOW
        await world.start()
        assert await world.level(FAKE) not in {"DANGER", "CAUTION"}
        await world.ask("/v1/exceptions", {"action": "remove", "host": FAKE})
        assert await world.level(FAKE) == "DANGER"
