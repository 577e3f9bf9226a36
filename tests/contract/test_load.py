"""64 checks at once on the real daemon, with unwanted clients at the door: none of thousands fails, nothing grows.

`make load` does the same for ten minutes and measures (docs/reference/load.md).
"""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from guetteur.config import Settings
from guetteur.transport.client import DaemonClient
from support import served, traffic
from support.browser import until
from support.daemon import Daemon
from support.strangers import Strangers
from support.traffic import AT_ONCE
from support.vitals import vitals

PART = 3000
SHARES = {"address": 80, "page": 18, "mail": 2}
MOST_GROWTH = 16e6
"""Bytes: far more than the allocator's ups and downs, far less than one request in a hundred would leave behind."""
MOST_THREADS = min(32, (os.cpu_count() or 1) + 4) + 4
"""Python's pool for what is asked in threads, and a few besides."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest_asyncio.fixture
async def process() -> AsyncIterator[Daemon]:
    one = Daemon()
    await one.start()
    yield one
    await one.close()


async def ask_all(path: str, total: int, seed: int) -> Counter[str]:
    """``total`` checks, 64 at once on as many connections; what came back, by kind and status."""
    came: Counter[str] = Counter()
    connector = aiohttp.UnixConnector(path, limit=AT_ONCE)
    async with aiohttp.ClientSession("http://localhost", connector=connector) as session:

        async def one(number: int) -> None:
            for question in islice(traffic.mixed(seed + number, SHARES), total // AT_ONCE):
                async with session.post(question.path, data=question.body, headers=traffic.JSON) as reply:
                    told = await reply.json()
                    came[f"{reply.status} {'level' in told}"] += 1

        await asyncio.gather(*(one(number) for number in range(AT_ONCE)))
    return came


@pytest.mark.timeout(240)
async def test_nothing_fails_and_nothing_grows(process: Daemon) -> None:
    status = await process.status()
    assert status
    pid, path = status["pid"], str(process.settings.socket_path)
    before, looks, asked = vitals(pid), [], PART // AT_ONCE * AT_ONCE
    strangers = Strangers(path)
    async with strangers.about():
        for part in range(3):
            assert await ask_all(path, PART, part * AT_ONCE) == {"200 True": asked}
            looks.append(vitals(pid))
    assert strangers.came > 0
    assert looks[2].private - looks[0].private < MOST_GROWTH
    assert max(look.threads for look in looks) <= MOST_THREADS

    async def all_closed() -> bool:
        return vitals(pid).files <= before.files

    await until(all_closed, "no file descriptor more than before", 30)
    after = await process.status()
    assert after
    assert after["checks"] > 0
    log = (process.home / "serve.log").read_text("utf-8")
    assert "ERROR" not in log


@pytest.mark.timeout(120)
async def test_sealed_connections_at_once(tmp_path: Path) -> None:
    """The relay's own client on the loopback listener, 64 of them."""
    settings = Settings(tmp_path / "run", tmp_path / "state", transport="loopback")

    def one(number: int) -> Counter[str]:
        came: Counter[str] = Counter()
        with DaemonClient(settings) as client:
            for question in islice(traffic.mixed(number, SHARES), 12):
                status, told = client.request(question.path, question.body, 60)
                came[f"{status} {'level' in json.loads(told)}"] += 1
        return came

    async with served.daemon(settings):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            loop = asyncio.get_running_loop()
            came = await asyncio.gather(*(loop.run_in_executor(pool, one, number) for number in range(AT_ONCE)))
    assert sum(came, Counter()) == {"200 True": AT_ONCE * 12}
