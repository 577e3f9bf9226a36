"""The clicked words show a body's address, the link leads elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import DANGER_POINTS, Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.bodies import Body
    from guetteur.core.mail.facts import LinkFacts, MailFacts
    from guetteur.core.mail.subject import MailSubject

_PLAIN = 1.2
_MENTIONED = "platform"


def check(_mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """Any other mismatch counts for nothing: a tenth of wanted newsletters counts its clicks that way."""
    if facts.sender.trusted:
        return None
    speaks_as = facts.addresses_body
    found = next((link for link in facts.links if _differs(link) and _tempting(link, speaks_as)), None)
    if found is None or found.shown_of is None or found.target is None:
        return None
    params = {"seen": found.shown, "target": found.target.host, "name": found.shown_of.body.name}
    sure = found.anonymous or found.bare_address or facts.sender.claims_falsely
    weight = DANGER_POINTS if sure else _PLAIN
    return Evidence("link_text", "shows_official", params, found.shown_of.body, weight=weight)


def _tempting(link: LinkFacts, speaks_as: Body | None) -> bool:
    """A platform's address is often only mentioned: it counts in a mail that speaks as the platform."""
    body = link.shown_of.body if link.shown_of is not None else None
    return body is not None and (body.sector != _MENTIONED or body is speaks_as)


def _differs(link: LinkFacts) -> bool:
    if link.shown_of is None or link.target is None or (link.trusted and not link.anonymous):
        return False
    # Whoever counts clicks on a host of their own shows their name in the sender already.
    return not link.own and link.body is None


SIGNAL = Signal("link_text", ("shows_official",), check)
