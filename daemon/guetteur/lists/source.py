"""Where this installation gets its lists from: the published repository and the root of trust, if there are any."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from guetteur.errors import DataFileError
from guetteur.lists.shipped import read_shipped

if TYPE_CHECKING:
    from guetteur.lists.renewal import SyncSetup

FILE_NAME, ROOT_NAME = "repository.json", "root.json"


class Repository(msgspec.Struct, frozen=True):
    """The shipped address; empty while the maintainers publish none."""

    url: str


def load_repository(data_dir: Path) -> Repository:
    """Read the shipped file.

    Raises:
        DataFileError: ``repository_missing``, ``repository_damaged``.
    """
    return read_shipped(data_dir / FILE_NAME, Repository)


def has_source(data_dir: Path) -> bool:
    """Whether a repository is known.

    Raises:
        DataFileError: as `load_repository`.
    """
    return bool(_url(data_dir))


def load_source(data_dir: Path, floor: frozenset[str]) -> SyncSetup | None:
    """The set-up of a sync, or None when no repository is known.

    ``GUETTEUR_LISTS_URL`` and ``GUETTEUR_LISTS_ROOT`` (a root.json) name another repository than the shipped one.

    Raises:
        DataFileError: as `load_repository`; ``repository_unreadable``: an address without a readable root of trust.
    """
    url = _url(data_dir)
    if not url:
        return None
    named = os.environ.get("GUETTEUR_LISTS_ROOT")
    root = Path(named or data_dir / ROOT_NAME)
    from guetteur.lists.renewal import SyncSetup  # noqa: PLC0415 -- tuf, which compiling the package's data does without

    try:
        return SyncSetup(url=url, root=root.read_bytes(), floor=floor)
    except OSError as error:
        hint = "correct GUETTEUR_LISTS_ROOT, then run guetteur install" if named else "reinstall guetteur"
        raise DataFileError("repository_unreadable", f"{root} cannot be read: {error.strerror}", hint) from None


def _url(data_dir: Path) -> str:
    return os.environ.get("GUETTEUR_LISTS_URL") or load_repository(data_dir).url
