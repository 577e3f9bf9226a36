"""The daemon over its real unix socket and its real loopback port: calls, refusals, errors."""

import io
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema
import pytest

from guetteur.app import build_checker, serve
from guetteur.config import PACKAGE_DATA, Settings
from guetteur.core.subject import parse_url
from guetteur.core.verdict import Level
from guetteur.transport.endpoint import AlreadyRunning
from guetteur.transport.seal import SEALED_TYPE, Seal
from support.served import daemon


async def test_check_url_in_both_languages(ask: Any) -> None:
    url = "http://impots.gouv.fr.verif-dossier.com/login"
    status, french = await ask("/v1/check/url", {"url": url})
    assert (status, french["level"]) == (200, "DANGER")
    assert french["body"]["home_host"] == "www.impots.gouv.fr"
    assert french["summary"].startswith("Cette page imite")
    assert french["reasons"][0]["text"]
    _, english = await ask("/v1/check/url", {"url": url, "lang": "en"})
    assert english["summary"].startswith("This page imitates")
    assert [reason["code"] for reason in english["reasons"]] == [reason["code"] for reason in french["reasons"]]


async def test_check_page_joins_what_the_page_shows(ask: Any) -> None:
    page = {"title": "ameli - Connexion", "logos": ["l'Assurance Maladie"], "fields": [{"kind": "password"}]}
    status, reply = await ask("/v1/check/page", {"url": "https://dossier-4821.fr/", "page": page})
    assert (status, reply["level"], reply["body"]["id"]) == (200, "DANGER", "ameli")
    assert [reason["code"] for reason in reply["reasons"]] == ["asks_login_as"]
    _, empty = await ask("/v1/check/page", {"url": "https://dossier-4821.fr/", "page": {}})
    assert empty["level"] == "NO_KNOWN_RISK"
    for wrong in ({"value": "1234"}, {"text": "x" * 4001}, {"fields": [{"value": "1234"}]}, {"forms": ["x"] * 33}):
        status, reply = await ask("/v1/check/page", {"url": "https://dossier-4821.fr/", "page": wrong})
        assert (status, reply["error"]["code"]) == (400, "invalid_request")


async def test_page_hints_are_folded_phrases(ask: Any) -> None:
    status, hints = await ask("/v1/check/page/hints")
    assert status == 200
    assert "numero de carte" in hints["fields"]
    assert "votre colis est en attente" in hints["text"]
    assert all(re.fullmatch("[a-z#]+( [a-z#]+)*", phrase) for phrase in hints["fields"] + hints["text"])


async def test_batch_keeps_order_and_errors_in_place(ask: Any) -> None:
    urls = ["https://www.ameli.fr/", "nothing", "https://example.org/"]
    status, reply = await ask("/v1/check/batch", {"urls": urls})
    assert status == 200
    assert reply["results"][0]["level"] == "OFFICIAL"
    assert reply["results"][1]["error"]["code"] == "not_a_url"
    assert reply["results"][2]["host"] == "example.org"


async def test_list_hosts_pages_cover_the_whole_list_once(ask: Any) -> None:
    seen: list[str] = []
    cursor: int | None = 0
    base = None
    while cursor is not None:
        _, page = await ask("/v1/lists/hosts", {"base": None, "cursor": cursor})
        assert len(json.dumps(page)) < 1024 * 1024
        seen += page["hosts"]
        cursor, base = page["next"], page["base"]
    assert len(seen) == len(set(seen)) == page["total"]
    assert (page["version"], page["added"], page["removed"]) == (base, [], [])
    _, again = await ask("/v1/lists/hosts", {"base": base})
    assert again["unchanged"]
    assert again["hosts"] == []


async def test_status_counts_checks(ask: Any) -> None:
    await ask("/v1/check/url", {"url": "https://example.org/"})
    status, reply = await ask("/v1/status")
    assert status == 200
    assert (reply["product"], reply["checks"]) == ("guetteur", 1)
    assert reply["lists"]["hosts"] > 50_000
    assert reply["bodies"] >= 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"),
        (b"{", "invalid_json"),
        (b"\xff\xfe", "invalid_json"),
        (b'{"url":' + b"[" * 8000, "invalid_request"),
        (b'{"url":"https://a.fr/","x":' + b"[" * 8000, "invalid_request"),
        (b"[" * 8000, "invalid_request"),
        (b'{"url":""}', "invalid_request"),
        (b'{"url":1}', "invalid_request"),
        (b'{"url":"https://a.fr/","extra":1}', "invalid_request"),
        (b'{"url":"https://a.fr/","lang":"de"}', "invalid_request"),
        (b'{"url":"ftp://a.fr/"}', "not_a_web_address"),
        (b'{"url":"http://[/"}', "not_a_url"),
    ],
)
async def test_bad_input_gets_a_coded_error_with_a_hint(ask: Any, body: bytes, code: str) -> None:
    status, reply = await ask("/v1/check/url", body)
    assert status == 400
    assert reply["error"]["code"] in {code, "invalid_json"}
    assert reply["error"]["message"]
    assert reply["error"]["hint"]


@pytest.mark.parametrize(("path", "field"), [("/v1/lists/hosts", "cursor"), ("/v1/report/receipts", "offset")])
@pytest.mark.parametrize("number", [-1, 2**53, 2**63, 2**64])
async def test_a_number_beyond_all_pages_is_refused(ask: Any, path: str, field: str, number: int) -> None:
    status, reply = await ask(path, {field: number})
    assert (status, reply["error"]["code"]) == (400, "invalid_request")
    status, _ = await ask(path, {field: 2**53 - 1})
    assert status == 200


async def test_deeply_nested_json_is_refused_where_it_would_be_read(ask: Any) -> None:
    status, reply = await ask("/v1/check/batch", b'{"urls":' + b"[" * 90_000)
    assert (status, reply["error"]["code"]) in {(400, "invalid_json"), (400, "invalid_request")}


async def test_refusals(ask: Any) -> None:
    body = {"url": "https://a.fr/"}
    assert (await ask("/v1/check/url", body, Host="evil.example"))[0] == 421
    assert (await ask("/v1/check/url", body, Host="127.0.0.1"))[1]["error"]["code"] == "wrong_host"
    assert (await ask("/v1/check/url", body, Origin="https://evil.example"))[1]["error"]["code"] == "web_page_refused"
    assert (await ask("/v1/check/url", body, Content_Type="text/plain"))[0] == 415
    assert (await ask("/v1/status?x=1"))[1]["error"]["code"] == "query_refused"
    assert (await ask("/v1/nothing"))[0] == 404
    assert (await ask("/v1/check/url"))[1]["error"]["code"] == "method_not_allowed"
    assert (await ask("/v1/check/url", io.BytesIO(b" " * 1_100_000)))[1]["error"]["code"] == "body_too_large"
    assert (await ask("/v1/check/batch", {"urls": ["https://a.fr/"] * 257}))[0] == 400


async def test_the_openapi_document_describes_what_is_answered(ask: Any) -> None:
    _, document = await ask("/v1/openapi.json")
    assert document["openapi"].startswith("3.1")
    for path, body in {
        "/v1/check/url": {"url": "http://impots-gouv-fr.web.app/"},
        "/v1/check/batch": {"urls": ["https://a.fr/", "x"]},
        "/v1/check/age": {"url": "https://a.fr/"},
        "/v1/lists/hosts": {"cursor": 0},
        "/v1/exceptions": {"action": "list"},
        "/v1/status": None,
    }.items():
        operation = next(iter(document["paths"][path].values()))
        _, reply = await ask(path, body)
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"] | {
            "components": document["components"]
        }
        jsonschema.validate(reply, schema)
        if body is not None:
            asked = operation["requestBody"]["content"]["application/json"]["schema"] | {
                "components": document["components"]
            }
            jsonschema.validate(body, asked)
    _, error = await ask("/v1/check/url", {"url": "x"})
    jsonschema.validate(error, document["components"]["schemas"]["ErrorReply"] | {"components": document["components"]})


async def test_a_second_start_finds_the_first(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "run", tmp_path / "state")
    async with daemon(settings):
        assert isinstance(await serve(settings), AlreadyRunning)
    assert not settings.socket_path.exists()


async def test_loopback_needs_the_seal_and_the_exact_host(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "run", tmp_path / "state", transport="loopback")
    async with daemon(settings), aiohttp.ClientSession() as session:
        told = json.loads(settings.loopback_file.read_text())
        base, seal = f"http://127.0.0.1:{told['port']}", Seal(told["key"])

        def sealed() -> dict[str, str]:
            return {"Authorization": seal.begin("GET", "/v1/status", f"127.0.0.1:{told['port']}")[1]}

        async with session.get(f"{base}/v1/status", headers=sealed()) as reply:
            assert (reply.status, reply.content_type) == (200, SEALED_TYPE)
        for headers, status in (
            ({}, 401),
            ({"Authorization": f"Guetteur {told['key']}"}, 401),
            (sealed() | {"Host": f"localhost:{told['port']}"}, 421),
            (sealed() | {"Host": "evil.example"}, 421),
            (sealed() | {"Origin": "https://evil.example"}, 403),
        ):
            async with session.get(f"{base}/v1/status", headers=headers) as reply:
                assert reply.status == status
                assert "Access-Control-Allow-Origin" not in reply.headers


def test_a_damaged_list_leaves_the_rest_working_and_is_said(tmp_path: Path, now: datetime) -> None:
    for name in ("knowledge.json", "model.json", "public_hosts.bin", "popular.bin"):
        (tmp_path / name).symlink_to(PACKAGE_DATA / name)
    (tmp_path / "starter.bin").write_bytes(b"garbage")
    checker = build_checker(tmp_path)
    assert checker.check(parse_url("https://example.org/"), now=now).level is Level.UNKNOWN
    assert checker.check(parse_url("https://impots-gouv-fr.web.app/"), now=now).level is Level.DANGER
