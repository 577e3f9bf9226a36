"""Subject and text follow a known scam."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from guetteur.core.signal import CAUTION_POINTS, DANGER_POINTS, Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts, SenderFacts
    from guetteur.core.mail.subject import MailSubject
    from guetteur.core.scripts import ScriptSeen

_OWN = 0.4  # a shop or a bank that is proven to write so
_CARRIED = 0.5  # a platform's own notice, as far as the words go
_UNKNOWN = 0.6  # a body's address, of which nothing is known
_FAINT = 0.8
# So much over its threshold a script needs nothing beside it: more where somebody stands to the address.
_CLEAR, _CLEAR_PROVEN = 1.2, 1.5
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
        return _OWN
    if sender.trusted and sender.official is not None:
        return CAUTION_POINTS if seen.sure else _CARRIED
    if sender.speaks_for_itself and not sender.is_disproven:
        return _UNKNOWN
    clear = _CLEAR_PROVEN if sender.is_proven and not sender.free else _CLEAR
    if seen.score < clear * seen.script.threshold:
        return _FAINT
    # People pass scams on to warn of them or to ask.
    return DANGER_POINTS if seen.sure and not _FORWARD.match(mail.subject) else CAUTION_POINTS


SIGNAL = Signal("scam_script", ("mail_follows_script",), check)
