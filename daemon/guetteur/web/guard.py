"""Who may ask, and how: every request passes here before a route sees it.

The unix socket is already closed to other users and to web pages; the checks below hold for it too, so that the
optional loopback listener (THREAT_MODEL: DNS rebinding, cross-site requests) has no weaker twin.
"""

from __future__ import annotations

import hmac
import logging
import socket
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import msgspec
from aiohttp import web

from guetteur.errors import GuetteurError, InvalidInputError
from guetteur.transport.endpoint import AUTH_SCHEME, Listener, own_uid, peer_uid
from guetteur.web.wire import error_reply

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_JSON = {"Content-Type": "application/json"}

LOG = logging.getLogger(__name__)


class _RefusedError(GuetteurError):
    def __init__(self, status: int, code: str, message: str, hint: str) -> None:
        super().__init__(code, message, hint)
        self.status = status


def make_guard(listener: Listener) -> Callable[..., Awaitable[web.StreamResponse]]:
    """The middleware for this listener: refusals and errors leave as coded JSON, never as a stack trace."""
    known: WeakKeyDictionary[asyncio.Transport, bool] = WeakKeyDictionary()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            _admit(request, listener, known)
            return await handler(request)
        except _RefusedError as refused:
            return json_error(refused, refused.status)
        except InvalidInputError as error:
            return json_error(error, 400)
        except web.HTTPRequestEntityTooLarge:
            limit = request.client_max_size
            return json_error(
                _RefusedError(413, "body_too_large", f"a body has at most {limit} bytes", "ask in parts"), 413
            )
        except web.HTTPException as error:
            code = {404: "no_such_path", 405: "method_not_allowed"}.get(error.status, "bad_request")
            hint = "GET /v1/openapi.json lists what can be asked"
            return json_error(GuetteurError(code, error.reason, hint), error.status)
        except Exception:
            LOG.exception("unforeseen error while answering %s %s", request.method, request.path)
            hint = "the daemon's log holds the details: please report it"
            return json_error(GuetteurError("internal_error", "the check failed unexpectedly", hint), 500)

    return guard


def json_error(error: GuetteurError, status: int) -> web.Response:
    """An error in its wire form."""
    return json_response(error_reply(error), status)


def json_response(reply: object, status: int = 200) -> web.Response:
    """A typed reply as JSON."""
    return web.Response(body=msgspec.json.encode(reply), status=status, headers=_JSON)


def _admit(request: web.Request, listener: Listener, known: WeakKeyDictionary[asyncio.Transport, bool]) -> None:
    if request.headers.getall("Host", []) != [listener.host]:
        # A rebound web page carries its own host name: this comparison is what stops it.
        raise _RefusedError(421, "wrong_host", "the request names another host", f"send Host: {listener.host}")
    if "Origin" in request.headers:
        raise _RefusedError(403, "web_page_refused", "web pages may not ask", "the extension asks by native messaging")
    if listener.key is not None:
        given = request.headers.getall("Authorization", [])
        expected = f"{AUTH_SCHEME} {listener.key}"
        if len(given) != 1 or not hmac.compare_digest(given[0].encode(), expected.encode()):
            raise _RefusedError(401, "wrong_key", "the key is missing or wrong", "read it from loopback.json")
    elif not _same_user(request.transport, known):
        raise _RefusedError(403, "another_user", "another user's programs may not ask", "start your own daemon")
    if request.rel_url.raw_query_string:
        raise _RefusedError(400, "query_refused", "there are no query strings", "put everything in the body")
    if request.method == "POST" and not _says_json(request.headers.getall("Content-Type", [])):
        raise _RefusedError(415, "not_json", "the body is not declared as JSON", "send Content-Type: application/json")


def _says_json(given: list[str]) -> bool:
    # Compared as text: aiohttp's own reading of the header goes through an e-mail parser, a tenth of a request's time.
    return len(given) == 1 and given[0].partition(";")[0].strip().lower() == "application/json"


def _same_user(transport: asyncio.Transport | None, known: WeakKeyDictionary[asyncio.Transport, bool]) -> bool:
    """Whether our own user is at the other end; asked of the kernel once a connection."""
    if transport is None:
        return False
    same = known.get(transport)
    if same is None:
        sock = transport.get_extra_info("socket")
        same = False
        if sock is not None and sock.family == socket.AF_UNIX:
            uid = peer_uid(sock)
            same = uid is None or uid == own_uid()
        known[transport] = same
    return same
