"""The host, or a parent of it, stands on a blocklist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.facts import Unavailable
from guetteur.core.signal import CERTAIN, Basis, Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject


def check(_subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """Listed hosts are dangerous, unless official: one bad page on its site must not condemn a town hall."""
    if facts.official is not None:
        return None
    if isinstance(facts.listing, Unavailable):
        return Skip("listed", facts.listing.why)
    listing = facts.listing.value
    if listing is None:
        return None
    params = {"entry": listing.entry, "sources": ", ".join(listing.sources)}
    if listing.first_seen is None:
        return Evidence("listed", "listed", params, weight=CERTAIN, basis=Basis.LISTED)
    params["since"] = listing.first_seen.isoformat()
    return Evidence("listed", "listed_since", params, weight=CERTAIN, basis=Basis.LISTED)


SIGNAL = Signal("listed", ("listed", "listed_since"), check)
