"""The compiled list as the sync client sees it: `ListFormat` over base and overlay files."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from guetteur.errors import DataFileError
from guetteur.lists import delta as deltas
from guetteur.lists.compiled import CompiledList
from guetteur.lists.listformat import Built
from guetteur.lists.newly import build_index
from guetteur.lists.view import ListView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

BASE, ADDED, REMOVED = "base", "added", "removed"
"""Roles of a generation's files."""

MAX_OVERLAY_SHARE = 0.1
"""An overlay beyond this share of its base is not grown further: the full list is fetched instead."""


def open_view(files: Mapping[str, Path]) -> ListView:
    """Open the list of a generation (role → file).

    Raises:
        DataFileError: a file is missing or damaged.
    """
    base = CompiledList(files[BASE])
    if ADDED not in files:
        return ListView(base)
    return ListView(base, CompiledList(files[ADDED]), CompiledList(files[REMOVED]))


class CompiledFormat:
    """Implements `guetteur.lists.listformat.ListFormat`."""

    def load(self, full: Path, into: Path) -> Built:
        """A downloaded list is used as it is: opening it checks its structure, its signature has vouched for it."""
        del into
        return Built({BASE: full}, CompiledList(full).meta.digest)

    def apply(self, current: Mapping[str, Path], delta: Path, into: Path) -> Built:
        """Grow the overlay by one delta.

        Raises:
            DataFileError: the delta does not fit, or the overlay would outgrow a tenth of the base.
        """
        view = deltas.apply(open_view(current), delta.read_bytes(), into)
        overlay = len(view.added or ()) + len(view.removed or ())
        if overlay > max(1000, MAX_OVERLAY_SHARE * len(view.base)):
            raise DataFileError("overlay_too_large", f"{overlay} changes since the base", "the full list is fetched")
        files = {BASE: current[BASE], ADDED: into / f"{ADDED}.list", REMOVED: into / f"{REMOVED}.list"}
        return Built(files, view.latest.meta.digest)

    @contextmanager
    def open(self, files: Mapping[str, Path]) -> Iterator[ListView]:
        """Open a list for questions."""
        yield open_view(files)

    def never_block(self, path: Path) -> Iterable[str]:
        """The hosts of a never-block list."""
        return CompiledList(path).entries()

    def newly(self, weeks: Iterable[Path], path: Path) -> None:
        """One index of all weeks, for checks."""
        build_index(weeks, path)
