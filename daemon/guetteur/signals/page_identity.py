"""The page speaks as a body, on a site that is not theirs, and asks for secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.pageclaim import PLAIN, STRONG
from guetteur.core.pageview import vouched_for
from guetteur.core.signal import Evidence, Need, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.pageclaim import Claim
    from guetteur.core.pageview import PageView
    from guetteur.core.subject import UrlSubject

# The first stays DANGER even where the person has long been at home (`guetteur.core.verdict.FAMILIAR`).
# The last adds up to less than danger beside a name that is a body's own label in one more country
# (`guetteur.signals.foreign_name`): its site abroad may well ask for a password.
_DANGER, _SURE, _CAUTION = 4.0, 2.0, 1.05


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """A card, a social security number, a bank's keypad weigh more than a password: they cannot be changed in time."""
    page = facts.page
    if page is None or page.claim is None or not page.asks or page.local or vouched_for(subject, facts):
        return None
    claim = page.claim
    weight = _weight(page, claim, subject)
    if not weight:
        return None
    code = "asks_heavy_as" if page.heavy else "asks_login_as"
    params = {"name": claim.body.name, "seen": claim.seen, "real": subject.registrable_domain or subject.host}
    return Evidence("page_identity", code, params, claim.body, weight=weight)


def _weight(page: PageView, claim: Claim, subject: UrlSubject) -> float:
    strong, plain = claim.strength >= STRONG, claim.strength >= PLAIN
    if page.heavy:
        return _DANGER if plain else _CAUTION
    if strong:
        return _CAUTION if _bears_the_name(claim, subject) else _SURE
    return _CAUTION if plain else 0


def _bears_the_name(claim: Claim, subject: UrlSubject) -> bool:
    """The very label of one of the body's domains, under another country's suffix: often its branch abroad."""
    label = (subject.registrable_domain or "").partition(".")[0]
    labels = {domain.removeprefix("www.").partition(".")[0] for domain in claim.body.domains}
    return len(subject.suffix) == 2 and label in labels


SIGNAL = Signal("page_identity", ("asks_heavy_as", "asks_login_as"), check, Need.PAGE)
