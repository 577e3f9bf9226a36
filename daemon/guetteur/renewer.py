"""Keeps the running daemon's blocklist current: opens the store's list, renews it on schedule, swaps it in."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from asyncio.subprocess import DEVNULL, PIPE
from typing import TYPE_CHECKING

import msgspec

from guetteur.lists import schedule
from guetteur.lists.newest import open_newest
from guetteur.lists.schedule import Moment, Schedule
from guetteur.lists.status import Failure, SyncRecord, make_status, read_record
from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from guetteur.checker import Checker
    from guetteur.lists.generation import Lease
    from guetteur.lists.sources import ListSource
    from guetteur.lists.status import SyncStatus
    from guetteur.lists.store import Store

LOG = logging.getLogger(__name__)

_LOOK_EVERY_S = 20.0
"""How often the pointer is read: a sync by another process (``guetteur lists sync``) is taken up within that time."""


class SyncProgress(msgspec.Struct, frozen=True):
    """One step of a renewal; ``done`` of ``total`` bytes while downloading, else zeros."""

    stage: str
    done: int
    total: int


class SyncOutcome(msgspec.Struct, frozen=True):
    """What a renewal came to; see `guetteur.lists.sync.SyncResult`."""

    outcome: str
    version: str | None
    received: int
    error: Failure | None = None


class _Message(msgspec.Struct, frozen=True):
    """A line of `guetteur.sync_worker`."""

    progress: SyncProgress | None = None
    result: SyncOutcome | None = None


class Renewer:
    """One daemon's lists.

    Attributes:
        progress: the step a running sync is at, None when none runs.
    """

    def __init__(self, checker: Checker, store: Store, clock: Callable[[], datetime], worker: Sequence[str]) -> None:
        """``worker`` is the command that renews the store, empty when no repository is known."""
        self.progress: SyncProgress | None = None
        self._checker = checker
        self._store = store
        self._worker = tuple(worker)
        self._clock = clock
        self._lease: Lease | None = None
        self._running: asyncio.Task[SyncOutcome] | None = None
        self._broken: set[int] = set()
        self._failure: Failure | None = None
        moment = self._moment()
        self._schedule = Schedule(moment, random.random, last_success=read_record(store.folder).last_success)

    def open_current(self) -> None:
        """Take up the store's current list, if it is another than the one in use; a damaged one is passed over.

        The newest older one serves in its place, and a renewal brings it anew. The list shipped in the package serves
        while the store has none.
        """
        broken = len(self._broken)
        opened = open_newest(self._store, self._broken, self._lease)
        if len(self._broken) > broken:
            self._schedule.hurry(self._moment())
        if opened is None:
            return
        # One assignment swaps the lists: a check that has begun ends on the old view, which it still holds.
        self._checker.blocklist, self._checker.newly = opened.view, opened.newly
        old, self._lease = self._lease, opened.lease
        if old is not None:
            old.close()
        LOG.info("lists %s in use", opened.view.version)

    def sources(self) -> tuple[ListSource, ...] | None:
        """What the stored lists in use were made from; None while the list shipped in the package serves."""
        return self._lease.generation.manifest.sources if self._lease is not None else None

    async def sync(self) -> SyncOutcome | None:
        """Renew now, or join the renewal that runs; None when no repository is known."""
        if not self._worker:
            return None
        if self._running is None:
            self._running = asyncio.create_task(self._sync())
        try:
            return await asyncio.shield(self._running)
        finally:
            if self._running is not None and self._running.done():
                self._running = None

    async def _sync(self) -> SyncOutcome:
        try:
            result = await self._work()
        finally:
            self.progress = None
        self._failure = result.error
        if result.error is not None:
            LOG.warning("lists not renewed: %s (%s)", result.error.message, result.error.hint)
        self.open_current()
        return result

    async def _work(self) -> SyncOutcome:
        try:
            result = await self._listen()
        except (OSError, ValueError, *UNREADABLE) as trouble:  # it cannot be started, or says what is no message
            LOG.warning("renewal of the lists: %s", trouble)
            result = None
        if result is None:
            hint = "the daemon's log holds the details"
            error = Failure("sync_failed", "the renewal of the lists ended unexpectedly", hint, self._clock())
            return SyncOutcome("failed", None, 0, error)
        return result

    async def _listen(self) -> SyncOutcome | None:
        process = await asyncio.create_subprocess_exec(*self._worker, stdin=DEVNULL, stdout=PIPE)
        result: SyncOutcome | None = None
        try:
            assert process.stdout is not None  # noqa: S101 -- what PIPE gives
            async for line in process.stdout:
                message = msgspec.json.decode(line, type=_Message)
                self.progress = message.progress or self.progress
                result = message.result or result
            await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
        return result

    def status(self) -> SyncStatus | None:
        """What is known of the stored lists; None when no repository is known."""
        if not self._worker:
            return None
        store, record = self._store, read_record(self._store.folder)
        own, reached = self._failure, record.last_success
        # A failure that could not be kept, as of a worker that died, is known here alone; a later success is not ours.
        if own is not None and (reached is None or reached < own.at):
            record = SyncRecord(reached, own)
        return make_status(store.current(self._broken), record, store.held(), self._clock(), self._schedule.next_try)

    async def run(self) -> None:
        """Renew on schedule and watch the pointer, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            if self._worker:
                group.create_task(schedule.run(self._schedule, self._attempt, self._moment))

    async def _attempt(self) -> bool:
        result = await self.sync()
        # A list that was received and cannot be opened counts as none: it is fetched again, with growing waits.
        return result is not None and result.error is None and self._uses_newest()

    def _uses_newest(self) -> bool:
        current = self._store.current()
        return current is None or (self._lease is not None and self._lease.generation.number == current.number)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            self.open_current()

    def _moment(self) -> Moment:
        return Moment(self._clock(), time.monotonic())

    def close(self) -> None:
        """Let go of the list in use."""
        if self._lease is not None:
            self._lease.close()
            self._lease = None
