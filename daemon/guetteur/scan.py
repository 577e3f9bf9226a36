"""Judges whole feeds, one host or address a line, in several processes, answers in the order asked."""

from __future__ import annotations

import multiprocessing
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from guetteur.app import build_checker, now_utc
from guetteur.core.subject import parse_host_or_url
from guetteur.errors import InvalidInputError
from guetteur.texts import load_explainers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from guetteur.checker import Checker
    from guetteur.core.explain import Explainer

CHUNK_LINES = 500
_WAITING_CHUNKS = 16
"""Chunks in flight a worker: enough to keep it busy, few enough to bound memory on endless input."""

_encoder = msgspec.json.Encoder()


class _Worker:
    """One process's checker, built once."""

    checker: Checker
    explainer: Explainer


def scan(lines: Iterable[str], *, data_dir: Path, lang: str, with_lists: bool, workers: int) -> Iterator[list[bytes]]:
    """Yield, chunk by chunk, one JSON object a line of input.

    Each is ``{"input", "level", "body", "signals": [id, …], "reasons": [{"code", "text"}, …]}``, or for a line that is
    no host ``{"input", "error": {"code", "message", "hint"}}``.
    """
    start = partial(_start, data_dir, lang, with_lists)
    chunks = _chunks(lines)
    if workers <= 1:
        start()
        yield from map(_judge, chunks)
        return
    with multiprocessing.get_context("spawn").Pool(workers, initializer=start) as pool:
        waiting = []
        for chunk in chunks:
            waiting.append(pool.apply_async(_judge, (chunk,)))
            if len(waiting) >= workers * _WAITING_CHUNKS:
                yield waiting.pop(0).get()
        for result in waiting:
            yield result.get()


def _chunks(lines: Iterable[str]) -> Iterator[list[str]]:
    source = iter(lines)
    while chunk := list(islice(source, CHUNK_LINES)):
        yield chunk


def _start(data_dir: Path, lang: str, with_lists: bool) -> None:
    _Worker.checker = build_checker(data_dir, with_lists=with_lists)
    _Worker.explainer = load_explainers()[lang]


def _judge(chunk: list[str]) -> list[bytes]:
    return [_answer(line.strip()) for line in chunk if line.strip()]


def _answer(line: str) -> bytes:
    try:
        verdict = _Worker.checker.check(parse_host_or_url(line), now=now_utc())
    except InvalidInputError as error:
        return _encoder.encode(
            {"input": line, "error": {"code": error.code, "message": error.message, "hint": error.hint}}
        )
    return _encoder.encode(
        {
            "input": line,
            "level": verdict.level.value,
            "body": verdict.body.id if verdict.body is not None else None,
            "signals": [piece.signal for piece in verdict.evidence],
            "reasons": [{"code": piece.code, "text": _Worker.explainer.reason(piece)} for piece in verdict.evidence],
        }
    )
