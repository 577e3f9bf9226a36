"""The registry of official bodies: who they are, which hosts are theirs, what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from guetteur.core.hostwalk import held_by

if TYPE_CHECKING:
    from collections.abc import Iterable

Sector = Literal[
    "state", "social", "health", "justice", "bank", "insurance", "parcel", "telecom", "energy", "transport",
    "commerce", "platform", "payment", "public",
]  # fmt: skip

PUBLIC_HOST_SECTOR: Sector = "public"
"""Sector of the bodies that are known by their address alone (town halls, schools: the State's list of domains)."""


class Phone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A genuine public number, as printed; labels in both languages."""

    number: str
    label: str = ""
    label_en: str = ""
    hours: str = ""
    hours_en: str = ""


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One official body; the fields are described in ``blocklists/bodies/README.md``."""

    id: str
    name: str
    sector: Sector
    home: str | None
    domains: tuple[str, ...]
    name_en: str = ""
    names: tuple[str, ...] = ()
    short_names: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    sender_domains: tuple[str, ...] = ()
    phones: tuple[Phone, ...] = ()
    advice: str = ""
    advice_en: str = ""

    def named(self, lang: str) -> str:
        """The name in the reader's language."""
        return self.name_en or self.name if lang == "en" else self.name

    def advised(self, lang: str) -> str:
        """The one sentence a person should know, in the reader's language."""
        return self.advice_en or self.advice if lang == "en" else self.advice


class Official(msgspec.Struct, frozen=True):
    """A host that is a body's own: the body and the registered name it lies under."""

    body: Body
    domain: str


class Registry:
    """All bodies, by id and by host."""

    def __init__(self, bodies: Iterable[Body], shared_zones: Iterable[str] = ()) -> None:
        self.bodies = tuple(bodies)
        self._shared_zones = frozenset(shared_zones)
        self._by_id = {body.id: body for body in self.bodies}
        self._by_domain = {domain: body for body in self.bodies for domain in body.domains}

    def get(self, body_id: str) -> Body | None:
        """The body of that id."""
        return self._by_id.get(body_id)

    def official(self, host: str) -> Official | None:
        """The body that ``host`` belongs to: the most specific of the registered names that it is or lies under.

        Names in a shared zone are their holders', also where the zone lies under a body's name.
        """
        name = held_by(host, self._by_domain, self._shared_zones)
        return None if name is None else Official(self._by_domain[name], name)

    def domains(self) -> Iterable[tuple[str, Body]]:
        """Every registered name with its body."""
        return self._by_domain.items()


def public_host(entry: str) -> Official:
    """An `Official` for a host that stands only on the State's list of public-sector addresses."""
    return Official(Body(id="public-host", name=entry, sector=PUBLIC_HOST_SECTOR, home=None, domains=(entry,)), entry)
