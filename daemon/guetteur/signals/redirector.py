"""The link only passes through this site: it leads to a dangerous one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import CAUTION_POINTS, Basis, Evidence, Need, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject

_KNOWN = 2.5
"""A service that is known to send readers on will do so. Beside it, any other site with an address in its link may
redirect to it or merely speak of it (a form that reports frauds does): that is worth a word, and no more."""


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """Official and much visited sites too: that they can be passed through is what makes the link look good."""
    redirect = facts.redirect
    if redirect is None:
        return None
    verdict = redirect.verdict
    listed = any(piece.basis is Basis.LISTED for piece in verdict.evidence)
    params = {"real": subject.host, "target": redirect.host}
    weight, code = (_KNOWN, "leads_to_danger") if redirect.sure else (CAUTION_POINTS, "carries_danger")
    basis = Basis.LISTED if listed else Basis.GUESS
    return Evidence("redirector", code, params, verdict.body, weight, basis=basis)


SIGNAL = Signal("redirector", ("leads_to_danger", "carries_danger"), check, Need.REST)
