"""What the daemon asks: a base list, and what changed since as a small overlay of additions and removals."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from guetteur.core.facts import Listing
    from guetteur.lists.compiled import CompiledList


@dataclass(frozen=True, slots=True)
class ListView:
    """One state of the blocklist. A new state is a new view; the old one serves whoever still holds it.

    Attributes:
        base: the full list.
        added: keys that came since, or whose sources or day changed.
        removed: keys of the base that no longer stand, among them those ``added`` tells anew.
    """

    base: CompiledList
    added: CompiledList | None = None
    removed: CompiledList | None = None

    @property
    def latest(self) -> CompiledList:
        """The file that speaks for the state: its version, day and digest."""
        # `is None`: an overlay that adds nothing is empty, and so is false.
        return self.base if self.added is None else self.added

    @property
    def version(self) -> str:
        """Version of this state."""
        return self.latest.meta.version

    @property
    def built_at(self) -> datetime:
        """When this state was published."""
        return self.latest.meta.built_at

    def find(self, host: str, path: str = "") -> Listing | None:
        """The entry that answers for ``host`` and ``path``, or None; see `CompiledList.find_id`."""
        if self.added is not None:
            found = self.added.find(host, path)
            if found is not None:
                return found
        found = self.base.find(host, path)
        if found is not None and self.removed is not None and self.removed.holds(found.entry):
            # Keys below a key are never in the same list, so nothing else of the base can answer.
            return None
        return found

    def mark(self, key: str) -> tuple[int, int] | None:
        """Source bits and first day of exactly ``key`` in this state."""
        if self.added is not None and (mark := self.added.mark(key)) is not None:
            return mark
        if self.removed is not None and self.removed.holds(key):
            return None
        return self.base.mark(key)

    def holds(self, key: str) -> bool:
        """Whether ``key`` itself is listed in this state."""
        return self.mark(key) is not None

    def entries(self) -> Iterator[str]:
        """Every key of this state."""
        removed = self.removed
        yield from (key for key in self.base.entries() if removed is None or not removed.holds(key))
        if self.added is not None:
            yield from self.added.entries()

    def front(self, start: int) -> Iterator[str]:
        """Hosts for browsers as one row, from the ``start``-th on: the base's, those that came since, those that went.

        Pages are left out.
        """
        came_at = self.base.front_size
        went_at = came_at + self._came
        if start < came_at:
            yield from self.base.front(start)
        if self.added is not None and start < went_at:
            yield from self.added.front(max(start - came_at, 0))
        if self.removed is not None:
            went = (key for key in self.removed.entries() if "/" not in key)
            yield from islice(went, max(start - went_at, 0), None)

    def parts(self, row: list[str], start: int) -> tuple[list[str], list[str], list[str]]:
        """What `front` gave, sorted: the base's hosts, those that came, those that went."""
        came_at = max(self.base.front_size - start, 0)
        went_at = max(self.base.front_size + self._came - start, 0)
        return row[:came_at], row[came_at:went_at], row[went_at:]

    @property
    def _came(self) -> int:
        return 0 if self.added is None else self.added.front_size

    def __len__(self) -> int:
        added = 0 if self.added is None else len(self.added)
        return len(self.base) + added - (0 if self.removed is None else len(self.removed))

    def age_days(self, now: datetime) -> int:
        """Whole days since this state was published."""
        return self.latest.age_days(now)
