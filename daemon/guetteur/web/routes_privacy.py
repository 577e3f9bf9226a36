"""The calls that tell what left this computer, what the person was warned of, and whose lists are in use."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from guetteur.errors import GuetteurError
from guetteur.store.keeping import KEEP_DAYS
from guetteur.web import wire_privacy as wire
from guetteur.web.guard import json_error, json_response
from guetteur.web.routes import decode
from guetteur.web.wire import iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guetteur.checker import Checker
    from guetteur.core.bodies import Registry
    from guetteur.lists.sources import ListSource
    from guetteur.renewer import Renewer
    from guetteur.store.egress import EgressLog
    from guetteur.store.history import History
    from guetteur.store.person import PersonStore


@dataclass(slots=True)
class PrivacyService:
    """What the calls need.

    Attributes:
        person: contacts and warnings.
        checker: the lists in use, and the bodies.
        renewer: whose the stored lists are.
        starter: whose the list shipped in the package is.
    """

    person: PersonStore
    checker: Checker
    renewer: Renewer
    starter: Sequence[ListSource]

    def routes(self) -> list[web.RouteDef]:
        """All calls."""
        return [
            web.get("/v1/egress", self.egress),
            web.post("/v1/egress/clear", self.clear_egress),
            web.get("/v1/history", self.history),
            web.post("/v1/history/add", self.add_history),
            web.post("/v1/history/clear", self.clear_history),
            web.get("/v1/lists/sources", self.list_sources),
        ]

    async def egress(self, _request: web.Request) -> web.Response:
        """What left this computer."""
        return json_response(await asyncio.to_thread(egress_reply, self.person.egress))

    async def clear_egress(self, request: web.Request) -> web.Response:
        """Forget what left; nothing else changes."""
        decode(await request.read(), wire.ClearEgress)
        if not await asyncio.to_thread(self.person.egress.clear):
            return json_error(not_cleared(), 500)
        return json_response(await asyncio.to_thread(egress_reply, self.person.egress))

    async def history(self, _request: web.Request) -> web.Response:
        """What the person was warned of."""
        return json_response(await asyncio.to_thread(history_reply, self.person.history, self.checker.registry))

    async def add_history(self, request: web.Request) -> web.Response:
        """Keep one warning; a body nobody knows is left out."""
        asked = decode(await request.read(), wire.AddHistory)
        known = asked.body is not None and self.checker.registry.get(asked.body) is not None
        body = asked.body if known else None
        await asyncio.to_thread(self.person.history.add, asked.host, asked.level, body)
        return json_response(wire.HistoryKept())

    async def clear_history(self, request: web.Request) -> web.Response:
        """Forget warnings."""
        asked = decode(await request.read(), wire.ClearHistory)
        if not await asyncio.to_thread(self.person.history.clear, asked.ids):
            return json_error(not_cleared(), 500)
        return json_response(await asyncio.to_thread(history_reply, self.person.history, self.checker.registry))

    async def list_sources(self, _request: web.Request) -> web.Response:
        """Whose lists are in use."""
        view, sources = self.checker.blocklist, self.renewer.sources()
        if view is None:
            return json_response(wire.ListSourcesReply(None, None, 0, []))
        whose = source_replies(self.starter if sources is None else sources)
        reply = wire.ListSourcesReply(view.version, iso(view.built_at), len(view), whose)
        return json_response(reply)


def not_cleared() -> GuetteurError:
    """All of it is still there."""
    return GuetteurError("not_cleared", "it could not be cleared", "guetteur doctor says what is wrong with the disk")


def egress_reply(log: EgressLog, limit: int = wire.MAX_SHOWN) -> wire.EgressReply:
    """The log as it goes over the wire; blocks."""
    told = log.report(limit)
    entries = [
        wire.EgressEntryReply(iso(one.at), one.purpose, one.to, one.what, one.outcome, one.count, iso(one.last_at))
        for one in told.entries
    ]
    return wire.EgressReply(entries, KEEP_DAYS, told.complete)


def history_reply(history: History, registry: Registry, limit: int = wire.MAX_SHOWN) -> wire.HistoryReply:
    """The warnings as they go over the wire; blocks."""
    entries = []
    for one in history.entries(limit):
        body = registry.get(one.body) if one.body is not None else None
        name = body.name if body is not None else None
        entries.append(
            wire.HistoryEntryReply(
                one.id, iso(one.at), one.host, one.level, one.body, name, one.times, iso(one.last_at)
            )
        )
    return wire.HistoryReply(entries, KEEP_DAYS)


def source_replies(sources: Sequence[ListSource]) -> list[wire.ListSourceReply]:
    """Sources as they go over the wire."""
    return [
        wire.ListSourceReply(
            one.id, one.name, one.url, one.licence, one.entries, iso(one.fetched_at) if one.fetched_at else None
        )
        for one in sources
    ]
