"""The lists' signed metadata as our client reads it: trusted as published, or refused with a code.

The first letter of an input says which document the rest replaces; a capital one, that it is signed with the keys of
that document's role, as by a thief who holds them.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient.fetcher import FetcherInterface

from fuzz.scratch import scratch
from guetteur.lists.index import INDEX_TARGET
from guetteur.lists.trust import SyncError, TrustedRepository
from guetteur.lists.tufapi import Metadata
from guetteur.publish.metadata import load, role_signers, sign
from support.lists import HOSTS, NOW, Publisher

MAX_LENGTH = 16_384
ROLES = {b"t": "timestamp", b"s": "snapshot", b"g": "targets", b"n": "never-block", b"r": "root"}


class Served(FetcherInterface):
    """A repository in memory, at ``https://lists.test/``; what is not there is refused."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.server_date: datetime | None = NOW

    def _fetch(self, url: str) -> Iterator[bytes]:
        content = self.files.get(url.removeprefix("https://lists.test/metadata/"))
        if content is None:
            raise DownloadHTTPError(f"{url} answers 404", 404)
        yield content


@dataclass(frozen=True)
class Scene:
    """What is published, without lengths and hashes in the parents: each document can be replaced by itself."""

    home: Path
    publisher: Publisher
    root: bytes
    names: dict[str, str]
    files: dict[str, bytes]


@cache
def scene() -> Scene:
    home = scratch()
    publisher = Publisher(home / "publisher").begin()
    publisher.release("v1", HOSTS)
    now = load(publisher.repo)
    assert now.timestamp
    assert now.snapshot
    assert now.targets
    assert now.never_block
    for meta in (now.timestamp.snapshot_meta, *now.snapshot.meta.values()):
        meta.length = meta.hashes = None
    signed = {
        "timestamp": now.timestamp,
        "snapshot": now.snapshot,
        "targets": now.targets,
        "never-block": now.never_block,
    }
    names = {role: f"{one.version}.{role}.json" for role, one in signed.items()} | {"timestamp": "timestamp.json"}
    files = {names[role]: sign(one, role_signers(now.root, role, publisher.ring)) for role, one in signed.items()}
    return Scene(home, publisher, publisher.root, {**names, "root": f"{now.root.version + 1}.root.json"}, files)


def seeds() -> Iterator[bytes]:
    for letter, role in ROLES.items():
        raw = scene().files.get(scene().names[role], scene().root)
        yield letter + raw
        yield letter.upper() + json.dumps(json.loads(raw)["signed"]).encode()


def check(data: bytes) -> None:
    role = ROLES.get(data[:1].lower())
    if role is None:
        return
    stolen = data[:1].isupper()
    content = _signed(role, data[1:]) if stolen else data[1:]
    served = Served({**scene().files, scene().names[role]: content})
    folder = scene().home / "client"
    shutil.rmtree(folder, ignore_errors=True)
    repository = TrustedRepository(folder, scene().root, "https://lists.test", served, now=NOW, built_at=None)  # type: ignore[arg-type]
    try:
        repository.refresh()
        repository.find(INDEX_TARGET, 1 << 20)
        repository.find_never_block(1 << 20)
    except SyncError as error:
        assert error.code
        assert error.hint
        return
    if not stolen:
        trusted: Any = repository._trusted
        published = Metadata.from_bytes(scene().files[scene().names["targets"]]).signed
        assert trusted.targets.to_dict() == published.to_dict()


def _signed(role: str, content: bytes) -> bytes:
    """``content`` as the ``signed`` part of a document; with its role's signature where it is one."""
    try:
        signed: Any = Metadata.from_dict({"signed": json.loads(content), "signatures": []}).signed
        return sign(signed, role_signers(load(scene().publisher.repo).root, role, scene().publisher.ring))
    except Exception:  # noqa: BLE001 -- tuf's own writer refuses what its reader is to be shown
        return b'{"signed": ' + content + b', "signatures": []}'
