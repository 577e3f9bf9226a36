"""What is known about a subject before it is judged. "Not known" is a value with a reason, never silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from datetime import date, datetime

    from guetteur.core.bodies import Official
    from guetteur.core.nameview import NameView

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A fact and the moment it was true (None: built into this version)."""

    value: T
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A fact that could not be had; ``why`` is a code that the texts explain."""

    why: str


Fact = Known[T] | Unavailable


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of the blocklists.

    Attributes:
        entry: the listed host, which the subject's host is or lies under.
        sources: names of the lists that carry it.
        first_seen: day it first stood on one of them.
    """

    entry: str
    sources: tuple[str, ...]
    first_seen: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything local that signals may ask for.

    Attributes:
        official: the official body the host belongs to, or None.
        popular: whether the host itself (or its ``www.`` twin) is one of the much visited sites.
        listing: the host's entry on the blocklists, or None.
        infrastructure: whether the host lies in a CDN's zone, whose names are made by machines.
        kin: whether its registrable domain holds official hosts of a body, without being official as a whole.
        shared_zone: whether it lies on free hosting that the Public Suffix List does not know.
        names: what the host name says, read once for all signals.
    """

    official: Official | None
    popular: bool
    infrastructure: bool
    kin: bool
    shared_zone: bool
    listing: Fact[Listing | None]
    names: NameView

    @property
    def trusted(self) -> bool:
        """Whether the name alone must not raise suspicion."""
        return self.official is not None or self.popular or self.infrastructure or self.kin
