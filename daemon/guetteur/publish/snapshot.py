"""One state of the list, ready to be compiled and signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from guetteur.lists.writer import ListedKey
from guetteur.publish.state import day_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime
    from pathlib import Path

    from guetteur.lists.sources import ListSource
    from guetteur.publish.report import Report
    from guetteur.publish.state import NewlyTable, State

_EXACT_DAYS = 60


class Entries(Iterable[ListedKey]):
    """Entries in order of their keys, read from a file each time they are gone through.

    Attributes:
        path: the file: key, bits, day number, separated by tabs.
    """

    def __init__(self, path: Path, total: int, coarse_before: int = 0) -> None:
        """Set up.

        Args:
            path: the file.
            total: number of entries in it.
            coarse_before: days before this number are told as the first of their month: a compiled list holds a
                limited number of pairs of sources and days.
        """
        self.path = path
        self._total = total
        self._coarse_before = coarse_before

    def __iter__(self) -> Iterator[ListedKey]:
        days: dict[str, date | None] = {}
        with self.path.open(encoding="ascii") as file:
            for line in file:
                key, bits, number = line.rstrip("\n").split("\t")
                if number not in days:
                    days[number] = self._day(int(number))
                yield ListedKey(key, int(bits), days[number])

    def __len__(self) -> int:
        return self._total

    def _day(self, number: int) -> date | None:
        day = day_of(number)
        return day.replace(day=1) if day is not None and number < self._coarse_before else day


@dataclass(frozen=True)
class Snapshot:
    """What `guetteur.publish.pipeline.run` made; a context manager that forgets what was not committed.

    Attributes:
        version: name of this state: UTC time, sorts by age.
        built_at: when it was made.
        entries: hosts and pages to block.
        sources: names by source bit, empty for a bit nobody has.
        list_sources: the same for people, with those of newly registered hosts: licences, numbers, days.
        newly: host → day first seen as newly registered.
        never_block: hosts that clients must refuse to block; no entry equals or lies above one.
        report: for the maintainer; `Report.faults` must be empty to publish.
        accepted: makes good the copies that serve by the maintainer's word.
    """

    version: str
    built_at: datetime
    entries: Entries
    sources: tuple[str, ...]
    list_sources: tuple[ListSource, ...]
    newly: NewlyTable
    never_block: frozenset[str]
    report: Report
    state: State
    accepted: Callable[[], None]

    def commit(self) -> None:
        """Remember this state as the published one: first-seen days, what the next run's change is counted against."""
        # Before the state: cut in between, the next run would go back to the copies from before.
        self.accepted()
        self.state.commit()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.state.close()


def coarse_limit(today: int, pairs: int, room: int) -> int:
    """`coarse_before` for a list with so many pairs of sources and days: 0 while all fit exactly."""
    return today - _EXACT_DAYS if pairs > room else 0
