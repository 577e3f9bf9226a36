"""Where the calls of reports come in. What answers them is loaded with the first: most daemons never need it."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from guetteur.web.report_service import ReportService

CALLS = (
    "begin", "evidence", "preview", "send", "hand-over", "retract", "watch", "receipts", "bundle", "campaigns",
    "channels",
)  # fmt: skip

OUTBOX = "outbox.db"
"""As `guetteur.reports.outbox.FILE_NAME`, which is not loaded for it."""

_AFTER_START_S = 5.0
"""The tabs that a browser opens at its start come before."""
_LOOK_EVERY_S = 300.0
"""Between two looks whether a command made the first report."""


class ReportCalls:
    """The calls, and the work that goes on once there are reports."""

    def __init__(self, state_dir: Path, build: Callable[[], ReportService]) -> None:
        """Nothing is loaded yet; ``build`` makes what answers."""
        self._outbox, self._build = state_dir / OUTBOX, build
        self._service: ReportService | None = None
        self._loading = asyncio.Lock()
        self._work: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        """All calls."""
        return [web.post(f"/v1/report/{call}", partial(self._answer, call)) for call in CALLS]

    async def run(self, _app: web.Application) -> AsyncIterator[None]:
        """Deliver what an earlier run left, and all that comes, while the application runs."""
        waiting = asyncio.create_task(self._wait_for_reports())
        yield
        for task in filter(None, (waiting, self._work)):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _answer(self, call: str, request: web.Request) -> web.Response:
        service = await self._ready()
        return await service.answer(call, request)

    async def _wait_for_reports(self) -> None:
        await asyncio.sleep(_AFTER_START_S)
        while not await asyncio.to_thread(self._outbox.exists):  # noqa: ASYNC110 -- another process may make it
            await asyncio.sleep(_LOOK_EVERY_S)
        await self._ready()

    async def _ready(self) -> ReportService:
        async with self._loading:
            if self._service is None:
                # Half a second of reading code, in which web addresses are answered meanwhile.
                self._service = await asyncio.to_thread(self._build)
                self._work = asyncio.create_task(self._service.run())
            return self._service
