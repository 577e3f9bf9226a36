"""From evidence to a level: the policy is the table below and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from guetteur.core.signal import Evidence, Severity, Signal, Skip

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from guetteur.core.bodies import Body
    from guetteur.core.facts import Facts
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
    """``at_least`` pieces of evidence of ``severity`` or more give ``level``."""

    severity: Severity
    at_least: int
    level: Level


POLICY = (
    Rule(Severity.STRONG, 1, Level.DANGER),
    Rule(Severity.MODERATE, 2, Level.DANGER),
    Rule(Severity.MODERATE, 1, Level.CAUTION),
    Rule(Severity.WEAK, 2, Level.CAUTION),
)
"""First rule that holds. Before it: an official host is OFFICIAL over https (NO_KNOWN_RISK without) and nothing else is
looked at. After it: UNKNOWN when a signal had to be skipped, else NO_KNOWN_RISK."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one question.

    Attributes:
        level: what follows.
        evidence: what carried it, weightiest first.
        skipped: what could not be looked at.
        body: the real body (OFFICIAL) or the imitated one.
        list_version: version of the lists that were asked, or None without lists.
        checked_at: moment of the check, UTC.
    """

    level: Level
    evidence: tuple[Evidence, ...]
    skipped: tuple[Skip, ...]
    body: Body | None
    list_version: str | None
    checked_at: datetime


def evaluate(
    subject: UrlSubject, facts: Facts, signals: Iterable[Signal]
) -> tuple[tuple[Evidence, ...], tuple[Skip, ...]]:
    """Ask every signal; return what was seen (weightiest first, then in signal order) and what was skipped."""
    seen: list[Evidence] = []
    skipped: list[Skip] = []
    for signal in signals:
        match signal.check(subject, facts):
            case Evidence() as evidence:
                seen.append(evidence)
            case Skip() as skip:
                skipped.append(skip)
            case None:
                pass
    seen.sort(key=lambda evidence: -evidence.severity)
    return tuple(seen), tuple(skipped)


def decide(subject: UrlSubject, evidence: tuple[Evidence, ...], skipped: tuple[Skip, ...]) -> Level:
    """Apply the policy."""
    if any(piece.severity is Severity.OFFICIAL for piece in evidence):
        return Level.OFFICIAL if subject.scheme == "https" else Level.NO_KNOWN_RISK
    for rule in POLICY:
        if sum(piece.severity >= rule.severity for piece in evidence) >= rule.at_least:
            return rule.level
    return Level.UNKNOWN if skipped else Level.NO_KNOWN_RISK


def judge(
    subject: UrlSubject, facts: Facts, signals: Iterable[Signal], *, list_version: str | None, now: datetime
) -> Verdict:
    """Evaluate and decide in one go."""
    evidence, skipped = evaluate(subject, facts, signals)
    level = decide(subject, evidence, skipped)
    # A hint too weak for a warning names nobody: "the site of X, but without https" would be said of a look-alike.
    warned = level in (Level.DANGER, Level.CAUTION)
    telling = (piece for piece in evidence if warned or piece.severity is Severity.OFFICIAL)
    body = next((piece.body for piece in telling if piece.body is not None), None)
    return Verdict(level, evidence, skipped, body, list_version, now)
