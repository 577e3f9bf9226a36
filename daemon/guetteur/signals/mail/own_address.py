"""The mail pretends to come from the reader's own address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts
    from guetteur.core.mail.subject import MailSubject

_DISPROVEN, _UNKNOWN = 0.8, 0.2


def check(_mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """People write to themselves; blackmailers claim to, and leave no proof."""
    sender = facts.sender
    if not sender.itself or sender.is_proven:
        return None
    weight = _DISPROVEN if sender.is_disproven or facts.scripts else _UNKNOWN
    return Evidence("own_address", "from_yourself", {"domain": sender.domain}, weight=weight)


SIGNAL = Signal("own_address", ("from_yourself",), check)
