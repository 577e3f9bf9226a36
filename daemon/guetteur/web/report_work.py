"""What goes on by itself: sending what is due, looking after pages."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from guetteur.errors import GuetteurError
from guetteur.reports.outbox_cases import is_due

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from guetteur.web.report_desk import Desk
    from guetteur.web.report_open import OpenCases

LOG = logging.getLogger(__name__)

_EVERY_S = 15.0


class ReportWork:
    """Holds the desk once it is open, and keeps it at work."""

    def __init__(
        self, open_desk: Callable[[], Desk], outbox_path: Path, cases: OpenCases, clock: Callable[[], datetime]
    ) -> None:
        """Nothing is opened yet.

        Args:
            open_desk: opens it; may block.
            outbox_path: where reports of an earlier run are, if any.
            cases: those in the making, forgotten in time.
            clock: the moment, in UTC.
        """
        self._open_desk, self._outbox_path = open_desk, outbox_path
        self._cases, self._clock = cases, clock
        self._desk: Desk | None = None
        self._opening = asyncio.Lock()
        self._kicked = asyncio.Event()
        self._fault = ""

    async def desk(self) -> Desk:
        """The desk, opened if it is not.

        Raises:
            GuetteurError: those of `guetteur.web.report_desk.open_desk`.
        """
        async with self._opening:
            if self._desk is None:
                self._desk = await asyncio.to_thread(self._open_desk)
            return self._desk

    async def has_reports(self) -> bool:
        """Whether there may be any; says no without opening anything."""
        return self._desk is not None or await asyncio.to_thread(self._outbox_path.exists)

    def kick(self) -> None:
        """Something is to be done now."""
        self._kicked.set()

    async def run(self) -> None:
        """Work until cancelled; a fault is logged, and tried again."""
        while True:
            self._kicked.clear()
            try:
                await self._once()
                self._fault = ""
            except GuetteurError as error:
                self._note(f"{error.code}: {error.message}")
            except Exception as error:
                # Said once: what fails every fifteen seconds would fill the log.
                if self._fault != repr(error):
                    LOG.exception("reports could not be sent")
                self._fault = repr(error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._kicked.wait(), _EVERY_S)

    def close(self) -> None:
        """Close what is open."""
        if self._desk is not None:
            self._desk.outbox.close()

    async def _once(self) -> None:
        self._cases.forget(self._clock())
        if not await self.has_reports():
            return
        desk = await self.desk()
        if await asyncio.to_thread(is_due, desk.outbox, self._clock(), desk.asked):
            await desk.delivery.run()
        await desk.lookout.run()

    def _note(self, fault: str) -> None:
        if fault != self._fault:
            LOG.error("reports could not be sent: %s", fault)
        self._fault = fault
