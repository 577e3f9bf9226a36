"""What a signal is, and what it can say."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from guetteur.core.bodies import Body
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject


class Severity(IntEnum):
    """How much one piece of evidence weighs; `guetteur.core.verdict` says what follows from it."""

    OFFICIAL = 0
    WEAK = 1
    MODERATE = 2
    STRONG = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something a signal saw.

    Attributes:
        signal: id of the signal.
        severity: its weight.
        code: which sentence explains it.
        params: what the sentence names; values come from outside and are only ever shown as text.
        body: the imitated (or, for OFFICIAL, the real) body.
    """

    signal: str
    severity: Severity
    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Body | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """A signal that could not look, and why (a code that the texts explain)."""

    signal: str
    why: str


@dataclass(frozen=True, slots=True)
class Signal:
    """One way of looking at a subject.

    Attributes:
        id: name of the signal and of its file.
        codes: every reason code it can give; each has a French and an English sentence.
        check: pure function from subject and facts to what was seen, a `Skip`, or None for nothing.
    """

    id: str
    codes: tuple[str, ...]
    check: Callable[[UrlSubject, Facts], Evidence | Skip | None]
