"""What is known about a subject before it is judged. "Not known" is a value with a reason, never silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from guetteur.core.bodies import Official
from guetteur.core.model import Wording
from guetteur.core.nameview import NameView
from guetteur.core.pageview import PageView
from guetteur.core.pathview import PathView
from guetteur.core.verdict import Verdict

if TYPE_CHECKING:
    from datetime import datetime


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


NOT_ASKED = Unavailable("age_not_asked")


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


class Redirect(msgspec.Struct, frozen=True):
    """A dangerous address that the link carries.

    Attributes:
        host: where it leads.
        sure: the link is a known service's, which sends the reader on; otherwise any site's with an address in it.
        verdict: what is known of that address by itself.
    """

    host: str
    sure: bool
    verdict: Verdict


class Facts(msgspec.Struct, frozen=True):
    """Everything local that signals may ask for.

    Attributes:
        official: the official body the host belongs to, or None.
        popular: whether the host itself (or its ``www.`` twin) is one of the much visited sites.
        listing: the host's entry on the blocklists, or None.
        infrastructure: whether the host lies in a CDN's zone, whose names are made by machines.
        kin: whether its registrable domain holds official hosts of a body, without being official as a whole.
        shared_zone: whether it lies on free hosting that the Public Suffix List does not know.
        names: what the host name says, read once for all signals.
        wording: how much the name is written like fakes; None when it names nobody.
        actions: words of a scam that the registered name is made of, where it is made of nothing else.
        path: a body that the path names; None for trusted hosts.
        redirect: the dangerous address that the link leads to; None when it leads to none.
        age: day the registrable domain was created.
        today: the day of the check.
        page: what the page shows and asks for; None when nobody described it.
        exempt: the person said not to be warned of this host.
        familiar: the person visited it often before it was ever suspicious.
    """

    official: Official | None
    popular: bool
    infrastructure: bool
    kin: bool
    shared_zone: bool
    listing: Fact[Listing | None]
    names: NameView
    wording: Wording | None = None
    actions: tuple[str, ...] = ()
    path: PathView | None = None
    redirect: Redirect | None = None
    age: Fact[date] = NOT_ASKED
    today: date | None = None
    page: PageView | None = None
    exempt: bool = False
    familiar: bool = False

    @property
    def days_old(self) -> int | None:
        """Age of the registrable domain in days, where it is known."""
        if self.today is None or isinstance(self.age, Unavailable):
            return None
        return (self.today - self.age.value).days

    @property
    def trusted(self) -> bool:
        """Whether the name alone must not raise suspicion."""
        return self.official is not None or self.popular or self.infrastructure or self.kin
