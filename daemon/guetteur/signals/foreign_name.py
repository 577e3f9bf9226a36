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
    distinctive = word.entry.kind is Kind.NAME
    registered = facts.names.registered
    params = {"name": body.name, "real": subject.registrable_domain or subject.host}
    if word.disguised and word.whole and distinctive:
        return Evidence("foreign_name", Severity.STRONG, "digits_for_letters", params, body)
    said = {item.entry.word for item in named if item.entry.body is body and item.whole}
    if len(said) > 1:
        return Evidence("foreign_name", Severity.STRONG, "several_names", params, body)
    if subject.shared or (facts.shared_zone and word.label < registered):
        return Evidence("foreign_name", Severity.MODERATE, "name_on_free_hosting", params, body)
    if word.label < registered:
        severity = Severity.MODERATE if distinctive else Severity.WEAK
        return Evidence("foreign_name", severity, "name_in_subdomain", params, body)
    if word.alone:
        # Bodies hold their own label under many suffixes, more than any registry knows of.
        return Evidence("foreign_name", Severity.WEAK, "name_under_other_suffix", params, body)
    severity = Severity.MODERATE if distinctive and word.whole else Severity.WEAK
    return Evidence("foreign_name", severity, "name_in_domain", params, body)


SIGNAL = Signal(
    "foreign_name",
    ("digits_for_letters", "several_names", "name_on_free_hosting", "name_in_subdomain", "name_under_other_suffix", "name_in_domain"),
    check,
)
