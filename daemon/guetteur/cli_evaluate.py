"""`guetteur evaluate`: reads the collections, measures, prints, and keeps the mistakes for reading one by one."""

from __future__ import annotations

import csv
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.progress import Progress

from guetteur.errors import DataFileError
from guetteur.evaluate import Collection, evaluate, seen_between
from guetteur.evaluate.files import WrongLabels, read_benign, read_lookalikes, read_scores, read_wrong_labels
from guetteur.evaluate.tables import as_json, markdown, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from guetteur.evaluate.tally import Mistake

_MISTAKE_COLUMNS = ("kind", "host", "points", "level", "signals", "body")


class Choices(msgspec.Struct, frozen=True):
    """What the command line asked for."""

    lookalikes: Path
    benign: Path
    wrong_labels: Path | None
    since: str | None
    before: str | None
    scored: Path | None
    errors: Path | None
    workers: int
    as_json: bool


def run(choices: Choices, data_dir: Path) -> None:
    """Measure and print.

    Raises:
        DataFileError: a file cannot be read or written, or breaks its format.
    """
    lookalikes = seen_between(read_lookalikes(choices.lookalikes), choices.since, choices.before)
    if not lookalikes:
        raise DataFileError("evaluation_empty", "no look-alike was seen in that time", "widen --since and --before")
    wrong = read_wrong_labels(choices.wrong_labels) if choices.wrong_labels is not None else WrongLabels()
    collection = Collection(lookalikes, read_benign(choices.benign), wrong)
    scores = read_scores(choices.scored) if choices.scored is not None else None
    with _progress(len(collection.hosts)) as advance:
        report = evaluate(collection, data_dir=data_dir, workers=choices.workers, scores=scores, advance=advance)
    if choices.as_json:
        sys.stdout.write(msgspec.json.encode(as_json(report)).decode() + "\n")
    else:
        sys.stdout.write(markdown(tables(report)) + "\n")
    if choices.errors is not None:
        write_mistakes(choices.errors, report.mistakes)


def write_mistakes(path: Path, mistakes: Sequence[Mistake]) -> None:
    """Write every mistake, one a line, misses by rising points and false alarms by falling ones.

    Raises:
        DataFileError: ``evaluation_errors_unwritable``.
    """
    ordered = sorted(mistakes, key=lambda item: (item.kind, item.points * (-1) ** (item.kind == "false alarm")))
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_MISTAKE_COLUMNS)
            for item in ordered:
                writer.writerow(
                    (item.kind, item.host, f"{item.points:g}", item.level, " ".join(item.signals), item.body)
                )
    except OSError as error:
        what = f"{path} cannot be written: {error.strerror}"
        raise DataFileError("evaluation_errors_unwritable", what, "name another file") from None


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error when somebody watches."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("hosts", total=total)
        yield lambda count: bar.advance(task, count)
