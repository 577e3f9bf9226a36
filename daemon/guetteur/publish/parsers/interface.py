"""What a parser is: a file in, batches of hosts and addresses out, nothing judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

BLOCK = 1 << 20
"""Characters read at once: large enough for one regular expression to run long, small enough to bound memory."""

MAX_LINE = 1 << 16
"""A longer line is no entry of a list; a file without line ends must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a source says of its format (fields of `guetteur.publish.sources.Source`)."""

    column: int | str = 0
    where_column: int | None = None
    where: tuple[str, ...] = ()
    path: str = ""


class Parser(Protocol):
    """One list format: a module of this package with ``NAME`` and ``parse``."""

    NAME: str

    def parse(self, file: TextIO, options: Options) -> Iterator[list[str]]:
        """Yield batches of candidates in file order, as written: hosts or addresses, comments left out.

        What is no entry of this format is passed over in silence only when the format knows such lines (comments,
        other rule kinds); what looks like an entry but is malformed comes out too, for the normaliser to refuse and
        count. Bounded memory whatever the file; raises ValueError when the file is not of the format at all.
        """
        ...


def blocks(file: TextIO) -> Iterator[str]:
    """The file in pieces of about `BLOCK` characters that end where a line ends."""
    rest = ""
    while piece := file.read(BLOCK):
        cut = piece.rfind("\n") + 1
        if cut:
            yield rest + piece[:cut]
            rest = piece[cut:]
        elif len(rest) < MAX_LINE:
            rest += piece
    if rest:
        yield rest


def by_blocks(file: TextIO, find: Callable[[str], list[str]]) -> Iterator[list[str]]:
    """The batches that ``find`` (a compiled expression's findall) takes from each piece of the file."""
    for block in blocks(file):
        yield find(block)
