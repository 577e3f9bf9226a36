"""From fetched copies to the keys that serve: read the new ones, judge their size, promote or hold back.

What serves by a maintainer's word alone stays held until its list is published (`Intake.commit`).
"""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

import msgspec

from guetteur.publish.copies import Copies
from guetteur.publish.gates import judge_size
from guetteur.publish.ingest import Ingested, Job, ingest, rules_of
from guetteur.publish.report import SourceRow
from guetteur.publish.runs import merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from guetteur.publish.copies import CopyInfo
    from guetteur.publish.fetch import Fetched
    from guetteur.publish.sources import Slot
    from guetteur.publish.zones import SuffixTable

_WORTH_A_PROCESS = 8_000_000
"""Bytes of text below which starting processes costs more than it saves."""


class Intake:
    """Makes the copies of all slots ready; `rows` says what came of each."""

    def __init__(self, work: Path, suffixes: SuffixTable, *, accept: frozenset[str] = frozenset()) -> None:
        """Set up.

        Args:
            work: the work folder.
            suffixes: what the normaliser goes by.
            accept: ids of sources whose new or held copy is taken whatever its size.
        """
        self._work = work
        self._suffixes = suffixes
        self._accept = accept
        self._accepted: dict[str, CopyInfo] = {}

    def rows(self, slots: Sequence[Slot], fetched: Sequence[Fetched], workers: int) -> list[SourceRow]:
        """Read, judge and promote; one row a slot, in their order."""
        rows = {result.slot_id: SourceRow(result.slot_id, result.outcome) for result in fetched}
        for result in fetched:
            if result.outcome == "failed":
                rows[result.slot_id].why = f"{result.code}: {result.why}"
        jobs = {slot: job for slot in slots if (job := self._job(slot)) is not None}
        for (slot, job), ingested in zip(jobs.items(), _run(list(jobs.values()), workers), strict=True):
            self._settle(slot, job, ingested, rows[slot.id])
        for slot in slots:
            self._serve(slot, rows[slot.id])
        return [rows[slot.id] for slot in slots]

    def keys(self, slot: Slot) -> Path:
        """The keys that serve for a slot in this run."""
        copies = Copies(self._work, slot.id)
        return copies.held_keys if slot.id in self._accepted else copies.keys

    def commit(self) -> None:
        """Make good what was accepted: its list is published."""
        for slot_id, info in self._accepted.items():
            copies = Copies(self._work, slot_id)
            copies.promote(copies.held, copies.held_keys, info)

    def _job(self, slot: Slot) -> Job | None:
        """What has to be read of a slot: a new copy, a held one that was accepted, or a good one under new rules."""
        copies = Copies(self._work, slot.id)
        text = copies.new if copies.info(copies.new) is not None else copies.good
        if text == copies.good and slot.source.id in self._accept and copies.waiting() is not None:
            text = copies.held
        good = copies.info(copies.good)
        if text == copies.good and (
            good is None or (good.rules == rules_of(slot.source, self._suffixes) and copies.keys.exists())
        ):
            return None
        keys = copies.folder / "keys.new"
        return Job(slot.id, text, keys, slot.source, tuple(sorted(self._suffixes.shared)))

    def _settle(self, slot: Slot, job: Job, result: Ingested, row: SourceRow) -> None:
        copies = Copies(self._work, slot.id)
        good, info = copies.info(copies.good), copies.info(job.text)
        if info is None:
            return
        row.refusals = result.refusals
        is_new = job.text != copies.good
        before = good.entries if good is not None else None
        # Other rules may change the size as they like, but a whole source is not lost to a slip in them.
        why = result.fault or judge_size(slot.source, before if is_new else None, result.entries)
        if why is not None and (result.fault or result.entries == 0 or slot.source.id not in self._accept):
            row.why = why
            job.keys.unlink(missing_ok=True)
            if job.text == copies.new:
                copies.hold(info)
            return
        if copies.keys.exists():
            row.new, row.gone = _change(copies.keys, job.keys)
        else:
            row.new = result.entries
        row.serves = "new" if is_new else "current"
        rules = rules_of(slot.source, self._suffixes)
        read = msgspec.structs.replace(info, entries=result.entries, rules=rules)
        if why is None and job.text != copies.held:
            copies.promote(job.text, job.keys, read)
            return
        if job.text == copies.new:
            copies.hold(info)
        job.keys.replace(copies.held_keys)
        self._accepted[slot.id] = read

    def _serve(self, slot: Slot, row: SourceRow) -> None:
        copies = Copies(self._work, slot.id)
        accepted = self._accepted.get(slot.id)
        if accepted is not None:
            row.entries, row.checked_at = accepted.entries, accepted.checked_at
            return
        good, held = copies.info(copies.good), copies.waiting()
        row.held = held is not None
        if good is None or not copies.keys.exists():
            row.serves = "nothing"
            return
        row.entries, row.checked_at = good.entries, good.checked_at
        if row.serves == "nothing":
            row.serves = "last good" if row.outcome == "failed" or row.held else "current"
        if row.held and not row.why:
            row.why = f"a copy of {held.fetched_at:%Y-%m-%d} is held back" if held else ""


def _run(jobs: list[Job], workers: int) -> Iterator[Ingested]:
    size = sum(job.text.stat().st_size for job in jobs)
    if workers < 2 or len(jobs) < 2 or size < _WORTH_A_PROCESS:
        yield from map(ingest, jobs)
        return
    # Spawned: a fork would copy the threads' locks of whoever called.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=context) as pool:
        yield from pool.map(ingest, jobs)


def default_workers() -> int:
    """One process a processor, at most four: more only adds memory."""
    return min(4, os.cpu_count() or 1)


def _change(old: Path, new: Path) -> tuple[int, int]:
    """Number of keys only in ``new``, and only in ``old``."""
    added = gone = 0
    for block in merge([(old, 1), (new, 2)]):
        for _, mask in block:
            if mask == 2:
                added += 1
            elif mask == 1:
                gone += 1
    return added, gone
