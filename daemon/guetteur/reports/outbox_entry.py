"""What is read of the outbox: one line a report, and its history."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from guetteur.reports.channels.interface import State

if TYPE_CHECKING:
    from collections.abc import Iterable


class Entry(msgspec.Struct, frozen=True):
    """One report through one channel, without its content.

    Attributes:
        case: id of the case.
        channel: id of the channel.
        state: see `State`.
        to: who gets it.
        subject: fingerprint of what is reported.
        url: reported address, or empty.
        reference: the channel's own id of it.
        code: why it is in that state.
        detail: what the other side said.
        attempts: how often it was begun.
        queued_at: when the person sent it, UTC.
        updated_at: when the state last changed, UTC.
        wait_until: not before, UTC.
    """

    case: str
    channel: str
    state: State
    to: str
    subject: str
    url: str
    reference: str
    code: str
    detail: str
    attempts: int
    queued_at: datetime
    updated_at: datetime
    wait_until: datetime


class Step(msgspec.Struct, frozen=True):
    """One line of a report's history."""

    state: State
    reference: str
    code: str
    detail: str
    at: datetime


SELECT_ENTRIES = """select case_id, channel, state, recipient, subject, url, reference, code, detail, attempts,
    queued_at, updated_at, wait_until from reports"""
SELECT_STEPS = "select state, reference, code, detail, at from receipts"


def entries(rows: Iterable[tuple[object, ...]]) -> tuple[Entry, ...]:
    """Rows of `SELECT_ENTRIES`."""
    names = Entry.__struct_fields__
    return msgspec.convert([dict(zip(names, row, strict=True)) for row in rows], tuple[Entry, ...])


def steps(rows: Iterable[tuple[object, ...]]) -> tuple[Step, ...]:
    """Rows of `SELECT_STEPS`."""
    names = Step.__struct_fields__
    return msgspec.convert([dict(zip(names, row, strict=True)) for row in rows], tuple[Step, ...])
