"""The domain was created a short while ago: most malicious registrations are used within days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.facts import NOT_ASKED, Unavailable
from guetteur.core.signal import Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject

# Days below which a domain is young, and points. Young alone proves nothing and stays below a warning; beside a name
# that is suspicious anyway it settles the matter. An old domain calms nobody: a third of phishing sites stand on
# domains that were honestly registered, years ago.
_STEPS = ((31, 0.9), (91, 0.7))


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """Only for hosts that name a body or are made of action words; on shared hosting the domain is the host's."""
    suspicious = facts.wording is not None or facts.actions
    if facts.trusted or not suspicious or subject.shared or facts.shared_zone:
        return None
    if isinstance(facts.age, Unavailable):
        # Not asking is the rule, not a failure: nothing is missing from the answer.
        return None if facts.age == NOT_ASKED else Skip("domain_age", facts.age.why)
    days = facts.days_old
    if days is None or days < 0:
        return None
    points = points_of_age(days)
    if not points:
        return None
    domain = subject.registrable_domain or subject.host
    created = facts.age.value.isoformat()
    if days == 0:
        return Evidence("domain_age", "registered_today", {"domain": domain}, weight=points)
    params = {"domain": domain, "days": str(days), "created": created}
    return Evidence("domain_age", "registered_lately", params, weight=points)


def points_of_age(days: int) -> float:
    """What a domain of that age adds."""
    return next((points for limit, points in _STEPS if days < limit), 0.0)


SIGNAL = Signal("domain_age", ("registered_today", "registered_lately"), check)
