"""The daemon in the test's own process, on its real socket."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from guetteur.app import serve
from guetteur.config import Settings
from guetteur.transport.endpoint import AlreadyRunning


@contextlib.asynccontextmanager
async def daemon(settings: Settings) -> AsyncIterator[asyncio.Task[AlreadyRunning | None]]:
    """Run it while the block lasts."""
    task = asyncio.create_task(serve(settings))
    ready = settings.socket_path if settings.transport == "unix" else settings.loopback_file
    for _ in range(200):
        if ready.exists() or task.done():
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.3 if not task.done() else 0)
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
