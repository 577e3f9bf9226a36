"""The name is made of words of a scam alone and says no one's name: ``service-amendes-traitement.fr``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import CAUTION_POINTS, Evidence, Need, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject

_QUOTED = 3


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """Whoever collects fines, delivers parcels or refunds taxes has a name, and puts it in the address."""
    if facts.trusted or not facts.actions:
        return None
    params = {"words": ", ".join(facts.actions[:_QUOTED]), "real": subject.registrable_domain or subject.host}
    return Evidence("action_words", "only_action_words", params, weight=CAUTION_POINTS)


SIGNAL = Signal("action_words", ("only_action_words",), check, Need.REST)
