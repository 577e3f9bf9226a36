"""What the checker says of a host by its name alone: no path, no lists, no age."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from guetteur.app import build_checker, now_utc
from guetteur.core.subject import parse_url
from guetteur.core.verdict import Level
from guetteur.errors import InvalidInputError
from guetteur.pool import in_chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from guetteur.checker import Checker
    from guetteur.evaluate.files import Score

_WARNINGS = (Level.CAUTION.value, Level.DANGER.value)


class Judgement(msgspec.Struct, frozen=True):
    """The part of a verdict that is counted; ``signals`` saw something that weighs, weightiest first.

    All that an unreadable host has is an empty level.
    """

    level: str
    points: float = 0.0
    signals: tuple[str, ...] = ()
    body: str = ""

    @property
    def warns(self) -> bool:
        """Whether the person is warned at all: CAUTION or DANGER."""
        return self.level in _WARNINGS

    @property
    def danger(self) -> bool:
        """Whether it is DANGER."""
        return self.level == Level.DANGER.value


class _Worker:
    """One process's checker, built once."""

    checker: Checker


def judge_hosts(hosts: Iterable[str], *, data_dir: Path, workers: int) -> Iterator[list[Judgement]]:
    """Yield judgements chunk by chunk, in the order of ``hosts``."""
    yield from in_chunks(hosts, _judge_all, start=partial(_start, data_dir), workers=workers)


def judge_url(checker: Checker, url: str) -> Judgement:
    """Judge one address."""
    try:
        verdict = checker.check(parse_url(url), now=now_utc())
    except InvalidInputError:
        return Judgement("")
    return Judgement(
        verdict.level.value,
        verdict.points,
        tuple(piece.signal for piece in verdict.evidence if piece.weight > 0),
        verdict.body.id if verdict.body is not None else "",
    )


def look_up(hosts: Iterable[str], scores: Mapping[str, Score]) -> Iterator[Judgement | None]:
    """Judgements that something else made, in the order of ``hosts``; None for a host it left out."""
    for host in hosts:
        score = scores.get(host)
        yield Judgement(score.level, score.points) if score is not None else None


def _start(data_dir: Path) -> None:
    _Worker.checker = build_checker(data_dir, with_lists=False)


def _judge_all(hosts: list[str]) -> list[Judgement]:
    return [judge_url(_Worker.checker, f"https://{host}/") for host in hosts]
