"""The host is an official body's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.bodies import PUBLIC_HOST_SECTOR
from guetteur.core.signal import Basis, Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """Exact registry match, or a host below one."""
    official = facts.official
    if official is None or facts.redirect is not None:
        return None  # an official site's link to a dangerous one is not the official site
    if subject.scheme != "https":
        code = "official_without_https"
    elif official.body.sector == PUBLIC_HOST_SECTOR:
        code = "public_sector_host"
    else:
        code = "official_host"
    return Evidence("official", code, {"domain": official.domain}, official.body, basis=Basis.OFFICIAL)


SIGNAL = Signal("official", ("official_host", "official_without_https", "public_sector_host"), check)
