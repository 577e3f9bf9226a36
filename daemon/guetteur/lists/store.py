"""Generations of the lists on disk: added whole, flipped by one rename, kept until nobody uses them.

::

    lists/current                      number of the generation in use, replaced by rename
    lists/held                         JSON: versions the user rolled back from
    lists/generations/<n>/manifest.json, lease, damaged (only when a full check failed)
    lists/files/<sha256>               data files, shared between generations
    lists/store.lock                   held while anything here is changed

Readers take no lock: they read ``current`` and lease what it names. Writers of two daemons wait for each other.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from filelock import FileLock, Timeout

from guetteur.durable import (
    clear_drafts,
    copy_durably,
    fingerprint,
    is_disk_full,
    sync_folder,
    write_durably,
)
from guetteur.errors import GuetteurError
from guetteur.lists.generation import (
    DAMAGED,
    LEASE,
    MANIFEST,
    FileRef,
    Generation,
    Lease,
    Manifest,
    lock_file,
    read_generation,
    take_lease,
)
from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from guetteur.lists.sources import ListSource

_KEEP_HOLDS = 32


class StoreError(GuetteurError):
    """The folder of generations cannot be read or changed."""


class ListState(NamedTuple):
    """What is known of a list before it becomes a generation; see `Manifest`."""

    version: str
    digest: str
    built_at: datetime
    entries: int
    sources: tuple[ListSource, ...] = ()


class Damage(NamedTuple):
    """A generation that a full check found broken: its number and the first broken file's role."""

    number: int
    role: str


class Store:
    """The generations below one folder; any number of processes may use it at once."""

    def __init__(self, folder: Path, *, keep: int = 3, lock_timeout_s: float = 30.0) -> None:
        """Nothing is read or written yet.

        Args:
            folder: ``lists`` below the state folder.
            keep: generations to keep besides those in use, the current one counted.
            lock_timeout_s: longest wait for another daemon that is changing the folder.
        """
        self.folder = folder
        self._generations = folder / "generations"
        self._files = folder / "files"
        self._keep = max(1, keep)
        self._lock_timeout_s = lock_timeout_s

    def current(self, without: Container[int] = ()) -> Generation | None:
        """The generation in use, by the quick check; the newest whole one when the pointer's is damaged or held back.

        None when there is none: the list shipped in the package serves then. ``without``: numbers of generations that
        the caller could not open.
        """
        held, pointed = self.held(), self._pointed()
        if pointed is not None and pointed.version not in held and pointed.number not in without:
            return pointed
        return next((one for one in self.generations() if one.version not in held and one.number not in without), None)

    def lease(self, without: Container[int] = ()) -> Lease | None:
        """The `current` generation, held against `sweep` until the lease is closed; None when there is none."""
        for _ in range(100):  # each failure means that a newer generation came in between
            generation = self.current(without)
            if generation is None:
                return None
            lease = take_lease(generation)
            if lease is not None:
                return lease
        raise StoreError("store_unreadable", f"no generation in {self.folder} can be leased", "start guetteur again")

    def generations(self) -> tuple[Generation, ...]:
        """Every generation that passes the quick check, newest first."""
        found = (read_generation(self._generations / str(number), self._files) for number in self._numbers())
        return tuple(one for one in found if one is not None)

    def held(self) -> frozenset[str]:
        """Versions that were rolled back from and are not taken again."""
        try:
            return frozenset(msgspec.json.decode((self.folder / "held").read_bytes(), type=list[str]))
        except (OSError, *UNREADABLE):
            return frozenset()

    def add(self, state: ListState, files: Mapping[str, Path], now: datetime) -> Generation:
        """Copy ``files`` in, write the manifest, flip the pointer: the new generation serves when this returns.

        A file that is there already is read and compared before it is shared, so a damaged one is replaced.

        Raises:
            StoreError: ``disk_full`` or ``store_unwritable`` (the old generation serves on), ``store_busy``,
                ``list_held`` (this version was rolled back from).
        """
        with self._changing():
            if state.version in self.held():
                raise StoreError(
                    "list_held", f"version {state.version} was rolled back from", "wait for the next version"
                )
            refs = {role: self._take(path) for role, path in files.items()}
            number = max(self._numbers(), default=0) + 1
            folder = self._generations / str(number)
            manifest = Manifest(number, *state[:3], now, state.entries, refs, state.sources)
            folder.mkdir(parents=True)
            write_durably(folder / LEASE, b"")
            write_durably(folder / MANIFEST, msgspec.json.encode(manifest))
            sync_folder(self._generations)
            self._point_to(number)
            return Generation(manifest, folder, self._files)

    def rollback(self, to: int | None = None) -> Generation:
        """Serve an older version again, and hold back every newer one that is here.

        Args:
            to: number of the generation; the newest one of another, not held version by default.

        Raises:
            StoreError: ``no_older_list``, and as for `add`.
        """
        with self._changing():
            current, held = self.current(), self.held()
            chosen = next(
                (
                    one
                    for one in self.generations()
                    if current is not None
                    and one.number < current.number
                    and one.version not in held | {current.version}
                    and to in (None, one.number)
                ),
                None,
            )
            if chosen is None or current is None:
                raise StoreError("no_older_list", "there is no older list to go back to", "guetteur lists status")
            newer = {one.version for one in self.generations() if one.number > chosen.number} - {chosen.version}
            # This rename decides: `current` passes over held versions even when the pointer is not written any more.
            holds = [*sorted(held - newer), *sorted(newer)][-_KEEP_HOLDS:]
            write_durably(self.folder / "held", msgspec.json.encode(holds))
            self._point_to(chosen.number)
            return chosen

    def release(self) -> None:
        """Forget what was rolled back from: the next sync takes whatever is published."""
        with self._changing():
            (self.folder / "held").unlink(missing_ok=True)

    def verify(self) -> tuple[Damage, ...]:
        """Read every byte of every generation; mark the broken ones, so that `current` passes over them.

        Raises:
            StoreError: as for `add`.
        """
        found = tuple(Damage(one.number, role) for one in self.generations() if (role := one.damaged()))
        for number, role in found:
            self.condemn(number, role)
        return found

    def condemn(self, number: int, role: str) -> None:
        """Mark a generation as damaged for good, so that `current` passes over it; ``role`` says which file is.

        Raises:
            StoreError: as for `add`.
        """
        with self._changing():
            if (self._generations / str(number)).is_dir():
                write_durably(self._generations / str(number) / DAMAGED, role.encode())

    def sweep(self) -> int:
        """Remove old and broken generations nobody leases, then data files no generation names; return how many.

        Raises:
            StoreError: as for `add`.
        """
        with self._changing():
            current = self.current()
            whole = [one.number for one in self.generations()]
            kept = {*whole[: self._keep], *({current.number} if current else ())}
            removed = sum(self._remove(number) for number in self._numbers() if number not in kept)
            named = {ref.sha256 for manifest in self._manifests() for ref in manifest.files.values()}
            for path in self._files.glob("[0-9a-f]*"):
                if path.name not in named:
                    with suppress(OSError):  # Windows: being read
                        path.unlink()
            for folder in (self.folder, self._files, *self._generations.glob("*")):
                clear_drafts(folder)
            return removed

    def _remove(self, number: int) -> bool:
        folder = self._generations / str(number)
        try:
            with (folder / LEASE).open("rb+") as lease:
                if not lock_file(lease, shared=False):
                    return False
                # Without a manifest it is no generation: a kill in the middle leaves nothing half alive.
                (folder / MANIFEST).unlink(missing_ok=True)
        except FileNotFoundError:
            pass  # killed before the lease was written: nobody can hold it
        except OSError:
            return False
        shutil.rmtree(folder, ignore_errors=True)
        return True

    def _take(self, source: Path) -> FileRef:
        sha256, size = fingerprint(source)
        target = self._files / sha256
        if not (target.exists() and (target.samefile(source) or fingerprint(target) == (sha256, size))):
            copy_durably(source, target)
            if fingerprint(target) != (sha256, size):
                raise StoreError(
                    "store_unwritable", f"{target} reads differently than it was written", "check the disk"
                )
        return FileRef(sha256, size)

    def _pointed(self) -> Generation | None:
        try:
            number = int((self.folder / "current").read_text("ascii"))
        except (OSError, ValueError):
            return None
        return read_generation(self._generations / str(number), self._files)

    def _point_to(self, number: int) -> None:
        write_durably(self.folder / "current", f"{number}\n".encode())

    def _numbers(self) -> list[int]:
        try:
            names = [path.name for path in self._generations.iterdir()]
        except OSError:
            return []
        return sorted((int(name) for name in names if name.isascii() and name.isdigit()), reverse=True)

    def _manifests(self) -> Iterator[Manifest]:
        """Of every generation that is left, broken or not: a sync may be reading their files."""
        for number in self._numbers():
            with suppress(OSError, *UNREADABLE):
                yield msgspec.json.decode((self._generations / str(number) / MANIFEST).read_bytes(), type=Manifest)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(self.folder / "store.lock", timeout=self._lock_timeout_s):
                yield
        except Timeout:
            raise StoreError("store_busy", f"another guetteur keeps {self.folder} locked", "try again later") from None
        except OSError as error:
            raise store_error(error, self.folder) from error


def store_error(error: OSError, folder: Path) -> StoreError:
    """A failed write in words; the list in use is untouched whenever this is raised."""
    if is_disk_full(error):
        return StoreError("disk_full", f"no room left for the lists in {folder}", "free some disk space")
    return StoreError("store_unwritable", f"{folder}: {error.strerror or error}", "check the folder's owner and rights")
