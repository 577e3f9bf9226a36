"""Subject and text follow a known scam."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from guetteur.core.signal import CAUTION_POINTS, DANGER_POINTS, Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts, SenderFacts
    from guetteur.core.mail.subject import MailSubject
    from guetteur.core.scripts import ScriptSeen

_PROVEN = 0.4  # a shop or a bank that is proven to write so
_UNKNOWN = 0.6  # its address, of which nothing is known
_CLEAR, _FAINT = 1.2, 0.8  # so little over its threshold, a script needs something beside it
_FORWARD = re.compile(r"\s*(?:fwd?|tr|wg|rv|enc|i)\s*:", re.IGNORECASE)


def check(mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """The likeliest script; alone it is danger only where the words leave no honest reading."""
    if not facts.scripts:
        return None
    seen = facts.scripts[0]
    weight = _weight(mail, facts.sender, seen)
    params = {
        "words_fr": "\u00a0», «\u00a0".join(seen.phrases),
        "words_en": "”, “".join(seen.phrases),
        "label_fr": seen.script.label,
        "label_en": seen.script.label_en,
    }
    return Evidence("scam_script", "mail_follows_script", params, weight=weight)


def _weight(mail: MailSubject, sender: SenderFacts, seen: ScriptSeen) -> float:
    if sender.trusted and not sender.carries:
        return _PROVEN
    if sender.speaks_for_itself and not sender.is_disproven:
        return _UNKNOWN
    if seen.score < _CLEAR * seen.script.threshold:
        return _FAINT
    # People pass scams on to warn of them or to ask.
    return DANGER_POINTS if seen.sure and not _FORWARD.match(mail.subject) else CAUTION_POINTS


SIGNAL = Signal("scam_script", ("mail_follows_script",), check)
