"""The key of this installation: whoever holds it made the bundle. It says nothing about who the person is."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from filelock import FileLock, Timeout

from guetteur.durable import write_durably
from guetteur.errors import GuetteurError

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "report-key.pem"
_LOCK_NAME = "report-key.lock"
_LOCK_S = 10
_MAX_BYTES = 4096


class SigningError(GuetteurError):
    """The key cannot be used."""


class SigningKey:
    """A key that signs bundles.

    Attributes:
        public: its public half, 32 bytes.
        id: short name of it, as `key_id`.
    """

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()
        self.id = key_id(self.public)

    def sign(self, data: bytes) -> bytes:
        """The Ed25519 signature over ``data`` (RFC 8032), 64 bytes."""
        return self._private.sign(data)


def key_id(public: bytes) -> str:
    """The first 128 bits of the SHA-256 of a public key, hex."""
    return hashlib.sha256(public).hexdigest()[:32]


def is_signed(data: bytes, signature: bytes, public: bytes) -> bool:
    """Whether ``public`` signed exactly ``data``."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def load_key(state_dir: Path) -> SigningKey:
    """The key of this installation; made when there is none, whichever of two processes comes first.

    Raises:
        SigningError: ``report_key_damaged`` (a new one is not made: bundles would silently change their signer),
            ``report_key_unwritable``.
    """
    path = state_dir / FILE_NAME
    try:
        if not path.exists():
            state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(state_dir / _LOCK_NAME, timeout=_LOCK_S):
                if not path.exists():
                    write_durably(path, _pem(Ed25519PrivateKey.generate()), 0o600)
        return _read(path)
    except (OSError, Timeout) as error:
        raise SigningError(
            "report_key_unwritable",
            f"the key that signs reports cannot be read or made in {state_dir}: {error}",
            "check the permissions of that folder and the room on the disk",
        ) from None


def own_public(state_dir: Path) -> bytes | None:
    """The public half of this installation's key; None when there is no key, or none that can be read."""
    try:
        return _read(state_dir / FILE_NAME).public
    except (OSError, SigningError):
        return None


def _read(path: Path) -> SigningKey:
    with path.open("rb") as file:
        if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
            path.chmod(0o600)
        content = file.read(_MAX_BYTES)
    try:
        private = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise SigningError(
            "report_key_damaged",
            f"the key that signs reports is damaged: {path}",
            "restore it from a backup, or move it away and a new one is made; bundles made before stay valid",
        )
    return SigningKey(private)


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
