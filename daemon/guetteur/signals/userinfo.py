"""``https://www.impots.gouv.fr@example.com/``: what stands before the ``@`` only hides the real site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import CAUTION_POINTS, Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """Browsers drop or hide userinfo; honest links do not carry it."""
    if not subject.has_userinfo or facts.official is not None:
        return None
    return Evidence("userinfo", "hidden_host", {"real": subject.host}, weight=CAUTION_POINTS)


SIGNAL = Signal("userinfo", ("hidden_host",), check)
