r"""Sorted files of lines, merged without holding them: memory depends on the number of files, not on their length.

Keys are ASCII, and a line ends with ``\n``, which sorts below every character a key holds: lines sort as keys do.
"""

from __future__ import annotations

from bisect import bisect_right
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import TextIO

_BLOCK = 1 << 20
_MAX_IN_MEMORY = 400_000


class RunWriter:
    """Collects keys, spills sorted runs beside ``path``, and merges them into it: sorted, each key once, one a line."""

    def __init__(self, path: Path, max_in_memory: int = _MAX_IN_MEMORY) -> None:
        self.keys: set[str] = set()
        self._path = path
        self._max = max_in_memory
        self._runs: list[Path] = []

    def spill_if_full(self) -> None:
        """To be called now and then while `keys` is filled."""
        if len(self.keys) >= self._max:
            self._spill()

    def finish(self) -> int:
        """Write the whole; return the number of keys."""
        if not self._runs:
            return _write(self._path, sorted(self.keys))
        self._spill()
        try:
            with self._path.open("w", encoding="ascii", newline="\n") as file:
                total = 0
                for block in merge([(run, 1) for run in self._runs]):
                    file.writelines(line for line, _ in block)
                    total += len(block)
            return total
        finally:
            for run in self._runs:
                run.unlink(missing_ok=True)

    def _spill(self) -> None:
        run = self._path.with_name(f"{self._path.name}.run{len(self._runs)}")
        self._runs.append(run)
        _write(run, sorted(self.keys))
        self.keys.clear()


def merge(files: Sequence[tuple[Path, int]]) -> Iterator[list[tuple[str, int]]]:
    """Yield blocks of ``(line, mask)`` in order: every line of the sorted ``files`` once, masks of its files joined.

    Lines keep their line end.
    """
    with ExitStack() as stack:
        feeds = [_Feed(stack.enter_context(path.open(encoding="ascii", newline="\n")), mask) for path, mask in files]
        while feeds := [feed for feed in feeds if feed.fill()]:
            # No feed can still bring a line up to the least of their last ones.
            limit = min(feed.lines[-1] for feed in feeds)
            found: dict[str, int] = {}
            for feed in feeds:
                mask = feed.mask
                for line in feed.take(limit):
                    found[line] = found.get(line, 0) | mask
            yield sorted(found.items())


class _Feed:
    def __init__(self, file: TextIO, mask: int) -> None:
        self.lines: list[str] = []
        self.mask = mask
        self._file = file

    def fill(self) -> bool:
        """Whether there is anything left."""
        if not self.lines:
            self.lines = self._file.readlines(_BLOCK)
        return bool(self.lines)

    def take(self, limit: str) -> list[str]:
        cut = bisect_right(self.lines, limit)
        taken, self.lines = self.lines[:cut], self.lines[cut:]
        return taken


def _write(path: Path, keys: Iterable[str]) -> int:
    total = 0
    with path.open("w", encoding="ascii", newline="\n") as file:
        for total, key in enumerate(keys, 1):  # noqa: B007 -- the last number is the count
            file.write(key + "\n")
    return total
