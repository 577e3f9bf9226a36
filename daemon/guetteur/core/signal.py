"""What a signal is, and what it can say."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from guetteur.core.bodies import Body

if TYPE_CHECKING:
    from collections.abc import Callable

S = TypeVar("S")
F = TypeVar("F")

CAUTION_POINTS, DANGER_POINTS = 1.0, 2.0
"""Where the levels begin."""

CERTAIN = 10.0
"""Points of what needs no second piece of evidence."""


class Basis(Enum):
    """What evidence rests on; it decides what a person's own exception or habit may soften."""

    OFFICIAL = "official"  # the registry of official bodies
    LISTED = "listed"  # a blocklist: somebody saw the fraud
    GUESS = "guess"  # our own reading of the name, the page, the age


class Evidence(msgspec.Struct, frozen=True):
    """Something a signal saw.

    Attributes:
        signal: id of the signal.
        code: which sentence explains it.
        params: what the sentence names; values come from outside and are only ever shown as text.
        body: the imitated (or, for OFFICIAL, the real) body.
        weight: points towards a warning (`guetteur.core.verdict.POLICY`); for evidence with ``cues`` it
            is the least, which the model may raise.
        most: what all learned evidence together may at most amount to, given this piece.
        cues: named things seen, with their strength: what the model weighs (`guetteur.core.model`).
        basis: what it rests on.
        vague: it says how an address looks, not what is wrong with it: told only where there is nothing else to tell.
    """

    signal: str
    code: str
    params: dict[str, str] = {}
    body: Body | None = None
    weight: float = 0.0
    cues: dict[str, float] = {}
    most: float = math.inf
    basis: Basis = Basis.GUESS
    vague: bool = False


class Skip(msgspec.Struct, frozen=True):
    """A signal that could not look, and why (a code that the texts explain)."""

    signal: str
    why: str


class Need(Enum):
    """What there must be for a signal to see anything; most addresses have none of it."""

    NAME = "name"  # a body is named in the host name, in whatever disguise
    PAGE = "page"  # somebody described the page
    REST = "rest"  # the address says something beside names in its host: words of action, a path, a target, a port


@dataclass(frozen=True, slots=True)
class Signal(Generic[S, F]):
    """One way of looking at a subject (``S``: a web address, a mail), with what is known of it (``F``).

    Attributes:
        id: name of the signal and of its file.
        codes: every reason code it can give; each has a French and an English sentence.
        check: pure function from subject and facts to what was seen, a `Skip`, or None for nothing.
        needs: what it says None without, and so need not be asked; None when it looks at everything.
    """

    id: str
    codes: tuple[str, ...]
    check: Callable[[S, F], Evidence | Skip | None]
    needs: Need | None = None
