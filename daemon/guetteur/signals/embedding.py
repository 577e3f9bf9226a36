"""An official address is written inside another site's address: ``impots.gouv.fr.verif-dossier.com``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import DANGER_POINTS, Evidence, Need, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """The neighbouring words of the host spell an official host."""
    embedded = facts.names.embedded
    if facts.trusted or embedded is None:
        return None
    cues = {"embedded": 1.0, f"embedded.{min(2, embedded.host.count('.'))}": 1.0}
    # A content network may carry `tiktokcdn.com.` in its own names; nobody has a reason to carry the State's.
    state = embedded.host.endswith((".gouv.fr", "-gouv.fr"))
    if state:
        cues["embedded.state"] = 1.0
    params = {"official": embedded.host, "real": subject.registrable_domain or subject.host}
    return Evidence("embedding", "official_host_embedded", params, embedded.body, DANGER_POINTS if state else 0.0, cues)


SIGNAL = Signal("embedding", ("official_host_embedded",), check, Need.NAME)
