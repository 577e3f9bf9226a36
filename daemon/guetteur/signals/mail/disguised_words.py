"""Words are written so that filters cannot read them: letters of other alphabets, characters nobody sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import CAUTION_POINTS, Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts
    from guetteur.core.mail.subject import MailSubject

_STYLED = 0.6  # letters of formulas for bold type: a trick of swindlers, and a whim of some sellers


def check(_mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """No honest sender has a reason to."""
    if facts.sender.trusted:
        return None
    if facts.disguised:
        return Evidence("disguised_words", "words_disguised", {"seen": facts.disguised}, weight=CAUTION_POINTS)
    if facts.styled:
        return Evidence("disguised_words", "words_styled", {"seen": facts.styled}, weight=_STYLED)
    return None


SIGNAL = Signal("disguised_words", ("words_disguised", "words_styled"), check)
