"""Doubles of the channels with an API: each speaks what its service documents, and counts what it takes."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

CREDENTIALS = {
    "email": "claire@exemple.fr",
    "name": "Claire Martin",
    "signal_spam_user": "claire",
    "signal_spam_password": "très secret",
    "phishing_initiative_token": "pi-token",
    "spamhaus_token": "sh-token",
    "cloudflare_account": "acc0unt",
    "cloudflare_token": "cf-token",
    "intake_url": "https://intake.exemple/",
    "intake_token": "in-token",
    "smtp_host": "localhost",
}
UUID = "0123456789abcdef0123456789abcdef"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BadRequestError(Exception):
    """The request is not what the service documents."""


def need(condition: object, what: str) -> None:
    if not condition:
        raise BadRequestError(what)


def bearer(request: web.Request, scheme: str, token: str) -> bool:
    return request.headers.get("Authorization") == f"{scheme} {token}"


class Double:
    """One service; `mode` is how it answers.

    Attributes:
        taken: the reports it took, as JSON or form.
        keys: those with an idempotency key, by it.
        state: what it says of a report later.
    """

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.mode = "ok"
        self.asked = 0
        self.taken: list[Any] = []
        self.keys: dict[str, str] = {}
        self.state = "processing"
        self.complaints: list[str] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        if fault := FAULTS.get(self.mode):
            return await fault(request)
        try:
            return await getattr(self, self.channel.replace("-", "_"))(request)
        except BadRequestError as error:
            self.complaints.append(str(error))
            return web.json_response({"error": str(error)}, status=400)

    async def netcraft(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            need(request.path == f"/submission/{UUID}", "path")
            return web.json_response({"uuid": UUID, "state": self.state, "has_urls": 1})
        body = await request.json()
        need("@" in body["email"], "email")
        if request.path == "/report/urls":
            need(isinstance(body["reason"], str) and len(body["reason"]) <= 10_000, "reason")
            need(body["urls"] and all(set(one) == {"url", "country"} for one in body["urls"]), "urls")
        else:
            need(request.path == "/report/mail" and body["message"], "message")
        if self.mode == "known":
            return web.json_response({"error": "Duplicate of recent submission", "uuid": UUID}, status=400)
        self.taken.append(body)
        return web.json_response({"message": "Successfully reported", "uuid": UUID})

    async def signal_spam(self, request: web.Request) -> web.Response:
        need(request.path == "/api/signaler" and request.method == "POST", "path")
        scheme, _, given = request.headers["Authorization"].partition(" ")
        need((scheme, base64.b64decode(given).decode()) == ("Basic", "claire:très secret"), "login")
        form = await request.post()
        need(set(form) == {"message"}, "form")
        self.taken.append(base64.b64decode(str(form["message"]), validate=True))
        if self.mode == "known":
            return web.json_response({"message": "already reported"}, status=409)
        return web.Response(status=202, text="")

    async def phishing_initiative(self, request: web.Request) -> web.Response:
        need(request.path == "/api/v1/submissions/", "path")
        need(bearer(request, "Token", "pi-token"), "token")
        body = await request.json()
        need(set(body) == {"url", "comment", "notify", "tag"} and body["tag"] in (0, 1, 2), "fields")
        if self.mode == "known":
            return web.json_response({"detail": "This URL was already submitted"}, status=400)
        self.taken.append(body)
        return web.json_response({"id": 4711, "url": body["url"]}, status=201)

    async def spamhaus(self, request: web.Request) -> web.Response:
        need(request.path == "/submissions/add/url", "path")
        need(bearer(request, "Bearer", "sh-token"), "token")
        body = await request.json()
        need(body["threat_type"] == "phish" and len(body["reason"]) <= 255 and body["source"]["object"], "fields")
        if self.mode == "known":
            return web.json_response({"status": 208, "message": "already reported"}, status=208)
        self.taken.append(body)
        return web.json_response({"status": 200, "message": "ok", "id": "sub-1"})

    async def microsoft(self, request: web.Request) -> web.Response:
        need(request.path == "/report/v2.0/abuse", "path")
        body = await request.json()
        names = (
            "date time timeZone reporterName reporterEmail reportNotes threatType incidentType sourceUrl testSubmission"
        )
        need(set(body) == set(names.split()), "fields")
        need(body["threatType"] == "URL" and body["incidentType"] == "Phishing", "types")
        if self.mode == "known":
            return web.json_response({"error": "duplicate report"}, status=409)
        self.taken.append(body)
        return web.Response(status=200, text="")

    async def cloudflare(self, request: web.Request) -> web.Response:
        need(request.path == "/accounts/acc0unt/abuse-reports/abuse_phishing", "path")
        need(bearer(request, "Bearer", "cf-token"), "token")
        body = await request.json()
        need(body["act"] == "abuse_phishing" and body["email"] == body["email2"], "email")
        need(body["host_notification"] in ("send", "send-anon") and len(body["justification"]) <= 5000, "fields")
        need(body["owner_notification"] in ("send", "send-anon", "none"), "owner")
        if self.mode == "known":
            errors = [{"code": 10000, "message": "duplicate report"}]
            return web.json_response({"success": False, "errors": errors}, status=409)
        self.taken.append(body)
        return web.json_response({"success": True, "result": "success", "abuse_rand": "cf-1", "request": {}})

    async def intake(self, request: web.Request) -> web.Response:
        need(bearer(request, "Bearer", "in-token"), "token")
        key = request.headers["Idempotency-Key"]
        body = await request.json()
        need(body["version"] == 1 and key.startswith(body["case"]), "fields")
        if self.mode == "known":
            return web.json_response({"id": "in-0"}, status=208)
        if key not in self.keys:
            self.keys[key] = f"in-{len(self.keys) + 1}"
            self.taken.append(body)
        return web.json_response({"id": self.keys[key]}, status=201)


def reply(status: int, body: Any = None, **headers: str) -> Handler:
    async def answer(_request: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=json.dumps(body).encode() if body is not None else b"", headers=named)

    return answer


async def hang(_request: web.Request) -> web.Response:
    await asyncio.sleep(60)
    raise AssertionError("never reached")


async def garbage(_request: web.Request) -> web.Response:
    return web.Response(status=200, body=b"<html>\xff{", content_type="application/json")


async def pour(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(status=200)
    await response.prepare(request)
    for _ in range(400):
        await response.write(b'"' + b"a" * 65_536)
    return response


async def hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def half(then: Callable[[web.Request], Awaitable[object]]) -> Handler:
    """Says that it took the report, and half of the rest."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=200, headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"id": ')
        await then(request)
        return response

    return answer


async def elsewhere(_request: web.Request) -> web.Response:
    return web.Response(status=307, headers={"Location": "http://127.0.0.2:9/steal"})


FAULTS: dict[str, Handler] = {
    "400": reply(400, {"message": "bad\x1b[31m url " + "x" * 500}),
    "401": reply(401, {"message": "user is not authorized"}),
    "403": reply(403),
    "404": reply(404),
    "429": reply(429, None, Retry_After="120"),
    "429-date": reply(429, None, Retry_After="Tue, 24 Nov 2026 12:10:00 GMT", Date="Tue, 24 Nov 2026 12:00:00 GMT"),
    "429-forever": reply(429, None, Retry_After="99999999999999"),
    "429-wild": reply(429, None, Retry_After="Tue, 24 Nov 9999999999999999 12:10:00 GMT"),
    "429-bare": reply(429),
    "500": reply(500, {"error": "oops"}),
    "503": reply(503, None, Retry_After="60"),
    "timeout": hang,
    "malformed": garbage,
    "huge": pour,
    "wild-date": reply(200, {"uuid": "u"}, Date="Tue, 24 Nov 9999999999999999 12:10:00 GMT"),
    "half": half(hang),
    "half-hang-up": half(hang_up),
    "hang-up": hang_up,
    "redirect": elsewhere,
}


class Doubles:
    """Several doubles, each on a port of its own."""

    def __init__(self) -> None:
        self.by_channel: dict[str, Double] = {}
        self.bases: dict[str, str] = {}
        self._runners: list[web.AppRunner] = []

    async def add(self, channel: str) -> Double:
        double = self.by_channel[channel] = Double(channel)
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", double.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.bases[channel] = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return double

    async def close(self) -> None:
        for runner in self._runners:
            await runner.cleanup()
