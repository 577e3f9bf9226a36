"""What the daemon and the process that reads WHOIS texts say to each other, as JSON."""

from __future__ import annotations

from datetime import date

import msgspec

from guetteur.lookup.outcome import Why


class Question(msgspec.Struct, frozen=True):
    """A registry's answer about ``domain`` (ASCII form)."""

    domain: str
    text: str


class Answer(msgspec.Struct, frozen=True):
    """The day of creation, or None and why."""

    created: date | None = None
    why: Why = Why.UNREADABLE
