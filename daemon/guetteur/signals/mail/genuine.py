"""The receiving side proved that the mail comes from a body's own domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import Basis, Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts
    from guetteur.core.mail.subject import MailSubject


def check(_mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """SPF or DKIM passed for the domain a reader sees, and only the body can send from it."""
    sender = facts.sender
    if sender.official is None or not sender.is_proven:
        return None
    params = {"name": sender.official.body.name, "domain": sender.domain}
    return Evidence("genuine", "comes_from", params, sender.official.body, basis=Basis.OFFICIAL)


SIGNAL = Signal("genuine", ("comes_from",), check)
