"""Measures the checker on labelled hosts: what share of look-alikes is caught, how many honest hosts are warned of.

A host is judged by its name alone (`judging`), counted (`tally`) with intervals (`rates`), and shown (`tables`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.errors import DataFileError
from guetteur.evaluate.judging import judge_hosts, look_up
from guetteur.evaluate.tally import Collection, Report, tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from guetteur.evaluate.files import Lookalike, Score
    from guetteur.evaluate.judging import Judgement

__all__ = ["Collection", "Report", "evaluate", "seen_between"]


def evaluate(
    collection: Collection,
    *,
    data_dir: Path,
    workers: int,
    scores: Mapping[str, Score] | None = None,
    advance: Callable[[int], None] = lambda _count: None,
) -> Report:
    """Judge and count every host; ``scores``, where given, stand in for the checker's judgement.

    Raises:
        DataFileError: ``evaluation_unscored`` when ``scores`` know none of the hosts.
    """
    hosts = collection.hosts
    if scores is None:
        return tally(collection, _counted(judge_hosts(hosts, data_dir=data_dir, workers=workers), advance))
    report = tally(collection, look_up(hosts, scores))
    if report.unscored == len(hosts):
        hint = "give the file that was written for these very collections"
        raise DataFileError("evaluation_unscored", "the scored file names none of the hosts", hint)
    return report


def seen_between(rows: Sequence[Lookalike], since: str | None, before: str | None) -> list[Lookalike]:
    """The rows first seen on ``since`` or later and earlier than ``before`` (ISO days); undated ones fall out."""
    if since is None and before is None:
        return list(rows)
    dated = (row for row in rows if not row.first_seen.startswith("0000"))
    return [row for row in dated if (since or "") <= row.first_seen < (before or "9999")]


def _counted(chunks: Iterator[list[Judgement]], advance: Callable[[int], None]) -> Iterator[Judgement]:
    for chunk in chunks:
        yield from chunk
        advance(len(chunk))
