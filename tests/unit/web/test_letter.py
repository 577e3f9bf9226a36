"""The letter over HTTP: made, refused, never kept."""

from base64 import b64decode
from datetime import UTC, datetime
from io import BytesIO

from aiohttp import web
from pypdf import PdfReader
from pytest_aiohttp.plugin import AiohttpClient

from guetteur.errors import InvalidInputError
from guetteur.web.guard import json_error
from guetteur.web.routes_letter import LetterService


@web.middleware
async def coded(request: web.Request, handler):
    try:
        return await handler(request)
    except InvalidInputError as error:
        return json_error(error, 400)


async def test_answers_in_pdf_out_and_what_is_refused(aiohttp_client: AiohttpClient) -> None:
    app = web.Application(middlewares=[coded])
    app.add_routes(LetterService(lambda: datetime(2026, 11, 24, tzinfo=UTC)).routes())
    client = await aiohttp_client(app)
    asked = {"answers": {"name": "Ana Łoś"}, "annexes": [{"name": "a.png", "sha256": "0" * 64}]}
    reply = await (await client.post("/v1/letter", json=asked)).json()
    pdf = b64decode(reply["pdf"])
    assert reply["name"] == "lettre-de-plainte.pdf"
    assert "Ana Łoś" in PdfReader(BytesIO(pdf)).pages[0].extract_text()
    for body in (
        {},
        {"answers": {"unknown": 1}},
        {"answers": {"name": "x" * 301}},
        {"answers": {"account": "x" * 20_001}},
        {"answers": {}, "annexes": [{"name": "a", "sha256": "A" * 64}]},
    ):
        refused = await client.post("/v1/letter", json=body)
        assert (refused.status, (await refused.json())["error"]["code"]) == (400, "invalid_request"), body
