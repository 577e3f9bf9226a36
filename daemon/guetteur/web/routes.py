"""The calls of the daemon: decode, ask, encode; nothing is decided here."""

from __future__ import annotations

import asyncio
import binascii
import os
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, TypeVar

import msgspec
from aiohttp import web

from guetteur import __version__
from guetteur.core.facts import NOT_ASKED
from guetteur.core.prospects import age_would_help
from guetteur.core.subject import parse_url
from guetteur.egress import errand
from guetteur.errors import InvalidInputError, printable
from guetteur.lists.status import clock_behind
from guetteur.web import wire
from guetteur.web.guard import json_response
from guetteur.web.openapi import openapi
from guetteur.web.pages_seen import PagesSeen
from guetteur.web.wire_exceptions import EditExceptions, ExceptionReply, ExceptionsReply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from guetteur.checker import Checker
    from guetteur.core.explain import Explainer
    from guetteur.core.facts import Fact
    from guetteur.core.pageseen import PageSeen
    from guetteur.core.subject import UrlSubject
    from guetteur.core.verdict import Verdict
    from guetteur.lists.status import Failure
    from guetteur.renewer import Renewer
    from guetteur.store.ages import Ages
    from guetteur.store.database import Fault
    from guetteur.store.person import PersonStore

T = TypeVar("T")

STALE_AFTER_DAYS = 7
"""Phishing pages live hours; a list older than a week protects against yesterday only."""

_PAGE_BYTES = 700_000
"""Keeps a page of hosts well under Firefox's 1 MiB cap on a frame."""


@dataclass(slots=True)
class Service:
    """What the routes need, built once by `guetteur.app`.

    Attributes:
        checker: judges subjects.
        renewer: keeps the blocklist current.
        person: the person's exceptions, visits and contacts with other computers.
        ages: how old domains are.
        explainers: sentences by language.
        clock: the moment, in UTC.
        started_at: when this daemon started.
        checks: addresses judged since then.
        pages: what the last pages showed.
    """

    checker: Checker
    renewer: Renewer
    person: PersonStore
    ages: Ages
    explainers: dict[str, Explainer]
    clock: Callable[[], datetime]
    started_at: datetime
    checks: int = field(default=0)
    pages: PagesSeen = field(default_factory=PagesSeen)

    def routes(self) -> list[web.RouteDef]:
        """All calls."""
        return [
            web.post("/v1/check/url", self.check_url),
            web.post("/v1/check/page", self.check_page),
            web.get("/v1/check/page/hints", self.page_hints),
            web.post("/v1/check/age", self.check_age),
            web.post("/v1/check/batch", self.check_batch),
            web.post("/v1/lists/hosts", self.list_hosts),
            web.post("/v1/lists/sync", self.sync),
            web.post("/v1/exceptions", self.exceptions),
            web.get("/v1/status", self.status),
            web.get("/v1/openapi.json", self.openapi),
        ]

    async def check_url(self, request: web.Request) -> web.Response:
        """One verdict."""
        question = decode(await request.read(), wire.CheckUrl)
        return json_response(self._verdict(question.url, question.lang, visit=question.visit))

    async def check_page(self, request: web.Request) -> web.Response:
        """One verdict, with what the page shows."""
        question = decode(await request.read(), wire.CheckPage)
        return json_response(self._verdict(question.url, question.lang, question.page))

    def judge(self, subject: UrlSubject) -> Verdict:
        """What was last said of an address: with what its page showed, and its age where that is known."""
        now = self.clock()
        page, age = self.pages.of(subject.url, now), self._known_age(subject, now)
        return self.checker.check(subject, now=now, page=page, age=age)

    def _known_age(self, subject: UrlSubject, now: datetime) -> Fact[date]:
        domain = subject.registrable_domain
        return (self.ages.recall(domain, now=now) if domain is not None else None) or NOT_ASKED

    async def page_hints(self, _request: web.Request) -> web.Response:
        """What makes a page worth a question."""
        fields, text = self.checker.pages.hints()
        return json_response(wire.PageHintsReply(list(fields), list(text)))

    async def check_age(self, request: web.Request) -> web.Response:
        """One verdict, after asking for the domain's age where that may settle it; else as `check_url`."""
        question = decode(await request.read(), wire.CheckAge)
        subject, now = parse_url(question.url), self.clock()
        verdict = self.checker.check(subject, now=now)
        domain = subject.registrable_domain
        age: Fact[date] = NOT_ASKED
        if domain is not None and age_would_help(subject, verdict, self.checker.facts):
            with errand(self.person.egress, "age", domain):
                age = await self.ages.created(domain, now=now)
        return json_response(self._verdict(question.url, question.lang, age=age))

    async def exceptions(self, request: web.Request) -> web.Response:
        """The person's own exceptions, after the change that is asked for."""
        question = decode(await request.read(), EditExceptions)
        kept, own = self.person.database.kept, self.person.exceptions
        if question.action == "add":
            kept = await asyncio.to_thread(own.add, question.host, self.clock())
        elif question.action == "remove":
            kept = await asyncio.to_thread(own.remove, question.host)
        found = [ExceptionReply(one.host, wire.iso(one.added_at)) for one in own.all()]
        return json_response(ExceptionsReply(found, kept))

    async def check_batch(self, request: web.Request) -> web.Response:
        """Many verdicts; an entry that is no address gets its error in its place."""
        question = decode(await request.read(), wire.CheckBatch)
        results: list[wire.VerdictReply | wire.ErrorReply] = []
        for url in question.urls:
            try:
                results.append(self._verdict(url, question.lang))
            except InvalidInputError as error:
                results.append(wire.error_reply(error))
        return json_response(wire.BatchReply(results))

    async def list_hosts(self, request: web.Request) -> web.Response:
        """One page of the hosts that browsers should block by themselves, most relevant first, then of what changed."""
        question = decode(await request.read(), wire.ListHosts)
        view = self.checker.blocklist
        if view is None:
            return json_response(wire.ListHostsReply(None, question.base is None, 0, [], None, None, [], []))
        base, total = view.base.meta.version, view.base.front_size
        unchanged = question.base == base
        start = max(question.cursor, total) if unchanged else question.cursor
        row, is_last = _page(view.front(start))
        hosts, added, removed = view.parts(row, start)
        # An official host on a list is not blocked: the daemon's verdict is what counts for it.
        hosts, added = ([host for host in part if self.checker.official(host) is None] for part in (hosts, added))
        end = None if is_last else start + len(row)
        reply = wire.ListHostsReply(base, unchanged, total, hosts, end, view.version, added, removed)
        return json_response(reply)

    async def status(self, _request: web.Request) -> web.Response:
        """Who answers, since when, with which lists."""
        now, checker = self.clock(), self.checker
        lists = self._lists(now)
        reply = wire.StatusReply(
            product="guetteur",
            version=__version__,
            pid=os.getpid(),
            started_at=_iso(self.started_at),
            uptime_s=round((now - self.started_at).total_seconds(), 3),
            checks=self.checks,
            lists=lists,
            store=wire.StoreStatus(self.person.database.kept, _detail(self.person.database.fault)),
            bodies=len(checker.registry.bodies),
            public_hosts=len(checker.public_hosts),
        )
        return json_response(reply)

    async def sync(self, request: web.Request) -> web.Response:
        """Renew the lists and say what came of it."""
        decode(await request.read(), wire.SyncNow)
        result = await self.renewer.sync()
        if result is None:
            return json_response(wire.SyncReply("no_source", None, 0, None))
        return json_response(wire.SyncReply(result.outcome, result.version, result.received, _detail(result.error)))

    def _lists(self, now: datetime) -> wire.ListsStatus:
        view, known, step = self.checker.blocklist, self.renewer.status(), self.renewer.progress
        age = view.age_days(now) if view is not None else None
        reached = known.last_success if known is not None else None
        behind = clock_behind(now, view.built_at if view is not None else None, reached)
        return wire.ListsStatus(
            version=view.version if view is not None else None,
            built_at=_iso(view.built_at) if view is not None else None,
            age_days=age,
            hosts=len(view) if view is not None else 0,
            stale=age is None or age > STALE_AFTER_DAYS or behind is not None or (known is not None and known.stale),
            source=known is not None,
            last_success=_iso(known.last_success) if known is not None and known.last_success else None,
            next_try=_iso(known.next_try) if known is not None and known.next_try else None,
            error=_detail(behind or (known.last_error if known is not None else None)),
            running=wire.SyncStep(step.stage, step.done, step.total) if step is not None else None,
        )

    async def openapi(self, _request: web.Request) -> web.Response:
        """The machine-readable description of these calls."""
        return json_response(openapi())

    def _verdict(
        self,
        url: str,
        lang: str,
        page: PageSeen | None = None,
        *,
        age: Fact[date] = NOT_ASKED,
        visit: bool = False,
    ) -> wire.VerdictReply:
        subject, now = parse_url(url), self.clock()
        asked = age != NOT_ASKED
        if not asked:
            age = self._known_age(subject, now)
        if page is not None:
            self.pages.keep(subject.url, page, now)
        verdict = self.checker.check(subject, now=now, page=page, age=age)
        self.checks += 1
        if visit:
            self.person.note_visit(subject.host, verdict)
        helps = not asked and age_would_help(subject, verdict, self.checker.facts)
        return wire.verdict_reply(
            subject,
            verdict,
            self.explainers[lang],
            age_would_help=helps,
            excepted=self.person.exceptions.holds(subject.host),
        )


def _detail(failure: Failure | Fault | None) -> wire.ErrorDetail | None:
    if failure is None:
        return None
    # A path in it may be no UTF-8, as JSON must be.
    return wire.ErrorDetail(failure.code, printable(failure.message), printable(failure.hint))


def _page(hosts: Iterator[str]) -> tuple[list[str], bool]:
    """As many as an answer holds, and whether that is all."""
    size = 0
    page: list[str] = []
    for host in hosts:
        size += len(host) + 3
        if size > _PAGE_BYTES:
            return page, False
        page.append(host)
    return page, True


def decode(body: bytes, kind: type[T]) -> T:
    """One question of the kind asked.

    Raises:
        InvalidInputError: ``invalid_request``, ``invalid_json``.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise InvalidInputError("invalid_request", str(error), "GET /v1/openapi.json lists what can be asked") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError("invalid_json", str(error), "send one JSON object") from None
    except RecursionError:
        # `[` a thousand times over: the decoder gives up in time, and so must the answer.
        raise InvalidInputError("invalid_json", "the JSON is nested too deeply", "send one flat object") from None


def from_base64(text: str, name: str) -> bytes:
    """The bytes of a question's part.

    Raises:
        InvalidInputError: ``invalid_base64``.
    """
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInputError("invalid_base64", f"`{name}` is not base64", "send its bytes in base64") from None


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
