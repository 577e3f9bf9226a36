"""Which network announces an address: its number, block, country and name, as texts in the DNS tell them."""

from __future__ import annotations

import asyncio
import re
from ipaddress import IPv4Address, ip_network
from typing import TYPE_CHECKING

import msgspec

from guetteur.reports.channels.http import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv6Address

    from guetteur.lookup.registries import OriginZones
    from guetteur.reports.network.dns import Dns

_NUMBER = re.compile(r"[0-9]{1,10}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LAST_NUMBER = 2**32 - 1
_MAX_NUMBERS = 4
_MAX_NAME = 120


class Origin(msgspec.Struct, frozen=True):
    """Who announces an address.

    Attributes:
        address: the address.
        numbers: numbers of the autonomous systems; two or more where several announce it.
        block: what they announce, as ``192.0.2.0/24``.
        country: of the block's holder by its registry, two letters, or empty; not where the machine stands.
        registry: that registry, or empty.
        names: names of the networks, in the order of ``numbers``; empty where not known.
    """

    address: str
    numbers: tuple[int, ...]
    block: str
    country: str
    registry: str
    names: tuple[str, ...] = ()


async def ask_origin(dns: Dns, zones: OriginZones, address: IPv4Address | IPv6Address) -> Origin | str:
    """Who announces ``address``, or why that could not be had, as in `guetteur.reports.network.lines.WHY`."""
    answer = await dns.ask(origin_name(zones, address), "TXT")
    if answer.state in {"no_name", "no_data"}:
        return "no_origin"
    if answer.state != "found":
        return answer.state
    origin = read_origin(answer.values, address)
    if origin is None:
        return "unreadable"
    named = await asyncio.gather(*(dns.ask(f"as{number}.{zones.names}", "TXT") for number in origin.numbers))
    names = tuple(map(read_name, origin.numbers, (records.values for records in named)))
    return msgspec.structs.replace(origin, names=names)


def origin_name(zones: OriginZones, address: IPv4Address | IPv6Address) -> str:
    """The name to ask about: ``1.2.0.192.ZONE``, of IPv6 by hexadecimal digit."""
    backwards = address.reverse_pointer.rpartition(".")[0].rpartition(".")[0]
    return f"{backwards}.{zones.ipv4 if isinstance(address, IPv4Address) else zones.ipv6}"


def read_origin(texts: Iterable[str], address: IPv4Address | IPv6Address) -> Origin | None:
    """The text of the smallest block, or None: ``64496 64497 | 192.0.2.0/24 | FR | ripencc | 2010-01-01``."""
    best: tuple[int, Origin] | None = None
    for text in texts:
        fields = [field.strip() for field in text.split("|")]
        if len(fields) < 4:
            continue
        try:
            block = ip_network(fields[1])
        except ValueError:
            continue
        numbers = _numbers(fields[0])
        if not numbers or address not in block or (best is not None and best[0] >= block.prefixlen):
            continue
        country = fields[2] if _COUNTRY.fullmatch(fields[2]) else ""
        best = block.prefixlen, Origin(str(address), numbers, str(block), country, shortened(fields[3], 16))
    return best[1] if best is not None else None


def read_name(number: int, texts: Iterable[str]) -> str:
    """The network's name, or empty: ``64496 | FR | ripencc | 2010-01-01 | EXAMPLE-AS Example, FR``."""
    for text in texts:
        fields = [field.strip() for field in text.split("|", 4)]
        if len(fields) == 5 and fields[0] == str(number):
            return shortened(fields[4], _MAX_NAME)
    return ""


def _numbers(text: str) -> tuple[int, ...]:
    found = (int(word) for word in text.split() if _NUMBER.fullmatch(word))
    return tuple(dict.fromkeys(number for number in found if 0 < number <= _LAST_NUMBER))[:_MAX_NUMBERS]
