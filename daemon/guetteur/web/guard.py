"""Who may ask, and how: every request passes here before a route sees it.

The unix socket is already closed to other users and to web pages; the checks below hold for it too, so that the
optional loopback listener (THREAT_MODEL: DNS rebinding, cross-site requests) has no weaker twin.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import time
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import msgspec
from aiohttp import web

from guetteur.errors import GuetteurError, InvalidInputError
from guetteur.transport.connections import Watched
from guetteur.transport.endpoint import Listener, own_uid, peer_uid
from guetteur.transport.seal import SEALED_TYPE, Head, Nonces, Seal, SealError
from guetteur.web.wire import error_reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BODY_S = 5.0
CHECK_S = 9.0
"""Longer than a registry is waited for; shorter than the relay waits, so that it hears why no verdict came."""
MAX_RUNNING = 64

_JSON_TYPE = "application/json"
_JSON = {"Content-Type": _JSON_TYPE}

# Each is another way to say what a request is or how long, or what only browsers add. Our clients send none of them.
_FOREIGN = frozenset({"transfer-encoding", "content-encoding", "upgrade", "expect", "trailer", "te", "cookie"})

_PLAIN_PATH = re.compile(r"(?:/(?!\.)[A-Za-z0-9._-]+)+")

LOG = logging.getLogger(__name__)


class _RefusedError(GuetteurError):
    def __init__(self, status: int, code: str, message: str, hint: str) -> None:
        super().__init__(code, message, hint)
        self.status = status


def make_guard(listener: Listener) -> Callable[..., Awaitable[web.StreamResponse]]:
    """The middleware for this listener: refusals and errors leave as coded JSON, never as a stack trace."""
    guard = _Guard(listener)

    @web.middleware
    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        watched = request.transport.get_protocol() if request.transport is not None else None
        if not isinstance(watched, Watched):
            return await guard.answer(request, handler, None)
        watched.asked()
        last = True
        try:
            reply = await guard.answer(request, handler, watched)
            last = reply.keep_alive is False
            return reply
        finally:
            watched.answered(last=last)

    return watch


class _Guard:
    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._same_user: WeakKeyDictionary[asyncio.BaseTransport, bool] = WeakKeyDictionary()
        self._seal = Seal(listener.key) if listener.key is not None else None
        self._nonces = Nonces()
        self._running = 0

    async def answer(self, request: web.Request, handler: Handler, watched: Watched | None) -> web.StreamResponse:
        try:
            _refuse_odd(request, self._listener.host)
            head = self._admit(request)
        except _RefusedError as refused:
            return _cut_off(refused)
        if watched is not None:
            watched.let_in = True
        reply = await self._handle(request, handler, head)
        if head is None or self._seal is None:
            return reply
        assert isinstance(reply, web.Response)  # noqa: S101 -- every call answers with one; see `json_response`
        assert isinstance(reply.body, bytes)  # noqa: S101
        reply.body = self._seal.close_answer(head, reply.status, reply.body)
        reply.headers["Content-Type"] = SEALED_TYPE
        return reply

    def _admit(self, request: web.Request) -> Head | None:
        """Whether this caller may ask, by the head alone: no byte of a stranger's body is kept."""
        head, wanted = None, _JSON_TYPE
        if self._seal is not None:
            head, wanted = self._open_head(request, self._seal), SEALED_TYPE
        elif not self._is_same_user(request.transport):
            raise _RefusedError(403, "another_user", "another user's programs may not ask", "start your own daemon")
        if request.method == "GET":
            if request.headers.get("Content-Length", "0") != "0":
                raise _RefusedError(400, "body_refused", "a GET has no body", "send a POST")
        elif not _declared(request.headers.getall("Content-Type", []), wanted):
            raise _RefusedError(
                415, "not_json", f"the body is not declared as {wanted}", f"send Content-Type: {wanted}"
            )
        return head

    def _open_head(self, request: web.Request, seal: Seal) -> Head:
        given, now_ms = request.headers.getall("Authorization", []), time.time_ns() // 1_000_000
        try:
            (one,) = given
            head = seal.read_head(request.method, request.raw_path, self._listener.host, one, now_ms)
        except ValueError:
            raise _RefusedError(
                401, "wrong_key", "the request is not sealed with this daemon's key", "read it from loopback.json"
            ) from None
        if not self._nonces.is_new(head, now_ms):
            raise _RefusedError(401, "replayed", "this very request has been sent before", "seal each request anew")
        return head

    async def _handle(self, request: web.Request, handler: Handler, head: Head | None) -> web.StreamResponse:
        try:
            return await self._ask(request, handler, head)
        except _RefusedError as refused:
            return _cut_off(refused)
        except InvalidInputError as error:
            return json_error(error, 400)
        except web.HTTPRequestEntityTooLarge:
            limit = request.client_max_size
            return _cut_off(_RefusedError(413, "body_too_large", f"a body has at most {limit} bytes", "ask in parts"))
        except web.HTTPException as error:
            code = {404: "no_such_path", 405: "method_not_allowed"}.get(error.status, "bad_request")
            hint = "GET /v1/openapi.json lists what can be asked"
            return json_error(GuetteurError(code, error.reason, hint), error.status)
        except Exception:
            LOG.exception("unforeseen error while answering %s %s", request.method, request.path)
            hint = "the daemon's log holds the details: please report it"
            return json_error(GuetteurError("internal_error", "the check failed unexpectedly", hint), 500)

    async def _ask(self, request: web.Request, handler: Handler, head: Head | None) -> web.StreamResponse:
        if self._running >= MAX_RUNNING:
            raise _RefusedError(503, "too_busy", f"{MAX_RUNNING} requests are being answered", "ask again later")
        self._running += 1
        try:
            if request.method == "POST":
                await self._read_body(request, head)
            async with asyncio.timeout(CHECK_S if request.path.startswith("/v1/check/") else None) as clock:
                return await handler(request)
        except TimeoutError:
            if not clock.expired():
                raise
            told = f"the check took more than {CHECK_S:g} s"
            raise _RefusedError(503, "check_too_slow", told, "ask again later") from None
        finally:
            self._running -= 1

    async def _read_body(self, request: web.Request, head: Head | None) -> None:
        """Have the whole body, opened, where the route's own ``read()`` finds it."""
        try:
            async with asyncio.timeout(BODY_S):
                body = await request.read()
        except TimeoutError:
            raise _RefusedError(408, "body_too_slow", "the body did not come in time", "ask again") from None
        except ConnectionError:
            # Nobody is left to hear it; anything else raised here would fill the log.
            raise _RefusedError(400, "body_cut", "the body ended before its time", "ask again") from None
        if head is None or self._seal is None:
            return
        try:
            # aiohttp keeps a body that was read; there is no other way to hand a route another one.
            request._read_bytes = self._seal.open_body(head, body)  # noqa: SLF001
        except SealError:
            raise _RefusedError(
                401, "wrong_key", "the body does not belong to this request", "seal each request anew"
            ) from None

    def _is_same_user(self, transport: asyncio.BaseTransport | None) -> bool:
        """Whether our own user is at the other end; asked of the kernel once a connection."""
        if transport is None:
            return False
        same = self._same_user.get(transport)
        if same is None:
            sock = transport.get_extra_info("socket")
            same = False
            if sock is not None and sock.family == socket.AF_UNIX:
                uid = peer_uid(sock)
                same = uid is None or uid == own_uid()
            self._same_user[transport] = same
        return same


def json_error(error: GuetteurError, status: int) -> web.Response:
    """An error in its wire form."""
    return json_response(error_reply(error), status)


def json_response(reply: object, status: int = 200) -> web.Response:
    """A typed reply as JSON."""
    return web.Response(body=msgspec.json.encode(reply), status=status, headers=_JSON)


def _cut_off(refused: _RefusedError) -> web.Response:
    """The last answer on a connection: nothing that was sent behind the refused request is looked at."""
    reply = json_error(refused, refused.status)
    reply.force_close()
    return reply


def _refuse_odd(request: web.Request, host: str) -> None:
    """Refuse what none of our clients sends, whoever sends it.

    Raises:
        _RefusedError: with the status of the wire document.
    """
    headers = request.headers
    if headers.getall("Host", []) != [host]:
        # A rebound web page carries its own host name: this comparison is what stops it.
        raise _RefusedError(421, "wrong_host", "the request names another host", f"send Host: {host}")
    if request.version != (1, 1):
        raise _RefusedError(505, "wrong_version", "this is not HTTP/1.1", "send HTTP/1.1")
    if "?" in request.raw_path:
        raise _RefusedError(400, "query_refused", "there are no query strings", "put everything in the body")
    if not _PLAIN_PATH.fullmatch(request.raw_path):
        # http://other/v1/status, *, /v1/./status, /%761/status (aiohttp takes it for /v1/status): one path has one
        # spelling, so that what looks at a path sees what is answered.
        raise _RefusedError(400, "path_refused", "the path is not spelt plainly", "send a path of the wire document")
    if request.method not in ("GET", "POST"):
        raise _RefusedError(405, "method_not_allowed", "only GET and POST are answered", "send a POST")
    names = {name.lower() for name in headers}
    if "origin" in names or any(name.startswith("sec-fetch-") for name in names):
        raise _RefusedError(403, "web_page_refused", "web pages may not ask", "the extension asks by native messaging")
    if names & _FOREIGN:
        raise _RefusedError(
            400,
            "header_refused",
            f"these headers are not taken: {', '.join(sorted(names & _FOREIGN))}",
            "leave them out",
        )


def _declared(given: list[str], wanted: str) -> bool:
    # Compared as text: aiohttp's own reading of the header goes through an e-mail parser, a tenth of a request's time.
    return len(given) == 1 and given[0].partition(";")[0].strip().lower() == wanted
