"""An official address is written inside another site's address: ``impots.gouv.fr.verif-dossier.com``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import Evidence, Severity, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """The neighbouring words of the host spell an official host."""
    embedded = facts.names.embedded
    if facts.trusted or embedded is None:
        return None
    params = {"official": embedded.host, "real": subject.registrable_domain or subject.host}
    return Evidence("embedding", Severity.STRONG, "official_host_embedded", params, embedded.body)


SIGNAL = Signal("embedding", ("official_host_embedded",), check)
