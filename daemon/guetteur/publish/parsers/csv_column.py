"""CSV: one column, by number or by the name in the first row; rows that start with ``#`` are comments."""

from __future__ import annotations

import csv
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from guetteur.publish.parsers.interface import Options

NAME = "csv"

_BATCH = 50_000


def parse(file: TextIO, options: Options) -> Iterator[list[str]]:
    """See `guetteur.publish.parsers.interface.Parser`."""
    lines = (line.replace("\0", "") for line in file if not line.startswith("#"))
    rows = csv.reader(lines, skipinitialspace=True)
    try:
        column = options.column if isinstance(options.column, int) else _number(rows, options.column)
        if options.where_column is None:
            values = (row[column] for row in rows if len(row) > column)
        else:
            test, allowed = options.where_column, frozenset(options.where)
            widest = max(test, column)
            values = (row[column] for row in rows if len(row) > widest and row[test] in allowed)
        while batch := list(islice(values, _BATCH)):
            yield [value.strip() for value in batch if value.strip()]
    except csv.Error as error:
        raise ValueError(f"no CSV: {error}") from None


def _number(rows: Iterator[list[str]], name: str) -> int:
    header = [cell.strip().removeprefix("\ufeff").lower() for cell in next(rows, [])]
    if name.lower() not in header:
        raise ValueError(f"no column {name!r} in the first row")
    return header.index(name.lower())
