"""From a snapshot to the published repository: compile, make the delta, sign."""

from __future__ import annotations

import heapq
import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from guetteur.durable import write_durably
from guetteur.errors import DataFileError
from guetteur.lists import delta
from guetteur.lists.compiled import CompiledList
from guetteur.lists.delta import DeltaHeader
from guetteur.lists.index import (
    INDEX_TARGET,
    MAX_CHAIN,
    NEVER_BLOCK_TARGET,
    Index,
    decode_index,
    delta_target,
    full_target,
    newly_target,
)
from guetteur.lists.writer import MAX_FRONT, ListedKey, compile_list, no_hosts
from guetteur.publish.keys import SigningError
from guetteur.publish.repository import publish, published_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from guetteur.lists.writer import Entries
    from guetteur.publish.keys import KeyRing
    from guetteur.publish.repository import Published
    from guetteur.publish.snapshot import Snapshot

_VERSION = "%Y%m%dT%H%M%SZ"
KEPT = "published"
"""Folder in the work folder: the last published list, its index and the deltas that still lead to it."""


def release(  # noqa: PLR0913 -- what, where, with which keys, when
    snapshot: Snapshot, repository: Path, work: Path, keys: KeyRing, now: datetime, *, relevant: Callable[[str], bool]
) -> Published:
    """Compile and publish ``snapshot`` into ``repository``; the previous list in ``work`` gives the delta.

    ``relevant`` says of a host whether it concerns people in France: such hosts, then the youngest, are what browsers
    block by themselves. A run that is cut leaves the repository and ``work`` as they were.

    Raises:
        GuetteurError: nothing was published; ``index_invalid``: no client could have read it.
    """
    kept = work / KEPT
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work, prefix="release-") as name:
        folder = Path(name)
        artefacts = _compile(snapshot, folder, front=lambda entries: _front(entries, relevant))
        newly = _newly(snapshot, folder)
        deltas = _deltas(kept, artefacts[full_target(snapshot.version)], folder)
        full = CompiledList(artefacts[full_target(snapshot.version)])
        index = Index(
            version=snapshot.version,
            digest=full.meta.digest,
            built_at=snapshot.built_at,
            entries=len(full),
            full=full_target(snapshot.version),
            deltas={target.removeprefix("lists/").partition("..")[0]: target for target in deltas},
            sources=snapshot.list_sources,
            newly=list(newly),
        )
        artefacts |= newly | deltas | {INDEX_TARGET: folder / "index.json"}
        (folder / "index.json").write_bytes(_readable(index))
        done = publish(repository, artefacts, keys, now)
        _keep(kept, index, artefacts)
        return done


def published_entries(repository: Path) -> int | None:
    """How many entries the published list has; None when nothing is published there.

    Raises:
        SigningError: ``repository_damaged``.
    """
    target = published_target(repository, INDEX_TARGET)
    if target is None:
        return None
    try:
        return decode_index(target.read_bytes()).entries
    except (OSError, DataFileError) as error:
        raise SigningError("repository_damaged", f"{target}: {error}", "restore the folder from its copy") from None


def next_version(work: Path, moment: datetime) -> str:
    """Name of a state made at ``moment``: its time in UTC, to the second.

    It is later than the last published one's, whatever the clock says: clients take for new what is named anew.
    """
    try:
        last = decode_index((work / KEPT / "index.json").read_bytes()).version
    except OSError:
        last = ""
    name = f"{moment:{_VERSION}}"
    return name if name > last else f"{datetime.strptime(last, _VERSION) + timedelta(seconds=1):{_VERSION}}"  # noqa: DTZ007


def _readable(index: Index) -> bytes:
    """The index's content, once read as each client reads it: one that is refused ends everybody's renewals."""
    content = index.encode()
    try:
        decode_index(content)
    except DataFileError as error:
        hint = "nothing was signed; names, licences and addresses come from blocklists/sources.toml"
        raise DataFileError("index_invalid", f"clients would refuse it: {error.message}", hint) from None
    return content


def _compile(snapshot: Snapshot, folder: Path, front: Callable[[Entries], Iterable[str]]) -> dict[str, Path]:
    named = {"version": snapshot.version, "built_at": snapshot.built_at}
    compile_list(folder / "full", snapshot.entries, sources=snapshot.sources, front=front, **named)  # type: ignore[arg-type]
    # Version and day say nothing here: the same hosts give the same bytes, which nobody has to fetch again.
    never = map(ListedKey, sorted(snapshot.never_block))
    compile_list(
        folder / "never",
        never,
        version="never-block",
        built_at=datetime(2026, 1, 1, tzinfo=UTC),
        sources=("never-block",),
        nested=True,
        front=no_hosts,
    )
    return {
        full_target(snapshot.version): folder / "full",
        NEVER_BLOCK_TARGET: folder / "never",
    }


def _newly(snapshot: Snapshot, folder: Path) -> dict[str, Path]:
    """One file for each week; a week that is over gives the same bytes at every publish."""
    weeks: dict[str, list[ListedKey]] = {}
    for host, day in snapshot.newly.items():
        year, week, _ = day.isocalendar()
        weeks.setdefault(f"{year}-W{week:02}", []).append(ListedKey(host, 1, day))
    files = {newly_target(name): folder / f"newly-{name}" for name in sorted(weeks)}
    for name, path in zip(sorted(weeks), files.values(), strict=True):
        start = date.fromisocalendar(int(name[:4]), int(name[-2:]), 1)
        compile_list(
            path,
            weeks[name],
            version=f"newly-{name}",
            built_at=datetime(start.year, start.month, start.day, tzinfo=UTC),
            sources=("newly",),
            nested=True,
            front=no_hosts,
        )
    return files


def _front(entries: Entries, relevant: Callable[[str], bool]) -> list[str]:
    hosts = ((relevant(key), mark[1], key) for key, mark in entries.items() if "/" not in key)
    return [key for _, _, key in heapq.nlargest(MAX_FRONT, hosts)]


def _deltas(kept: Path, full: Path, folder: Path) -> dict[str, Path]:
    """The new step from the last published list, and the earlier ones that lead to it, at most `MAX_CHAIN` in all."""
    try:
        last = decode_index((kept / "index.json").read_bytes())
        old = CompiledList(kept / "full")
    except OSError:
        return {}
    new = CompiledList(full)
    if old.meta.version == new.meta.version or old.meta.version != last.version:
        return {}
    meta = new.meta
    header = DeltaHeader(old.meta.version, meta.version, meta.built_at, meta.sources, meta.digest)
    step = delta_target(old.meta.version, meta.version)
    (folder / "delta").write_bytes(delta.encode(header, _marks(old), _marks(new)))
    earlier = sorted(last.deltas.values())[-(MAX_CHAIN - 1) :]
    return {target: kept / Path(target).name for target in earlier} | {step: folder / "delta"}


def _marks(compiled: CompiledList) -> dict[str, tuple[int, int]]:
    return {key: mark for key in compiled.entries() if (mark := compiled.mark(key)) is not None}


def _keep(kept: Path, index: Index, artefacts: dict[str, Path]) -> None:
    """Remember what was published; the index last, so that a cut run costs a delta and nothing else."""
    for target in index.deltas.values():
        if artefacts[target].parent != kept:
            shutil.copyfile(artefacts[target], kept / Path(target).name)
    wanted = {Path(target).name for target in index.deltas.values()}
    write_durably(kept / "full", artefacts[index.full].read_bytes())
    write_durably(kept / "index.json", index.encode())
    for path in kept.glob("*.delta"):
        if path.name not in wanted:
            path.unlink()
