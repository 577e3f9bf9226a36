"""What leaves this computer is noted: whoever begins an errand says why, whoever opens a connection says where to.

::

    with errand(ledger, "age", "example.fr"):     routes, commands, the list renewal: why, and what leaves
        with contact("rdap.example") as noted:    `guetteur.outgoing`: where to, and what came of it
            …

Errands follow the call (a context variable), so that nothing between the two has to hand anything on. Where nobody
began one nothing can be opened: `contact` raises, and so does every way out of `guetteur.outgoing`.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

Purpose = Literal["lists", "age", "report", "lookup", "watch", "timestamp"]
Outcome = Literal["answered", "refused", "failed"]
"""``refused``: it answered that it will not. ``failed``: no answer that can be used, or none yet."""

NAME_SERVERS = "dns"
"""In place of a host: whichever name servers the system is set to."""
_LONGEST = 253


class Left(NamedTuple):
    """What left, why and where to; never a key, an address of a mailbox or the text of a report."""

    purpose: Purpose
    to: str
    what: str


class Ledger(Protocol):
    """Keeps contacts. Its calls neither wait nor fail: a contact is more than its note."""

    def begun(self, left: Left) -> datetime:
        """A contact begins at the moment that is returned."""
        ...

    def ended(self, left: Left, begun_at: datetime, outcome: Outcome) -> None:
        """It ended."""
        ...


@dataclass(frozen=True, slots=True)
class _Errand:
    ledger: Ledger
    purpose: Purpose
    what: str


_RUNNING: ContextVar[_Errand] = ContextVar("errand")


class UnstatedError(RuntimeError):
    """Something would have left without anybody saying why: a fault of ours."""


@contextmanager
def errand(ledger: Ledger, purpose: Purpose, what: str = "") -> Iterator[None]:
    """Contacts meanwhile, and those of tasks and threads begun meanwhile, are for ``purpose`` and tell ``what``."""
    token = _RUNNING.set(_Errand(ledger, purpose, what))
    try:
        yield
    finally:
        _RUNNING.reset(token)


@contextmanager
def about(what: str) -> Iterator[None]:
    """Contacts meanwhile tell ``what``, for the purpose of the errand that runs.

    Raises:
        UnstatedError: none runs.
    """
    token = _RUNNING.set(replace(_running(), what=what))
    try:
        yield
    finally:
        _RUNNING.reset(token)


class Contact:
    """One contact, noted from its beginning; without `end` it stays one that failed."""

    def __init__(self, to: str, what: str | None = None) -> None:
        """Note it.

        Args:
            to: host name of the server, or `NAME_SERVERS`.
            what: what leaves; None: what the errand is about.

        Raises:
            UnstatedError: no errand runs.
        """
        running = _running()
        self._ledger, self._ended = running.ledger, False
        told = running.what if what is None else what
        self._left = Left(running.purpose, to.lower()[:_LONGEST], told[:_LONGEST])
        self._begun_at = self._ledger.begun(self._left)

    def end(self, outcome: Outcome) -> None:
        """Note what came of it; only the first time counts."""
        if not self._ended:
            self._ended = True
            self._ledger.ended(self._left, self._begun_at, outcome)


@contextmanager
def contact(to: str, what: str | None = None) -> Iterator[Contact]:
    """A `Contact` that failed unless its end is told meanwhile."""
    noted = Contact(to, what)
    try:
        yield noted
    finally:
        noted.end("failed")


def _running() -> _Errand:
    try:
        return _RUNNING.get()
    except LookupError:
        raise UnstatedError("nobody said why this would leave the computer") from None
