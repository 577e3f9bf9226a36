"""A body is named in the path of somebody else's site, as phishing kits do: ``example.com/antai-Fr/paiement.php``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import Evidence, Need, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject

_WEIGHT, _OFFICIAL_WEIGHT, _HINT = 1.0, 1.2, 0.6
_ALMOST = -1


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """A name beside what kits have is a reason for care; one cue short of it, a hint beside other reasons."""
    path = facts.path
    # The holder of the body's own label may be its branch abroad.
    if path is None or facts.trusted or path.strength < _ALMOST or path.body.id in facts.names.own_labels:
        return None
    real = subject.registrable_domain or subject.host
    if path.official:
        weight = _OFFICIAL_WEIGHT if path.strength >= 0 else _HINT
        params = {"seen": path.seen, "real": real}
        return Evidence("path_name", "official_host_in_path", params, path.body, weight)
    weight = _WEIGHT if path.strength >= 0 else _HINT
    return Evidence("path_name", "name_in_path", {"name": path.body.name, "real": real}, path.body, weight)


SIGNAL = Signal("path_name", ("official_host_in_path", "name_in_path"), check, Need.REST)
