"""Who is told of a case, and why: the rules of ``routing.toml`` applied; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from guetteur.core.hostwalk import parents
from guetteur.core.subject import parse_url
from guetteur.errors import InvalidInputError
from guetteur.reports.channels.interface import NOWHERE, Place
from guetteur.reports.table import Outside

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from guetteur.reports.case import Case, Item
    from guetteur.reports.channels.interface import Channel
    from guetteur.reports.table import ChannelTable, HostedBy, Rule


class Choice(msgspec.Struct, frozen=True):
    """One channel that is offered, and why.

    Attributes:
        channel: its id.
        reason: why, in French.
        reason_en: the same in English.
    """

    channel: str
    reason: str
    reason_en: str

    def said(self, lang: str) -> str:
        """The reason in the reader's language."""
        return self.reason_en if lang == "en" else self.reason


class Routing(msgspec.Struct, frozen=True):
    """Where a case goes.

    Attributes:
        choices: channels, best first, each once.
        outside: what channels people think of do not take, and where it goes instead.
    """

    choices: tuple[Choice, ...]
    outside: tuple[Outside, ...] = ()


def route(
    case: Case, items: Sequence[Item], channels: Mapping[str, Channel], table: ChannelTable, place: Place = NOWHERE
) -> Routing:
    """Every channel that a rule leads to and that accepts the case with the evidence there is."""
    chosen: dict[str, Choice] = {}
    for rule in table.rules:
        if not _holds(rule, case, place):
            continue
        for name in rule.channels:
            channel = channels.get(name)
            if name not in chosen and channel is not None and channel.accepts(case, items, place):
                chosen[name] = Choice(name, rule.reason, rule.reason_en)
    outside = tuple(
        note for note in table.outside if case.kind in note.kinds and case.script not in note.unless
        and note.channel not in chosen
    )  # fmt: skip
    return Routing(tuple(chosen.values()), outside)


def hosted_by(
    url: str | None, hosts: Iterable[HostedBy], nameservers: Iterable[str] = (), networks: Iterable[int] = ()
) -> tuple[str, ...]:
    """Ids of the companies a page lies with: by its name, its domain's name servers, its network's number."""
    try:
        names = set(parents(parse_url(url or "").host))
    except InvalidInputError:
        names = set()
    servers = tuple(server.lower().rstrip(".") for server in nameservers)
    numbers = set(networks)
    return tuple(
        host.id
        for host in hosts
        if names & set(host.suffixes)
        or numbers & set(host.networks)
        or any(server == end or server.endswith(f".{end}") for server in servers for end in host.nameservers)
    )


def _holds(rule: Rule, case: Case, place: Place) -> bool:
    return (
        case.kind in rule.kinds
        and (not rule.hosted or bool(set(rule.hosted) & set(place.hosted)))
        and (not rule.bodies or case.body in rule.bodies)
        and (not rule.sectors or place.sector in rule.sectors)
        and (not rule.scripts or case.script in rule.scripts)
    )
