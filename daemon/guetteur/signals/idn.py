"""Foreign letters that look like ours spell a body's name: ``іmpots`` with a Cyrillic ``і``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.lexicon import Kind
from guetteur.core.signal import Evidence, Severity, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject

_ACCENTS_OF_FRENCH = frozenset("àâäæçéèêëîïôöœùûüÿ")


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """A name appears once foreign letters are read as the ones they look like."""
    looks = [look for look in facts.names.look_alikes if look.how == "script"]
    if facts.trusted or not looks:
        return None
    look = max(looks, key=lambda found: len(found.target))
    strange = sorted({char for char in look.seen if not char.isascii() and char not in _ACCENTS_OF_FRENCH})
    short = any(word.entry.word == look.target and word.entry.kind is Kind.SHORT_NAME for word in facts.names.words)
    if not strange:
        # French accents alone are how the name is spelt (`crédit-agricole`): foreign, but no trick of letters.
        return Evidence(
            "idn", Severity.MODERATE, "accented_name", {"seen": look.seen, "name": look.body.name}, look.body
        )
    severity = Severity.MODERATE if short and not look.alone else Severity.STRONG
    params = {"seen": look.seen, "letters": " ".join(strange), "name": look.body.name, "host": subject.host}
    return Evidence("idn", severity, "foreign_letters", params, look.body)


SIGNAL = Signal("idn", ("foreign_letters", "accented_name"), check)
