"""Keeps the running daemon's blocklist current: opens the store's list, renews it on schedule, swaps it in."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from typing import TYPE_CHECKING

from guetteur.errors import GuetteurError
from guetteur.lists import schedule
from guetteur.lists.format import CompiledFormat, open_view
from guetteur.lists.schedule import Moment, Schedule
from guetteur.lists.status import read_record
from guetteur.lists.sync import Progress, read_status, sync

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from guetteur.checker import Checker
    from guetteur.lists.generation import Lease
    from guetteur.lists.renewal import SyncSetup
    from guetteur.lists.status import SyncStatus
    from guetteur.lists.store import Store
    from guetteur.lists.sync import SyncResult

LOG = logging.getLogger(__name__)

_LOOK_EVERY_S = 20.0
"""How often the pointer is read: a sync by another process (``guetteur lists sync``) is taken up within that time."""


class Renewer:
    """One daemon's lists.

    Attributes:
        progress: the step a running sync is at, None when none runs.
    """

    def __init__(self, checker: Checker, store: Store, setup: SyncSetup | None, clock: Callable[[], datetime]) -> None:
        self.progress: Progress | None = None
        self._checker = checker
        self._store = store
        self._setup = setup
        self._clock = clock
        self._lease: Lease | None = None
        self._running: asyncio.Task[SyncResult] | None = None
        moment = self._moment()
        self._schedule = Schedule(moment, random.random, last_success=read_record(store.folder).last_success)

    def open_current(self) -> None:
        """Take up the store's current list, if it is another than the one in use; a damaged one is passed over.

        The list shipped in the package serves while the store has none.
        """
        try:
            lease = self._store.lease()
        except GuetteurError as error:
            LOG.warning("the stored lists cannot be opened: %s (%s)", error.message, error.hint)
            return
        if lease is None:
            return
        if self._lease is not None and self._lease.generation.number == lease.generation.number:
            lease.close()
            return
        try:
            view = open_view(lease.generation.paths())
        except (GuetteurError, KeyError) as error:
            LOG.warning("generation %s cannot be opened: %s", lease.generation.number, error)
            lease.close()
            return
        # One assignment swaps the lists: a check that has begun ends on the old view, which it still holds.
        self._checker.blocklist = view
        old, self._lease = self._lease, lease
        if old is not None:
            old.close()
        LOG.info("lists %s in use", view.version)

    async def sync(self) -> SyncResult | None:
        """Renew now, or join the renewal that runs; None when no repository is known."""
        if self._setup is None:
            return None
        if self._running is None:
            self._running = asyncio.create_task(self._sync(self._setup))
        try:
            return await asyncio.shield(self._running)
        finally:
            if self._running is not None and self._running.done():
                self._running = None

    async def _sync(self, setup: SyncSetup) -> SyncResult:
        def report(event: Progress) -> None:
            self.progress = event

        try:
            result = await sync(setup, self._store, CompiledFormat(), self._clock(), progress=report)
        finally:
            self.progress = None
        if result.error is not None:
            LOG.warning("lists not renewed: %s (%s)", result.error.message, result.error.hint)
        self.open_current()
        return result

    def status(self) -> SyncStatus | None:
        """What is known of the stored lists; None when no repository is known."""
        if self._setup is None:
            return None
        return read_status(self._store, self._clock(), self._schedule.next_try)

    async def run(self) -> None:
        """Renew on schedule and watch the pointer, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            if self._setup is not None:
                group.create_task(schedule.run(self._schedule, self._attempt, self._moment))

    async def _attempt(self) -> bool:
        result = await self.sync()
        return result is not None and result.error is None

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
