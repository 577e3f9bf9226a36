"""The steps of one sync, from what is published to a new generation; locks, results and status are `sync`'s.

Every step raises a coded error; nothing in use is changed before the last one, `Store.add`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from guetteur.errors import GuetteurError
from guetteur.lists.fetcher import FetchLimits, ListFetcher
from guetteur.lists.index import INDEX_TARGET, Index, decode_index, delta_chain
from guetteur.lists.listformat import Built
from guetteur.lists.newly import NEWLY_INDEX
from guetteur.lists.poison import PoisonError, check_contents
from guetteur.lists.store import ListState, Store, StoreError
from guetteur.lists.trust import SyncError, TrustedRepository

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from guetteur.lists.generation import Generation
    from guetteur.lists.listformat import ListFormat
    from guetteur.lists.tufapi import TargetFile

Stage = Literal["checking", "downloading", "applying", "installing", "done"]
Via = Literal["delta", "full"]

NEVER_BLOCK, NEWLY = "never-block", "newly-"
"""Roles of the files of a generation that are not part of the list itself; NEWLY is followed by a week."""

# A file of the delta is bad or gone: the full list may still be good.
_TRY_FULL = frozenset({"lists_tampered", "lists_refused", "lists_too_large"})


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a sync; ``done`` of ``total`` bytes while downloading, else zeros."""

    stage: Stage
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class SyncSetup:
    """Where lists come from and what is never taken.

    Attributes:
        url: the published repository; ``metadata/`` and ``targets/`` lie below it.
        root: content of the root of trust the package ships (``data/root.json``).
        floor: hosts never blocked whatever the never-block role signs: official bodies, public suffixes.
        limits: deadlines and caps of the network.
        max_list_bytes: largest full list or delta.
        max_small_bytes: largest index or never-block list.
    """

    url: str
    root: bytes
    floor: frozenset[str] = frozenset()
    limits: FetchLimits = field(default_factory=FetchLimits)
    max_list_bytes: int = 512 * 1024**2
    max_small_bytes: int = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class Renewal:
    """One sync's parts; `run` does it.

    Attributes:
        setup: where from.
        store: where to.
        fmt: the lists' file format.
        now: the clock's time.
        fetcher: brings the files.
        scratch: an empty folder on the store's disk.
        progress: told of each step.
        accept_size: take a list whose size changed beyond reason.
    """

    setup: SyncSetup
    store: Store
    fmt: ListFormat
    now: datetime
    fetcher: ListFetcher
    scratch: Path
    progress: Callable[[Progress], None]
    accept_size: bool

    def run(self) -> tuple[Literal["updated", "up_to_date", "held"], Via | None]:
        """Bring the store to the published state.

        Returns:
            What happened, and how a new list came; ``updated`` without a way when only its companions changed.

        Raises:
            GuetteurError: `SyncError`, `PoisonError`, `StoreError` or one of the format's.
            OSError: no room in the scratch folder.
        """
        self.progress(Progress("checking"))
        current = self._sound_current()
        repository = TrustedRepository(
            self.store.folder / "tuf",
            self.setup.root,
            self.setup.url,
            self.fetcher,
            now=self.now,
            built_at=current.manifest.built_at if current else None,
        )
        repository.refresh()
        index = self._index(repository)
        extras = self._extras(repository, index, current)
        published_anew = current is None or index.version != current.version
        held = published_anew and index.version in self.store.held()
        if current is not None and (held or not published_anew):
            built, via = Built(_list_files(current), current.manifest.digest), None
            manifest = current.manifest
            state = ListState(current.version, built.digest, manifest.built_at, 0, manifest.sources)
            if _same_extras(current, extras):
                return ("held" if held else "up_to_date"), None
        else:
            if current is not None and index.built_at < current.manifest.built_at:
                raise SyncError(
                    "lists_rolled_back", f"{index.version} is older than {current.version}", "the newer list stays"
                )
            built, via = self._fetch(repository, index, current)
            state = ListState(index.version, index.digest, index.built_at, 0, index.sources)
        entries = self._check(built, extras[NEVER_BLOCK], current, kept=via is None)
        extras |= self._newly_index(extras, current)
        self.progress(Progress("installing"))
        self.store.add(state._replace(entries=entries), {**built.files, **extras}, self.now)
        return ("held" if held else "updated"), via

    def _sound_current(self) -> Generation | None:
        """The generation in use, read in full: a delta on a damaged base would pass its digest.

        One that is as it came and cannot be opened, as after another version of the program, counts as damaged too.
        """
        while (current := self.store.current()) is not None:
            if current.damaged():
                self.store.verify()
            elif not self._opens(current):
                self.store.condemn(current.number, "unreadable")
            else:
                break
        return current

    def _opens(self, generation: Generation) -> bool:
        try:
            with self.fmt.open(_list_files(generation)):
                return True
        except (GuetteurError, KeyError):
            return False

    def _index(self, repository: TrustedRepository) -> Index:
        target = repository.find(INDEX_TARGET, self.setup.max_small_bytes)
        if target is None:
            raise SyncError("lists_malformed", "the repository has no index of lists", "tell the maintainers")
        return decode_index(repository.download(target, self.scratch / "index").read_bytes())

    def _extras(self, repository: TrustedRepository, index: Index, current: Generation | None) -> dict[str, Path]:
        targets: dict[str, TargetFile | None] = {NEVER_BLOCK: repository.find_never_block(self.setup.max_small_bytes)}
        for name in index.newly:
            role = name.removeprefix("lists/").removesuffix(".list").lower()
            targets[role] = repository.find(name, self.setup.max_list_bytes)
        found: dict[str, Path] = {}
        for role, target in targets.items():
            if target is None:
                continue
            ref = current.manifest.files.get(role) if current else None
            if current and ref and target.hashes.get("sha256") == ref.sha256:
                found[role] = current.path(role)
            else:
                found[role] = self._download(repository, target, role)
        return found

    def _newly_index(self, extras: dict[str, Path], current: Generation | None) -> dict[str, Path]:
        """The weeks of newly registered hosts as one file; the current generation's when the weeks are the same."""
        weeks = _weeks(extras)
        if not weeks:
            return {}
        if current and NEWLY_INDEX in current.manifest.files and _weeks(current.paths()) == weeks:
            return {NEWLY_INDEX: current.path(NEWLY_INDEX)}
        self.fmt.newly(weeks.values(), self.scratch / NEWLY_INDEX)
        return {NEWLY_INDEX: self.scratch / NEWLY_INDEX}

    def _fetch(self, repository: TrustedRepository, index: Index, current: Generation | None) -> tuple[Built, Via]:
        full = repository.find(index.full, self.setup.max_list_bytes)
        if full is None:
            raise SyncError("lists_malformed", f"{index.full} was not signed", "tell the maintainers")
        deltas = self._deltas(repository, index, current)
        if current and deltas and sum(delta.length for delta in deltas) < full.length:
            built = self._by_deltas(repository, deltas, current, index.digest)
            if built is not None:
                return built, "delta"
        path = self._download(repository, full, "full")
        self.progress(Progress("applying"))
        built = self.fmt.load(path, _folder(self.scratch / "loaded"))
        if built.digest != index.digest:
            raise SyncError("list_digest", f"{index.full} is not what the index says", "tell the maintainers")
        return built, "full"

    def _deltas(self, repository: TrustedRepository, index: Index, current: Generation | None) -> list[TargetFile]:
        names = delta_chain(index, current.version) if current else None
        targets = [repository.find(name, self.setup.max_list_bytes) for name in names or ()]
        return [] if None in targets else [target for target in targets if target]

    def _by_deltas(
        self, repository: TrustedRepository, deltas: list[TargetFile], current: Generation, digest: str
    ) -> Built | None:
        """The list after all deltas, or None when it cannot be had that way."""
        built = Built(_list_files(current), current.manifest.digest)
        try:
            for step, target in enumerate(deltas):
                path = self._download(repository, target, f"delta-{step}")
                self.progress(Progress("applying"))
                built = self.fmt.apply(built.files, path, _folder(self.scratch / f"applied-{step}"))
        except SyncError as error:
            if error.code in _TRY_FULL:
                return None
            raise
        except GuetteurError:
            return None  # it does not fit or is no delta
        return built if built.digest == digest else None

    def _check(self, built: Built, never_block: Path, current: Generation | None, *, kept: bool) -> int:
        """The number of entries of a list fit for use."""
        hosts = {*self.fmt.never_block(never_block), *self.setup.floor}
        previous = current.manifest.entries if current else None
        with self.fmt.open(built.files) as contents:
            try:
                check_contents(contents, hosts, previous, accept_size=self.accept_size)
            except PoisonError:
                if kept:
                    self._retreat(hosts)
                raise
            return len(contents)

    def _retreat(self, never_block: set[str]) -> None:
        """The list in use blocks what the never-block role signed since: serve the newest older one that does not."""
        for older in self.store.generations():
            with self.fmt.open(_list_files(older)) as contents:
                try:
                    check_contents(contents, never_block, None)
                except PoisonError:
                    continue
            with suppress(StoreError):  # it was rolled back from itself
                self.store.rollback(older.number)
                return

    def _download(self, repository: TrustedRepository, target: TargetFile, name: str) -> Path:
        self.progress(Progress("downloading", 0, target.length))
        return repository.download(target, self.scratch / name)


def _list_files(generation: Generation) -> dict[str, Path]:
    return {role: path for role, path in generation.paths().items() if not _is_extra(role)}


def _is_extra(role: str) -> bool:
    return role == NEVER_BLOCK or role.startswith(NEWLY)


def _weeks(files: dict[str, Path]) -> dict[str, Path]:
    return {role: path for role, path in files.items() if role.startswith(NEWLY) and role != NEWLY_INDEX}


def _same_extras(current: Generation, extras: dict[str, Path]) -> bool:
    before = {role for role in current.manifest.files if _is_extra(role)}
    if _weeks(extras) and NEWLY_INDEX not in before:
        return False  # adopted by a version that did not make one
    before.discard(NEWLY_INDEX)
    return before == extras.keys() and all(current.path(role) == path for role, path in extras.items())


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
