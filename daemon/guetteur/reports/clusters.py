"""Which reports hang together, by their marks; pure.

Reports are taken in the order of time, and what has once been joined stays so: a later report adds to a campaign, or
makes one of two, and never splits one. The order in which they were kept plays no part.

A shared domain, wallet, IBAN, telephone number or sender joins two reports; so do near texts. An address, a certificate
and a picture are weak: one machine carries thousands of sites, one page of a bank is copied by many. They join the
first `MOST_DOMAINS` sites that share them, as long as they may be one scammer's; whoever comes after these has the mark
in common with too many, and is joined only to those with whom he shares the picture *and* the address or certificate.
(An address and a certificate are no two marks: one server has both for all its sites.)
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from guetteur.reports.likeness import PICTURES, TEXTS, Likes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from guetteur.reports.marks import Mark, MarkKind

MOST_DOMAINS = 3
"""Sites that a weak mark alone joins."""

_PLACES = frozenset(("ip", "certificate"))


class Kept(NamedTuple):
    """A report as it is clustered: when the person met it, and its marks, sorted."""

    found_at: datetime
    case: str
    marks: tuple[Mark, ...]


@dataclass(slots=True)
class _Crowd:
    """Those who share a weak mark.

    Attributes:
        member: one of those it joined.
        sites: domains of those it joined.
        places: of a picture: somebody for each address and certificate it was seen at.
    """

    member: int
    sites: set[str] = field(default_factory=set)
    places: dict[str, int] = field(default_factory=dict)


class Clusters:
    """All reports, joined.

    Attributes:
        kept: the reports, in the order of time.
    """

    def __init__(self, kept: Iterable[Kept]) -> None:
        self.kept = sorted(kept)
        self._parent = list(range(len(self.kept)))
        self._holders: dict[tuple[str, str | int], int] = {}
        self._crowds: dict[tuple[str, str | int], _Crowd] = {}
        self._likes = {"text": Likes(TEXTS), "picture": Likes(PICTURES)}
        for number, one in enumerate(self.kept):
            self._take(number, one)

    def groups(self) -> list[list[int]]:
        """Places in ``kept`` of those that hang together, two or more each, in the order of time."""
        found: dict[int, list[int]] = {}
        for number in range(len(self.kept)):
            found.setdefault(self._root(number), []).append(number)
        return [group for group in found.values() if len(group) > 1]

    def shared(self, group: Iterable[int]) -> list[tuple[MarkKind, str, int]]:
        """Kind, value and number of holders of what at least two of a group have in common; what most have first.

        The value of texts and pictures is empty: they are near, not the same.
        """
        holders = Counter(key for number in group for key in dict.fromkeys(map(self._key, self.kept[number].marks)))
        found: Counter[tuple[MarkKind, str]] = Counter()
        for (kind, value), count in holders.items():
            if count > 1:
                found[kind, value if isinstance(value, str) else ""] += count
        return [(*one, count) for one, count in sorted(found.items(), key=lambda item: (-item[1], item[0]))]

    def _take(self, number: int, one: Kept) -> None:
        site = next((mark.value for mark in one.marks if mark.kind == "domain"), one.case)
        for mark in one.marks:
            if mark.kind == "picture":
                self._take_picture(number, mark, site, one.marks)
            elif mark.kind in _PLACES:
                self._meet(number, self._key(mark), site)
            else:
                self._take_strong(number, mark)

    def _take_strong(self, number: int, mark: Mark) -> None:
        if mark.kind == "text":
            first, *others = self._likes["text"].take(mark.value) or [0]
            for other in others:
                self._join(self._holders["text", first], self._holders.pop(("text", other)))
        self._join(number, self._holders.setdefault(self._key(mark), number))

    def _take_picture(self, number: int, mark: Mark, site: str, marks: Iterable[Mark]) -> None:
        first, *others = self._likes["picture"].take(mark.value) or [0]
        for other in others:
            self._merge(self._crowds["picture", first], self._crowds.pop(("picture", other)))
        crowd = self._meet(number, self._key(mark), site)
        for place in marks:
            if place.kind in _PLACES:
                self._join(number, crowd.places.setdefault(place.value, number))

    def _meet(self, number: int, key: tuple[str, str | int], site: str) -> _Crowd:
        """Join a report to those who share a weak mark while they are few; those of its own site it is joined to."""
        crowd = self._crowds.setdefault(key, _Crowd(number))
        if site not in crowd.sites and len(crowd.sites) < MOST_DOMAINS:
            crowd.sites.add(site)
            self._join(number, crowd.member)
        return crowd

    def _merge(self, crowd: _Crowd, other: _Crowd) -> None:
        """Make one crowd of two whose pictures a third one is near to; it is joined when it is few still."""
        crowd.sites |= other.sites
        if len(crowd.sites) <= MOST_DOMAINS:
            self._join(crowd.member, other.member)
        for place, number in other.places.items():
            self._join(number, crowd.places.setdefault(place, number))

    def _key(self, mark: Mark) -> tuple[MarkKind, str | int]:
        """What those who share a mark share: the mark, of texts and pictures what stands for all near ones."""
        likes = self._likes.get(mark.kind)
        return (mark.kind, mark.value) if likes is None else (mark.kind, likes.root(int(mark.value, 16)))

    def _root(self, number: int) -> int:
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def _join(self, one: int, other: int) -> None:
        first, second = self._root(one), self._root(other)
        if first != second:
            # The earliest one stands for all.
            self._parent[max(first, second)] = min(first, second)
