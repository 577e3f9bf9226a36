"""From a registry's daily file to the age a check sees: published by the week, fetched, merged, swapped in."""

import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer

sys.path.insert(0, str(Path(__file__).parents[1]))

from guetteur.app import build_checker, build_renewer
from guetteur.config import PACKAGE_DATA, Settings
from guetteur.lists.newly import NEWLY_INDEX
from guetteur.lists.store import Store
from guetteur.publish.sync_blocklists import PUBLISHED
from guetteur.renewer import Renewer
from support.maintainer import PASSPHRASE, Maintainer

YOUNG = "tout-neuf.fr"


@pytest.fixture
def maintainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Maintainer:
    monkeypatch.setenv("GUETTEUR_KEY_PASSPHRASE", PASSPHRASE)
    return Maintainer(tmp_path)


@pytest_asyncio.fixture
async def mirror(maintainer: Maintainer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    async with TestServer(maintainer.app(), host="127.0.0.1") as server:
        monkeypatch.setenv("GUETTEUR_LISTS_URL", str(server.make_url("/published/")))
        monkeypatch.setenv("GUETTEUR_LISTS_ROOT", str(maintainer.root))
        yield str(server.make_url("/mirror/"))


def make_renewer(tmp_path: Path) -> Renewer:
    settings = Settings(tmp_path / "run", tmp_path / "state", data_dir=PACKAGE_DATA)
    return build_renewer(settings, build_checker(PACKAGE_DATA))


async def outcome(renewer: Renewer) -> str:
    result = await renewer.sync()
    assert result is not None
    return result.outcome


async def test_a_check_knows_the_day_without_asking_anyone(maintainer: Maintainer, mirror: str, tmp_path: Path) -> None:
    maintainer.feeds = {"one": "bad.example.net\n", "two": "http://evil.example.org/x\n", "fresh": f"{YOUNG}\n"}
    assert (await maintainer.publish(mirror))[0] == PUBLISHED
    renewer = make_renewer(tmp_path)
    checker = renewer._checker
    renewer.open_current()  # nothing is stored yet: the shipped list knows of no new domains
    assert checker.newly.registered_on(YOUNG) is None
    assert await outcome(renewer) == "updated"
    day = checker.newly.registered_on(YOUNG)
    assert day is not None
    # The source is three days of files; the earliest day a domain stood in one is its day.
    assert timedelta(0) <= datetime.now(UTC).date() - day <= timedelta(days=4)
    assert checker.newly.registered_on("ancien.fr") is None

    # Nothing new: the same generation, and so the same index, serves on.
    before = checker.newly
    assert await outcome(renewer) == "up_to_date"
    assert checker.newly is before
    renewer.close()

    # After a restart it is there at once.
    renewer = make_renewer(tmp_path)
    renewer.open_current()
    assert renewer._checker.newly.registered_on(YOUNG) == day

    # Other lists with the same weeks share the file; the new generation is swapped in.
    store = Store(tmp_path / "state/lists")
    first = store.current()
    maintainer.feeds["one"] += "worse.example.net\n"
    assert (await maintainer.publish(mirror))[0] == PUBLISHED
    assert await outcome(renewer) == "updated"
    second = store.current()
    assert first is not None
    assert second is not None
    assert second.number > first.number
    assert second.path(NEWLY_INDEX) == first.path(NEWLY_INDEX)
    assert renewer._checker.newly.registered_on(YOUNG) == day
    renewer.close()


async def test_lists_adopted_before_there_was_an_index_get_one(
    maintainer: Maintainer, mirror: str, tmp_path: Path
) -> None:
    maintainer.feeds = {"one": "bad.example.net\n", "two": "http://evil.example.org/x\n", "fresh": f"{YOUNG}\n"}
    assert (await maintainer.publish(mirror))[0] == PUBLISHED
    renewer = make_renewer(tmp_path)
    assert await outcome(renewer) == "updated"
    store = Store(tmp_path / "state/lists")
    current = store.current()
    assert current is not None
    manifest = current.folder / "manifest.json"
    text = manifest.read_text("utf-8")
    start = text.index(f'"{NEWLY_INDEX}"')
    end = text.index("}", start) + 1
    manifest.write_text((text[:start].rstrip(", ") + text[end:]).replace("{,", "{"), "utf-8")
    assert await outcome(renewer) == "updated"
    assert renewer._checker.newly.registered_on(YOUNG) is not None
    assert await outcome(renewer) == "up_to_date"
    renewer.close()
