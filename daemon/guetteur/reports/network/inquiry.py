"""Asks all at once where a page lies, within one deadline; what does not answer gives a line and nothing else."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

import msgspec

from guetteur.core.subject import HostKind, UrlSubject, parse_url
from guetteur.errors import InvalidInputError
from guetteur.lookup.addresses import Addresses, is_public, system_resolve
from guetteur.lookup.limits import Limits
from guetteur.lookup.outcome import NoAgeError
from guetteur.lookup.rdap import RdapClient, registration_day
from guetteur.reports.case import Item
from guetteur.reports.contacts import RDAP_KIND, contacts_of
from guetteur.reports.network.certificate import fetch_chain, read_certificate, to_pem
from guetteur.reports.network.dns import Dns, Records
from guetteur.reports.network.found import Network, joined
from guetteur.reports.network.lines import line, note
from guetteur.reports.network.origin import Origin, ask_origin
from guetteur.reports.network.rdap import holder_of, registrar_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from guetteur.lookup.addresses import Allow, Resolve
    from guetteur.lookup.registries import Registries

    Address = IPv4Address | IPv6Address

_JSON = "application/json"
_PEM = "application/x-pem-file"
_MAX_ORIGINS = 3
_HIDDEN = ("onion",)
_PRIVATE = ("home.arpa", "")
"""Suffixes of names that only mean something at home; a zone that is not in the Public Suffix List is none of the
internet's."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Who is asked, and what it may cost; whatever a test puts in the place of.

    Attributes:
        nameservers: name servers; None: those of the system.
        dns_port: their port.
        resolve: addresses of the registries' servers.
        allow: whether an address may be connected to and asked about.
        ssl_context: for the registries; None: the system's authorities.
        total_s: seconds for all of it.
        dns_s: seconds for one question to the name servers.
        server_s: seconds for one registry, and for one hand-shake.
    """

    nameservers: tuple[str, ...] | None = None
    dns_port: int = 53
    resolve: Resolve = system_resolve
    allow: Allow = is_public
    ssl_context: ssl.SSLContext | None = None
    total_s: float = 6.0
    dns_s: float = 2.0
    server_s: float = 3.5


_AS_THE_SYSTEM_DOES = Questions()


async def gather(
    url: str,
    *,
    seen_address: str = "",
    registries: Registries,
    now: datetime,
    questions: Questions = _AS_THE_SYSTEM_DOES,
) -> Network:
    """Where the page lies; never raises for what the network does.

    The name servers learn the host, the registries the domain and an address, the site that somebody shook hands; of
    the rest of ``url`` nobody learns anything.

    Args:
        url: the page's address.
        seen_address: the IP address a browser got it from, or empty.
        registries: whom to ask.
        now: when the evidence is taken, UTC.
        questions: how to ask.
    """
    try:
        subject = parse_url(url)
    except InvalidInputError:
        return Network(lines=note("place", "no_address"))
    if subject.host_kind is not HostKind.DOMAIN:
        address = _address(subject.host.strip("[]"))
        if address is None or not questions.allow(address):
            return Network(lines=note("place", "private"))
        shown = Network(lines=line("addresses", str(address)), addresses=(str(address),))
        return _finished([shown, await _Inquiry(subject, registries, now, questions).of_addresses([address])])
    if subject.suffix in _HIDDEN or subject.suffix in _PRIVATE:
        return Network(lines=note("place", "hidden" if subject.suffix in _HIDDEN else "private"))
    seen = _address(seen_address)
    if seen is not None and not questions.allow(seen):
        seen = None  # a proxy's, or a filter's
    return await _Inquiry(subject, registries, now, questions).of_name(seen)


class _Inquiry:
    """One run: what all its parts share."""

    def __init__(self, subject: UrlSubject, registries: Registries, now: datetime, questions: Questions) -> None:
        self._subject, self._registries, self._now, self._questions = subject, registries, now, questions
        self._deadline = asyncio.get_running_loop().time() + questions.total_s
        self._dns = Dns(questions.nameservers, questions.dns_port, questions.dns_s)
        limits = Limits(server_s=questions.server_s)
        self._rdap = RdapClient(Addresses(questions.resolve, questions.allow), limits, questions.ssl_context)

    async def of_name(self, seen: Address | None) -> Network:
        """All that a name leads to."""
        (records, host), (more, zone), registry = await asyncio.gather(self._host(seen), self._zone(), self._registry())
        return _finished([self._dns_item([*records, *more]), host, registry, zone])

    async def of_addresses(self, addresses: Sequence[Address]) -> Network:
        """The network of all, the registry of the first."""
        return joined(await asyncio.gather(self._origins(addresses[:_MAX_ORIGINS]), self._holder(addresses[0])))

    async def _host(self, seen: Address | None) -> tuple[list[Records], Network]:
        name = self._subject.host
        *found, alias = await asyncio.gather(
            self._dns.ask(name, "A"), self._dns.ask(name, "AAAA"), self._dns.ask(name, "CNAME")
        )
        try:
            resolved = await Addresses(_answering(found), self._questions.allow).of(name)
        except NoAgeError:
            resolved = []  # one that is not public makes all of them doubtful: none is connected to
        values = [value for records in found for value in records.values]
        shown = [*line("seen", str(seen) if seen else ""), *line("addresses", *values)]
        if not values:
            shown += note("addresses", _worst(found))
        known = list(dict.fromkeys([*([seen] if seen else []), *resolved]))
        own = Network(lines=tuple(shown), addresses=tuple(map(str, known)))
        parts = [self._certificate(resolved)]
        if known:
            parts.append(self.of_addresses(known))
        certificate, *network = await asyncio.gather(*parts)
        return [*found, alias], joined([own, *network, certificate])

    async def _zone(self) -> tuple[list[Records], Network]:
        domain = self._subject.registrable_domain or self._subject.host
        servers, *rest = await asyncio.gather(
            self._dns.ask(domain, "NS"), self._dns.ask(domain, "MX"), self._dns.ask(domain, "TXT")
        )
        return [servers, *rest], Network(lines=line("nameservers", *servers.values), nameservers=servers.values)

    async def _registry(self) -> Network:
        """The registry's word on the domain; a name on free hosting is registered with nobody and not asked for."""
        domain = self._subject.registrable_domain
        if self._subject.shared or domain is None:
            return Network(lines=note("registrar", "shared"))
        server = self._registries.rdap(domain)
        if server is None:
            return Network(lines=note("registrar", "age_no_server"))
        try:
            async with asyncio.timeout_at(self._deadline):
                answer = await self._rdap.answer(domain, server)
        except NoAgeError as error:
            return Network(lines=note("registrar", error.why))
        except TimeoutError:
            return Network(lines=note("registrar", "age_timeout"))
        try:
            day = registration_day(answer, domain).isoformat()
        except NoAgeError:
            day = ""
        item = self._item("rdap-domain.json", RDAP_KIND, answer)
        return Network((item,), (*line("registrar", registrar_of(answer)), *line("created", day)))

    async def _holder(self, address: Address) -> Network:
        server = self._registries.of_address(address)
        if server is None:
            return Network(lines=note("holder", "age_no_server"))
        try:
            async with asyncio.timeout_at(self._deadline):
                answer = await self._rdap.network(address, server, self._registries.addresses)
        except NoAgeError as error:
            return Network(lines=note("holder", error.why))
        except TimeoutError:
            return Network(lines=note("holder", "age_timeout"))
        holder = holder_of(answer)
        item = self._item("rdap-address.json", RDAP_KIND, answer)
        return Network((item,), (*line("holder", holder.name, holder.network), *line("country", holder.country)))

    async def _origins(self, addresses: Sequence[Address]) -> Network:
        zones = self._registries.origin
        if zones is None:
            return Network()
        try:
            async with asyncio.timeout_at(self._deadline):
                answers = await asyncio.gather(*(ask_origin(self._dns, zones, address) for address in addresses))
        except TimeoutError:
            return Network(lines=note("network", "timeout"))
        found = [answer for answer in answers if isinstance(answer, Origin)]
        if not found:
            return Network(lines=note("network", str(answers[0])))
        named = {number: name for origin in found for number, name in zip(origin.numbers, origin.names, strict=True)}
        return Network(
            (self._item("asn.json", _JSON, msgspec.json.format(msgspec.json.encode(found))),),
            (
                *line("network", *(f"{name} (AS{number})".strip() for number, name in named.items())),
                *line("country", *sorted({origin.country for origin in found})),
            ),
            networks=tuple(named),
        )

    async def _certificate(self, addresses: Sequence[Address]) -> Network:
        if self._subject.scheme != "https":
            return Network()
        if not addresses:
            return Network(lines=note("certificate", "no_contact"))
        port = self._subject.port or 443
        try:
            async with asyncio.timeout_at(self._deadline):
                chain = await fetch_chain(self._subject.host, port, addresses, self._questions.server_s / 2)
        except (OSError, ValueError) as error:
            return Network(lines=note("certificate", _why(error)))
        pem = self._item("certificate.pem", _PEM, to_pem(chain))
        try:
            own = read_certificate(chain[0])
        except ValueError:
            return Network((pem,), note("certificate", "unreadable"))
        text = msgspec.json.format(msgspec.json.encode(own))
        lines = (*line("issuer", own.issuer_name or own.issuer), *line("since", own.not_before.date().isoformat()))
        return Network((pem, self._item("certificate.json", _JSON, text)), lines)

    def _dns_item(self, records: Sequence[Records]) -> Network:
        return Network((self._item("dns.json", _JSON, msgspec.json.format(msgspec.json.encode(records))),))

    def _item(self, name: str, kind: str, data: bytes) -> Item:
        return Item(f"network/{name}", kind, data, self._now, "daemon")


def _finished(parts: Sequence[Network]) -> Network:
    whole = joined(parts)
    return msgspec.structs.replace(whole, lines=(*whole.lines, *line("abuse", *contacts_of(whole.items))))


def _answering(found: Sequence[Records]) -> Resolve:
    async def resolve(_host: str) -> list[str]:
        return [value for records in found for value in records.values]

    return resolve


def _worst(found: Sequence[Records]) -> str:
    """Why there is no address: that a server failed says more than that another one gave none."""
    states = {records.state for records in found}
    return next(state for state in ("timeout", "failed", "no_name", "no_data") if state in states)


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "unreadable" if isinstance(error, ssl.SSLError | ValueError) else "unreachable"


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
