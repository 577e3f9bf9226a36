"""Campaigns: reports of this installation that hang together (*recoupement*); nothing of it leaves the machine.

What they may share is in `guetteur.reports.marks`, when that joins them in `guetteur.reports.clusters`.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from guetteur.reports.campaigns_words import LINK_WORDS, told
from guetteur.reports.clusters import Clusters, Kept
from guetteur.reports.marks import NOTHING_KNOWN, Commons, Mark, MarkKind, commons_of, marks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from guetteur.reports.outbox_file import OutboxFile

__all__ = [
    "LINK_WORDS", "NOTHING_KNOWN", "Campaign", "Campaigns", "Commons", "Link", "Mark", "MarkKind", "commons_of",
    "marks_of", "told",
]  # fmt: skip

# A report that was taken back everywhere counts no more; one that was only sealed, or handed to the person, does.
_CASES = """select id, json_extract(cast(content as text), '$.found_at') from cases where id not in
    (select case_id from reports group by case_id having min(state = 'retracted'))"""
_VERSION = "select number from campaign_changes"
_MARKS = "select case_id, kind, value from marks order by case_id, kind, value"


class Link(msgspec.Struct, frozen=True):
    """Something several reports share.

    Attributes:
        kind: what it is.
        value: the same, or empty for texts and pictures, which are only near.
        count: how many reports of the campaign share it.
    """

    kind: MarkKind
    value: str
    count: int


class Campaign(msgspec.Struct, frozen=True):
    """Reports that hang together.

    Attributes:
        id: that of the oldest of them: the same as long as no older one is found to belong to it.
        cases: their ids, the oldest first.
        days: when the person met each, UTC, in the same order.
        links: what they share, what most of them share first.
        others: how many there are beside the one it was asked for; of all campaigns beside the oldest.
    """

    id: str
    cases: tuple[str, ...]
    days: tuple[datetime, ...]
    links: tuple[Link, ...]
    others: int

    @property
    def first_at(self) -> datetime:
        """When the first was met, UTC."""
        return self.days[0]

    @property
    def last_at(self) -> datetime:
        """When the last was met, UTC."""
        return self.days[-1]


class _State(NamedTuple):
    """All of it as the file was at ``version``."""

    version: int
    kept: tuple[Kept, ...]
    found: tuple[Campaign, ...]
    by_case: dict[str, Campaign]


class Campaigns:
    """All of an outbox; calls block. All raise `OutboxError`. What was found is kept until the file changes."""

    def __init__(self, file: OutboxFile) -> None:
        self._file = file
        self._state: _State | None = None
        self._lock = threading.Lock()
        self._near: tuple[int, tuple[Mark, ...], Campaign | None] | None = None

    def keep(self, case_id: str, marks: Iterable[Mark]) -> None:
        """Note the marks of a case in the place of those it had."""
        rows = dict.fromkeys((case_id, mark.kind, mark.value) for mark in marks)
        with self._file.change() as db:
            db.execute("delete from marks where case_id = ?", (case_id,))
            for row in rows:
                db.execute("insert into marks values (?, ?, ?)", row)

    def near(self, marks: Iterable[Mark]) -> Campaign | None:
        """The campaign that a case with these marks would join, or make of one other; itself it is not in it."""
        state, wanted = self._read(), tuple(sorted(marks))
        asked = self._near  # a preview is asked for again with each choice
        if asked is None or asked[:2] != (state.version, wanted):
            new = Kept(datetime.max.replace(tzinfo=UTC), "", wanted)
            clusters = Clusters((*state.kept, new))
            last = len(clusters.kept) - 1
            group = next((group for group in clusters.groups() if group[-1] == last), None)
            found = _campaign(clusters, group, group[:-1]) if group is not None else None
            asked = self._near = (state.version, wanted, found)
        return asked[2]

    def of(self, case_id: str) -> Campaign | None:
        """The campaign of a case, or None: it hangs together with no other."""
        return self._read().by_case.get(case_id)

    def all(self) -> tuple[Campaign, ...]:
        """All campaigns, the one with the latest report first."""
        return self._read().found

    def single(self) -> int:
        """How many cases hang together with no other."""
        state = self._read()
        return len(state.kept) - len(state.by_case)

    def _read(self) -> _State:
        with self._lock:  # the second who asks takes what the first one found
            state, version = self._state, self._version()
            if state is None or state.version != version:
                state = self._state = _found(version, self._kept())
            return state

    def _version(self) -> int:
        """Changes with whatever can change a campaign, and not with each receipt."""
        number: int = self._file.read(_VERSION)[0][0]
        return number

    def _kept(self) -> tuple[Kept, ...]:
        marks: dict[str, list[Mark]] = {}
        for case, kind, value in self._file.read(_MARKS):
            marks.setdefault(case, []).append(Mark(kind, value))
        return tuple(
            Kept(_moment(found_at), case, tuple(marks.get(case, ()))) for case, found_at in self._file.read(_CASES)
        )


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _found(version: int, kept: tuple[Kept, ...]) -> _State:
    clusters = Clusters(kept)
    found = [_campaign(clusters, group, group) for group in clusters.groups()]
    found.sort(key=lambda one: (one.last_at, one.id), reverse=True)
    return _State(version, kept, tuple(found), {case: one for one in found for case in one.cases})


def _campaign(clusters: Clusters, group: Sequence[int], members: Sequence[int]) -> Campaign:
    kept = [clusters.kept[number] for number in members]
    return Campaign(
        id=kept[0].case,
        cases=tuple(one.case for one in kept),
        days=tuple(one.found_at for one in kept),
        links=tuple(Link(*one) for one in clusters.shared(group)),
        others=len(group) - 1,
    )
