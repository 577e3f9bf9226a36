"""``gouv`` written where the State's zone is not: ``antai-gouv.fr``, ``impots.gouv-fr.com``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import CAUTION_POINTS, Evidence, Need, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """Only hosts under ``gouv.fr`` (official before this signal is asked) are the State's."""
    words = [word for word in facts.names.government if word.whole]
    if facts.trusted or not words or ".gov" in f".{subject.suffix}" or "gouv" in subject.suffix:
        return None
    named = facts.names.best(disguised=False) or facts.names.best(disguised=True)
    company = "name" if named is not None else "lure" if facts.names.lures else "none"
    cues = {f"gouv.{company}": 1.0, f"gouv.{words[0].touch}": 1.0}
    if subject.suffix == "fr":
        cues["gouv.fr"] = 1.0
    least = CAUTION_POINTS if company != "none" and words[0].label == facts.names.registered else 0.0
    params = {"seen": words[0].seen, "real": subject.registrable_domain or subject.host}
    body = named.entry.body if named is not None else None
    return Evidence("government_zone", "false_government_zone", params, body, least, cues)


SIGNAL = Signal("government_zone", ("false_government_zone",), check, Need.NAME)
