"""A link leads to a service where anybody puts a page in minutes, to a shortened address, or to a bare number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts
    from guetteur.core.mail.subject import MailSubject

_NUMBER, _BESIDE, _ALONE = 0.7, 0.7, 0.2


def check(_mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """Honest people use them too: it says more where the mail speaks as a body or follows a scam."""
    if facts.sender.trusted:
        return None
    number = next((link for link in facts.links if link.bare_address), None)
    found = number or next((link for link in facts.links if link.anonymous), None)
    if found is None or found.target is None:
        return None
    beside = facts.addresses_body is not None or bool(facts.scripts)
    weight = _NUMBER if number is not None else _BESIDE if beside else _ALONE
    code = "leads_to_number" if number is not None else "leads_to_anonymous"
    return Evidence("anonymous_link", code, {"target": found.target.host}, weight=weight, vague=not beside)


SIGNAL = Signal("anonymous_link", ("leads_to_number", "leads_to_anonymous"), check)
