"""What a question about age can come to: a day, or one of a closed set of reasons why there is none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

FIRST_DAY = date(1985, 1, 1)
"""The oldest names of today's domain system are of 1985 (symbolics.com, 15 March): an earlier day is a mistake."""


class Why(StrEnum):
    """Why a day of creation could not be had; the value is the ``why`` of `guetteur.core.facts.Unavailable`."""

    NO_SERVER = "age_no_server"
    """No registry of that zone is known to answer in public."""
    NOT_PUBLISHED = "age_not_published"
    """The registry answers, but tells nobody the day (``.de``, ``.eu``): it is not asked."""
    OFFLINE = "age_offline"
    """The server's name does not resolve, or nothing accepts the connection."""
    UNSAFE_ADDRESS = "age_unsafe_address"
    """The server's name resolves to an address that is not public."""
    TIMEOUT = "age_timeout"
    """No complete answer within the deadline."""
    REFUSED = "age_refused"
    """The server declines, is too busy, or sends us elsewhere."""
    NOT_FOUND = "age_not_found"
    """The registry knows no such domain."""
    TOO_LARGE = "age_too_large"
    """The answer is longer than any real one."""
    UNREADABLE = "age_unreadable"
    """The answer holds no plausible day."""


class NoAgeError(Exception):
    """Ends one attempt; never leaves this package: `guetteur.lookup.age` turns it into a value."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


def plausible(day: date, now: datetime) -> date:
    """Return the day unless it cannot be one on which a domain was created.

    A registry's day may lie one ahead of ours, since WHOIS texts rarely name their time zone; it then counts as today.

    Args:
        day: as read from the answer.
        now: the present moment, with a time zone.

    Raises:
        NoAgeError: ``age_unreadable`` before `FIRST_DAY` or in the future.
    """
    today = now.astimezone(UTC).date()
    if not FIRST_DAY <= day <= today + timedelta(days=1):
        raise NoAgeError(Why.UNREADABLE)
    return min(day, today)
