"""What ``install`` has written, noted beside the launcher script for ``uninstall``."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from guetteur.durable import write_durably
from guetteur.transport import host_script

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.config import Settings


class InstallNotes:
    """Manifests and for whom they were written, and folders made; a missing or damaged file counts as empty.

    Attributes:
        served: place of a manifest (file, or registry key) to the ids of the browsers it was written for: Thunderbird
            reads Firefox's folder.
        folders: folders that were not there before.
    """

    def __init__(self, settings: Settings) -> None:
        self._path = host_script.folder(settings) / "installed.json"
        self.served: dict[str, list[str]] = {}
        self.folders: list[Path] = []
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            found = json.loads(self._path.read_bytes())
            self.served = {place: [str(one) for one in browsers] for place, browsers in found["served"].items()}
            self.folders = [Path(name) for name in found["folders"]]

    def make_folder(self, folder: Path) -> None:
        """Make a folder and those above it, noting each that was not there. Raises OSError."""
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir(mode=0o700)
            if path not in self.folders:
                self.folders.append(path)

    def add(self, place: str, browser: str) -> None:
        """Note for whom a manifest is."""
        served = self.served.setdefault(place, [])
        if browser not in served:
            served.append(browser)

    def drop(self, place: str, browser: str) -> tuple[str, ...]:
        """One browser does without; return those that still need the manifest."""
        left = [one for one in self.served.get(place, ()) if one != browser]
        if place in self.served:
            self.served[place] = left
        return tuple(left)

    def forget(self, places: Iterable[str]) -> None:
        """Drop manifests that are gone."""
        for place in places:
            self.served.pop(place, None)

    def remove_empty_folders(self) -> None:
        """Remove the folders we made and nobody uses: the deepest first; one with anything in it stays."""
        for folder in sorted(self.folders, key=lambda path: len(path.parts), reverse=True):
            with contextlib.suppress(OSError):
                folder.rmdir()
        self.folders = [folder for folder in self.folders if os.path.exists(folder)]  # noqa: PTH110 - as below

    def save(self) -> None:
        """Write the notes, if the folder for them is there."""
        notes = {"served": self.served, "folders": [str(folder) for folder in self.folders]}
        if os.path.isdir(self._path.parent):  # noqa: PTH112 - False, no exception, where a name is too long
            write_durably(self._path, json.dumps(notes, indent=1).encode(), 0o600)

    def delete(self) -> None:
        """Remove the notes, and our folder when it is empty then."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
            self._path.parent.rmdir()
