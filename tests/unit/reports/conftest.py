"""Channels against doubles on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

TESTS = str(Path(__file__).parents[2])
sys.path[:0] = [TESTS] if TESTS not in sys.path else []

from guetteur.lists.knowledge import Knowledge  # noqa: E402
from guetteur.publish.channels import read_channels  # noqa: E402
from guetteur.reports.channels.http import report_session  # noqa: E402
from support.report_doubles import Doubles  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from guetteur.reports.table import ChannelTable

BLOCKLISTS = Path(__file__).parents[3] / "blocklists"


@pytest.fixture(scope="session")
def table(knowledge: Knowledge) -> ChannelTable:
    """The channels as they stand in the sources."""
    return read_channels(
        BLOCKLISTS / "channels",
        {body.id for body in knowledge.bodies},
        {script.id for script in knowledge.scripts},
    )


@pytest.fixture
async def doubles() -> AsyncIterator[Doubles]:
    made = Doubles()
    yield made
    await made.close()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with report_session() as opened:
        yield opened
