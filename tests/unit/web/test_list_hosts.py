"""Hosts for the browser's own rules, when more changed than one answer holds."""

import json
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request

from guetteur.app import build_checker, now_utc
from guetteur.config import PACKAGE_DATA
from guetteur.lists.compiled import CompiledList
from guetteur.lists.view import ListView
from guetteur.lists.writer import ListedKey, compile_list
from guetteur.web.routes import Service


async def test_what_changed_since_is_paged_too_and_no_official_host_is_blocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checker = build_checker(PACKAGE_DATA)
    service = Service(checker, None, None, None, {}, now_utc, now_utc())  # type: ignore[arg-type]
    official = next(host for host in checker.public_hosts.entries() if checker.official(host) is not None)

    def made(name: str, hosts: list[str]) -> CompiledList:
        keys = [ListedKey(host) for host in hosts]
        compile_list(tmp_path / name, keys, version=name, built_at=now_utc(), sources=("a",), nested=True)
        return CompiledList(tmp_path / name)

    gone = [f"old-parcel-{number:06d}.example{number % 97}.com" for number in range(40_000)]
    new = [f"fresh-parcel-{number:06d}.example{number % 97}.net" for number in range(40_000)]
    base = made("base", ["bad.example", official, *gone])
    checker.blocklist = ListView(base, made("added", [official, *new]), made("removed", ["a.example/page", *gone]))
    assert len(json.dumps(new + gone)) > 2 * 1024 * 1024

    async def asked(known: str | None) -> tuple[list[str], list[str], list[str]]:
        found: tuple[list[str], list[str], list[str]] = ([], [], [])
        cursor: int | None = 0
        while cursor is not None:
            question = make_mocked_request("POST", "/")
            body = json.dumps({"base": known, "cursor": cursor}).encode()
            monkeypatch.setattr(question, "_read_bytes", body)
            content = (await service.list_hosts(question)).body
            assert isinstance(content, bytes)
            assert len(content) < 900_000
            reply = json.loads(content)
            assert reply["unchanged"] is (known is not None)
            for part, name in zip(found, ("hosts", "added", "removed"), strict=True):
                part.extend(reply[name])
            cursor = reply["next"]
        return found

    hosts, added, removed = await asked(None)
    assert sorted(hosts) == sorted(["bad.example", *gone])
    assert (sorted(added), sorted(removed)) == (new, gone)
    assert await asked("base") == ([], added, removed)
