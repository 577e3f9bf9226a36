"""The only composition root: builds every part and hands it to whoever runs it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from guetteur.checker import Checker
from guetteur.core.subject import public_suffixes
from guetteur.errors import DataFileError
from guetteur.lists.compiled import CompiledList
from guetteur.lists.knowledge import load_knowledge
from guetteur.lists.view import ListView
from guetteur.signals import load_signals

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from aiohttp import web

    from guetteur.config import Settings
    from guetteur.renewer import Renewer
    from guetteur.transport.endpoint import AlreadyRunning, Listener

LOG = logging.getLogger(__name__)


def now_utc() -> datetime:
    """The clock that is passed to everything below."""
    return datetime.now(UTC)


def build_checker(data_dir: Path, *, with_lists: bool = True) -> Checker:
    """Load everything a check needs.

    A damaged blocklist leaves the other signals working: its absence is said in every verdict (``no_list``).

    Raises:
        DataFileError: the knowledge or the registry of public hosts cannot be read.
    """
    blocklist: ListView | None = None
    if with_lists:
        try:
            blocklist = ListView(CompiledList(data_dir / "starter.bin"))
        except DataFileError as error:
            LOG.error("no blocklist: %s (%s)", error.message, error.hint)  # noqa: TRY400 -- the message says it all
    return Checker(
        load_knowledge(data_dir),
        load_signals(),
        public_hosts=CompiledList(data_dir / "public_hosts.bin"),
        popular=CompiledList(data_dir / "popular.bin"),
        blocklist=blocklist,
    )


def build_renewer(settings: Settings, checker: Checker) -> Renewer:
    """What keeps ``checker``'s lists current."""
    from guetteur.lists.source import has_source  # noqa: PLC0415
    from guetteur.lists.store import Store  # noqa: PLC0415
    from guetteur.renewer import Renewer  # noqa: PLC0415

    store = Store(settings.state_dir / "lists")
    command = [sys.executable, "-P", "-m", "guetteur.sync_worker", str(settings.data_dir), str(settings.state_dir)]
    return Renewer(checker, store, now_utc, command if has_source(settings.data_dir) else ())


def never_block_floor(checker: Checker) -> frozenset[str]:
    """Hosts that no list may block, whoever signed it: every official body's, and every public suffix."""
    return public_suffixes() | {domain for domain, _ in checker.registry.domains()}


def build_web_app(settings: Settings, listener: Listener) -> web.Application:
    """The aiohttp application behind ``listener``; its lists are kept current while it runs."""
    from aiohttp import web  # noqa: PLC0415 -- `check` and `scan` do without it: 0.2 s of a command's start

    from guetteur.texts import load_explainers  # noqa: PLC0415
    from guetteur.web.guard import make_guard  # noqa: PLC0415
    from guetteur.web.routes import Service  # noqa: PLC0415

    checker = build_checker(settings.data_dir)
    renewer = build_renewer(settings, checker)
    service = Service(checker, renewer, load_explainers(), now_utc, now_utc())
    app = web.Application(middlewares=[make_guard(listener)], client_max_size=settings.max_body_bytes)
    app.add_routes(service.routes())

    async def keep_current(_app: web.Application) -> AsyncIterator[None]:
        renewer.open_current()
        task = asyncio.create_task(renewer.run())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        renewer.close()

    app.cleanup_ctx.append(keep_current)
    return app


async def serve(settings: Settings) -> AlreadyRunning | None:
    """Run the daemon until SIGTERM or SIGINT; return at once when another one of this user runs already.

    Raises:
        GuetteurError: the socket cannot be bound or the data cannot be read.
    """
    from aiohttp import web  # noqa: PLC0415

    from guetteur.transport.endpoint import AlreadyRunning, bind  # noqa: PLC0415

    bound = await bind(settings)
    if isinstance(bound, AlreadyRunning):
        return bound
    try:
        runner = web.AppRunner(
            build_web_app(settings, bound), access_log=None, handle_signals=False, shutdown_timeout=2
        )
        await runner.setup()
        try:
            await web.SockSite(runner, bound.sock).start()
            LOG.info("listening on %s", settings.socket_path if bound.key is None else bound.host)
            await _until_stopped()
            LOG.info("stopping")
        finally:
            await runner.cleanup()
    finally:
        bound.close()
    return None


async def _until_stopped() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, stopped.set)
        except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt
            break
    await stopped.wait()
