"""What was found of a page's place, as evidence and as lines for the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from guetteur.reports.case import Item
from guetteur.reports.channels.interface import Field

if TYPE_CHECKING:
    from collections.abc import Iterable


class Network(msgspec.Struct, frozen=True):
    """Where a page lies.

    Attributes:
        items: evidence, each answer as it came.
        lines: the same for the person, and one line for each thing that could not be had.
        addresses: IP addresses, the one the browser saw first; only such as may be asked about.
        nameservers: of the domain, in lower case, without a trailing dot.
        networks: numbers of the autonomous systems that announce the addresses.
    """

    items: tuple[Item, ...] = ()
    lines: tuple[Field, ...] = ()
    addresses: tuple[str, ...] = ()
    nameservers: tuple[str, ...] = ()
    networks: tuple[int, ...] = ()


def joined(parts: Iterable[Network]) -> Network:
    """All parts as one, in order, each address and number once; of two lines that say the same thing the first."""
    parts = tuple(parts)
    return Network(
        tuple(item for part in parts for item in part.items),
        tuple({line.label: line for part in reversed(parts) for line in reversed(part.lines)}.values())[::-1],
        tuple(dict.fromkeys(address for part in parts for address in part.addresses)),
        tuple(dict.fromkeys(server for part in parts for server in part.nameservers)),
        tuple(dict.fromkeys(number for part in parts for number in part.networks)),
    )
