"""The receiving side looked whether the sender is who the address says, and found no proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.facts import Known, Unavailable
from guetteur.core.signal import DANGER_POINTS, Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts
    from guetteur.core.mail.subject import MailSubject

_OFFICIAL, _POPULAR, _FAILED, _NONE = 1.2, 1.0, 0.5, 0.2


def check(mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """A body's address without proof is a forgery, or at best a mail that was passed on."""
    sender = facts.sender
    if isinstance(sender.proven, Unavailable):
        # Of an ordinary sender nobody asked; of a body it would have been the proof.
        return Skip("unproven_sender", sender.proven.why) if sender.official is not None else None
    if sender.proven.value:
        return None
    params = {"domain": sender.domain}
    if sender.official is not None:
        body = sender.official.body
        # A list passes mail on without proof; but anybody can write the header of a list.
        weight = DANGER_POINTS if sender.refuses and not mail.list_id else _OFFICIAL
        return Evidence("unproven_sender", "official_not_proven", {**params, "name": body.name}, body, weight=weight)
    failed = isinstance(mail.authentication, Known) and mail.authentication.value.failed
    if sender.popular and not sender.free:
        # Whoever is that well known signs what they send: the large providers have asked for it since 2024.
        return Evidence("unproven_sender", "known_not_proven", params, weight=_POPULAR)
    return Evidence("unproven_sender", "not_proven", params, weight=_FAILED if failed else _NONE, vague=True)


SIGNAL = Signal("unproven_sender", ("official_not_proven", "known_not_proven", "not_proven"), check)
