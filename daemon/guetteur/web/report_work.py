"""What goes on by itself: sending what is due, looking after pages."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from guetteur.errors import GuetteurError
from guetteur.reports.outbox_cases import is_due

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
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
        """Something is to be sent now."""
        self._kicked.set()

    async def run(self) -> None:
        """Work until cancelled; a fault is logged, and tried again. A slow page holds up no report, and the reverse."""
        await asyncio.gather(
            self._repeat(self._send, self._kicked, "reports could not be sent"),
            self._repeat(self._look, asyncio.Event(), "pages could not be looked at"),
        )

    async def _repeat(self, work: Callable[[], Awaitable[None]], kicked: asyncio.Event, fault: str) -> None:
        told = ""
        while True:
            kicked.clear()
            try:
                await work()
                told = ""
            except GuetteurError as error:
                # Said once: what fails every fifteen seconds would fill the log.
                if told != error.code:
                    LOG.error("%s: %s: %s", fault, error.code, error.message)  # noqa: TRY400 -- says it all
                told = error.code
            except Exception as error:
                if told != repr(error):
                    LOG.exception(fault)
                told = repr(error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(kicked.wait(), _EVERY_S)

    def close(self) -> None:
        """Close what is open."""
        if self._desk is not None:
            self._desk.outbox.close()

    async def _send(self) -> None:
        self._cases.forget(self._clock())
        if not await self.has_reports():
            return
        desk = await self.desk()
        if await asyncio.to_thread(is_due, desk.outbox, self._clock(), desk.asked):
            await desk.deliver()

    async def _look(self) -> None:
        if await self.has_reports():
            await (await self.desk()).look()
