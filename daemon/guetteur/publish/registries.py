"""Reads and checks what maintainers know of registries: IANA's RDAP lists and ``blocklists/registries.toml``."""

from __future__ import annotations

import re
from datetime import date
from ipaddress import ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from guetteur.errors import DataFileError
from guetteur.lookup.registries import AddressServer, OriginZones, RdapServer, RegistryTable, WhoisServer
from guetteur.publish.bodies import read_toml
from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z][a-z0-9-]*[a-z0-9]")
"""A name, never an address: an address would not be resolved, and so not be checked."""


class _Source(msgspec.Struct, forbid_unknown_fields=True):
    what: str
    as_of: date


class _Rdap(msgspec.Struct, forbid_unknown_fields=True):
    base: str
    zones: tuple[str, ...]
    source: str


class _Whois(msgspec.Struct, forbid_unknown_fields=True):
    server: str
    zones: tuple[str, ...]
    source: str
    query: str = "{}"


class _Silent(msgspec.Struct, forbid_unknown_fields=True):
    zones: tuple[str, ...]
    source: str


class _Origin(msgspec.Struct, forbid_unknown_fields=True):
    ipv4: str
    ipv6: str
    names: str
    source: str


class _File(msgspec.Struct, forbid_unknown_fields=True):
    sources: dict[str, _Source]
    rdap: list[_Rdap]
    whois: list[_Whois]
    silent: _Silent
    origin: _Origin


class _Iana(msgspec.Struct):
    """RFC 9224, 3: each service is a pair of a list of zones, or blocks of addresses, and a list of web addresses."""

    publication: str
    services: list[tuple[list[str], list[str]]]


def read_registries(source: Path) -> RegistryTable:
    """Join ``registries/iana_*.json`` and ``registries.toml`` of a ``blocklists`` folder.

    What IANA says of a zone's RDAP counts; services without an https address are left out, and so are silent zones.

    Raises:
        DataFileError: ``registries_invalid``: an entry breaks the schema, names a zone twice or an unknown source.
    """
    path = source / "registries.toml"
    try:
        file = msgspec.convert(read_toml(path), _File)
        iana, *blocks = (
            msgspec.json.decode((source / f"registries/iana_{name}.json").read_bytes(), type=_Iana)
            for name in ("dns", "ipv4", "ipv6")
        )
    except (OSError, *UNREADABLE) as error:
        raise _invalid(path, str(error)) from None
    named = (*(entry.source for entry in file.rdap), *(entry.source for entry in file.whois))
    for name in (*named, file.silent.source, file.origin.source):
        if name not in file.sources:
            raise _invalid(path, f"{name!r} is not in [sources]")
    rdap: dict[str, str] = {}
    for zones, base in (*_https(iana), *((entry.zones, entry.base) for entry in file.rdap)):
        _check_base(path, base)
        for zone in zones:
            if zone not in file.silent.zones:
                rdap.setdefault(zone, base)
    by_base: dict[str, list[str]] = {}
    for zone, base in rdap.items():
        by_base.setdefault(base, []).append(zone)
    whois = tuple(WhoisServer(entry.server, entry.zones, entry.query) for entry in file.whois)
    _check(path, file, whois)
    return RegistryTable(
        tuple(RdapServer(base, tuple(sorted(zones))) for base, zones in sorted(by_base.items())),
        whois,
        file.silent.zones,
        _address_servers(path, blocks),
        OriginZones(file.origin.ipv4, file.origin.ipv6, file.origin.names),
    )


def _address_servers(path: Path, lists: Iterable[_Iana]) -> tuple[AddressServer, ...]:
    by_base: dict[str, list[str]] = {}
    for blocks, base in (pair for iana in lists for pair in _https(iana)):
        _check_base(path, base)
        try:
            by_base.setdefault(base, []).extend(str(ip_network(block)) for block in blocks)
        except ValueError as error:
            raise _invalid(path, f"{base}: {error}") from None
    return tuple(AddressServer(base, tuple(blocks)) for base, blocks in sorted(by_base.items()))


def _https(iana: _Iana) -> Iterator[tuple[Iterable[str], str]]:
    for zones, bases in iana.services:
        base = next((base for base in bases if base.startswith("https://")), None)
        if base is not None:
            yield zones, base if base.endswith("/") else f"{base}/"


def _check_base(path: Path, base: str) -> None:
    try:
        parts = urlsplit(base)
    except ValueError as error:
        raise _invalid(path, f"{base!r}: {error}") from None
    if parts.scheme != "https" or not _NAME.fullmatch(parts.hostname or "") or not base.endswith("/"):
        raise _invalid(path, f"{base!r} is no https address of a name that ends in a slash")


def _check(path: Path, file: _File, whois: Iterable[WhoisServer]) -> None:
    for name in (file.origin.ipv4, file.origin.ipv6, file.origin.names):
        if not _NAME.fullmatch(name):
            raise _invalid(path, f"{name!r} is no name")
    seen: set[str] = set(file.silent.zones)
    for server in whois:
        if not _NAME.fullmatch(server.server) or server.query.count("{}") != 1 or not server.query.isprintable():
            raise _invalid(path, f"{server.server!r} with query {server.query!r}")
        for zone in server.zones:
            if zone in seen or not _NAME.fullmatch(zone):
                raise _invalid(path, f"zone {zone!r} stands twice, is silent or is no name")
            seen.add(zone)


def _invalid(path: Path, what: str) -> DataFileError:
    return DataFileError("registries_invalid", f"{path}: {what}", "mend the file")
