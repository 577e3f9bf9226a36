"""Which registry answers for what: the shipped ``data/registries.json``, compiled from ``blocklists/registries*``.

Light on purpose: the build of the package imports it without aiohttp.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import TYPE_CHECKING

import msgspec

from guetteur.core.hostwalk import parents
from guetteur.lists.shipped import read_shipped

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "registries.json"


class RdapServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A registry's RDAP service.

    Attributes:
        base: https address that ``domain/NAME`` is appended to; ends in a slash (RFC 9224, 3).
        zones: zones it answers for, in ASCII form.
    """

    base: str
    zones: tuple[str, ...]


class WhoisServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A registry's WHOIS service.

    Attributes:
        server: host name; the port is always 43.
        zones: zones it answers for, in ASCII form.
        query: what is sent, with ``{}`` in place of the domain.
    """

    server: str
    zones: tuple[str, ...]
    query: str = "{}"


class AddressServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The RDAP service of a registry of IP addresses.

    Attributes:
        base: https address that ``ip/ADDRESS`` is appended to; ends in a slash (RFC 9224, 5).
        blocks: blocks it answers for, as ``192.0.2.0/24``.
    """

    base: str
    blocks: tuple[str, ...]


class OriginZones(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """DNS zones that tell which network announces an address.

    Attributes:
        ipv4: zone under which an address stands backwards, octet by octet.
        ipv6: the same, by hexadecimal digit.
        names: zone under which ``AS64496`` gives a network's name.
    """

    ipv4: str
    ipv6: str
    names: str


class RegistryTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shipped file.

    Attributes:
        rdap: RDAP services.
        whois: WHOIS services.
        silent: zones whose registry tells nobody when a domain was created.
        addresses: RDAP services of the registries of IP addresses.
        origin: who tells which network announces an address, or None.
    """

    rdap: tuple[RdapServer, ...]
    whois: tuple[WhoisServer, ...]
    silent: tuple[str, ...] = ()
    addresses: tuple[AddressServer, ...] = ()
    origin: OriginZones | None = None


class Registries:
    """The table, indexed by zone.

    Attributes:
        addresses: RDAP services of the registries of IP addresses.
        origin: who tells which network announces an address, or None.
    """

    def __init__(self, table: RegistryTable) -> None:
        self.addresses = table.addresses
        self.origin = table.origin
        self._rdap = {zone: server for server in table.rdap for zone in server.zones}
        self._whois = {zone: server for server in table.whois for zone in server.zones}
        self._silent = frozenset(table.silent)

    def rdap(self, domain: str) -> RdapServer | None:
        """Return the RDAP service of the longest zone that ``domain`` lies in (RFC 9224, 4), if any."""
        return next((self._rdap[zone] for zone in _zones(domain) if zone in self._rdap), None)

    def whois(self, domain: str) -> WhoisServer | None:
        """Return the WHOIS service of the longest zone that ``domain`` lies in, if any."""
        return next((self._whois[zone] for zone in _zones(domain) if zone in self._whois), None)

    def of_address(self, address: IPv4Address | IPv6Address) -> AddressServer | None:
        """Return the registry of the smallest block that ``address`` lies in, if any."""
        found = (
            (block.prefixlen, server)
            for server in self.addresses
            for block in map(ip_network, server.blocks)
            if address in block
        )
        return max(found, key=lambda pair: pair[0], default=(0, None))[1]

    def silent(self, domain: str) -> bool:
        """Whether the registry tells nobody when ``domain`` was created."""
        return any(zone in self._silent for zone in _zones(domain))


def load_registries(data_dir: Path) -> Registries:
    """Read the shipped file.

    Raises:
        DataFileError: ``registries_missing``, ``registries_damaged``.
    """
    return Registries(read_shipped(data_dir / FILE_NAME, RegistryTable))


def _zones(domain: str) -> list[str]:
    return list(parents(domain))[1:]
