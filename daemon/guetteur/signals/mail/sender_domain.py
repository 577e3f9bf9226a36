"""The domain of the address is itself warned of: it imitates a body, or stands on a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import Basis, Evidence, Signal, Skip
from guetteur.core.verdict import Level

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts
    from guetteur.core.mail.subject import MailSubject

_WEIGHTS = {Level.DANGER: 2.0, Level.CAUTION: 1.0}


def check(_mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """What is known of the domain as a web address counts for mail from it."""
    verdict = facts.sender.verdict
    if verdict is None or verdict.level not in _WEIGHTS:
        return None
    listed = any(piece.basis is Basis.LISTED for piece in verdict.evidence)
    body = verdict.body
    code = "sender_listed" if listed else "sender_like" if body is not None else "sender_odd"
    params = {"domain": facts.sender.domain, "name": body.name if body is not None else ""}
    basis = Basis.LISTED if listed else Basis.GUESS
    return Evidence("sender_domain", code, params, body, weight=_WEIGHTS[verdict.level], basis=basis)


SIGNAL = Signal("sender_domain", ("sender_listed", "sender_like", "sender_odd"), check)
