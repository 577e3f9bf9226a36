"""What the person is shown before anything leaves: each channel, why, exactly what it gets, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from guetteur.core.subject import parse_url
from guetteur.errors import InvalidInputError
from guetteur.reports.channels.interface import Place
from guetteur.reports.contacts import contacts_of
from guetteur.reports.fingerprint import fingerprint
from guetteur.reports.network.found import Network
from guetteur.reports.routing import hosted_by, route
from guetteur.reports.settings import intake_host

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guetteur.core.bodies import Registry
    from guetteur.reports.case import Case, Item
    from guetteur.reports.channels.interface import Channel, Draft
    from guetteur.reports.outbox import Entry, Outbox
    from guetteur.reports.routing import Choice
    from guetteur.reports.table import ChannelFacts, ChannelTable, Outside


class Offer(NamedTuple):
    """One channel, ready.

    Attributes:
        facts: who it is.
        choice: why it is offered.
        draft: exactly what it gets.
        missing: credentials it cannot do without, by id.
        earlier: the report of the same thing that it has already, or None.
    """

    facts: ChannelFacts
    choice: Choice
    draft: Draft
    missing: tuple[str, ...]
    earlier: Entry | None


class Offers(NamedTuple):
    """All of them, best first, and what goes elsewhere.

    Attributes:
        case: what is reported: as given, without an address that is an official body's own.
        offers: channels, best first.
        outside: what channels people think of do not take.
    """

    case: Case
    offers: tuple[Offer, ...]
    outside: tuple[Outside, ...]


def place_of(
    case: Case, items: Sequence[Item], table: ChannelTable, registry: Registry, network: Network | None = None
) -> Place:
    """Where the page lies and whom it plays, from the case, its evidence, and what was found of its ``network``."""
    body = registry.get(case.body) if case.body is not None else None
    found = network or Network()
    return Place(
        hosted=hosted_by(case.url, table.hosts, found.nameservers, found.networks),
        contacts=contacts_of(items),
        address=next(iter(found.addresses), ""),
        imitated=body.name if body is not None else "",
        imitated_home=(body.home or "") if body is not None else "",
        sector=body.sector if body is not None else "",
    )


def without_official(case: Case, registry: Registry) -> Case:
    """The case without an address that is an official body's own.

    Scam mails link to genuine pages, too, and nobody may have such a page blocked through us.
    """
    try:
        host = parse_url(case.url or "").host
    except InvalidInputError:
        return case
    return msgspec.structs.replace(case, url=None) if registry.official(host) is not None else case


def _addressed(draft: Draft, credentials: Mapping[str, str]) -> Draft:
    # A channel's host may be a setting of the person's, named in its place; what they read is the host.
    url = credentials.get(draft.to, "")
    return draft if not intake_host(url) else msgspec.structs.replace(draft, to=intake_host(url))


def offers_for(  # noqa: PLR0913 -- all that an offer depends on
    case: Case,
    items: Sequence[Item],
    *,
    channels: Mapping[str, Channel],
    table: ChannelTable,
    registry: Registry,
    credentials: Mapping[str, str],
    outbox: Outbox,
    place: Place | None = None,
) -> Offers:
    """Draft for every channel the case goes to; nothing is queued.

    Args:
        case: the redacted copy.
        items: the redacted evidence.
        channels: by id.
        table: the shipped data.
        registry: the official bodies.
        credentials: those there are.
        outbox: asked for earlier reports of the same thing.
        place: what more is known of the page's place; None: `place_of`.
    """
    case = without_official(case, registry)
    known = place or place_of(case, items, table, registry)
    routing = route(case, items, channels, table, known)
    # What the person was only given to send may never have been sent.
    told = (entry for entry in reversed(outbox.earlier(fingerprint(case, items))) if entry.state != "handed")
    before = {entry.channel: entry for entry in told}
    offers = tuple(
        Offer(
            channels[choice.channel].facts,
            choice,
            _addressed(channels[choice.channel].draft(case, items, known), credentials),
            channels[choice.channel].missing(credentials),
            before.get(choice.channel),
        )
        for choice in routing.choices
    )
    return Offers(case, offers, routing.outside)
