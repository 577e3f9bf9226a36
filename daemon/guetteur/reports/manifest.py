"""What a bundle says of itself: one list of every file with its hash, in one spelling only."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from guetteur.errors import GuetteurError

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT = 1
MANIFEST, SIGNATURE, TIMESTAMP, CASE = "manifest.json", "signature.json", "timestamp.tsr", "case.json"
RESERVED = frozenset({MANIFEST, SIGNATURE, TIMESTAMP})
"""Files that vouch for the others; no item may take their names."""

MAX_ITEMS = 200
MAX_ITEM_BYTES = 40 * 1024 * 1024
"""Of all items together: a mail of 25 MB, the page behind it and its screenshot fit."""

# One spelling on every system: no case, no accents in two forms, no reserved device names to trip over.
_PATH = re.compile(r"(?:[a-z0-9][a-z0-9_-]{0,63}/){0,3}[a-z0-9][a-z0-9_-]{0,63}(?:\.[a-z0-9]{1,8}){0,3}")


class BundleError(GuetteurError):
    """A bundle cannot be written or read."""


class ManifestFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the bundle.

    Attributes:
        path: name in the archive.
        sha256: of its bytes, hex.
        bytes: how many.
        media_type: what it is.
        taken_at: when it was taken, UTC.
        source: who took it: ``extension``, ``daemon``, ``person``.
    """

    path: str
    sha256: str
    bytes: int
    media_type: str
    taken_at: datetime
    source: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``manifest.json``.

    Attributes:
        format: version of the format, `FORMAT`.
        case_id: id of the case.
        created_at: when the bundle was made, by this machine's clock, UTC.
        product: what made it.
        timestamped: whether a time-stamp over this manifest belongs to the bundle.
        files: every other file but the signature and the time-stamp, by path.
    """

    format: int
    case_id: str
    created_at: datetime
    product: str
    timestamped: bool
    files: tuple[ManifestFile, ...]


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``signature.json``; binary values in base64.

    Attributes:
        algorithm: ``ed25519``.
        public_key: the 32 bytes of the key.
        key_id: `guetteur.reports.signing.key_id` of it.
        signature: over the bytes of ``manifest.json``.
        timestamp_signature: over the bytes of ``timestamp.tsr``; None without one.
    """

    algorithm: str
    public_key: bytes
    key_id: str
    signature: bytes
    timestamp_signature: bytes | None = None


def canonical(value: Any) -> bytes:
    """JSON in one spelling: names sorted, no spaces, UTF-8, times in UTC with ``Z``."""
    return msgspec.json.encode(value, order="sorted")


def check_paths(paths: Iterable[str]) -> None:
    """Check the names of items.

    Raises:
        BundleError: ``item_path``, ``item_twice``.
    """
    taken: set[str] = set()
    for path in paths:
        if not _PATH.fullmatch(path) or path in RESERVED:
            raise BundleError("item_path", f"{path!r} is no name for a piece of evidence", "use page/page.html")
        if path in taken:
            raise BundleError("item_twice", f"{path} stands twice", "give each piece of evidence a name of its own")
        taken.add(path)
