"""What is typed into the page's form leaves for a place where no bank, shop or office receives secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.pagefields import HEAVY, Where
from guetteur.core.pageview import vouched_for
from guetteur.core.signal import Evidence, Need, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject

# A login on another domain is daily business (a school's portal, a shop's software): by itself it only tips a scale.
_WEIGHTS = {Where.DROP: 2.0, Where.ADDRESS: 1.2, Where.ELSEWHERE: 0.3}
_HEAVY_ELSEWHERE = 0.5
_CODES = {Where.DROP: "posts_to_drop", Where.ADDRESS: "posts_to_address", Where.ELSEWHERE: "posts_elsewhere"}


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """The weightiest foreign target of a form with secret fields."""
    page = facts.page
    if page is None or not page.targets or page.local or vouched_for(subject, facts):
        return None
    target = max(page.targets, key=lambda found: _WEIGHTS[found.where])
    weight = _WEIGHTS[target.where]
    if target.where is Where.ELSEWHERE and not HEAVY.isdisjoint(target.asks):
        weight = _HEAVY_ELSEWHERE
    return Evidence("page_form", _CODES[target.where], {"target": target.host}, weight=weight)


SIGNAL = Signal("page_form", ("posts_to_drop", "posts_to_address", "posts_elsewhere"), check, Need.PAGE)
