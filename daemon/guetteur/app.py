"""The only composition root: builds every part and hands it to whoever runs it."""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from guetteur.checker import Checker
from guetteur.core.suffixes import public_suffixes
from guetteur.errors import DataFileError
from guetteur.lists.compiled import CompiledList
from guetteur.lists.knowledge import load_knowledge, load_model
from guetteur.lists.view import ListView
from guetteur.mail_checker import MailChecker
from guetteur.signals import load_mail_signals, load_signals

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import date
    from pathlib import Path

    from aiohttp import web

    from guetteur.config import Settings
    from guetteur.lists.knowledge import Knowledge
    from guetteur.lists.sources import ListSource
    from guetteur.lookup.addresses import Addresses
    from guetteur.renewer import Renewer
    from guetteur.reports.network import Questions
    from guetteur.store.ages import AgeLookup
    from guetteur.store.egress import LateEgressLog
    from guetteur.transport.endpoint import AlreadyRunning, Listener
    from guetteur.web.report_service import ReportService

LOG = logging.getLogger(__name__)

_PREPARE_AFTER_S = 5.0
_LOOK_S = 5.0
"""How often the daemon sees whether it can still be found."""


def now_utc() -> datetime:
    """The clock that is passed to everything below."""
    return datetime.now(UTC)


def build_checker(
    data_dir: Path, *, with_lists: bool = True, stored: Path | None = None, knowledge: Knowledge | None = None
) -> Checker:
    """Load everything a check needs.

    A damaged blocklist leaves the other signals working: its absence is said in every verdict (``no_list``).

    Args:
        data_dir: what the package ships.
        with_lists: with the blocklists.
        stored: folder of the renewed lists, which serve in place of the shipped one where there are any.
        knowledge: when the caller has read it already.

    Raises:
        DataFileError: the knowledge or the registry of public hosts cannot be read.
    """
    blocklist: ListView | None = None
    if with_lists:
        try:
            blocklist = ListView(CompiledList(data_dir / "starter.bin"))
        except DataFileError as error:
            LOG.error("no blocklist: %s (%s)", error.message, error.hint)  # noqa: TRY400 -- the message says it all
    checker = Checker(
        knowledge or load_knowledge(data_dir),
        load_signals(),
        load_model(data_dir),
        public_hosts=CompiledList(data_dir / "public_hosts.bin"),
        popular=CompiledList(data_dir / "popular.bin"),
        blocklist=blocklist,
    )
    if with_lists and stored is not None:
        _take_up(checker, stored)
    return checker


def _take_up(checker: Checker, stored: Path) -> None:
    from guetteur.lists.newest import open_newest  # noqa: PLC0415
    from guetteur.lists.store import Store  # noqa: PLC0415

    opened = open_newest(Store(stored), set())
    if opened is not None:
        checker.blocklist, checker.newly = opened.view, opened.newly
        opened.lease.close()  # all of it has been read


def build_mail_checker(data_dir: Path, *, with_lists: bool = True, stored: Path | None = None) -> MailChecker:
    """Load everything a check of mails needs.

    Raises:
        DataFileError: as `build_checker`.
    """
    knowledge = load_knowledge(data_dir)
    checker = build_checker(data_dir, with_lists=with_lists, stored=stored, knowledge=knowledge)
    return MailChecker(checker, knowledge, load_mail_signals())


def build_renewer(settings: Settings, checker: Checker) -> Renewer:
    """What keeps ``checker``'s lists current; without the address of a repository it opens what is stored."""
    from guetteur.lists.source import has_source  # noqa: PLC0415
    from guetteur.lists.store import Store  # noqa: PLC0415
    from guetteur.renewer import Renewer  # noqa: PLC0415

    store = Store(settings.lists_dir)
    command = [sys.executable, "-P", "-m", "guetteur.sync_worker", str(settings.data_dir), str(settings.state_dir)]
    try:
        known = has_source(settings.data_dir)
    except DataFileError as error:
        LOG.error("no renewal of the lists: %s (%s)", error.message, error.hint)  # noqa: TRY400 -- as above
        known = False
    return Renewer(checker, store, now_utc, command if known else ())


def build_lookup(data_dir: Path, clock: Callable[[], datetime]) -> AgeLookup | None:
    """What asks registries for the age of a domain; None when it is not known where they answer."""
    from guetteur.lookup.age import AgeLookup  # noqa: PLC0415 -- the daemon's alone
    from guetteur.lookup.registries import load_registries  # noqa: PLC0415

    try:
        return AgeLookup(load_registries(data_dir), now=clock)
    except DataFileError as error:
        LOG.error("no ages of domains: %s (%s)", error.message, error.hint)  # noqa: TRY400 -- as above
        return None


def open_egress(state_dir: Path) -> LateEgressLog:
    """The log of what leaves, for a process that is not the daemon; see `guetteur.egress`."""
    from guetteur.store.egress import LateEgressLog  # noqa: PLC0415
    from guetteur.store.person import FILE_NAME  # noqa: PLC0415

    return LateEgressLog(state_dir / FILE_NAME, now_utc)


def load_starter_sources(data_dir: Path) -> tuple[ListSource, ...]:
    """Whose the shipped list is; nothing when that cannot be read."""
    from guetteur.lists.sources import starter_sources  # noqa: PLC0415

    try:
        return starter_sources(data_dir)
    except DataFileError as error:
        LOG.error("no sources of the lists: %s (%s)", error.message, error.hint)  # noqa: TRY400 -- as above
        return ()


def never_block_floor(checker: Checker) -> frozenset[str]:
    """Hosts that no list may block, whoever signed it: every official body's, and every public suffix."""
    return public_suffixes() | {domain for domain, _ in checker.registry.domains()}


def build_web_app(  # noqa: PLR0913 -- whatever a test puts in the place of
    settings: Settings,
    listener: Listener,
    *,
    lookup: AgeLookup | None = None,
    clock: Callable[[], datetime] = now_utc,
    channel_bases: Mapping[str, str] | None = None,
    questions: Questions | None = None,
    addresses: Addresses | None = None,
) -> web.Application:
    """The aiohttp application behind ``listener``; its lists are kept current while it runs.

    Args:
        settings: paths and limits.
        listener: who may ask.
        lookup: asks for the age of domains, in place of the registries.
        clock: the moment, in UTC.
        channel_bases: addresses of channels of reports, in place of the shipped ones.
        questions: how it is asked where a reported page lies, in place of the system's way.
        addresses: where pages that are looked after are, in place of the system's word.
    """
    # `check` and `scan` do without these two: 0.2 s of a command's start, and as much memory as all its own data.
    import asyncio  # noqa: PLC0415

    from aiohttp import web  # noqa: PLC0415

    from guetteur.store.ages import Ages  # noqa: PLC0415
    from guetteur.store.person import PersonStore  # noqa: PLC0415
    from guetteur.texts import load_explainers  # noqa: PLC0415
    from guetteur.web.guard import make_guard  # noqa: PLC0415
    from guetteur.web.routes import Service  # noqa: PLC0415
    from guetteur.web.routes_letter import LetterService  # noqa: PLC0415
    from guetteur.web.routes_mail import MailService  # noqa: PLC0415
    from guetteur.web.routes_privacy import PrivacyService  # noqa: PLC0415
    from guetteur.web.routes_report import ReportCalls  # noqa: PLC0415

    mails = build_mail_checker(settings.data_dir)
    checker = mails.checker
    renewer = build_renewer(settings, checker)
    person = PersonStore(settings.state_dir, clock)
    checker.exceptions, checker.visits = person.exceptions, person.visits

    def newly(domain: str) -> date | None:
        return checker.newly.registered_on(domain)  # asked anew each time: lists are swapped

    ages = Ages(
        person.database, lookup or build_lookup(settings.data_dir, clock), newly, per_day=settings.age_questions_per_day
    )
    explainers = load_explainers()
    service = Service(checker, renewer, person, ages, explainers, clock, clock())
    app = web.Application(middlewares=[make_guard(listener)], client_max_size=settings.max_body_bytes)

    def build_reports() -> ReportService:
        from guetteur.web.report_service import ReportService  # noqa: PLC0415 -- with the first report

        return ReportService(
            settings,
            mails,
            service.judge,
            explainers,
            clock,
            egress=person.egress,
            channel_bases=channel_bases,
            questions=questions,
            addresses=addresses,
        )

    letters, reports = LetterService(clock), ReportCalls(settings.state_dir, build_reports)
    app.add_routes([*service.routes(), *MailService(mails, explainers, clock).routes()])
    app.add_routes([*letters.routes(), *reports.routes()])
    starter = load_starter_sources(settings.data_dir)
    app.add_routes(PrivacyService(person, checker, renewer, starter).routes())

    async def prepare() -> None:
        # The first text would wait for it half a second; the tabs that a browser opens at its start come before.
        await asyncio.sleep(_PREPARE_AFTER_S)
        await asyncio.to_thread(checker.pages.scripts.prepare)

    async def keep_current(_app: web.Application) -> AsyncIterator[None]:
        renewer.open_current()
        tasks = [
            asyncio.create_task(renewer.run()),
            asyncio.create_task(person.run()),
            asyncio.create_task(prepare()),
        ]
        yield
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await ages.close()
        person.close()
        renewer.close()

    app.cleanup_ctx.extend((keep_current, reports.run))
    return app


async def serve(
    settings: Settings, build: Callable[[Settings, Listener], web.Application] = build_web_app
) -> AlreadyRunning | None:
    """Run the daemon until SIGTERM or SIGINT; return at once when another one of this user runs already.

    ``build`` makes the application; tests give it another clock and another look-up.

    Raises:
        GuetteurError: the socket cannot be bound or the data cannot be read.
    """
    import asyncio  # noqa: PLC0415

    from aiohttp import web  # noqa: PLC0415

    from guetteur.transport.connections import LIMITS, Connections  # noqa: PLC0415
    from guetteur.transport.endpoint import AlreadyRunning, bind  # noqa: PLC0415

    bound = await bind(settings)
    if isinstance(bound, AlreadyRunning):
        return bound
    try:
        app = build(settings, bound)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=2, **LIMITS)
        await runner.setup()
        assert runner.server is not None  # noqa: S101 -- it is, once set up
        server = await asyncio.get_running_loop().create_server(Connections(runner.server), sock=bound.sock)
        try:
            LOG.info("listening on %s", settings.socket_path if bound.key is None else bound.host)
            await _until_stopped(bound)
            LOG.info("stopping")
        finally:
            server.close()
            await runner.cleanup()
    finally:
        bound.close()
    return None


async def _until_stopped(listener: Listener) -> None:
    import asyncio  # noqa: PLC0415

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, stopped.set)
        except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt
            break
    while not stopped.is_set():
        if not listener.is_reachable():
            # It would hold the state against the daemon that could be found.
            LOG.warning("the socket's files have gone, as at the end of a session: nobody can ask this daemon any more")
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), _LOOK_S)
