"""One look at a page: is anybody there? Nothing is read of it, nothing of the person is sent."""

from __future__ import annotations

import asyncio
import errno
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal

import aiohttp
from yarl import URL

from guetteur.core.subject import HostKind, parse_url
from guetteur.egress import about
from guetteur.errors import InvalidInputError
from guetteur.lookup.addresses import Addresses, checked_session
from guetteur.lookup.outcome import NoAgeError
from guetteur.reports.network.certificate import any_certificate
from guetteur.reports.network.dns import Dns

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from guetteur.core.subject import UrlSubject

Look = Literal["open", "gone", "unnamed", "missing", "unknown"]
"""``open``: it answered. ``gone``: nobody listens. ``unnamed``: it has no name. ``missing``: the server has no such
page. ``unknown``: it cannot be told (offline, time-out, a refusal, an error of the server's)."""

_TOTAL_S = 10.0
_MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MISSING = frozenset({404, 410, 451})
_HEADERS = {"Accept": "text/html,*/*;q=0.8", "User-Agent": "Mozilla/5.0"}
"""An ordinary visitor's: pages of this kind hide from those who say what they are."""


async def has_no_name(host: str) -> bool:
    """Whether the name servers say that there is no such name: systems say that of every name when they are offline."""
    return (await Dns().ask(host, "A")).state == "no_name"


async def look(url: str, addresses: Addresses, is_no_more: Callable[[str], Awaitable[bool]] = has_no_name) -> Look:
    """Ask for the page at ``url``, following a few redirects to public addresses; its body is not read.

    ``is_no_more`` is asked about its host when that has no address.
    """
    try:
        # Any certificate will do: whether the page is there is asked, not whose it is.
        session = checked_session(addresses, any_certificate(), _HEADERS)
        async with asyncio.timeout(_TOTAL_S), session:
            return await _follow(session, parse_url(url), addresses)
    except (TimeoutError, InvalidInputError, ValueError):
        return "unknown"
    except NoAgeError as error:
        unknown = not isinstance(error.__cause__, socket.gaierror)
        return "unknown" if unknown or not await is_no_more(parse_url(url).host) else "unnamed"
    except (aiohttp.ClientError, OSError) as error:
        inner = getattr(error, "os_error", error)
        return "gone" if getattr(inner, "errno", None) == errno.ECONNREFUSED else "unknown"


async def _follow(session: aiohttp.ClientSession, subject: UrlSubject, addresses: Addresses) -> Look:
    for _ in range(_MAX_REDIRECTS + 1):
        if subject.host_kind is not HostKind.DOMAIN:
            await addresses.of(str(ip_address(subject.host.strip("[]"))))  # aiohttp asks its resolver about names only
        with about(subject.host):
            reply = await session.get(URL(subject.url, encoded=True), allow_redirects=False)
        async with reply:
            if reply.status not in _REDIRECTS:
                return _meaning(reply.status)
            subject = parse_url(str(reply.url.join(URL(reply.headers.get("Location", "")))))
    return "unknown"


def _meaning(status: int) -> Look:
    if status in _MISSING:
        return "missing"
    return "open" if 200 <= status < 300 else "unknown"
