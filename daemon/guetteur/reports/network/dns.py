"""Asks the system's name servers; every answer has a state, nothing is raised."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import msgspec

from guetteur.egress import NAME_SERVERS, contact
from guetteur.outgoing import ask_name_servers
from guetteur.reports.channels.http import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dns.rdata import Rdata

RecordType = Literal["A", "AAAA", "CNAME", "NS", "MX", "TXT"]
State = Literal["found", "no_name", "no_data", "failed", "timeout"]
"""``no_name``: the name does not exist (NXDOMAIN). ``no_data``: it does, without such records. ``failed``: the servers
could not say, or there are none."""

_MAX_RECORDS = 32
_MAX_TEXT = 1024
_PAYLOAD = 1232
"""Longest answer over UDP, in bytes: what passes everywhere unfragmented (DNS flag day 2020)."""


class Records(msgspec.Struct, frozen=True):
    """One answer.

    Attributes:
        name: the name that was asked about.
        type: kind of record.
        state: what came of it.
        ttl: seconds the answer may be kept, or None.
        values: at most 32, each of at most 1024 characters: names in lower case without a trailing dot.
        alias: the name the records really belong to, where that is another one.
    """

    name: str
    type: RecordType
    state: State
    ttl: int | None = None
    values: tuple[str, ...] = ()
    alias: str = ""


class Dns:
    """The resolver of this machine's configuration; one question costs at most ``seconds``."""

    def __init__(self, nameservers: Sequence[str] | None = None, port: int = 53, seconds: float = 2.5) -> None:
        """``nameservers`` None: those of the system."""
        self._resolver: dns.asyncresolver.Resolver | None = None
        self._seconds = seconds
        try:
            resolver = dns.asyncresolver.Resolver(configure=nameservers is None)
        except (dns.exception.DNSException, OSError):
            return  # no network: each question fails
        if nameservers is not None:
            resolver.nameservers, resolver.port = list(nameservers), port
        resolver.use_edns(0, 0, _PAYLOAD)
        resolver.timeout, resolver.lifetime = seconds / 2, seconds
        self._resolver = resolver

    async def ask(self, name: str, kind: RecordType) -> Records:
        """Ask once; ``name`` is absolute."""
        if self._resolver is None:
            return Records(name, kind, "failed")
        try:
            absolute = dns.name.from_text(name)
            # The library's own deadline is looked at between two attempts only.
            with contact(NAME_SERVERS, name) as noted:
                try:
                    async with asyncio.timeout(self._seconds + 0.5):
                        answer = await ask_name_servers(noted, self._resolver, absolute, kind)
                except dns.resolver.NXDOMAIN:
                    noted.end("answered")
                    return Records(name, kind, "no_name")
                noted.end("answered")
        except (TimeoutError, dns.exception.Timeout):
            return Records(name, kind, "timeout")
        # What a hostile server sends may break the library's reading in ways it does not name.
        except (dns.exception.DNSException, OSError, EOFError, ValueError, NotImplementedError):
            return Records(name, kind, "failed")
        if answer.rrset is None:
            return Records(name, kind, "no_data")
        alias = "" if answer.canonical_name == absolute else _text(answer.canonical_name)
        return Records(name, kind, "found", answer.rrset.ttl, values(kind, answer.rrset), alias)


def values(kind: RecordType, records: Iterable[Rdata]) -> tuple[str, ...]:
    """Records as text, bounded; sorted, since servers turn them round."""
    found = sorted({shortened(_value(kind, record), _MAX_TEXT) for record in records})
    return tuple(found[:_MAX_RECORDS])


def _value(kind: RecordType, record: Rdata) -> str:
    match kind:
        case "CNAME" | "NS":
            return _text(getattr(record, "target"))  # noqa: B009 -- each kind of record has its own class
        case "MX":
            return f"{getattr(record, 'preference')} {_text(getattr(record, 'exchange'))}"  # noqa: B009
        case "TXT":
            joined: bytes = b"".join(getattr(record, "strings"))  # noqa: B009
            return joined.decode("utf-8", "replace")
    return record.to_text()


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()
