"""What is known of the lists' freshness, kept over restarts (``lists/status.json``) and told to the popup."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from guetteur.durable import write_durably
from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from pathlib import Path

    from guetteur.errors import GuetteurError
    from guetteur.lists.generation import Generation

FILE_NAME = "status.json"
STALE_LIST = timedelta(days=7)
STALE_CONTACT = timedelta(days=3)
CLOCK_WRONG = "clock_wrong"
CLOCK_SLACK = timedelta(days=1)
"""By how much a clock may be wrong before it is said."""


class Failure(msgspec.Struct, frozen=True):
    """Why a sync failed: code, sentence and hint of the error, and when."""

    code: str
    message: str
    hint: str
    at: datetime


class SyncRecord(msgspec.Struct, frozen=True):
    """What outlives a restart.

    Attributes:
        last_success: when the server's state was last verified as current, whether or not it brought anything new.
        last_error: of the last attempt; None when it succeeded.
    """

    last_success: datetime | None = None
    last_error: Failure | None = None


class SyncStatus(msgspec.Struct, frozen=True):
    """What the popup and ``guetteur lists status`` say.

    Attributes:
        version: version in use; None: only the shipped list.
        built_at: when that version was made.
        age_s: seconds since then; never negative, whatever the clock says.
        stale: too old to be called current; it is used all the same.
        clock_behind: the clock stands before the list was made, so ages cannot be told.
        held: versions rolled back from.
        last_success: see `SyncRecord`.
        last_error: see `SyncRecord`.
        next_try: when the next attempt is due, if one is planned.
    """

    version: str | None
    built_at: datetime | None
    age_s: float | None
    stale: bool
    clock_behind: bool
    held: tuple[str, ...]
    last_success: datetime | None
    last_error: Failure | None
    next_try: datetime | None


def read_record(folder: Path) -> SyncRecord:
    """The record in ``folder``; an empty one when there is none or it is damaged."""
    try:
        return msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=SyncRecord)
    except (OSError, *UNREADABLE):
        return SyncRecord()


def write_record(folder: Path, record: SyncRecord) -> None:
    """Keep ``record``.

    Raises:
        OSError: it could not be written.
    """
    write_durably(folder / FILE_NAME, msgspec.json.encode(record))


def failure(error: GuetteurError, now: datetime) -> Failure:
    """An error as it is kept and shown."""
    return Failure(error.code, error.message, error.hint, now)


def clock_behind(now: datetime, *past: datetime | None) -> Failure | None:
    """What is wrong with a clock that stands before moments that have been: the day of a list, the last contact."""
    latest = max((moment.astimezone(UTC) for moment in past if moment is not None), default=None)
    if latest is None or now >= latest - CLOCK_SLACK:
        return None
    said = f"this computer's clock says {now:%Y-%m-%d %H:%M}, yet it is {latest:%Y-%m-%d %H:%M} at least"
    return Failure(CLOCK_WRONG, said, "set the computer's clock", now)


def make_status(
    generation: Generation | None,
    record: SyncRecord,
    held: frozenset[str],
    now: datetime,
    next_try: datetime | None = None,
) -> SyncStatus:
    """Put together what to say; pure."""
    now = now.astimezone(UTC)
    built_at = None if generation is None else generation.manifest.built_at.astimezone(UTC)
    contact = record.last_success
    behind = clock_behind(now, built_at, contact) is not None
    old_list = built_at is None or now - built_at > STALE_LIST
    old_contact = contact is None or now - contact > STALE_CONTACT
    return SyncStatus(
        version=None if generation is None else generation.version,
        built_at=built_at,
        age_s=None if built_at is None else max(0.0, (now - built_at).total_seconds()),
        stale=old_list or old_contact or behind,
        clock_behind=behind,
        held=tuple(sorted(held)),
        last_success=contact,
        last_error=record.last_error,
        next_try=next_try,
    )
