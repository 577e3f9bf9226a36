"""The sender's name names a body, its address is somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import CAUTION_POINTS, Evidence, Signal, Skip
from guetteur.core.verdict import Level

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts, SenderFacts
    from guetteur.core.mail.subject import MailSubject

# Of the phishing mails that name a body there, 97% come from a foreign domain; of wanted mails hardly one does.
_FREE, _PLAIN = 1.6, CAUTION_POINTS
_HOST = 0.4  # the provider itself, or a customer of it who says so
_PARTNER = 0.4  # a much visited site, proven, writes in its customers' names
_LIKE = 0.6  # its address is warned of as well: together less than danger where that is only a guess


def check(_mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """An address anybody can get weighs most: no body writes from one."""
    sender = facts.sender
    claim = sender.claim
    if claim is None or not sender.claims_falsely or not sender.domain:
        return None
    code = "named_from_free" if sender.free else "named_from_elsewhere"
    params = {"name": claim.body.name, "domain": sender.domain}
    return Evidence("claimed_name", code, params, claim.body, weight=_weight(sender))


def _weight(sender: SenderFacts) -> float:
    if sender.free:
        return _HOST if sender.claims_host else _FREE
    if sender.trusted:
        return _PARTNER
    guessed = sender.verdict is not None and sender.verdict.level is Level.CAUTION
    return _LIKE if guessed else _PLAIN


SIGNAL = Signal("claimed_name", ("named_from_free", "named_from_elsewhere"), check)
