"""From a mirror of the sources to a verdict on a user's machine, through every real part, over several days."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

sys.path.insert(0, str(Path(__file__).parents[1]))

from guetteur.app import build_web_app
from guetteur.config import PACKAGE_DATA, Settings
from guetteur.lists.compiled import CompiledList
from guetteur.lists.store import Store
from guetteur.publish.explain import explain
from guetteur.publish.sync_blocklists import PUBLISHED
from guetteur.transport.endpoint import AlreadyRunning, bind
from support.maintainer import PASSPHRASE, Maintainer
from support.sealed import ask_sealed


@pytest.fixture
def maintainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Maintainer:
    monkeypatch.setenv("GUETTEUR_KEY_PASSPHRASE", PASSPHRASE)
    return Maintainer(tmp_path)


@pytest_asyncio.fixture
async def server(maintainer: Maintainer) -> AsyncIterator[TestServer]:
    async with TestServer(maintainer.app(), host="127.0.0.1") as running:
        yield running


@pytest_asyncio.fixture
async def ask(
    maintainer: Maintainer, server: TestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Any]:
    """A user's daemon application that knows this repository."""
    monkeypatch.setenv("GUETTEUR_LISTS_URL", str(server.make_url("/published/")))
    monkeypatch.setenv("GUETTEUR_LISTS_ROOT", str(maintainer.root))
    settings = Settings(tmp_path / "run", tmp_path / "state", data_dir=PACKAGE_DATA, transport="loopback")
    listener = await bind(settings)
    assert not isinstance(listener, AlreadyRunning)
    async with TestClient(TestServer(build_web_app(settings, listener), host="127.0.0.1")) as client:

        async def call(path: str, body: object = None) -> Any:
            status, reply = await ask_sealed(client, listener, path, body)
            assert status == 200, reply
            return reply

        yield call
    listener.close()


async def level(ask: Any, url: str) -> str:
    return str((await ask("/v1/check/url", {"url": url}))["level"])


async def test_a_host_published_a_moment_ago_is_blocked_without_a_restart(
    maintainer: Maintainer, server: TestServer, ask: Any
) -> None:
    many = "".join(f"bad-{number}.example.net\n" for number in range(3000))
    maintainer.feeds = {
        "one": many,
        "two": "https://sites.google.com/view/fake-bank/login\nhttp://evil.example.org/x\n",
    }
    mirror = str(server.make_url("/mirror/"))
    assert (await ask("/v1/status"))["lists"]["version"].startswith("starter")
    assert await level(ask, "https://bad-7.example.net/") == "NO_KNOWN_RISK"

    status, said = await maintainer.publish(mirror)
    assert status == PUBLISHED, said
    result = await ask("/v1/lists/sync", {})
    assert (result["outcome"], result["error"]) == ("updated", None)
    assert await level(ask, "https://www.bad-7.example.net/") == "DANGER"
    assert await level(ask, "https://sites.google.com/view/fake-bank/login") == "DANGER"
    assert await level(ask, "https://sites.google.com/view/my-garden") != "DANGER"
    assert (await ask("/v1/status"))["lists"]["hosts"] > 3000
    first = await ask("/v1/lists/hosts", {"base": None, "cursor": 0})
    assert "bad-7.example.net" in first["hosts"]

    maintainer.feeds["one"] = many.replace("bad-7.example.net\n", "") + "brand-new-scam.com\n"
    status, said = await maintainer.publish(mirror)
    assert status == PUBLISHED, said
    result = await ask("/v1/lists/sync", {})
    assert (result["outcome"], result["error"]) == ("updated", None)
    assert await level(ask, "https://brand-new-scam.com/") == "DANGER"
    assert await level(ask, "https://bad-7.example.net/") == "NO_KNOWN_RISK"
    second = await ask("/v1/lists/hosts", {"base": first["base"], "cursor": 0})
    assert second["unchanged"]
    assert (second["added"], second["removed"]) == (["brand-new-scam.com"], ["bad-7.example.net"])
    assert (await ask("/v1/lists/sync", {}))["outcome"] == "up_to_date"


async def test_newly_registered_hosts_arrive_week_by_week(
    maintainer: Maintainer, server: TestServer, ask: Any, tmp_path: Path
) -> None:
    mirror = str(server.make_url("/mirror/"))
    maintainer.feeds = {"one": "bad.example.net\n", "two": "http://evil.example.org/x\n", "fresh": "tout-neuf.fr\n"}
    assert (await maintainer.publish(mirror))[0] == PUBLISHED
    first = await ask("/v1/lists/sync", {})
    assert first["outcome"] == "updated"
    current = Store(tmp_path / "state/lists").current()
    assert current is not None
    weeks = [path for role, path in current.paths().items() if role.startswith("newly-")]
    assert weeks
    assert any(CompiledList(path).holds("tout-neuf.fr") for path in weeks)
    maintainer.feeds["one"] += "worse.example.net\n"
    assert (await maintainer.publish(mirror))[0] == PUBLISHED
    # The never-block list and the weeks stay as they are: a day's news is small.
    assert (await ask("/v1/lists/sync", {}))["received"] < 40_000 < first["received"]


async def test_a_dry_run_publishes_nothing(maintainer: Maintainer, server: TestServer) -> None:
    maintainer.feeds = {"one": "bad.example.net\n", "two": "http://evil.example.org/x\n"}
    status, said = await maintainer.publish(str(server.make_url("/mirror/")), dry=True)
    assert status == PUBLISHED
    assert "would be" in said
    assert not list((maintainer.blocklists / "repository").rglob("*timestamp*"))


async def test_a_dead_source_neither_stops_the_run_nor_empties_the_list(
    maintainer: Maintainer, server: TestServer, ask: Any
) -> None:
    mirror = str(server.make_url("/mirror/"))
    maintainer.feeds = {"one": "bad.example.net\nworse.example.net\n", "two": "http://evil.example.org/x\n"}
    assert (await maintainer.publish(mirror))[0] == PUBLISHED
    maintainer.feeds = {"two": "http://evil.example.org/x\nhttp://newer.example.org/y\n"}
    status, said = await maintainer.publish(mirror)
    assert status == PUBLISHED, said
    assert (await ask("/v1/lists/sync", {}))["outcome"] == "updated"
    assert await level(ask, "https://bad.example.net/") == "DANGER"


async def test_what_must_never_be_blocked_is_not_and_explain_says_why(
    maintainer: Maintainer, server: TestServer, ask: Any
) -> None:
    maintainer.feeds = {
        "one": "google.com\nwww.impots.gouv.fr\nweb.app\nfr\n10.0.0.1\nbad.example.net\n",
        "two": "https://github.com/evil/page\nhttps://www.ameli.fr/x\n",
    }
    status, said = await maintainer.publish(str(server.make_url("/mirror/")))
    assert status == PUBLISHED, said
    assert (await ask("/v1/lists/sync", {}))["outcome"] == "updated"
    for url in ("https://google.com/", "https://github.com/", "https://any.web.app/"):
        assert await level(ask, url) in {"NO_KNOWN_RISK", "OFFICIAL"}
    assert await level(ask, "https://www.impots.gouv.fr/") == "OFFICIAL"
    found = explain(maintainer.blocklists, maintainer.blocklists / ".work", "bad.example.net")
    assert (found[0].listed, found[0].sources) == (True, ("one",))
    refused = explain(maintainer.blocklists, maintainer.blocklists / ".work", "www.impots.gouv.fr")
    assert any(finding.rule == "never_block" and not finding.listed for finding in refused)
