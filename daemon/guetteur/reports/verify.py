"""Proves that a bundle is what was sealed, or says what is not."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from guetteur.errors import InvalidInputError
from guetteur.reports.archive import MAX_ARCHIVE_BYTES, unpack
from guetteur.reports.bundle import assemble
from guetteur.reports.manifest import (
    FORMAT,
    MANIFEST,
    RESERVED,
    SIGNATURE,
    TIMESTAMP,
    BundleError,
    Manifest,
    ManifestFile,
    Signature,
    canonical,
)
from guetteur.reports.signing import is_signed, key_id
from guetteur.reports.timestamp import Timestamp, read_timestamp
from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cryptography.x509 import Certificate

    from guetteur.reports.archive import Unpacked


class _Format(msgspec.Struct):
    format: int


class Verification(msgspec.Struct, frozen=True):
    """What was found.

    Attributes:
        unaltered: every byte is as it was sealed by the holder of `key_id`.
        signature: over the manifest.
        key_id: whose key; empty when the signature cannot be read.
        own: whether it is the key the caller calls its own; None when he gave none.
        changed: files whose bytes are not those the manifest tells, ``manifest.json`` included.
        missing: files the manifest tells and the bundle lacks.
        added: files the manifest does not tell.
        repacked: the archive around the files was made anew or touched.
        timestamp: the third party's word for the time.
        case_id: id of the case; empty when the manifest cannot be read, as the three below.
        created_at: when it was sealed, by the clock of that machine.
        product: what sealed it.
        files: what the manifest tells.
    """

    unaltered: bool
    signature: Literal["good", "bad", "missing"]
    key_id: str
    own: bool | None
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    repacked: bool
    timestamp: Timestamp
    case_id: str = ""
    created_at: datetime | None = None
    product: str = ""
    files: tuple[ManifestFile, ...] = ()


def verify(path: Path, *, own: bytes | None = None, authorities: Sequence[Certificate] = ()) -> Verification:
    """Check the bundle at ``path``.

    Args:
        path: the file.
        own: public key to compare the signer's with.
        authorities: roots whose time-stamps are trusted.

    Raises:
        InvalidInputError: ``unreadable_file``.
        BundleError: ``bundle_too_large``, ``bundle_unreadable``, ``bundle_refused``, ``not_a_bundle``,
            ``bundle_too_new``.
    """
    return verify_bytes(read_bundle(path), own=own, authorities=authorities)


def read_bundle(path: Path) -> bytes:
    """The bytes of the bundle at ``path``, whatever they are.

    Raises:
        InvalidInputError: ``unreadable_file``.
        BundleError: ``bundle_too_large``.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_ARCHIVE_BYTES + 1)
    except OSError as error:
        raise InvalidInputError(
            "unreadable_file",
            f"{path} cannot be read: {error.strerror}",
            "check its name and permissions",
            path=path,
            reason=error,
        ) from None
    if len(data) > MAX_ARCHIVE_BYTES:
        raise BundleError("bundle_too_large", f"{path} is larger than any bundle", "check that it is the right file")
    return data


def verify_bytes(data: bytes, *, own: bytes | None = None, authorities: Sequence[Certificate] = ()) -> Verification:
    """Check a bundle in memory; see `verify`."""
    found = unpack(data)
    present = found.files.keys() | set(found.damaged)
    if not present & {MANIFEST, SIGNATURE}:
        raise BundleError("not_a_bundle", "this archive is no bundle of Guetteur's", "check that it is the right file")
    told = found.files.get(MANIFEST, b"")
    manifest, signature = _manifest(told), _signature(found.files.get(SIGNATURE, b""))
    good = signature is not None and is_signed(told, signature.signature, signature.public_key)
    files = manifest.files if manifest is not None else ()
    listed = {one.path for one in files}
    stamp = found.files.get(TIMESTAMP)
    timestamp = _timestamp(manifest, signature, told, stamp, authorities)
    changed = [one.path for one in files if one.path in present and not _is_same(one, found)]
    if MANIFEST in present and (manifest is None or not good):
        changed.insert(0, MANIFEST)
    if SIGNATURE in present and not _belongs(signature, manifest):
        changed.insert(0, SIGNATURE)
    missing = [name for name in (MANIFEST, SIGNATURE) if name not in present]
    missing += sorted(listed - present)
    promised = RESERVED if manifest is None or manifest.timestamped else RESERVED - {TIMESTAMP}
    added = sorted(present - listed - promised)
    whole = good and not (changed or missing or added) and timestamp.state not in ("missing", "wrong")
    repacked = whole and data != _as_written(told, found, [one.path for one in files])
    return Verification(
        unaltered=whole and not repacked,
        signature="good" if good else "bad" if SIGNATURE in present else "missing",
        key_id=signature.key_id if signature is not None else "",
        own=None if own is None else signature is not None and signature.public_key == own,
        changed=tuple(changed),
        missing=tuple(missing),
        added=tuple(added),
        repacked=repacked,
        timestamp=timestamp,
        case_id=manifest.case_id if manifest is not None else "",
        created_at=manifest.created_at if manifest is not None else None,
        product=manifest.product if manifest is not None else "",
        files=files,
    )


def _manifest(told: bytes) -> Manifest | None:
    """The manifest, when it is one in its one spelling.

    Raises:
        BundleError: ``bundle_too_new``.
    """
    try:
        manifest = msgspec.json.decode(told, type=Manifest)
        if canonical(manifest) == told and len({one.path for one in manifest.files}) == len(manifest.files):
            _check_format(told)
            return manifest if manifest.format == FORMAT else None
    except UNREADABLE:
        _check_format(told)
    return None


def _check_format(told: bytes) -> None:
    try:
        newer = msgspec.json.decode(told, type=_Format).format > FORMAT
    except UNREADABLE:
        return
    if newer:
        raise BundleError("bundle_too_new", "a newer Guetteur made this bundle", "update Guetteur, then verify again")


def _signature(content: bytes) -> Signature | None:
    """The signature, when it is one in its one spelling that names its own key."""
    try:
        signature = msgspec.json.decode(content, type=Signature)
    except UNREADABLE:
        return None
    named = signature.algorithm == "ed25519" and signature.key_id == key_id(signature.public_key)
    return signature if named and canonical(signature) == content else None


def _belongs(signature: Signature | None, manifest: Manifest | None) -> bool:
    """Whether a signature can be read and vouches for a time-stamp exactly when the manifest promises one."""
    if signature is None or manifest is None:
        return signature is not None
    return (signature.timestamp_signature is not None) == manifest.timestamped


def _is_same(entry: ManifestFile, found: Unpacked) -> bool:
    data = found.files.get(entry.path)
    return data is not None and len(data) == entry.bytes and hashlib.sha256(data).hexdigest() == entry.sha256


def _timestamp(
    manifest: Manifest | None,
    signature: Signature | None,
    told: bytes,
    stamp: bytes | None,
    authorities: Sequence[Certificate],
) -> Timestamp:
    wanted = manifest is not None and manifest.timestamped
    if not wanted:
        return Timestamp("none")
    if stamp is None:
        return Timestamp("missing")
    by = signature.timestamp_signature if signature is not None else None
    if signature is None or by is None or not is_signed(stamp, by, signature.public_key):
        return Timestamp("wrong")
    return read_timestamp(stamp, told, authorities)


def _as_written(told: bytes, found: Unpacked, order: list[str]) -> bytes:
    stamp = found.files.get(TIMESTAMP)
    return assemble(told, found.files[SIGNATURE], stamp, ((name, found.files[name]) for name in order))
