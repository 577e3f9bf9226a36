"""The maintainers' signing keys: ``guetteur keys create|show|rotate`` (rotation itself: `guetteur.publish.rotation`).

One pair of files a key, in folders the maintainers name (one may be a stick that is plugged in for a ceremony)::

    <role>-<keyid's first 12>.pem    private key: ed25519, PKCS#8, encrypted with the passphrase, mode 0600
    <role>-<keyid's first 12>.json   role, key id, day it was made, public key

Which keys count is said by the repository's root metadata alone; a folder is only where private halves are found.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer._crypto_signer import CryptoSigner
from securesystemslib.signer._key import SSlibKey

from guetteur.durable import write_durably
from guetteur.errors import GuetteurError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

RoleName = Literal["root", "targets", "never-block", "snapshot", "timestamp"]
ROLES: tuple[RoleName, ...] = get_args(RoleName)
COUNT = {"root": 3}
"""Keys of a role; one where nothing is said."""
THRESHOLD = {"root": 2}
"""Signatures a role needs; one where nothing is said."""
PASSPHRASE_ENV = "GUETTEUR_KEY_PASSPHRASE"  # noqa: S105 -- the name of a variable
MIN_PASSPHRASE = 12


class SigningError(GuetteurError):
    """A key cannot be made, found or used, or a repository cannot be signed."""


class KeyNote(msgspec.Struct, frozen=True):
    """The public half's file."""

    role: RoleName
    keyid: str
    created: datetime
    key: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """A key that lies in a folder.

    Attributes:
        role: what it was made for.
        created: when it was made.
        key: the public key.
        private: file of the private half.
        present: whether that file is there.
    """

    role: RoleName
    created: datetime
    key: SSlibKey
    private: Path
    present: bool

    @property
    def keyid(self) -> str:
        """The key's id in TUF metadata."""
        return str(self.key.keyid)


def read_passphrase(environ: Mapping[str, str], prompt: Callable[[], str] | None) -> bytes:
    """The passphrase, from the environment or else from ``prompt``.

    Raises:
        SigningError: ``passphrase_missing``, ``passphrase_short``.
    """
    text = environ.get(PASSPHRASE_ENV) or (prompt() if prompt else "")
    if not text:
        raise SigningError("passphrase_missing", "no passphrase was given", f"type it, or set {PASSPHRASE_ENV}")
    if len(text) < MIN_PASSPHRASE:
        raise SigningError(
            "passphrase_short", f"the passphrase has {len(text)} characters", f"use {MIN_PASSPHRASE} or more"
        )
    return text.encode("utf-8")


class KeyRing:
    """The keys in some folders; private halves are decrypted when they are first needed."""

    def __init__(
        self,
        folders: Sequence[Path],
        passphrase: bytes,
        generate: Callable[[], Ed25519PrivateKey] = Ed25519PrivateKey.generate,
    ) -> None:
        """Nothing is read yet.

        Args:
            folders: where keys lie; new ones go to the first.
            passphrase: of all private halves.
            generate: makes a private key (randomness passed in).
        """
        self._folders = tuple(folders)
        self._passphrase = passphrase
        self._generate = generate
        self._signers: dict[str, CryptoSigner] = {}

    def show(self) -> tuple[KeyInfo, ...]:
        """Every key in the folders, by role and age.

        Raises:
            SigningError: ``key_damaged``.
        """
        found = [_read_note(path) for folder in self._folders for path in folder.glob("*-*.json")]
        return tuple(sorted(found, key=lambda info: (ROLES.index(info.role), info.created, info.keyid)))

    def make(self, role: RoleName, now: datetime) -> SSlibKey:
        """Make a key for ``role`` and keep it in the first folder; return the public half.

        Raises:
            SigningError: ``key_unwritable``.
        """
        private = self._generate()
        signer = CryptoSigner(private)
        key = signer.public_key
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(self._passphrase))
        stem = self._folders[0] / f"{role}-{key.keyid[:12]}"
        note = KeyNote(role, key.keyid, now, key.to_dict())
        try:
            stem.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # The private half first: a note without it would be shown as "elsewhere".
            write_durably(stem.with_suffix(".pem"), pem, 0o600)
            write_durably(stem.with_suffix(".json"), msgspec.json.format(msgspec.json.encode(note)), 0o644)
        except OSError as error:
            raise SigningError("key_unwritable", f"{stem}: {error.strerror}", "check the folder") from None
        self._signers[key.keyid] = signer
        return key

    def signers(self, keyids: Iterable[str], threshold: int, role: str) -> list[CryptoSigner]:
        """Signers for as many of ``keyids`` as the folders hold.

        Raises:
            SigningError: ``keys_missing``: fewer than ``threshold``; ``passphrase_wrong``, ``key_damaged``.
        """
        wanted = list(keyids)
        infos = {info.keyid: info for info in self.show() if info.present}
        found = [self._signer(infos[keyid]) for keyid in wanted if keyid in infos]
        if len(found) < threshold:
            raise SigningError(
                "keys_missing",
                f"{role} needs {threshold} of the keys {', '.join(keyid[:12] for keyid in wanted)}; {len(found)} found",
                "name the folder that holds them",
            )
        return found

    def _signer(self, info: KeyInfo) -> CryptoSigner:
        if info.keyid not in self._signers:
            try:
                private = load_pem_private_key(info.private.read_bytes(), self._passphrase)
                self._signers[info.keyid] = CryptoSigner(private, info.key)
            except ValueError:
                raise SigningError(
                    "passphrase_wrong", f"{info.private} cannot be opened", "another passphrase, or a damaged file"
                ) from None
            except (OSError, TypeError) as error:
                raise SigningError("key_damaged", f"{info.private}: {error}", "restore it from its copy") from None
        return self._signers[info.keyid]


def create(ring: KeyRing, now: datetime) -> tuple[KeyInfo, ...]:
    """Make the keys that lack for every role to have its first ones; return all."""
    for role in missing(ring):
        ring.make(role, now)
    return ring.show()


def missing(ring: KeyRing) -> list[RoleName]:
    """Roles without their first keys, each as often as it lacks one."""
    there = [info.role for info in ring.show()]
    return [role for role in ROLES for _ in range(COUNT.get(role, 1) - there.count(role))]


def _read_note(path: Path) -> KeyInfo:
    try:
        note = msgspec.json.decode(path.read_bytes(), type=KeyNote)
        key = SSlibKey.from_dict(note.keyid, note.key)
    except (OSError, ValueError, KeyError, msgspec.MsgspecError) as error:
        raise SigningError("key_damaged", f"{path}: {error}", "restore it from its copy") from None
    private = path.with_suffix(".pem")
    return KeyInfo(note.role, note.created, key, private, os.access(private, os.R_OK))
