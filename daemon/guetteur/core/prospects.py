"""What could still change a verdict: the age of the domain, or the person's own word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.facts import NOT_ASKED
from guetteur.core.signal import Basis
from guetteur.core.verdict import POLICY, Level, total

if TYPE_CHECKING:
    from collections.abc import Callable

    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject
    from guetteur.core.verdict import Verdict

WORTH_ASKING = 0.3
"""Points below which no age would make a warning: ordinary sites are never asked about."""


def age_would_help(subject: UrlSubject, verdict: Verdict, facts: Callable[[UrlSubject], Facts]) -> bool:
    """Whether the verdict is open and the registry's answer may settle it; ``facts`` is only called when it may."""
    if verdict.level in (Level.DANGER, Level.OFFICIAL) or not WORTH_ASKING <= verdict.points < POLICY[0].points:
        return False
    # On shared hosting the domain is the host's, and old, whoever put the page there.
    if subject.registrable_domain is None or subject.shared:
        return False
    known = facts(subject)
    # A name that means nobody stays nobody's, however young it is.
    nobody = known.wording is None or known.trusted
    return known.age == NOT_ASKED and not (nobody or known.shared_zone or known.exempt)


def exceptable(verdict: Verdict) -> bool:
    """Whether the person's own exception would end the warning: it does when guesses alone carry it."""
    if verdict.level not in (Level.DANGER, Level.CAUTION):
        return False
    return total(piece for piece in verdict.evidence if piece.basis is not Basis.GUESS) < POLICY[-1].points
