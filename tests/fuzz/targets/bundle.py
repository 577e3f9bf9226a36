"""Sealed bundles: only the sealed bytes themselves are unaltered; all others are told apart or refused with a code.

An input that begins with ``M`` or ``S`` replaces the manifest or the signature inside an archive that is well made.
"""

import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guetteur.reports.archive import pack
from guetteur.reports.bundle import write_bundle
from guetteur.reports.manifest import MANIFEST, SIGNATURE, BundleError
from guetteur.reports.signing import SigningKey
from guetteur.reports.verify import verify_bytes
from support.evidence import CASE, page_items

MAX_LENGTH = 8192
KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CODES = {"bundle_too_large", "bundle_unreadable", "bundle_refused", "not_a_bundle", "bundle_too_new"}


@cache
def sealed() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"
        write_bundle(path, CASE, page_items(), key=KEY, now=NOW)
        return path.read_bytes()


@cache
def files() -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(sealed())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def seeds() -> Iterator[bytes]:
    yield sealed()
    yield b"M" + files()[MANIFEST]
    yield b"S" + files()[SIGNATURE]


def check(data: bytes) -> None:
    inner = {b"M": MANIFEST, b"S": SIGNATURE}.get(data[:1])
    if inner is not None:
        data = pack(list({**files(), inner: data[1:]}.items()))
    try:
        found = verify_bytes(data, own=KEY.public)
    except BundleError as error:
        assert error.code in CODES
        assert error.hint
        return
    assert found.unaltered is (data == sealed())
    assert found.unaltered or found.repacked or found.changed or found.missing or found.added
