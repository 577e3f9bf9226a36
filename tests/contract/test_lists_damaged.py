"""The disk changes a list that was received: the newest whole one serves, doctor says so, the next renewal mends it."""

import asyncio
import logging
import shutil
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer

sys.path.insert(0, str(Path(__file__).parents[1]))

from guetteur.app import build_checker, build_renewer
from guetteur.config import PACKAGE_DATA, Settings
from guetteur.core.subject import parse_url
from guetteur.core.verdict import Level
from guetteur.errors import DataFileError
from guetteur.lists.format import ADDED, BASE
from guetteur.lists.source import FILE_NAME, load_source
from guetteur.lists.store import ListState, Store
from guetteur.publish.sync_blocklists import PUBLISHED
from guetteur.renewer import Renewer, SyncOutcome
from guetteur.state_checks import look_at_state
from support.maintainer import PASSPHRASE, Maintainer

OLD, NEW = "bad.example.net", "worse.example.net"
FEEDS = "".join(f"shop{number}.example.org\n" for number in range(200))


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


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "run", tmp_path / "state", data_dir=PACKAGE_DATA)


def started(settings: Settings) -> Renewer:
    """As a daemon that starts anew sees its lists."""
    renewer = build_renewer(settings, build_checker(PACKAGE_DATA))
    renewer.open_current()
    return renewer


async def sync(renewer: Renewer) -> str:
    result = await renewer.sync()
    assert result is not None
    return result.outcome


def warns(renewer: Renewer, host: str) -> bool:
    return renewer._checker.check(parse_url(f"https://{host}/"), now=datetime.now(UTC)).level is Level.DANGER


def findings(settings: Settings) -> set[str]:
    return {finding.code for finding in look_at_state(settings, now=datetime.now(UTC), search_path="")}


def flip(settings: Settings, role: str) -> None:
    current = Store(settings.lists_dir).current()
    assert current is not None
    path = current.path(role)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


async def publish_twice(maintainer: Maintainer, mirror: str, settings: Settings) -> None:
    maintainer.feeds = {"one": f"{OLD}\n{FEEDS}", "two": "http://evil.example.org/x\n", "fresh": "neuf.fr\n"}
    assert (await maintainer.publish(mirror))[0] == PUBLISHED
    renewer = started(settings)
    assert await sync(renewer) == "updated"
    maintainer.feeds["one"] += f"{NEW}\n"
    assert (await maintainer.publish(mirror))[0] == PUBLISHED
    assert await sync(renewer) == "updated"
    assert warns(renewer, OLD)
    assert warns(renewer, NEW)
    renewer.close()


async def test_the_list_before_serves_until_the_renewal(
    maintainer: Maintainer, mirror: str, settings: Settings
) -> None:
    await publish_twice(maintainer, mirror, settings)
    flip(settings, ADDED)
    renewer = started(settings)
    assert warns(renewer, OLD)
    assert not warns(renewer, NEW)
    status = renewer.status()
    assert status is not None
    blocklist = renewer._checker.blocklist
    assert blocklist is not None
    assert status.version == blocklist.version, "what is said to be in use is what is in use"
    assert "lists_damaged" in findings(settings)
    assert status.next_try is not None
    assert (status.next_try - datetime.now(UTC)).total_seconds() < 60, "though the last renewal was a moment ago"

    assert await sync(renewer) == "updated"
    assert warns(renewer, NEW)
    assert "lists_damaged" not in findings(settings)
    renewer.close()


async def test_the_shipped_list_serves_when_every_other_is_damaged(
    maintainer: Maintainer, mirror: str, settings: Settings
) -> None:
    await publish_twice(maintainer, mirror, settings)
    flip(settings, BASE)  # both generations lie on it
    renewer = started(settings)
    blocklist = renewer._checker.blocklist
    assert blocklist is not None
    assert blocklist.version.startswith("starter-")
    assert "lists_damaged" in findings(settings)
    assert await sync(renewer) == "updated"
    assert warns(renewer, OLD)
    assert warns(renewer, NEW)
    assert "lists_damaged" not in findings(settings)
    renewer.close()


async def test_a_disk_that_cannot_be_written_serves_the_older_list_too(
    maintainer: Maintainer, mirror: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish_twice(maintainer, mirror, settings)
    flip(settings, ADDED)

    def refuse(*_args: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("guetteur.lists.store.write_durably", refuse)
    renewer = started(settings)
    assert warns(renewer, OLD)
    renewer.close()


async def test_lists_of_another_version_of_the_program_are_fetched_anew(
    maintainer: Maintainer, mirror: str, settings: Settings, tmp_path: Path
) -> None:
    await publish_twice(maintainer, mirror, settings)
    store = Store(settings.lists_dir)
    current = store.current()
    assert current is not None
    other = tmp_path / "other"
    shutil.copy(current.path(BASE), other)
    content = bytearray(other.read_bytes())
    content[7] ^= 1  # the version of the format
    other.write_bytes(content)
    state = ListState(current.version, current.manifest.digest, current.manifest.built_at, 0)
    store.add(state, current.paths() | {BASE: other}, datetime.now(UTC))
    renewer = started(settings)
    assert warns(renewer, OLD)
    assert warns(renewer, NEW), "the generation before it is whole"
    shutil.rmtree(current.folder)
    renewer.close()
    renewer = started(settings)
    assert not warns(renewer, NEW)
    assert await sync(renewer) == "updated"
    assert warns(renewer, NEW)
    renewer.close()


async def test_a_list_damaged_as_it_came_is_fetched_again(
    maintainer: Maintainer, mirror: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scheduled renewal whose list cannot be opened counts as failed, though all was received."""
    await publish_twice(maintainer, mirror, settings)
    maintainer.feeds["one"] += "newest.example.net\n"
    assert (await maintainer.publish(mirror))[0] == PUBLISHED
    renewer = started(settings)
    work, ended = renewer._work, list[str]()

    async def spoilt() -> SyncOutcome:
        result = await work()
        assert (result.outcome, result.error) == ("updated", None)
        flip(settings, ADDED)
        monkeypatch.setattr(renewer, "_work", work)
        return result

    monkeypatch.setattr(renewer, "_work", spoilt)
    monkeypatch.setattr(renewer._schedule, "wait", lambda _at: 0.0)
    monkeypatch.setattr(renewer._schedule, "failed", lambda _at: ended.append("failed"))
    succeeded = asyncio.Event()
    monkeypatch.setattr(renewer._schedule, "succeeded", lambda _at: succeeded.set())
    running = asyncio.create_task(renewer.run())
    await succeeded.wait()
    running.cancel()
    assert ended == ["failed"]
    assert warns(renewer, "newest.example.net")
    renewer.close()


async def test_a_root_of_trust_that_is_not_there_is_said(
    maintainer: Maintainer, mirror: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await publish_twice(maintainer, mirror, settings)
    monkeypatch.setenv("GUETTEUR_LISTS_ROOT", str(tmp_path / "gone.json"))
    renewer = started(settings)
    result = await renewer.sync()
    assert result is not None
    assert result.error is not None
    assert (result.outcome, result.error.code) == ("failed", "repository_unreadable")
    assert "gone.json" in result.error.message
    assert "GUETTEUR_LISTS_ROOT" in result.error.hint
    restarted = started(settings)
    for told in (renewer.status(), restarted.status()):
        assert told is not None
        assert told.last_error == result.error
    restarted.close()
    assert warns(renewer, NEW)
    monkeypatch.setenv("GUETTEUR_LISTS_ROOT", str(maintainer.root))
    assert await sync(renewer) == "up_to_date"
    status = renewer.status()
    assert status is not None
    assert status.last_error is None
    renewer.close()


@pytest.mark.parametrize(
    "command",
    [
        ("/gone/python",),
        (sys.executable, "-c", "raise SystemExit(1)"),
        (sys.executable, "-c", "print('no message')"),
        (sys.executable, "-c", "print('x' * 200_000)"),
    ],
    ids=["cannot be started", "dies", "says something else", "never ends a line"],
)
async def test_a_renewal_that_dies_is_said(
    maintainer: Maintainer, mirror: str, settings: Settings, command: tuple[str, ...]
) -> None:
    await publish_twice(maintainer, mirror, settings)
    renewer = started(settings)
    whole, renewer._worker = renewer._worker, command
    result = await renewer.sync()
    status = renewer.status()
    assert result is not None
    assert status is not None
    assert (result.outcome, result.error) == ("failed", status.last_error)
    assert status.last_error is not None
    assert status.last_error.code == "sync_failed"
    assert not await renewer._attempt()  # and it is tried again
    # Another process that renews them meanwhile ends the trouble, and so does the next try.
    elsewhere = started(settings)
    assert await sync(elsewhere) == "up_to_date"
    elsewhere.close()
    status = renewer.status()
    assert status is not None
    assert status.last_error is None
    renewer._worker = whole
    assert await sync(renewer) == "up_to_date"
    assert renewer._failure is None
    renewer.close()


@pytest.mark.parametrize("content", [None, b"", b'{"sum":"a81ec629616ba8d2","content":{"url":"x"}}'])
def test_a_damaged_address_of_the_lists_is_said(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes | None
) -> None:
    data = tmp_path / "data"
    shutil.copytree(PACKAGE_DATA, data)
    (data / FILE_NAME).unlink()
    if content is not None:
        (data / FILE_NAME).write_bytes(content)
    with caplog.at_level(logging.ERROR):
        renewer = build_renewer(Settings(settings.runtime_dir, settings.state_dir, data_dir=data), build_checker(data))
    (told,) = caplog.messages
    assert told.startswith("no renewal of the lists: ")
    assert FILE_NAME in told
    assert renewer.status() is None
    with pytest.raises(DataFileError) as caught:
        load_source(data, frozenset())
    assert caught.value.code == ("repository_missing" if content is None else "repository_damaged")
