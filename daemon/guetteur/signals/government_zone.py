"""``gouv`` written where the State's zone is not: ``antai-gouv.fr``, ``impots.gouv-fr.com``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.lexicon import Kind
from guetteur.core.signal import Evidence, Severity, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """Only hosts under ``gouv.fr`` (official before this signal is asked) are the State's."""
    words = [word for word in facts.names.of_kind(Kind.GOVERNMENT) if word.whole]
    if facts.trusted or not words or ".gov" in f".{subject.suffix}" or "gouv" in subject.suffix:
        return None
    company = facts.names.of_kind(Kind.NAME, Kind.SHORT_NAME) or facts.names.lures()
    severity = Severity.STRONG if company else Severity.MODERATE
    params = {"seen": words[0].entry.word, "real": subject.registrable_domain or subject.host}
    return Evidence("government_zone", severity, "false_government_zone", params)


SIGNAL = Signal("government_zone", ("false_government_zone",), check)
