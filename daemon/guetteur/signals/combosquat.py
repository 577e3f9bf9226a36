"""A body's name beside words of a scam, on a site that is not the body's: ``remboursement-ameli.info``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.lexicon import Kind
from guetteur.core.signal import Evidence, Severity, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.nameview import NameView, Word
    from guetteur.core.subject import UrlSubject


def check(_subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """Name plus lure word; a short name (CAF, orange) needs the lure to be unmistakable."""
    names = facts.names
    lures = names.lures()
    if facts.trusted or not lures:
        return None
    found = [word for word in names.of_kind(Kind.NAME, Kind.SHORT_NAME) if word.entry.kind is Kind.NAME or word.whole]
    if not found:
        return None
    word = min(found, key=lambda item: (item.entry.kind is Kind.SHORT_NAME, -len(item.entry.word)))
    severity = _severity(word, lures, names)
    body = word.entry.body
    if severity is None or body is None:
        return None
    said = ", ".join(lure.entry.word for lure in lures[:3])
    return Evidence("combosquat", severity, "name_with_lure", {"name": body.name, "words": said}, body)


def _severity(word: Word, lures: tuple[Word, ...], names: NameView) -> Severity | None:
    """What name and words weigh together; a common word (``service``) is half a cue."""
    telling = sum(0.5 if lure.entry.weak else 1 for lure in lures if lure.whole)
    if names.of_kind(Kind.GOVERNMENT):
        telling += 1
    steps: tuple[tuple[float, Severity], ...]
    if word.entry.everyday:
        if not any(lure.label == word.label for lure in lures):
            return None
        steps = ((2, Severity.STRONG), (1, Severity.MODERATE))
    elif word.whole:
        steps = ((1, Severity.STRONG), (0.5, Severity.MODERATE))
    else:
        steps = ((1, Severity.MODERATE), (0.5, Severity.WEAK))
    return next((severity for least, severity in steps if telling >= least), None)


SIGNAL = Signal("combosquat", ("name_with_lure",), check)
