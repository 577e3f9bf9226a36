"""One generation of the lists: a manifest naming shared data files, and the lease that keeps it from being swept."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import msgspec

from guetteur.durable import fingerprint
from guetteur.lists.sources import ListSources
from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import BinaryIO

MANIFEST = "manifest.json"
LEASE = "lease"
DAMAGED = "damaged"

# The name becomes a path: nothing but a digest may stand there.
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Role = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{0,31}$")]


class FileRef(msgspec.Struct, frozen=True):
    """One data file: SHA-256 in hex (its name under ``files/``) and size in bytes."""

    sha256: Sha256
    size: Annotated[int, msgspec.Meta(ge=0)]


class Manifest(msgspec.Struct, frozen=True):
    """What a generation consists of (``generations/<n>/manifest.json``).

    Attributes:
        number: the generation's number; grows by one or more with each.
        version: the list's version, as the maintainers named it.
        digest: digest of the list's entries, as `guetteur.lists.digest` has it.
        built_at: when the maintainers made this version.
        added_at: when it was adopted here.
        entries: number of entries.
        files: role (``base``, ``never-block``, …) → data file.
        sources: what it was made from.
    """

    number: Annotated[int, msgspec.Meta(ge=1)]
    version: str
    digest: str
    built_at: datetime
    added_at: datetime
    entries: int
    files: dict[Role, FileRef]
    sources: ListSources = ()


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation on disk.

    Attributes:
        manifest: what it consists of.
        folder: ``lists/generations/<n>``.
        data: ``lists/files``.
    """

    manifest: Manifest
    folder: Path
    data: Path

    @property
    def number(self) -> int:
        """The generation's number."""
        return self.manifest.number

    @property
    def version(self) -> str:
        """The list's version."""
        return self.manifest.version

    def path(self, role: str) -> Path:
        """Where the file of ``role`` lies.

        Raises:
            KeyError: the generation has no such file.
        """
        return self.data / self.manifest.files[role].sha256

    def paths(self) -> dict[str, Path]:
        """Role → path, of all files."""
        return {role: self.path(role) for role in self.manifest.files}

    def missing(self) -> str | None:
        """The quick check: the first role whose file is gone or has another size, or None; a few microseconds each."""
        for role, ref in self.manifest.files.items():
            try:
                if self.path(role).stat().st_size != ref.size:
                    return role
            except OSError:
                return role
        return None

    def damaged(self) -> str | None:
        """The full check: the first role whose content is not what was added, or None; reads every byte."""
        for role, ref in self.manifest.files.items():
            try:
                if fingerprint(self.path(role)) != (ref.sha256, ref.size):
                    return role
            except OSError:
                return role
        return None


def read_generation(folder: Path, data: Path) -> Generation | None:
    """The generation in ``folder`` when its manifest is readable, it is not marked damaged and every file is there."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, *UNREADABLE):
        return None
    if str(manifest.number) != folder.name or (folder / DAMAGED).exists():
        return None
    generation = Generation(manifest, folder, data)
    return None if generation.missing() else generation


class Lease:
    """Holds a generation against `Store.sweep` while its files are read; a context manager.

    On POSIX a shared lock on the generation's ``lease`` file, which the kernel drops when the process dies. Windows
    refuses to remove files that are open, so there the open handle is enough.
    """

    def __init__(self, generation: Generation, file: BinaryIO) -> None:
        self.generation = generation
        self._file = file

    def close(self) -> None:
        """Let go; the generation may be swept from now on."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def take_lease(generation: Generation) -> Lease | None:
    """A lease, or None when the generation is being swept at this moment."""
    path = generation.folder / LEASE
    try:
        file = path.open("rb+")
    except OSError:
        return None
    if lock_file(file, shared=True):
        # Between open and lock a sweep may have removed the name we hold.
        with suppress(OSError):
            if path.exists() and read_generation(generation.folder, generation.data) is not None:
                return Lease(generation, file)
    file.close()
    return None


def lock_file(file: BinaryIO, *, shared: bool) -> bool:
    """Take an advisory lock without waiting; False when others hold one that excludes it."""
    if sys.platform == "win32":
        return True
    import fcntl  # noqa: PLC0415 -- POSIX only

    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
