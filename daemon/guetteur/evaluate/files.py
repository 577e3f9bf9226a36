"""Reads what an evaluation is made of: labelled hosts, labels known to be wrong, points given elsewhere.

Columns that are not needed are ignored; a file whose name ends in ``.gz`` is unpacked while it is read.
"""

from __future__ import annotations

import csv
import gzip
import tomllib
import zlib
from contextlib import contextmanager
from math import isfinite, nan
from typing import TYPE_CHECKING

import msgspec

from guetteur.core.verdict import Level
from guetteur.errors import DataFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LABELS = ("confirmed", "suspicious")

_COLUMNS = "the columns are described in docs/reference/detection.md"


class Lookalike(msgspec.Struct, frozen=True):
    """A host that imitates a body.

    Attributes:
        host: the host, without scheme.
        host_kind: ``own`` (its own or a hacked domain) or ``free`` (free hosting, dynamic DNS).
        body: the imitated body, in the collection's own spelling.
        sector: its sector.
        cue: the pattern that brought it into the collection, ``kind:word``.
        first_seen: ISO day, or ``0000-00-00`` when unknown.
        label: one of `LABELS`.
    """

    host: str
    host_kind: str
    body: str
    sector: str
    cue: str
    first_seen: str
    label: str


class Benign(msgspec.Struct, frozen=True):
    """A host that imitates nobody: where it was taken from, and ``official`` for a body's own host."""

    host: str
    stratum: str
    note: str


class WrongLabel(msgspec.Struct, frozen=True):
    """A row whose label is wrong, and how one knows."""

    host: str
    why: str


class WrongLabels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of wrong labels, for both collections."""

    lookalike: tuple[WrongLabel, ...] = ()
    benign: tuple[WrongLabel, ...] = ()


class Score(msgspec.Struct, frozen=True):
    """What something else than this checker said of a host."""

    points: float
    level: str


def read_lookalikes(path: Path) -> list[Lookalike]:
    """Read the look-alike hosts.

    Raises:
        DataFileError: ``evaluation_unreadable``, ``evaluation_column_missing``, ``evaluation_row_invalid``,
            ``evaluation_empty``.
    """
    with _telling(path) as tell:
        rows = [Lookalike(*values) for values in _rows(path, Lookalike.__struct_fields__)]
        odd = next((row for row in rows if row.label not in LABELS), None)
        if odd is not None:
            raise tell("evaluation_row_invalid", f"label {odd.label!r} of {odd.host}", f"labels: {', '.join(LABELS)}")
        return rows


def read_benign(path: Path) -> list[Benign]:
    """Read the benign hosts; errors as `read_lookalikes`."""
    with _telling(path):
        return [Benign(*values) for values in _rows(path, Benign.__struct_fields__)]


def read_scores(path: Path) -> dict[str, Score]:
    """Read points given elsewhere (columns host, points, level); errors as `read_lookalikes`."""
    scores = {}
    levels = {level.value for level in Level}
    with _telling(path) as tell:
        for host, points, level in _rows(path, ("host", "points", "level")):
            scores[host] = Score(_number(points), level)
            if not isfinite(scores[host].points):
                raise tell("evaluation_row_invalid", f"points {points!r} of {host}", "write a number")
            if level not in levels:
                raise tell("evaluation_row_invalid", f"level {level!r} of {host}", f"levels: {', '.join(levels)}")
    return scores


def read_wrong_labels(path: Path) -> WrongLabels:
    """Read the list of wrong labels (TOML).

    Raises:
        DataFileError: ``evaluation_unreadable``, ``evaluation_labels_invalid``.
    """
    with _telling(path) as tell:
        text = path.read_text("utf-8")
        try:
            return msgspec.convert(tomllib.loads(text), WrongLabels)
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            hint = "write [[lookalike]] and [[benign]] tables with host and why"
            raise tell("evaluation_labels_invalid", str(error), hint) from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return nan


class _Tell:
    """Makes errors that name the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, code: str, what: str, hint: str) -> DataFileError:
        return DataFileError(code, f"{self._path}: {what}", hint)


@contextmanager
def _telling(path: Path) -> Iterator[_Tell]:
    tell = _Tell(path)
    try:
        yield tell
    except OSError as error:
        raise tell("evaluation_unreadable", error.strerror or str(error), "look at the path") from None
    except (EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise tell("evaluation_unreadable", str(error), "give a CSV file in UTF-8, plain or .gz") from None


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[list[str]]:
    """The values of ``columns``, row by row."""
    tell = _Tell(path)
    # -sig: a file that went through a spreadsheet starts with a byte order mark.
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, None)
        if header is None:
            raise tell("evaluation_empty", "the file is empty", _COLUMNS)
        missing = [column for column in columns if column not in header]
        if missing:
            raise tell("evaluation_column_missing", f"no column {', '.join(missing)}", _COLUMNS)
        places = [header.index(column) for column in columns]
        empty = True
        for row in reader:
            if len(row) != len(header) or not row[places[0]]:
                what = f"line {reader.line_num} has {len(row)} values for {len(header)} columns, or no host"
                raise tell("evaluation_row_invalid", what, "write one value a column")
            yield [row[place] for place in places]
            empty = False
        if empty:
            raise tell("evaluation_empty", "there are no rows", _COLUMNS)
