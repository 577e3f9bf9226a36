"""The sender's address has a form that people and services do not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from guetteur.core.signal import Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts
    from guetteur.core.mail.subject import MailSubject

_NUMBERED = re.compile(r"[a-z][-_.][a-z0-9_.-]*[-_.]\d{4,}$", re.IGNORECASE)
_RANDOM = re.compile(r"(?:[a-z]+[A-Z]+|[A-Z]+[a-z]+\d)[a-zA-Z0-9]*\d?[A-Z][a-zA-Z0-9]*$")
_HEAP = 12  # letters and digits of a random local part
_SHORT = 3
_MANY_LABELS, _MANY_PIECES = 4, 5
_NOBODY, _MACHINE, _HINT = 0.9, 0.7, 0.4


def check(mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """No domain to answer to, or one of those that machines make by the thousand."""
    sender, address = facts.sender, mail.sender.address
    if sender.trusted or sender.free or not mail.senders:
        return None
    if sender.registrable is None:
        return Evidence("sender_form", "sender_nowhere", {"seen": address or mail.sender.name}, weight=_NOBODY)
    local = address.rpartition("@")[0]
    labels = sender.domain.split(".")
    heap = sum(len(label) < _SHORT for label in labels[:-1]) >= _MANY_LABELS - 1
    hyphens = max(map(_hyphens, labels)) >= _MANY_PIECES - 1
    made = _NUMBERED.search(local) is not None or (len(local) >= _HEAP and _RANDOM.search(local) is not None)
    if not (heap or hyphens or made):
        return None
    weight = _MACHINE if heap or hyphens else _HINT
    return Evidence("sender_form", "sender_made_up", {"seen": address}, weight=weight)


def _hyphens(label: str) -> int:
    # In ``xn--fort-verte-…`` the person who chose the name wrote one.
    return (label[4:].rpartition("-")[0] if label.startswith("xn--") else label).count("-")


SIGNAL = Signal("sender_form", ("sender_nowhere", "sender_made_up"), check)
