"""Publishing: an ordinary folder that any web server or CDN can serve, whole at every moment.

::

    metadata/timestamp.json            replaced last, by rename: the moment the new state is published
    metadata/<n>.{root,snapshot,targets,never-block}.json
    targets/lists/<sha256>.<name>

Files are only added before the timestamp changes and only old ones removed after it. A kill in between leaves the
old state served and files nobody is led to, which the next publish overwrites or sweeps.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from securesystemslib.signer._key import SSlibKey
from tuf.api.exceptions import RepositoryError

from guetteur.durable import clear_drafts, copy_durably, fingerprint
from guetteur.lists.index import INDEX_TARGET, NEVER_BLOCK_FIELD, NEVER_BLOCK_ROLE, NEVER_BLOCK_TARGET
from guetteur.lists.tufapi import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from guetteur.publish.keys import SigningError
from guetteur.publish.metadata import (
    METADATA,
    TARGETS,
    Desk,
    Expiry,
    at_desk,
    load,
    role_signers,
    versions_of,
    write_document,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from guetteur.publish.keys import KeyRing

_KINDS = {INDEX_TARGET: "index", NEVER_BLOCK_TARGET: "never-block"}


@dataclass(frozen=True, slots=True)
class Published:
    """Versions of what is published now."""

    targets: int
    snapshot: int
    timestamp: int


def publish(  # noqa: PLR0913 -- what, where, with which keys, when
    folder: Path,
    artefacts: Mapping[str, Path],
    keys: KeyRing,
    now: datetime,
    *,
    expiry: Expiry | None = None,
    keep: int = 15,
) -> Published:
    """Publish ``artefacts`` (target name → file) as the whole new state.

    Targets that are not named are gone from it, except the never-block list, which stays until a new one is given.
    Files of the last ``keep`` states stay on disk, for clients in the middle of a sync and for caches.

    Raises:
        SigningError: ``no_repository``, ``keys_missing``, ``passphrase_wrong``, ``never_block_missing``,
            ``disk_full``, …; what was published is untouched.
    """
    with at_desk(folder, keys, now, expiry) as desk:
        files = {name: _place(folder, name, path) for name, path in artefacts.items()}
        never_block = files.pop(NEVER_BLOCK_TARGET, None)
        if never_block is None and desk.documents.never_block is None:
            raise SigningError("never_block_missing", "the first publish needs a never-block list", NEVER_BLOCK_TARGET)
        done = commit(desk, files, never_block)
        _sweep(folder, keep)
        return done


def published_target(folder: Path, name: str) -> Path | None:
    """The file of a published target; None when there is none.

    Raises:
        SigningError: ``repository_damaged``.
    """
    if not (folder / METADATA / "timestamp.json").exists():
        return None
    targets = load(folder).targets
    found = targets.targets.get(name) if targets is not None else None
    return folder / TARGETS / found.get_prefixed_paths()[0] if found is not None else None


def check_keys(folder: Path, keys: KeyRing) -> None:
    """See that the keys for the next `publish` are there and open, before anything is fetched for it.

    Raises:
        SigningError: ``no_repository``, ``repository_damaged``, ``keys_missing``, ``passphrase_wrong``, …
    """
    documents = load(folder)
    first = (NEVER_BLOCK_ROLE,) if documents.never_block is None else ()
    for role in ("targets", "snapshot", "timestamp", *first):
        role_signers(documents.root, role, keys)


def refresh_timestamp(folder: Path, keys: KeyRing, now: datetime, *, expiry: Expiry | None = None) -> Published:
    """Say again that the state is current: the timestamp, and the snapshot in the second half of its time.

    Needs the online keys only.

    Raises:
        SigningError: as `publish`; ``nothing_published``.
    """
    with at_desk(folder, keys, now, expiry) as desk:
        snapshot = desk.documents.snapshot
        if snapshot is None:
            raise SigningError("nothing_published", f"{folder} has no published state", "publish first")
        if snapshot.expires - now < desk.expiry.snapshot / 2:
            _put_snapshot(desk)
        return _put_timestamp(desk)


def commit(
    desk: Desk,
    files: Mapping[str, TargetFile],
    never_block: TargetFile | None,
    *,
    never_block_keys: Iterable[str] | None = None,
) -> Published:
    """Sign and write a state, timestamp last; the files are in their places.

    Args:
        desk: the repository and its keys.
        files: all targets but the never-block list.
        never_block: a new never-block list, None to leave it.
        never_block_keys: key ids to delegate to; all that root names by default.
    """
    documents = desk.documents
    delegations = _delegations(documents.root, never_block_keys)
    _put_never_block(desk, never_block, delegations)
    documents.targets = Targets(
        version=1 + (documents.targets.version if documents.targets else 0),
        expires=desk.until(desk.expiry.targets),
        targets=dict(files),
        delegations=delegations,
    )
    write_document(desk.folder, "targets", documents.targets.version, desk.sign("targets", documents.targets))
    _put_snapshot(desk)
    return _put_timestamp(desk)


def _place(folder: Path, name: str, source: Path) -> TargetFile:
    sha256, size = fingerprint(source)
    kind = _KINDS.get(name) or ("delta" if name.endswith(".delta") else "full")
    target = TargetFile(size, {"sha256": sha256}, name, {"custom": {"kind": kind}})
    path = folder / TARGETS / target.get_prefixed_paths()[0]
    if not (path.exists() and fingerprint(path) == (sha256, size)):
        copy_durably(source, path)
        if fingerprint(path) != (sha256, size):
            raise SigningError("artefact_changed", f"{source} changed while it was read", "publish again")
    return target


def _delegations(root: Root, chosen: Iterable[str] | None) -> Delegations:
    named = root.unrecognized_fields[NEVER_BLOCK_FIELD]
    keyids = list(named["keys"] if chosen is None else chosen)
    keys = {keyid: SSlibKey.from_dict(keyid, dict(named["keys"][keyid])) for keyid in keyids}
    role = DelegatedRole(NEVER_BLOCK_ROLE, keyids, named["threshold"], terminating=True, paths=[NEVER_BLOCK_TARGET])
    return Delegations({**keys}, {NEVER_BLOCK_ROLE: role})


def _put_never_block(desk: Desk, target: TargetFile | None, delegations: Delegations) -> None:
    """Sign it anew only when its content, its keys or its age ask for it: the key is seldom at hand."""
    old = desk.documents.never_block
    listed = {target.path: target} if target else dict(old.targets if old else {})
    if old is not None and old.targets == listed and old.expires - desk.now > desk.expiry.never_block / 4:
        with suppress(RepositoryError):
            document: Metadata[Targets] = Metadata.from_bytes(desk.documents.raw[NEVER_BLOCK_ROLE])
            Targets(delegations=delegations).verify_delegate(
                NEVER_BLOCK_ROLE, document.signed_bytes, document.signatures
            )
            return
    version = 1 + (old.version if old else 0)
    signed = Targets(version=version, expires=desk.until(desk.expiry.never_block), targets=listed)
    desk.documents.never_block = signed
    write_document(desk.folder, NEVER_BLOCK_ROLE, version, desk.sign(NEVER_BLOCK_ROLE, signed))


def _put_snapshot(desk: Desk) -> None:
    documents = desk.documents
    assert documents.targets is not None  # noqa: S101 -- both were just written or loaded
    assert documents.never_block is not None  # noqa: S101
    meta = {
        "targets.json": _meta(documents.targets.version, documents.raw["targets"]),
        f"{NEVER_BLOCK_ROLE}.json": _meta(documents.never_block.version, documents.raw[NEVER_BLOCK_ROLE]),
    }
    version = 1 + (documents.snapshot.version if documents.snapshot else 0)
    documents.snapshot = Snapshot(version=version, expires=desk.until(desk.expiry.snapshot), meta=meta)
    write_document(desk.folder, "snapshot", version, desk.sign("snapshot", documents.snapshot))


def _put_timestamp(desk: Desk) -> Published:
    documents = desk.documents
    assert documents.snapshot is not None  # noqa: S101 -- as above
    assert documents.targets is not None  # noqa: S101
    documents.timestamp = Timestamp(
        version=1 + (documents.timestamp.version if documents.timestamp else 0),
        expires=desk.until(desk.expiry.timestamp),
        snapshot_meta=_meta(documents.snapshot.version, documents.raw["snapshot"]),
    )
    write_document(desk.folder, "timestamp", None, desk.sign("timestamp", documents.timestamp))
    return Published(documents.targets.version, documents.snapshot.version, documents.timestamp.version)


def _meta(version: int, raw: bytes) -> MetaFile:
    return MetaFile(version, len(raw), {"sha256": hashlib.sha256(raw).hexdigest()})


def _sweep(folder: Path, keep: int) -> None:
    """Remove what only older states than the last ``keep`` lead to; roots stay, clients walk along them."""
    base, named = folder / METADATA, set[str]()
    for role in ("snapshot", "targets", NEVER_BLOCK_ROLE):
        versions = versions_of(base, role)
        for version in versions[:-keep]:
            (base / f"{version}.{role}.json").unlink(missing_ok=True)
        for version in () if role == "snapshot" else versions[-keep:]:
            document: Metadata[Targets] = Metadata.from_bytes((base / f"{version}.{role}.json").read_bytes())
            named |= {path for target in document.signed.targets.values() for path in target.get_prefixed_paths()}
    lists = folder / TARGETS
    for path in lists.rglob("*"):
        if path.is_file() and path.relative_to(lists).as_posix() not in named:
            path.unlink(missing_ok=True)
    clear_drafts(base)
