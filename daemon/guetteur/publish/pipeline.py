"""From the sources to a `Snapshot`.

::

    sources.toml → fetch → copies → parse, normalise → size gates ─┐  (each source on its own)
                                         last good copies ─────────┤
    last run's entries (state) ────────────────────────────────────┴→ merge → entry gates → canaries → Snapshot

Everything between the sources and the snapshot goes through sorted files: memory does not grow with the lists.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from guetteur.errors import InvalidInputError
from guetteur.lists.layout import MAX_MARKS
from guetteur.lists.sources import ListSource
from guetteur.lists.writer import day_number
from guetteur.publish.copies import sweep
from guetteur.publish.fetch import Fetcher
from guetteur.publish.gates import WHOLE, EntryGate, judge_list, load_canaries
from guetteur.publish.intake import Intake, default_workers
from guetteur.publish.release import next_version, published_entries
from guetteur.publish.report import Report, SourceRow, write_full
from guetteur.publish.runs import merge
from guetteur.publish.snapshot import Entries, Snapshot, coarse_limit
from guetteur.publish.sources import FREEING, load_sources
from guetteur.publish.state import State
from guetteur.publish.zones import load_never_block, load_suffixes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from guetteur.publish.fetch import Progress
    from guetteur.publish.gates import Canaries
    from guetteur.publish.sources import Slot

REPORT_FILE = "report.txt"


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run depends on.

    Attributes:
        blocklists: the folder maintainers edit.
        work: the work folder; not in git, may be deleted at the price of first-seen days.
        mirror: base address that serves every source under its id, None for the sources' own addresses.
        accept: ids of sources whose held copy is taken, or whose absence is; `WHOLE`: so is a list that shrank.
        force: ask also the sources that are not due yet.
        workers: processes that read lists.
        progress: is told how the downloads go.
        pause_s: wait between attempts of a download.
    """

    blocklists: Path
    work: Path
    mirror: str | None = None
    accept: frozenset[str] = frozenset()
    force: bool = False
    workers: int = 0
    progress: Progress | None = None
    pause_s: float = 1.0


def run(setup: Setup, now: Callable[[], datetime]) -> Snapshot:
    """Fetch, read, judge and join; blocks, and may not be called from a running event loop.

    Nothing is signed, and what would change the next run's comparison waits for `Snapshot.commit`. Close the snapshot.

    Raises:
        DataFileError: a file of ``blocklists`` breaks its schema; no source's fault ever raises.
        InvalidInputError: ``unknown_source``: `Setup.accept` names none.
        SigningError: ``repository_damaged``.
    """
    sources = load_sources(setup.blocklists / "sources.toml")
    unknown = setup.accept - {source.id for source in sources.source} - {WHOLE}
    if unknown:
        hint = "accept the id of a source as it stands in sources.toml"
        raise InvalidInputError("unknown_source", f"no source is called {', '.join(sorted(unknown))}", hint)
    published = published_entries(setup.blocklists / "repository")
    suffixes = load_suffixes(setup.blocklists)
    never_block = load_never_block(setup.blocklists, suffixes)
    canaries = load_canaries(setup.blocklists / "canaries.toml")
    started = now()
    slots = [slot for source in sources.source if source.on for slot in source.slots(started.date())]
    fetcher = Fetcher(
        setup.work, now=now, mirror=setup.mirror, force=setup.force, progress=setup.progress, pause_s=setup.pause_s
    )
    fetched = asyncio.run(fetcher.fetch_all(slots))
    state = State(setup.work)
    try:
        state.record_fetches(fetched, started.isoformat())
        intake = Intake(setup.work, suffixes, accept=setup.accept)
        report = Report(started, intake.rows(slots, fetched, setup.workers or default_workers()))
        serving = [(slot, row) for slot, row in zip(slots, report.rows, strict=True) if row.serves != "nothing"]
        gate = EntryGate(never_block, _allowed(intake, serving), sources)
        state.record_bare({row.slot_id: row.refusals.bare for row in report.rows if row.refusals.counts})
        state.begin()
        entries = _Join(setup, state, gate, canaries, report).join(intake, serving, started.date())
        served = {slot.source.id for slot, _ in serving}
        absent = [source.id for source in sources.source if source.on and source.lists and source.id not in served]
        report.faults += judge_list(report.entries, published, absent, setup.accept)
        _take_newly(intake, state, serving, started.date())
        report.newly = len(state.newly())
        sweep(setup.work, frozenset(slot.id for slot in slots))
        write_full(report, sources, setup.work / REPORT_FILE)
    except BaseException:
        state.close()
        raise
    overruled = (decision.key for decision in report.decisions if decision.listed)
    return Snapshot(
        version=next_version(setup.work, started),
        built_at=started,
        entries=entries,
        sources=sources.names(),
        list_sources=_list_sources(serving),
        newly=state.newly(),
        never_block=gate.never_block_hosts(overruled),
        report=report,
        state=state,
        accepted=intake.commit,
    )


class _Join:
    """Joins the keys of all sources and puts them through the gates, in one pass."""

    def __init__(self, setup: Setup, state: State, gate: EntryGate, canaries: Canaries, report: Report) -> None:
        self._path = setup.work / "entries.tsv"
        self._state = state
        self._gate = gate
        self._canaries = canaries
        self._report = report
        self._pairs: set[tuple[int, int]] = set()

    def join(self, intake: Intake, serving: Sequence[tuple[Slot, SourceRow]], today: date) -> Entries:
        """Write the entries; count, judge and remember on the way."""
        listing = [slot for slot, _ in serving if slot.source.lists]
        files = [(intake.keys(slot), slot.source.mask) for slot in listing]
        # What a source brings on the day it is first published was not first seen on that day.
        unknown = sum(slot.source.mask for slot in listing if not self._state.was_published(slot.id))
        self._state.put_published(slot.id for slot in listing)
        watched, found = self._canaries.watched(), set[str]()
        number = day_number(today)
        with self._path.open("w", encoding="ascii", newline="\n") as file:
            previous = _Previous(self._state.previous())
            for block in merge(files):
                rows = self._passed(block)
                found.update(key for key, _ in rows if key in watched)
                self._write(file.writelines, rows, previous, (number, unknown))
            self._state.drop_keys(previous.rest())
        report = self._report
        report.gone = previous.gone
        self._state.put_decisions(report.decisions)
        served = frozenset(slot.source.id for slot, _ in serving)
        report.faults += self._canaries.faults(frozenset(found), served)
        return Entries(self._path, report.entries, coarse_limit(number, len(self._pairs), MAX_MARKS))

    def _passed(self, block: list[tuple[str, int]]) -> list[tuple[str, int]]:
        """What the entry gates let through."""
        judge, rows = self._gate.judge, []
        for line, bits in block:
            key = line[:-1]
            decision = judge(key, bits)
            if decision is not None:
                self._report.decisions.append(decision)
                if not decision.listed:
                    continue
            rows.append((key, bits))
        return rows

    def _write(
        self,
        write: Callable[[list[str]], None],
        rows: list[tuple[str, int]],
        previous: _Previous,
        days: tuple[int, int],
    ) -> None:
        today, unknown = days
        lines, changed, gone = [], [], list[str]()
        for key, bits in rows:
            before = previous.take(key, gone)
            if before is None:
                day = 0 if not bits & ~unknown else today
                self._report.new += 1
                changed.append((key, bits, day))
            else:
                day = before[2]
                if before[1] != bits:
                    changed.append((key, bits, day))
            lines.append(f"{key}\t{bits}\t{day}\n")
            self._pairs.add((bits, day))
        write(lines)
        self._report.entries += len(lines)
        self._state.put_keys(changed)
        self._state.drop_keys(gone)


class _Previous:
    """Goes through the last run's entries beside the new ones."""

    def __init__(self, rows: Iterator[tuple[str, int, int]]) -> None:
        self.gone = 0
        self._rows = rows
        self._next = next(rows, None)

    def take(self, key: str, gone: list[str]) -> tuple[str, int, int] | None:
        """The last run's entry of ``key``; what lies before it is not listed any more and goes to ``gone``."""
        row = self._next
        while row is not None and row[0] < key:
            gone.append(row[0])
            self.gone += 1
            row = next(self._rows, None)
        if row is not None and row[0] == key:
            self._next = next(self._rows, None)
            return row
        self._next = row
        return None

    def rest(self) -> Iterator[str]:
        """Everything that is left: gone too."""
        while self._next is not None:
            self.gone += 1
            yield self._next[0]
            self._next = next(self._rows, None)


def _allowed(intake: Intake, serving: Sequence[tuple[Slot, SourceRow]]) -> dict[str, str]:
    """Host → the fetched source that says it is honest. A page on such a list says nothing of its host."""
    allowed: dict[str, str] = {}
    for slot, _ in serving:
        if slot.source.kind in FREEING:
            for key in _keys(intake, slot):
                if "/" not in key:
                    allowed.setdefault(key.removeprefix("www."), slot.source.id)
    return allowed


def _take_newly(intake: Intake, state: State, serving: Sequence[tuple[Slot, SourceRow]], today: date) -> None:
    for slot, _ in serving:
        if slot.day is not None and not state.taken(slot.id):
            state.take_newly(slot.id, (key for key in _keys(intake, slot) if "/" not in key), slot.day)
    state.prune_newly(today)


def _list_sources(serving: Sequence[tuple[Slot, SourceRow]]) -> tuple[ListSource, ...]:
    """What the published lists are made from, in the order of the file; the days of a dated source as one."""
    found: dict[str, ListSource] = {}
    for slot, row in serving:
        source = slot.source
        if source.kind in FREEING:
            continue
        known = found.get(source.id) or ListSource(source.id, source.name, source.page, source.terms, 0)
        moments = [at for at in (known.fetched_at, row.checked_at) if at is not None]
        found[source.id] = msgspec.structs.replace(
            known, entries=(known.entries or 0) + row.entries, fetched_at=max(moments, default=None)
        )
    return tuple(found.values())


def _keys(intake: Intake, slot: Slot) -> Iterator[str]:
    with intake.keys(slot).open(encoding="ascii") as file:
        for line in file:
            yield line.rstrip("\n")
