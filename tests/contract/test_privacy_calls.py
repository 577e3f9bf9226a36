"""What left, warnings kept, whose lists: over the real socket, as the OpenAPI document has it, and as published."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema
import msgspec
import pytest
from aiohttp.test_utils import TestServer

from guetteur.app import now_utc
from guetteur.config import PACKAGE_DATA, Settings
from guetteur.egress import contact, errand
from guetteur.lists.index import INDEX_TARGET, decode_index
from guetteur.lists.sources import starter_sources
from guetteur.lists.store import Store
from guetteur.publish.sync_blocklists import PUBLISHED
from guetteur.store.person import FILE_NAME, PersonStore
from guetteur.transport.native_host import ALLOWED_PATHS
from guetteur.web.routes_privacy import source_replies
from support.maintainer import PASSPHRASE, Maintainer
from support.served import daemon

CALLS = ("/v1/egress", "/v1/egress/clear", "/v1/history", "/v1/history/add", "/v1/history/clear", "/v1/lists/sources")


class Caller:
    """Asks one daemon, and holds every answer against the OpenAPI document."""

    def __init__(self, session: aiohttp.ClientSession, document: dict[str, Any]) -> None:
        self._session, self._document = session, document

    async def __call__(self, path: str, body: object = None, status: int = 200) -> Any:
        method = "GET" if body is None else "POST"
        headers = {"Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        async with self._session.request(method, path, data=data, headers=headers) as reply:
            told = await reply.json()
            assert reply.status == status, told
        responses = self._document["paths"][path][method.lower()]["responses"]
        schema = responses["200" if status == 200 else "default"]["content"]["application/json"]["schema"]
        jsonschema.validate(told, schema | {"components": self._document["components"]})
        return told


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "run", tmp_path / "state")


@pytest.fixture
async def ask(settings: Settings) -> AsyncIterator[Caller]:
    connector = aiohttp.UnixConnector(str(settings.socket_path))
    async with daemon(settings), aiohttp.ClientSession("http://localhost", connector=connector) as session:
        yield Caller(session, await (await session.get("/v1/openapi.json")).json())


def test_the_relay_lets_them_through() -> None:
    assert set(CALLS) <= ALLOWED_PATHS


async def test_a_warning_is_kept_only_when_it_is_told(ask: Caller) -> None:
    await ask("/v1/check/url", {"url": "https://remboursement-ameli.info/", "visit": True})
    assert await ask("/v1/history") == {"entries": [], "kept_days": 90}
    kept = {"host": "remboursement-ameli.info", "level": "DANGER", "body": "ameli"}
    assert await ask("/v1/history/add", kept) == {}
    assert await ask("/v1/history/add", kept) == {}
    await ask("/v1/history/add", {"host": "scam.example", "level": "CAUTION", "body": "no-such-body"})
    await ask("/v1/history/add", {"host": "scam-2.example", "level": "CAUTION", "body": None})
    third, second, first = (await ask("/v1/history"))["entries"]
    assert (first["host"], first["level"], first["times"]) == ("remboursement-ameli.info", "DANGER", 2)
    assert (first["body"], "Assurance" in first["body_name"]) == ("ameli", True)
    assert (second["host"], second["body"], second["body_name"]) == ("scam.example", None, None)
    left = (await ask("/v1/history/clear", {"ids": [third["id"], first["id"]]}))["entries"]
    assert left == [second]
    assert await ask("/v1/history/clear", {"ids": None}) == {"entries": [], "kept_days": 90}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/v1/history/add", {"host": "https://a.fr/", "level": "DANGER"}, "not_a_host"),
        ("/v1/history/add", {"host": "a.fr/x", "level": "DANGER"}, "not_a_host"),
        ("/v1/history/add", {"host": "", "level": "DANGER"}, "invalid_request"),
        ("/v1/history/add", {"host": "a" * 254, "level": "DANGER"}, "invalid_request"),
        ("/v1/history/add", {"host": "a.fr", "level": "OFFICIAL"}, "invalid_request"),
        ("/v1/history/add", {"host": "a.fr"}, "invalid_request"),
        ("/v1/history/add", {"host": "a.fr", "level": "DANGER", "body": "x" * 65}, "invalid_request"),
        ("/v1/history/add", {"host": "a.fr", "level": "DANGER", "url": "https://a.fr/"}, "invalid_request"),
        ("/v1/history/clear", {}, "invalid_request"),
        ("/v1/history/clear", {"ids": ["1"]}, "invalid_request"),
        ("/v1/history/clear", {"ids": [1] * 501}, "invalid_request"),
        ("/v1/history/clear", {"ids": [2**70]}, "invalid_request"),
        ("/v1/history/clear", {"ids": [0]}, "invalid_request"),
        ("/v1/egress/clear", {"purpose": "age"}, "invalid_request"),
    ],
)
async def test_what_is_not_as_it_should_be_is_refused(ask: Caller, path: str, body: object, code: str) -> None:
    assert (await ask(path, body, 400))["error"]["code"] == code
    assert (await ask("/v1/history"))["entries"] == []


async def test_at_most_five_hundred_go_over_the_wire_and_through_a_frame(ask: Caller) -> None:
    for number in range(510):
        await ask(
            "/v1/history/add", {"host": f"{'x' * 60}.{'y' * 60}.{'z' * 60}.site-{number}.example", "level": "DANGER"}
        )
    told = await ask("/v1/history")
    assert len(told["entries"]) == 500
    assert told["entries"][0]["host"].endswith("site-509.example")
    assert len(json.dumps(told)) < 1024 * 1024


async def test_a_locked_file_is_answered_in_time_and_said(ask: Caller, settings: Settings) -> None:
    """The guard ends what takes nine seconds; another program may keep the file for longer."""
    await ask("/v1/history/add", {"host": "scam.example", "level": "DANGER"})
    other = sqlite3.connect(settings.state_dir / FILE_NAME, isolation_level=None)
    other.execute("begin immediate")
    assert (await ask("/v1/egress/clear", {}, 500))["error"]["code"] == "not_cleared"
    assert await ask("/v1/history/add", {"host": "scam.example", "level": "DANGER"}) == {}
    assert (await ask("/v1/history/clear", {"ids": None}, 500))["error"]["hint"]
    assert len((await ask("/v1/history"))["entries"]) == 1
    assert (await ask("/v1/status"))["store"]["error"]["code"] == "store_busy"
    other.execute("commit")
    other.close()
    assert (await ask("/v1/egress/clear", {}))["complete"]
    assert (await ask("/v1/history/clear", {"ids": None}))["entries"] == []


async def test_what_would_be_back_after_a_restart_is_not_said_to_be_cleared(settings: Settings) -> None:
    """Another program keeps the file while the daemon starts: it has a copy in memory, and the file stays as it is."""
    with closing(PersonStore(settings.state_dir, now_utc)) as person:
        with errand(person.egress, "age", "scam.fr"), contact("rdap.nic.fr") as noted:
            noted.end("answered")
        person.history.add("scam.example", "DANGER", None)
    other = sqlite3.connect(settings.state_dir / FILE_NAME, isolation_level=None)
    other.execute("begin immediate")
    connector = aiohttp.UnixConnector(str(settings.socket_path))
    async with daemon(settings), aiohttp.ClientSession("http://localhost", connector=connector) as session:
        other.execute("commit")
        other.close()
        ask = Caller(session, await (await session.get("/v1/openapi.json")).json())
        assert not (await ask("/v1/status"))["store"]["ok"]
        for call, body in (("egress", {}), ("history", {"ids": None})):
            error = (await ask(f"/v1/{call}/clear", body, 500))["error"]
            assert (error["code"], bool(error["hint"])) == ("not_cleared", True)
            assert len((await ask(f"/v1/{call}"))["entries"]) == 1
    with closing(PersonStore(settings.state_dir, now_utc)) as person:
        assert len(person.egress.report(9).entries) == len(person.history.entries(9)) == 1


async def test_the_shipped_list_says_whose_it_is(ask: Caller) -> None:
    told = await ask("/v1/lists/sources")
    assert told["version"].startswith("starter-")
    assert told["entries"] > 50_000
    assert told["sources"] == msgspec.to_builtins(source_replies(starter_sources(PACKAGE_DATA)))
    assert [one["id"] for one in told["sources"]] == ["phishing-database", "malicious-domains"]
    assert all(one["name"] and one["licence"] and one["entries"] > 10_000 for one in told["sources"])


async def test_without_lists_there_are_no_sources(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for path in PACKAGE_DATA.iterdir():
        if path.name not in {"starter.bin", "starter_sources.json"}:
            (data / path.name).symlink_to(path)
    settings = Settings(tmp_path / "run", tmp_path / "state", data_dir=data)
    connector = aiohttp.UnixConnector(str(settings.socket_path))
    async with daemon(settings), aiohttp.ClientSession("http://localhost", connector=connector) as session:
        told = await (await session.get("/v1/lists/sources")).json()
    assert told == {"version": None, "built_at": None, "entries": 0, "sources": []}


async def test_published_sources_come_signed_and_the_renewal_is_noted(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUETTEUR_KEY_PASSPHRASE", PASSPHRASE)
    maintainer = Maintainer(tmp_path / "maintainer")
    path = maintainer.blocklists / "sources.toml"
    path.write_text(path.read_text("utf-8").replace('licence = "MIT"', 'licence = "not stated"', 1), encoding="utf-8")
    maintainer.feeds = {
        "one": "".join(f"bad-{number}.example.net\n" for number in range(300)),
        "two": "https://sites.google.com/view/fake-bank/login\n",
    }
    async with TestServer(maintainer.app(), host="127.0.0.1") as server:
        monkeypatch.setenv("GUETTEUR_LISTS_URL", str(server.make_url("/published/")))
        monkeypatch.setenv("GUETTEUR_LISTS_ROOT", str(maintainer.root))
        status, said = await maintainer.publish(str(server.make_url("/mirror/")))
        assert status == PUBLISHED, said
        connector = aiohttp.UnixConnector(str(settings.socket_path))
        async with daemon(settings), aiohttp.ClientSession("http://localhost", connector=connector) as session:
            ask = Caller(session, await (await session.get("/v1/openapi.json")).json())
            assert (await ask("/v1/lists/sync", {}))["outcome"] in {"updated", "up_to_date"}
            told = await ask("/v1/lists/sources")
            (noted,) = (await ask("/v1/egress"))["entries"]
    assert (noted["purpose"], noted["to"], noted["what"], noted["outcome"]) == ("lists", "127.0.0.1", "", "answered")
    assert noted["count"] <= 2  # one an attempt: the daemon's own at its start, and ours
    one, two = told["sources"]
    assert (one["id"], one["name"], one["licence"], one["entries"]) == ("one", "One", None, 300)
    assert (two["url"], two["licence"], two["entries"]) == ("https://two.example/list.txt", "MIT", 1)
    assert told["built_at"][:10] == one["fetched_at"][:10]
    current = Store(settings.lists_dir).current()
    assert current is not None
    assert (told["version"], told["entries"]) == (current.version, current.manifest.entries)
    index = max((maintainer.blocklists / "repository/targets/lists").glob(f"*.{INDEX_TARGET.rpartition('/')[2]}"))
    assert decode_index(index.read_bytes()).sources == current.manifest.sources
