"""The mail holds many words that no reader sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts
    from guetteur.core.mail.subject import MailSubject

_MANY = 500  # newsletters hide their preview line, some two hundred characters
_WEIGHT = 0.4


def check(mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """Swindlers hide harmless words to please filters; shops hide what other screens show: a hint, no more."""
    if mail.hidden <= _MANY or facts.sender.trusted:
        return None
    return Evidence("hidden_words", "words_hidden", {}, weight=_WEIGHT, vague=True)


SIGNAL = Signal("hidden_words", ("words_hidden",), check)
