"""The root of trust: its first version, its renewal, and the rotation of every role's keys.

A client that comes in the middle of a rotation must find a repository that verifies. So the keys of a role change in
two roots: the first trusts old and new, then the role's document is signed with the new key, then the second root
trusts the new key alone. A rotation that was killed is finished by running it again.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guetteur.durable import write_durably
from guetteur.lists.index import NEVER_BLOCK_FIELD, NEVER_BLOCK_ROLE
from guetteur.lists.tufapi import Role, Root
from guetteur.publish.keys import COUNT, ROLES, THRESHOLD, SigningError, create, missing
from guetteur.publish.metadata import (
    METADATA,
    Desk,
    Expiry,
    at_desk,
    changing,
    role_signers,
    sign,
    versions_of,
    write_document,
)
from guetteur.publish.repository import commit

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from securesystemslib.signer._key import SSlibKey

    from guetteur.publish.keys import KeyInfo, KeyRing, RoleName


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: key ids that came and went, and the root that says so."""

    role: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    root_version: int


def create_all(blocklists: Path, keys: KeyRing, now: datetime) -> tuple[KeyInfo, ...]:
    """Make the first keys, the repository and, last, ``root.json``; return the keys. What was cut is finished.

    Raises:
        SigningError: ``keys_exist``: all is there; rotate the keys instead. ``repository_lost``.
    """
    repository, shipped = blocklists / "repository", blocklists / "root.json"
    first = repository / METADATA / "1.root.json"
    if shipped.exists() and first.exists():
        raise SigningError("keys_exist", f"{blocklists} has a root of trust already", "guetteur keys rotate")
    if shipped.exists() and not missing(keys):
        # Begun anew under the same keys, its versions would be older than what clients have.
        hint = "restore the folder from its copy; to begin anew, name a new folder for the keys"
        raise SigningError("repository_lost", f"keys and {shipped} are there, {repository} is not", hint)
    if not first.exists():
        create(keys, now)
        create_repository(repository, keys, now)
    write_durably(shipped, first.read_bytes(), 0o644)
    return keys.show()


def create_repository(folder: Path, keys: KeyRing, now: datetime, *, expiry: Expiry | None = None) -> Path:
    """Sign the first root; return its file, which the package ships as ``data/root.json``.

    Raises:
        SigningError: ``repository_exists``, ``keys_missing``, …
    """
    with changing(folder):
        if versions_of(folder / METADATA, "root"):
            raise SigningError("repository_exists", f"{folder} has a root already", "guetteur keys rotate")
        infos = keys.show()
        root = Root(
            version=1, expires=(now + (expiry or Expiry()).root).replace(microsecond=0), consistent_snapshot=True
        )
        root.roles = {role: Role([], THRESHOLD.get(role, 1)) for role in ROLES if role != NEVER_BLOCK_ROLE}
        root.unrecognized_fields[NEVER_BLOCK_FIELD] = {"keys": {}, "threshold": 1}
        for info in infos:
            _trust(root, info.role, info.key)
        write_document(folder, "root", 1, sign(root, role_signers(root, "root", keys)))
    return folder / METADATA / "1.root.json"


def renew_root(folder: Path, keys: KeyRing, now: datetime, *, expiry: Expiry | None = None) -> int:
    """Sign the same root again with a later expiry; return its version.

    Raises:
        SigningError: ``keys_missing``, …
    """
    with at_desk(folder, keys, now, expiry) as desk:
        return _next_root(desk, copy.deepcopy(desk.documents.root))


def rotate(  # noqa: PLR0913 -- what, where, with which keys, when
    folder: Path,
    keys: KeyRing,
    role: RoleName,
    now: datetime,
    *,
    keyid: str | None = None,
    expiry: Expiry | None = None,
) -> Rotation:
    """Replace the keys of ``role`` (or only ``keyid``) by new ones, and sign anew what they sign.

    A new root is signed by the old root's threshold and its own; the private halves of replaced keys stay in their
    folder, for the maintainer to destroy.

    Raises:
        SigningError: ``unknown_role``, ``unknown_key``, ``keys_missing``, …
    """
    if role not in ROLES:
        raise SigningError("unknown_role", f"no role is called {role}", f"one of {', '.join(ROLES)}")
    with at_desk(folder, keys, now, expiry) as desk:
        trusted = _trusted(desk.documents.root, role)
        if keyid is not None and keyid not in trusted:
            raise SigningError("unknown_key", f"{keyid} is no key of {role}", "guetteur keys show")
        added, removed = _half_done(keys.show(), role, trusted)
        if not added:
            removed = [keyid] if keyid else trusted
            added = _bring_in(desk, role, removed)
        if role != "root":
            _sign_anew(desk, role, added)
            alone = copy.deepcopy(desk.documents.root)
            for old in removed:
                _distrust(alone, role, old)
            _next_root(desk, alone)
        return Rotation(role, tuple(added), tuple(removed), desk.documents.root.version)


def _bring_in(desk: Desk, role: RoleName, removed: list[str]) -> list[str]:
    """Make as many new keys and have a root trust them; beside the old ones, except root's own."""
    fresh = [desk.keys.make(role, desk.now) for _ in removed]
    root = copy.deepcopy(desk.documents.root)
    for key in fresh:
        _trust(root, role, key)
    if role == "root":
        for old in removed:
            _distrust(root, role, old)
    _next_root(desk, root)
    return [str(key.keyid) for key in fresh]


def _half_done(infos: tuple[KeyInfo, ...], role: str, trusted: list[str]) -> tuple[list[str], list[str]]:
    """(new, old) keys of a rotation that was interrupted between its two roots, else two empty lists."""
    surplus = len(trusted) - COUNT.get(role, 1)
    if surplus <= 0:
        return [], []
    # A key that no folder holds is an old one: the new ones were just made here.
    created = {info.keyid: info.created.timestamp() for info in infos}
    by_age = sorted(trusted, key=lambda keyid: created.get(keyid, 0.0))
    return by_age[surplus:], by_age[:surplus]


def _sign_anew(desk: Desk, role: str, added: list[str]) -> None:
    targets = desk.documents.targets
    if targets is not None:  # else nothing was published yet
        commit(desk, targets.targets, None, never_block_keys=added if role == NEVER_BLOCK_ROLE else None)


def _next_root(desk: Desk, root: Root) -> int:
    """Write ``root`` as the next version, signed as the old root and as itself ask; return the version."""
    old = desk.documents.root
    root.version = old.version + 1
    root.expires = desk.until(desk.expiry.root)
    both = (*role_signers(old, "root", desk.keys), *role_signers(root, "root", desk.keys))
    signers = {signer.public_key.keyid: signer for signer in both}
    write_document(desk.folder, "root", root.version, sign(root, [*signers.values()]))
    desk.documents.root = root
    return root.version


def _trusted(root: Root, role: str) -> list[str]:
    if role == NEVER_BLOCK_ROLE:
        return list(root.unrecognized_fields[NEVER_BLOCK_FIELD]["keys"])
    return list(root.roles[role].keyids)


def _trust(root: Root, role: str, key: SSlibKey) -> None:
    if role == NEVER_BLOCK_ROLE:
        root.unrecognized_fields[NEVER_BLOCK_FIELD]["keys"][key.keyid] = key.to_dict()
    else:
        root.add_key(key, role)


def _distrust(root: Root, role: str, keyid: str) -> None:
    if role == NEVER_BLOCK_ROLE:
        del root.unrecognized_fields[NEVER_BLOCK_FIELD]["keys"][keyid]
    else:
        root.revoke_key(keyid, role)
