"""The page's text follows a known scam script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.pageview import vouched_for
from guetteur.core.signal import Evidence, Need, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.pageview import PageView
    from guetteur.core.subject import UrlSubject

_HEAVY, _LOGIN, _CALL = 2.0, 1.0, 2.0


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """Words alone raise no alarm: articles quote them. Words and a card field, or "call this number", do."""
    page = facts.page
    if page is None or not page.scripts or page.local or vouched_for(subject, facts):
        return None
    seen = page.scripts[0]
    weight = _weight(page, calls=seen.script.calls)
    if not weight:
        return None
    params = {
        "words_fr": "\u00a0», «\u00a0".join(seen.phrases),
        "words_en": "”, “".join(seen.phrases),
        "label_fr": seen.script.label,
        "label_en": seen.script.label_en,
        "advice_fr": seen.script.advice,
        "advice_en": seen.script.advice_en,
    }
    return Evidence("page_script", "follows_script", params, weight=weight)


def _weight(page: PageView, *, calls: bool) -> float:
    if page.heavy:
        return _HEAVY
    if calls and page.phone is not None:
        return _CALL
    return _LOGIN if page.asks else 0


SIGNAL = Signal("page_script", ("follows_script",), check, Need.PAGE)
