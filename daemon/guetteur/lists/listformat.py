"""What the sync client needs to know of the lists' file format: an interface, so that it knows nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Built:
    """A list made ready in a scratch folder.

    Attributes:
        files: role → file; a file that did not change may be one of the current generation's.
        digest: digest of the entries, computed or taken from a file the signature covers.
    """

    files: Mapping[str, Path]
    digest: str


class Contents(Protocol):
    """A list, opened for questions."""

    def __len__(self) -> int:
        """Number of entries."""
        ...

    def holds(self, key: str) -> bool:
        """Whether ``key`` itself is an entry, whatever its parents are; a bare top-level domain is a key too."""
        ...


class ListFormat(Protocol):
    """Files in, files out. Every method may raise `GuetteurError` for a file that is not what it should be."""

    def load(self, full: Path, into: Path) -> Built:
        """Make a downloaded whole list ready; ``into`` is an empty scratch folder."""
        ...

    def apply(self, current: Mapping[str, Path], delta: Path, into: Path) -> Built:
        """Make the list that ``delta`` turns ``current`` (role → file) into; ``current`` is left as it is."""
        ...

    def open(self, files: Mapping[str, Path]) -> AbstractContextManager[Contents]:
        """Open a list for questions."""
        ...

    def never_block(self, path: Path) -> Iterable[str]:
        """The hosts in a never-block file."""
        ...

    def newly(self, weeks: Iterable[Path], path: Path) -> None:
        """Write what the files of newly registered hosts say, one a week, as one file to ``path``."""
        ...
