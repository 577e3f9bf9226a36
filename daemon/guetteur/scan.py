"""Judges whole feeds, one host or address a line, in several processes, answers in the order asked."""

from __future__ import annotations

import gc
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from guetteur.app import build_checker, now_utc
from guetteur.core.signal import Basis
from guetteur.core.subject import parse_host_or_url
from guetteur.core.verdict import Level
from guetteur.errors import InvalidInputError
from guetteur.pool import in_chunks
from guetteur.texts import load_explainers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from guetteur.checker import Checker
    from guetteur.config import Settings
    from guetteur.core.explain import Explainer

_WARNINGS = (Level.DANGER.value, Level.CAUTION.value)

_encoder = msgspec.json.Encoder()


class Answers(NamedTuple):
    """What was said of one chunk of the feed: one piece of bytes, as workers hand it over at no cost.

    Attributes:
        text: one JSON object a line, each with its line end.
        lines: number of them.
        found: whether one of them is DANGER or CAUTION.
    """

    text: bytes
    lines: int
    found: bool


class _Worker:
    """One process's checker, built once."""

    checker: Checker
    explainer: Explainer


def scan(lines: Iterable[str], *, settings: Settings, lang: str, with_lists: bool, workers: int) -> Iterator[Answers]:
    """Yield, chunk by chunk, one JSON object a line of input.

    Each is ``{"input", "level", "points", "body", "signals": [id, …], "reasons": [{"code", "text"}, …]}``, or for a
    line that is no host ``{"input", "error": {"code", "message", "hint"}}``.
    """
    start = partial(_start, settings, lang, with_lists)
    yield from in_chunks(lines, _judge, start=start, workers=workers)


def _start(settings: Settings, lang: str, with_lists: bool) -> None:
    _Worker.checker = build_checker(settings.data_dir, with_lists=with_lists, stored=settings.lists_dir)
    _Worker.explainer = load_explainers()[lang]
    # What was loaded stays to the end: the collector need not walk it again and again.
    gc.collect()
    gc.freeze()


def _judge(chunk: list[str]) -> Answers:
    now = now_utc()
    answers = [_answer(line, now) for line in map(str.strip, chunk) if line]
    found = any(answer.get("level") in _WARNINGS for answer in answers)
    return Answers(_encoder.encode_lines(answers), len(answers), found)


def _answer(line: str, now: datetime) -> dict[str, object]:
    try:
        verdict = _Worker.checker.check(parse_host_or_url(line), now=now)
    except InvalidInputError as error:
        return {"input": line, "error": {"code": error.code, "message": error.message, "hint": error.hint}}
    return {
        "input": line,
        "level": verdict.level.value,
        "points": verdict.points,
        "body": verdict.body.id if verdict.body is not None else None,
        "signals": [piece.signal for piece in verdict.evidence if piece.weight > 0 or piece.basis is not Basis.GUESS],
        "reasons": [{"code": piece.code, "text": _Worker.explainer.reason(piece)} for piece in verdict.telling],
    }
