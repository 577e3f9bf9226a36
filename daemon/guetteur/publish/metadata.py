"""The signed documents of a repository: read, signed, written; which keys sign what is root's word."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from filelock import FileLock, Timeout
from securesystemslib.exceptions import StorageError
from tuf.api.exceptions import RepositoryError

from guetteur.durable import is_disk_full, write_durably
from guetteur.lists.index import NEVER_BLOCK_FIELD, NEVER_BLOCK_ROLE
from guetteur.lists.tufapi import Metadata, Root, Signed, Snapshot, Targets, Timestamp
from guetteur.publish.keys import SigningError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from securesystemslib.signer._signer import Signer

    from guetteur.publish.keys import KeyRing

METADATA, TARGETS = "metadata", "targets"
S = TypeVar("S", bound=Signed)
_VERSIONED = re.compile(r"(?P<version>[1-9][0-9]*)\.(?P<role>[a-z-]+)\.json")


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long each document stands; the online ones briefly, so that a freeze shows."""

    root: timedelta = timedelta(days=365)
    targets: timedelta = timedelta(days=90)
    never_block: timedelta = timedelta(days=180)
    snapshot: timedelta = timedelta(days=14)
    timestamp: timedelta = timedelta(days=2)


@dataclass(slots=True)
class Documents:
    """What a repository folder says now: the newest root, and what its timestamp leads to.

    Attributes:
        root: always there.
        raw: role → bytes of the documents as they lie on disk.
    """

    root: Root
    timestamp: Timestamp | None = None
    snapshot: Snapshot | None = None
    targets: Targets | None = None
    never_block: Targets | None = None
    raw: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """What one act of signing works on; the lock is held as long as it is used.

    Attributes:
        folder: the repository.
        documents: what is published; brought up to date with what is written.
        keys: signs.
        now: the clock's time.
        expiry: how long each document stands.
    """

    folder: Path
    documents: Documents
    keys: KeyRing
    now: datetime
    expiry: Expiry

    def sign(self, role: str, signed: Signed) -> bytes:
        """Sign with the keys that the newest root names for ``role``, and keep the bytes."""
        raw = sign(signed, role_signers(self.documents.root, role, self.keys))
        self.documents.raw[role] = raw
        return raw

    def until(self, span: timedelta) -> datetime:
        """An expiry: whole seconds, as TUF has them."""
        return (self.now + span).replace(microsecond=0)


def load(folder: Path) -> Documents:
    """Read the documents that clients would be led to.

    Raises:
        SigningError: ``no_repository``, ``repository_damaged``.
    """
    base = folder / METADATA
    versions = versions_of(base, "root")
    if not versions:
        raise SigningError("no_repository", f"{folder} holds no signed repository", "create it with the root keys")
    documents = Documents(_read(base / f"{max(versions)}.root.json", Root)[0])
    if not (base / "timestamp.json").exists():
        return documents
    raw = documents.raw
    documents.timestamp, raw["timestamp"] = _read(base / "timestamp.json", Timestamp)
    at = documents.timestamp.snapshot_meta.version
    documents.snapshot, raw["snapshot"] = _read(base / f"{at}.snapshot.json", Snapshot)
    meta = documents.snapshot.meta
    documents.targets, raw["targets"] = _read(base / f"{meta['targets.json'].version}.targets.json", Targets)
    name = f"{NEVER_BLOCK_ROLE}.json"
    documents.never_block, raw[NEVER_BLOCK_ROLE] = _read(base / f"{meta[name].version}.{name}", Targets)
    return documents


def _read(path: Path, kind: type[S]) -> tuple[S, bytes]:
    try:
        raw = path.read_bytes()
        signed: Any = Metadata.from_bytes(raw).signed
    except (OSError, RepositoryError, StorageError) as error:
        raise SigningError("repository_damaged", f"{path}: {error}", "restore the folder from its copy") from None
    if not isinstance(signed, kind):
        raise SigningError("repository_damaged", f"{path} is a {signed.type}", "restore the folder from its copy")
    return signed, raw


def versions_of(base: Path, role: str) -> list[int]:
    """Versions of ``role`` that lie in the metadata folder, ascending."""
    found = (_VERSIONED.fullmatch(path.name) for path in base.glob(f"*.{role}.json"))
    return sorted(int(match["version"]) for match in found if match and match["role"] == role)


def sign(signed: Signed, signers: list[Signer]) -> bytes:
    """The document with a signature of each signer."""
    document: Metadata[Any] = Metadata(signed)
    for signer in signers:
        document.sign(signer, append=True)
    return document.to_bytes()


def role_signers(root: Root, role: str, ring: KeyRing) -> list[Signer]:
    """Signers for a top-level role, or for never-block, as ``root`` has it.

    Raises:
        SigningError: ``keys_missing``, …
    """
    if role == NEVER_BLOCK_ROLE:
        named = root.unrecognized_fields[NEVER_BLOCK_FIELD]
        return [*ring.signers(named["keys"], named["threshold"], role)]
    wanted = root.roles[role]
    return [*ring.signers(wanted.keyids, wanted.threshold, role)]


def write_document(folder: Path, role: str, version: int | None, content: bytes) -> None:
    """Write a document under its name; without a version only for the timestamp."""
    name = f"{role}.json" if version is None else f"{version}.{role}.json"
    write_durably(folder / METADATA / name, content)


@contextmanager
def at_desk(folder: Path, keys: KeyRing, now: datetime, expiry: Expiry | None) -> Iterator[Desk]:
    """The lock of `changing`, and what is published.

    Raises:
        SigningError: as `changing` and `load`.
    """
    with changing(folder):
        yield Desk(folder, load(folder), keys, now, expiry or Expiry())


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Hold the repository's lock, beside the folder so that it is not served; failed writes become coded errors.

    Raises:
        SigningError: ``repository_busy``, ``disk_full``, ``repository_unwritable``; what is published is untouched.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f".{folder.name}.lock"), timeout=60):
            yield
    except Timeout:
        raise SigningError("repository_busy", f"somebody else is publishing to {folder}", "try again later") from None
    except OSError as error:
        code = "disk_full" if is_disk_full(error) else "repository_unwritable"
        raise SigningError(code, f"{folder}: {error.strerror or error}", "what was published is untouched") from error
