"""A body's name in the address of a site that is not the body's, without more: in a sub-domain, on free hosting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.lexicon import Kind
from guetteur.core.signal import Evidence, Severity, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.nameview import Word
    from guetteur.core.subject import UrlSubject


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """Weigh how distinctive the name is and where it stands: free hosting, sub-domain, registered label."""
    named = [word for word in facts.names.of_kind(Kind.NAME, Kind.SHORT_NAME) if not word.entry.everyday]
    if facts.trusted or not named:
        return None
    word = max(named, key=lambda item: (item.whole, len(item.entry.word)))
    body = word.entry.body
    if body is None:
        return None
    severity, code = _weigh(word, named, subject, facts)
    params = {"name": body.name, "real": subject.registrable_domain or subject.host}
    return Evidence("foreign_name", severity, code, params, body)


def _weigh(word: Word, named: list[Word], subject: UrlSubject, facts: Facts) -> tuple[Severity, str]:
    registered = facts.names.registered
    moderate_if_distinctive = Severity.MODERATE if word.entry.kind is Kind.NAME else Severity.WEAK
    said = {item.entry.word for item in named if item.entry.body is word.entry.body and item.whole}
    # First row that holds. Bodies hold their own label under many suffixes, more than any registry knows of, so the
    # bare name under another suffix weighs least.
    rows = (
        (word.disguised and word.whole and word.entry.kind is Kind.NAME, Severity.STRONG, "digits_for_letters"),
        (len(said) > 1, Severity.STRONG, "several_names"),
        (subject.shared or facts.shared_zone, Severity.MODERATE, "name_on_free_hosting"),
        (word.label < registered, moderate_if_distinctive, "name_in_subdomain"),
        (word.alone, Severity.WEAK, "name_under_other_suffix"),
        (word.whole, moderate_if_distinctive, "name_in_domain"),
    )
    return next(((severity, code) for holds, severity, code in rows if holds), (Severity.WEAK, "name_in_domain"))


SIGNAL = Signal(
    "foreign_name",
    (
        "digits_for_letters",
        "several_names",
        "name_on_free_hosting",
        "name_in_subdomain",
        "name_under_other_suffix",
        "name_in_domain",
    ),
    check,
)
