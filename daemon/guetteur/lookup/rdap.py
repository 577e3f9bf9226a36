"""Asks a registry over RDAP (RFC 7480 to 9083): when a domain was created, who holds an address."""

from __future__ import annotations

import asyncio
import re
import zlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import aiohttp
import msgspec
from yarl import URL

from guetteur import __version__
from guetteur.egress import about
from guetteur.lookup.addresses import checked_session
from guetteur.lookup.outcome import NoAgeError, Why
from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet
    from ipaddress import IPv4Address, IPv6Address
    from ssl import SSLContext

    from guetteur.lookup.addresses import Addresses
    from guetteur.lookup.limits import Limits
    from guetteur.lookup.registries import AddressServer, RdapServer

_HEADERS = {
    "User-Agent": f"guetteur/{__version__} (+age)",
    "Accept": "application/rdap+json, application/json;q=0.9",
}
_MAX_REDIRECTS = 2
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BLOCK = 16 * 1024
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d(?=[T ]|$)")


class _Event(msgspec.Struct, rename="camel"):
    event_action: Any = None
    event_date: Any = None


class _Domain(msgspec.Struct, rename="camel"):
    """The part of RFC 9083, 5.3 that is read; a field of another type than expected is no reason to fail."""

    object_class_name: Any = None
    ldh_name: Any = None
    events: list[_Event] | None = None


class RdapClient:
    """One question at a time, each on a connection of its own: they are rare."""

    def __init__(self, addresses: Addresses, limits: Limits, ssl_context: SSLContext | None = None) -> None:
        """``ssl_context`` None: the system's authorities."""
        self._addresses = addresses
        self._limits = limits
        self._ssl = ssl_context

    async def created(self, domain: str, server: RdapServer) -> date:
        """Return the day that the registry says ``domain`` (ASCII form) was registered; not yet checked for sense.

        Raises:
            NoAgeError: there is none to be had.
        """
        return registration_day(await self.answer(domain, server), domain)

    async def answer(self, domain: str, server: RdapServer) -> bytes:
        """Return what the registry says of ``domain`` (ASCII form): JSON by its own word, at most `Limits.max_bytes`.

        Raises:
            NoAgeError: there is no answer.
        """
        base = URL(server.base)
        with about(domain):
            return await self._ask(base / "domain" / domain, {base.origin()})

    async def network(
        self, address: IPv4Address | IPv6Address, server: AddressServer, others: Iterable[AddressServer]
    ) -> bytes:
        """Return what the registry says of ``address``; it may send us to one of ``others``: blocks change hands.

        Raises:
            NoAgeError: there is no answer.
        """
        origins = {URL(other.base).origin() for other in (server, *others)}
        with about(str(address)):
            return await self._ask(URL(server.base) / "ip" / str(address), origins)

    async def _ask(self, url: URL, origins: AbstractSet[URL]) -> bytes:
        try:
            async with asyncio.timeout(self._limits.server_s), self._session() as session:
                return await self._fetch(session, url, origins)
        except TimeoutError:
            raise NoAgeError(Why.TIMEOUT) from None
        except (aiohttp.ClientConnectionError, OSError):
            raise NoAgeError(Why.OFFLINE) from None
        except (aiohttp.ClientError, ValueError, zlib.error):
            raise NoAgeError(Why.UNREADABLE) from None

    def _session(self) -> aiohttp.ClientSession:
        return checked_session(self._addresses, self._ssl, _HEADERS)

    async def _fetch(self, session: aiohttp.ClientSession, url: URL, origins: AbstractSet[URL]) -> bytes:
        for _ in range(_MAX_REDIRECTS + 1):
            async with session.get(url, allow_redirects=False) as reply:
                if reply.status in _REDIRECTS:
                    url = reply.url.join(URL(reply.headers.get("Location", "")))
                    # A registry that renames its paths may say so. One that sends us to an unknown host is followed
                    # nowhere: the new host might be an address, a service on this machine, or a registrar.
                    if url.origin() not in origins:
                        raise NoAgeError(Why.REFUSED)
                    continue
                # A page of the web server's own means that the service is not there, not that the domain is not.
                if reply.status == 404 and reply.content_type != "text/html":
                    raise NoAgeError(Why.NOT_FOUND)
                if reply.status != 200:
                    raise NoAgeError(Why.REFUSED)
                if not reply.content_type.endswith("json"):
                    raise NoAgeError(Why.UNREADABLE)
                return await self._body(reply)
        raise NoAgeError(Why.REFUSED)

    async def _body(self, reply: aiohttp.ClientResponse) -> bytes:
        """Read the answer, unpacked by hand: aiohttp would inflate a whole block before its length could be seen."""
        limit = self._limits.max_bytes
        coding = reply.headers.get("Content-Encoding", "identity").lower()
        if coding not in {"identity", "gzip"}:
            raise NoAgeError(Why.UNREADABLE)
        inflate = zlib.decompressobj(wbits=31) if coding == "gzip" else None
        received, body = 0, bytearray()
        async for block in reply.content.iter_chunked(_BLOCK):
            received += len(block)
            body += block if inflate is None else inflate.decompress(block, limit + 1 - len(body))
            if max(received, len(body)) > limit:
                raise NoAgeError(Why.TOO_LARGE)
        return bytes(body)


def registration_day(body: bytes, domain: str) -> date:
    """Return the day of the event ``registration`` (RFC 9083, 10.2.3) of an answer about ``domain``, in UTC.

    Raises:
        NoAgeError: ``age_unreadable``: no JSON, another object than asked for, no such event, no day.
    """
    try:
        answer = msgspec.json.decode(body, type=_Domain)
    except UNREADABLE:
        raise NoAgeError(Why.UNREADABLE) from None
    name = answer.ldh_name
    # Some registries write an international name as U-label here: only an ASCII one can be compared.
    other = isinstance(name, str) and name.isascii() and name.lower().rstrip(".") != domain
    if other or (answer.object_class_name or "domain") != "domain":
        raise NoAgeError(Why.UNREADABLE)
    for event in answer.events or ():
        if event.event_action == "registration" and isinstance(event.event_date, str):
            return _day(event.event_date.strip())
    raise NoAgeError(Why.UNREADABLE)


def _day(text: str) -> date:
    """RFC 3339, and what registries make of it: no zone, no time, a space, odd fractions."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()
    except (ValueError, OverflowError):
        pass
    found = _ISO_DAY.match(text)
    if found is None:
        raise NoAgeError(Why.UNREADABLE)
    try:
        return date.fromisoformat(found[0])
    except ValueError:
        raise NoAgeError(Why.UNREADABLE) from None
