"""A part of the host looks like a body's name: same shapes, doubled letters, or one letter off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.lexicon import Kind
from guetteur.core.signal import Evidence, Severity, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.nameview import LookAlike
    from guetteur.core.subject import UrlSubject

_SEVERE_EDIT_LETTERS = 10
"""One wrong letter in ten is a misspelling of that very name; in six it may be a name of its own."""


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """The most telling look-alike of the host."""
    looks = [look for look in facts.names.look_alikes if look.how != "script"]
    if facts.trusted or not looks:
        return None
    cued = subject.shared or facts.shared_zone or bool(facts.names.lures()) or bool(facts.names.of_kind(Kind.GOVERNMENT))
    weighed = [(_severity(look, cued=cued), look) for look in looks]
    severity, look = max(weighed, key=lambda pair: (pair[0], len(pair[1].seen)))
    code = {"skeleton": "same_shape", "stretched": "doubled_letters", "edit": "one_letter_off"}[look.how]
    return Evidence("lookalike", severity, code, {"seen": look.seen, "name": look.body.name}, look.body)


def _severity(look: LookAlike, *, cued: bool) -> Severity:
    if cued:
        return Severity.STRONG if look.how != "edit" or len(look.target) >= _SEVERE_EDIT_LETTERS else Severity.MODERATE
    if not look.alone:
        return Severity.WEAK
    if look.how == "edit":
        return Severity.MODERATE if len(look.target) >= _SEVERE_EDIT_LETTERS else Severity.WEAK
    return Severity.MODERATE


SIGNAL = Signal("lookalike", ("same_shape", "doubled_letters", "one_letter_off"), check)
