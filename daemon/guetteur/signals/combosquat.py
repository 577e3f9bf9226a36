"""A body's name beside words of a scam, on a site that is not the body's: ``remboursement-ameli.info``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import Evidence, Need, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject

_MOST = 3


def check(_subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """Name plus lure words: how many, how telling, of which themes, beside what kind of name."""
    names = facts.names
    lures = [lure for lure in names.lures if lure.whole]
    word = names.best(disguised=False) or names.best(disguised=True)
    if facts.trusted or not lures or word is None or word.entry.body is None:
        return None
    strong = sum(not lure.entry.weak for lure in lures)
    weak = len(lures) - strong
    cues = {f"theme.{theme}": 1.0 for theme in {lure.entry.theme for lure in lures if not lure.entry.weak}}
    cues[f"lures.{min(strong, _MOST)}.{min(weak, _MOST)}"] = 1.0
    cues[f"lure.{word.grade}.{'strong' if strong else 'weak'}"] = 1.0
    if any(lure.label == word.label for lure in lures):
        cues[f"lure.beside.{word.grade}"] = 1.0
    said = ", ".join(lure.entry.word for lure in lures[:3])
    params = {"name": word.entry.body.name, "words": said}
    return Evidence("combosquat", "name_with_lure", params, word.entry.body, cues=cues)


SIGNAL = Signal("combosquat", ("name_with_lure",), check, Need.NAME)
