"""A part of the host looks like a body's name: same shapes, doubled letters, or one letter off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.lexicon import Kind
from guetteur.core.signal import Evidence, Severity, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.nameview import LookAlike
    from guetteur.core.subject import UrlSubject

_SEVERE_EDIT_LETTERS = 9
"""One wrong letter in nine is a misspelling of that very name; in six it may be a name of its own."""


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """The most telling look-alike of the host."""
    looks = [look for look in facts.names.look_alikes if look.how != "script"]
    if facts.trusted or not looks:
        return None
    lures = facts.names.lures()
    cues = sum(0.5 if lure.entry.weak else 1 for lure in lures if lure.whole)
    cues += bool(facts.names.of_kind(Kind.GOVERNMENT)) + (0.5 if subject.shared or facts.shared_zone else 0)
    severity, look = max(
        ((_severity(look, cues), look) for look in looks), key=lambda pair: (pair[0], len(pair[1].seen))
    )
    code = {"skeleton": "same_shape", "stretched": "doubled_letters", "edit": "one_letter_off"}[look.how]
    return Evidence("lookalike", severity, code, {"seen": look.seen, "name": look.body.name}, look.body)


def _severity(look: LookAlike, cues: float) -> Severity:
    long = len(look.target) >= _SEVERE_EDIT_LETTERS
    if look.how != "edit" or long:
        if cues >= 1:
            return Severity.STRONG
        return Severity.MODERATE if look.alone or cues or long else Severity.WEAK
    if cues >= 1:
        return Severity.MODERATE
    return Severity.WEAK


SIGNAL = Signal("lookalike", ("same_shape", "doubled_letters", "one_letter_off"), check)
