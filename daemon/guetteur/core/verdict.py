"""From evidence to a level: the policy is the table below and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

import msgspec

from guetteur.core.bodies import Body
from guetteur.core.signal import CAUTION_POINTS, DANGER_POINTS, Basis, Evidence, Signal, Skip

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.core.facts import Facts
    from guetteur.core.model import NameModel
    from guetteur.core.subject import UrlSubject


class Level(Enum):
    """What the person is told. There is no "safe": nothing known is not the same as nothing wrong."""

    DANGER = "DANGER"
    CAUTION = "CAUTION"
    UNKNOWN = "UNKNOWN"
    NO_KNOWN_RISK = "NO_KNOWN_RISK"
    OFFICIAL = "OFFICIAL"


@dataclass(frozen=True, slots=True)
class Rule:
    """So many points, or more, give ``level``."""

    points: float
    level: Level


POLICY = (Rule(DANGER_POINTS, Level.DANGER), Rule(CAUTION_POINTS, Level.CAUTION))
"""First rule that holds. Before it: an official host is OFFICIAL over https (NO_KNOWN_RISK without) and nothing else is
looked at. After it: UNKNOWN when a signal had to be skipped, else NO_KNOWN_RISK."""

_MOST_REASONS = 3
"""A worried person reads no more."""

FAMILIAR = 0.5
"""What guesses count on a site the person has long visited: one level calmer."""


class Verdict(msgspec.Struct, frozen=True):
    """The answer to one question.

    Attributes:
        level: what follows.
        points: what the evidence adds up to.
        evidence: what was seen, weightiest first.
        skipped: what could not be looked at.
        body: the real body (OFFICIAL) or the imitated one.
        list_version: version of the lists that were asked, or None without lists.
        checked_at: moment of the check, UTC.
    """

    level: Level
    points: float
    evidence: tuple[Evidence, ...]
    skipped: tuple[Skip, ...]
    body: Body | None
    list_version: str | None
    checked_at: datetime

    @property
    def telling(self) -> tuple[Evidence, ...]:
        """What the person is told as reasons."""
        return telling(self.level, self.evidence)


def telling(level: Level, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The evidence that carried the level, at most three pieces."""
    if level in (Level.DANGER, Level.CAUTION):
        carried = [piece for piece in evidence if piece.weight > 0]
        plain = [piece for piece in carried if not piece.vague]
        return tuple((plain or carried)[:_MOST_REASONS])
    return tuple(piece for piece in evidence if piece.basis is not Basis.GUESS)


def evaluate(
    subject: UrlSubject, facts: Facts, signals: Iterable[Signal[UrlSubject, Facts]], model: NameModel
) -> tuple[tuple[Evidence, ...], tuple[Skip, ...]]:
    """Ask every signal; return what was seen (weightiest first, then in signal order) and what was skipped."""
    seen: list[Evidence] = []
    skipped: list[Skip] = []
    for signal in signals:
        found = signal.check(subject, facts)
        if found is None:
            continue
        if isinstance(found, Evidence):
            seen.append(found)
        else:
            skipped.append(found)
    if seen:
        seen = model.weigh(seen)
        if facts.exempt:
            seen = [piece for piece in seen if piece.basis is not Basis.GUESS]
        elif facts.familiar:
            seen = [_calmer(piece) for piece in seen]
        seen.sort(key=lambda piece: -piece.weight)
    return tuple(seen), tuple(skipped)


def _calmer(piece: Evidence) -> Evidence:
    if piece.basis is not Basis.GUESS:
        return piece
    return msgspec.structs.replace(piece, weight=piece.weight * FAMILIAR)


def decide(subject: UrlSubject, evidence: tuple[Evidence, ...], skipped: tuple[Skip, ...]) -> Level:
    """Apply the policy."""
    if not evidence:
        return Level.UNKNOWN if skipped else Level.NO_KNOWN_RISK
    if any(piece.basis is Basis.OFFICIAL for piece in evidence):
        return Level.OFFICIAL if subject.scheme == "https" else Level.NO_KNOWN_RISK
    points = total(evidence)
    for rule in POLICY:
        if points >= rule.points:
            return rule.level
    return Level.UNKNOWN if skipped else Level.NO_KNOWN_RISK


def total(evidence: Iterable[Evidence]) -> float:
    """What the evidence adds up to; rounded, so that shares of one sum do not fall a hair short of it."""
    return round(sum(piece.weight for piece in evidence), 6)


def judge(  # noqa: PLR0913 -- each is a different kind of knowledge
    subject: UrlSubject,
    facts: Facts,
    signals: Iterable[Signal[UrlSubject, Facts]],
    model: NameModel,
    *,
    list_version: str | None,
    now: datetime,
) -> Verdict:
    """Evaluate and decide in one go."""
    evidence, skipped = evaluate(subject, facts, signals, model)
    level = decide(subject, evidence, skipped)
    if not evidence:  # as of most hosts
        return Verdict(level, 0, evidence, skipped, None, list_version, now)
    # A hint too weak for a warning names nobody: "the site of X, but without https" would be said of a look-alike.
    warned = level in (Level.DANGER, Level.CAUTION)
    telling = (piece for piece in evidence if warned or piece.basis is Basis.OFFICIAL)
    body = next((piece.body for piece in telling if piece.body is not None), None)
    return Verdict(level, total(evidence), evidence, skipped, body, list_version, now)
