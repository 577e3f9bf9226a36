"""Asks the registry of a page's domain for the registrar's abuse mailbox; only the domain's name leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.subject import parse_url
from guetteur.errors import InvalidInputError
from guetteur.lookup.addresses import Addresses
from guetteur.lookup.limits import Limits
from guetteur.lookup.outcome import NoAgeError
from guetteur.lookup.rdap import RdapClient
from guetteur.reports.case import Item
from guetteur.reports.contacts import RDAP_KIND

if TYPE_CHECKING:
    from datetime import datetime
    from ssl import SSLContext

    from guetteur.lookup.registries import Registries


async def registrar_answer(
    url: str,
    registries: Registries,
    now: datetime,
    *,
    addresses: Addresses | None = None,
    ssl_context: SSLContext | None = None,
) -> Item | None:
    """The registry's answer as evidence, or None: no domain, no RDAP for its zone, no answer.

    A name on free hosting is registered with nobody and not asked for.
    """
    try:
        subject = parse_url(url)
    except InvalidInputError:
        return None
    domain = subject.registrable_domain
    server = registries.rdap(domain) if domain is not None and not subject.shared else None
    if domain is None or server is None:
        return None
    client = RdapClient(addresses or Addresses(), Limits(), ssl_context)
    try:
        return Item(f"network/rdap-{domain}.json", RDAP_KIND, await client.answer(domain, server), now, "daemon")
    except NoAgeError:
        return None
