"""What redaction changed, so that the person sees the difference before anything leaves."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

import msgspec

REDACTED = "REDACTED"
"""Stands where something was; English, since abuse desks abroad read it."""

MAX_CHANGES = 500
_MAX_SHOWN = 200

T = TypeVar("T")

ChangeKind = Literal["address", "name", "token", "header", "file", "unread"]
"""address: an e-mail address or a telephone number; name: a person's name; token: what tells one recipient or session
from another; header: a line of the receiving side; file: an attachment, whose name, size and hash stay; unread: what
could not be read, and so is left out."""


class Change(msgspec.Struct, frozen=True):
    """One change.

    Attributes:
        kind: see `ChangeKind`.
        where: header name, part number, ``url`` …
        before: what stood there, shortened; private, it never leaves with the redacted copy.
        after: what stands there now, shortened.
    """

    kind: ChangeKind
    where: str
    before: str
    after: str


class Redacted(msgspec.Struct, Generic[T], frozen=True):
    """The copy for third parties.

    Attributes:
        value: the copy.
        changes: what differs, in order, each once, at most `MAX_CHANGES`.
    """

    value: T
    changes: tuple[Change, ...]


class Log:
    """Gathers changes."""

    def __init__(self) -> None:
        self._changes: dict[Change, None] = {}

    def add(self, kind: ChangeKind, where: str, before: str, after: str) -> None:
        """Take one, unless nothing changed."""
        if before != after and len(self._changes) < MAX_CHANGES:
            self._changes.setdefault(Change(kind, where, before[:_MAX_SHOWN], after[:_MAX_SHOWN]))

    def all(self) -> tuple[Change, ...]:
        """What was taken."""
        return tuple(self._changes)
