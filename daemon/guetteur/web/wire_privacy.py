"""The part of the wire about what left this computer, what the person was warned of, and whose lists are in use."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from guetteur.egress import Outcome, Purpose
from guetteur.store.history import WarnedLevel
from guetteur.web.wire import MAX_NUMBER
from guetteur.web.wire_exceptions import MAX_HOST_LENGTH

MAX_SHOWN = 500
"""Entries in one reply, the newest."""
MAX_BODY_ID = 64

EntryId = Annotated[int, Meta(ge=1, le=MAX_NUMBER)]


class ClearEgress(Struct, frozen=True, forbid_unknown_fields=True):
    """Forget what is noted of contacts with other computers."""


class EgressEntryReply(Struct, frozen=True):
    """Like contacts of one day (UTC).

    ``to`` is the server's host name, or ``dns`` for the system's name servers; ``what`` is what left: the domain or
    host asked about, the channel of a report, empty for the files of the lists. ``at`` is the first, ``last_at`` the
    last of ``count`` contacts.
    """

    at: str
    purpose: Purpose
    to: str
    what: str
    outcome: Outcome
    count: int
    last_at: str


class EgressReply(Struct, frozen=True):
    """Contacts with other computers, the newest first, at most 500; ``complete`` is false when one is missing."""

    entries: list[EgressEntryReply]
    kept_days: int
    complete: bool


class AddHistory(Struct, frozen=True, forbid_unknown_fields=True):
    """Keep one warning; asked only where the person wants that. ``body`` is whom the page imitates."""

    host: Annotated[str, Meta(min_length=1, max_length=MAX_HOST_LENGTH)]
    level: WarnedLevel
    body: Annotated[str, Meta(max_length=MAX_BODY_ID)] | None = None


class HistoryKept(Struct, frozen=True):
    """It was taken."""


class ClearHistory(Struct, frozen=True, forbid_unknown_fields=True):
    """Forget the warnings of these ids, or all with ``null``."""

    ids: Annotated[list[EntryId], Meta(max_length=MAX_SHOWN)] | None


class HistoryEntryReply(Struct, frozen=True):
    """Warnings of one host on one day (UTC): ``times`` of them, from ``at`` to ``last_at``."""

    id: int
    at: str
    host: str
    level: WarnedLevel
    body: str | None
    body_name: str | None
    times: int
    last_at: str


class HistoryReply(Struct, frozen=True):
    """Warnings that were kept, the newest first, at most 500."""

    entries: list[HistoryEntryReply]
    kept_days: int


class ListSourceReply(Struct, frozen=True):
    """Who collected some of the lists' entries; ``null`` is what is not known."""

    id: str
    name: str
    url: str | None
    licence: str | None
    entries: int | None
    fetched_at: str | None


class ListSourcesReply(Struct, frozen=True):
    """The lists in use and whose they are; ``version`` and ``built_at`` are ``null`` without lists."""

    version: str | None
    built_at: str | None
    entries: int
    sources: list[ListSourceReply]
