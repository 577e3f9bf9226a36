"""What ``install`` has written, noted beside the launcher script for ``uninstall``."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from guetteur.durable import write_durably
from guetteur.transport import host_script

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.config import Settings


class InstallNotes:
    """Manifest files written and folders made; a missing or damaged file counts as empty."""

    def __init__(self, settings: Settings) -> None:
        self._path = host_script.folder(settings) / "installed.json"
        self.files: list[Path] = []
        self.folders: list[Path] = []
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            found = json.loads(self._path.read_bytes())
            self.files = [Path(name) for name in found["files"]]
            self.folders = [Path(name) for name in found["folders"]]

    def make_folder(self, folder: Path) -> None:
        """Make a folder and those above it, noting each that was not there. Raises OSError."""
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir(mode=0o700)
            if path not in self.folders:
                self.folders.append(path)

    def add(self, file: Path) -> None:
        """Note a manifest."""
        if file not in self.files:
            self.files.append(file)

    def forget(self, files: Iterable[Path]) -> None:
        """Drop manifests that are gone."""
        gone = set(files)
        self.files = [file for file in self.files if file not in gone]

    def remove_empty_folders(self) -> None:
        """Remove the folders we made and nobody uses: the deepest first; one with anything in it stays."""
        for folder in sorted(self.folders, key=lambda path: len(path.parts), reverse=True):
            with contextlib.suppress(OSError):
                folder.rmdir()
        self.folders = [folder for folder in self.folders if folder.exists()]

    def save(self) -> None:
        """Write the notes, if the folder for them is there."""
        notes = {"files": [str(file) for file in self.files], "folders": [str(folder) for folder in self.folders]}
        if self._path.parent.is_dir():
            write_durably(self._path, json.dumps(notes, indent=1).encode(), 0o600)

    def delete(self) -> None:
        """Remove the notes, and our folder when it is empty then."""
        self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._path.parent.rmdir()
