"""The sender's name is itself an address, of another domain than the one the mail comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts
    from guetteur.core.mail.subject import MailSubject

_BODY, _OWN, _STRANGER = 1.5, 1.0, 0.6


def check(mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """Mailing lists write so honestly; a body's address in front of another is a disguise."""
    sender = facts.sender
    if not sender.quoted or mail.list_id or sender.speaks_for_itself:
        return None
    params = {"seen": sender.quoted, "domain": sender.domain}
    if sender.quoted_of is not None:
        body = sender.quoted_of.body
        return Evidence("quoted_address", "official_address_shown", {**params, "name": body.name}, body, weight=_BODY)
    if sender.quoted_own:
        return Evidence("quoted_address", "own_domain_shown", params, weight=_OWN)
    return Evidence("quoted_address", "other_address_shown", params, weight=_STRANGER)


SIGNAL = Signal("quoted_address", ("official_address_shown", "own_domain_shown", "other_address_shown"), check)
