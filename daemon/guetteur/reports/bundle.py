"""Seals evidence: every file hashed, the list of hashes signed, the whole written in one step.

::

    manifest.json    what is in the bundle, with SHA-256, time and source of every file
    signature.json   this installation's signature over manifest.json
    timestamp.tsr    a third party's word for the time of manifest.json, when asked for
    case.json        what it is about
    page/… mail/…    the evidence, untouched
"""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import TYPE_CHECKING

import msgspec

from guetteur import __version__
from guetteur.durable import is_disk_full, write_durably
from guetteur.reports.archive import pack
from guetteur.reports.case import Item
from guetteur.reports.manifest import (
    CASE,
    FORMAT,
    MANIFEST,
    MAX_ITEM_BYTES,
    MAX_ITEMS,
    SIGNATURE,
    TIMESTAMP,
    BundleError,
    Manifest,
    ManifestFile,
    Signature,
    canonical,
    check_paths,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from guetteur.reports.case import Case
    from guetteur.reports.signing import SigningKey


def write_bundle(  # noqa: PLR0913 -- all that a bundle depends on is passed in
    path: Path,
    case: Case,
    items: Sequence[Item],
    *,
    key: SigningKey,
    now: datetime,
    timestamp: Callable[[bytes], bytes] | None = None,
) -> Manifest:
    """Write the bundle of ``case`` to ``path`` (mode 0600): whole or not at all, the same bytes for the same input.

    Args:
        path: where to; an older file there is replaced.
        case: what it is about.
        items: the evidence, at most `MAX_ITEMS` and 40 MB.
        key: this installation's.
        now: when it is made, with its time zone.
        timestamp: gives the RFC 3161 response over a manifest (`TimestampServer`); it blocks.

    Raises:
        BundleError: ``items_too_large``, ``too_many_items``, ``item_path``, ``item_twice``, ``item_time``,
            ``timestamp_failed``, ``bundle_unwritable``.
    """
    _check(items, now)
    everything = sorted(
        (*items, Item(CASE, "application/json", canonical(case), now, "daemon")), key=lambda item: item.path
    )
    manifest = Manifest(
        format=FORMAT,
        case_id=case.id,
        created_at=now,
        product=case.product or f"guetteur {__version__}",
        timestamped=timestamp is not None,
        files=tuple(_entry(item) for item in everything),
    )
    manifest = _in_utc(manifest)
    told = canonical(manifest)
    stamp = timestamp(told) if timestamp is not None else None
    signature = Signature(
        algorithm="ed25519",
        public_key=key.public,
        key_id=key.id,
        signature=key.sign(told),
        timestamp_signature=key.sign(stamp) if stamp is not None else None,
    )
    content = assemble(told, canonical(signature), stamp, ((item.path, item.data) for item in everything))
    try:
        write_durably(path, content, 0o600)
    except OSError as error:
        hint = "make room on the disk" if is_disk_full(error) else "choose another folder, or check its permissions"
        raise BundleError("bundle_unwritable", f"{path} cannot be written: {error.strerror}", hint) from None
    return manifest


def assemble(manifest: bytes, signature: bytes, timestamp: bytes | None, files: Iterable[tuple[str, bytes]]) -> bytes:
    """The archive with its files in the one order there is."""
    stamp = [(TIMESTAMP, timestamp)] if timestamp is not None else []
    return pack([(MANIFEST, manifest), (SIGNATURE, signature), *stamp, *files])


def _check(items: Sequence[Item], now: datetime) -> None:
    if len(items) > MAX_ITEMS:
        raise BundleError("too_many_items", f"there are {len(items)} pieces of evidence", f"give at most {MAX_ITEMS}")
    total = sum(len(item.data) for item in items)
    if total > MAX_ITEM_BYTES:
        raise BundleError(
            "items_too_large",
            f"the evidence has {total / 1024 / 1024:.1f} MB",
            f"at most {MAX_ITEM_BYTES // 1024 // 1024} MB fit: leave the largest attachments or pictures out",
        )
    check_paths((CASE, *(item.path for item in items)))
    if any(when.tzinfo is None for when in (now, *(item.taken_at for item in items))):
        raise BundleError("item_time", "a time is given without its time zone", "give times in UTC")


def _entry(item: Item) -> ManifestFile:
    digest = hashlib.sha256(item.data).hexdigest()
    return ManifestFile(item.path, digest, len(item.data), item.kind, item.taken_at, item.source)


def _in_utc(manifest: Manifest) -> Manifest:
    files = tuple(msgspec.structs.replace(one, taken_at=one.taken_at.astimezone(UTC)) for one in manifest.files)
    return msgspec.structs.replace(manifest, created_at=manifest.created_at.astimezone(UTC), files=files)
