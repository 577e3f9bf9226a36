"""A publisher, an HTTP server that can misbehave, and a simple list format: what the list tests stand on."""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import zstandard
from aiohttp import web

from guetteur.egress import errand
from guetteur.errors import DataFileError
from guetteur.lists.fetcher import FetchLimits
from guetteur.lists.index import (
    INDEX_TARGET,
    NEVER_BLOCK_TARGET,
    Index,
    delta_target,
    full_target,
)
from guetteur.lists.listformat import Built
from guetteur.lists.store import Store
from guetteur.lists.sync import SyncResult, SyncSetup, sync
from guetteur.publish.keys import KeyRing, create
from guetteur.publish.repository import Published, publish
from guetteur.publish.rotation import create_repository
from support.egress import Unkept

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PASSPHRASE = b"correct horse battery"
NEVER_BLOCK = ("google.com", "impots.gouv.fr", "github.com")
HOSTS = {f"evil{number}.example" for number in range(40)}
QUICK = FetchLimits(file_s=1.0, bytes_per_s=1 << 20, total_s=20.0)
MAX_TEXT = 1 << 20


def list_digest(hosts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(hosts)).encode()).hexdigest()


def pack(text: str) -> bytes:
    return zstandard.ZstdCompressor().compress(text.encode())


def unpack(content: bytes) -> str:
    """Count while unpacking: a frame may declare any size."""
    try:
        text = zstandard.ZstdDecompressor().stream_reader(content).read(MAX_TEXT + 1)
    except zstandard.ZstdError as error:
        raise DataFileError("list_damaged", str(error)) from None
    if len(text) > MAX_TEXT:
        raise DataFileError("list_too_large", "it unpacks to more than 1 MiB", "the last good list stays in use")
    return text.decode()


class PlainContents(set[str]):
    def holds(self, key: str) -> bool:
        return key in self


class PlainFormat:
    """A stand-in for the compiled format: one line a host; the role ``base`` never changes, ``plus`` is the overlay."""

    def __init__(self) -> None:
        self.applied = 0

    def load(self, full: Path, into: Path) -> Built:
        hosts = unpack(full.read_bytes()).split()
        (into / "base").write_text("\n".join(hosts))
        (into / "plus").write_text("[]")
        return Built({"base": into / "base", "plus": into / "plus"}, list_digest(hosts))

    def apply(self, current: Mapping[str, Path], delta: Path, into: Path) -> Built:
        self.applied += 1
        change = json.loads(unpack(delta.read_bytes()))
        if change["from"] != list_digest(self._hosts(current)):
            raise DataFileError("delta_does_not_fit", "it starts elsewhere")
        steps = [*json.loads(current["plus"].read_text()), change]
        (into / "plus").write_text(json.dumps(steps))
        files = {"base": current["base"], "plus": into / "plus"}
        return Built(files, list_digest(self._hosts(files)))

    @contextmanager
    def open(self, files: Mapping[str, Path]) -> Iterator[PlainContents]:
        yield PlainContents(self._hosts(files))

    def never_block(self, path: Path) -> Iterable[str]:
        return path.read_text().split()

    def newly(self, weeks: Iterable[Path], path: Path) -> None:
        path.write_bytes(b"".join(week.read_bytes() for week in weeks))

    @staticmethod
    def _hosts(files: Mapping[str, Path]) -> set[str]:
        hosts = set(files["base"].read_text().split())
        for step in json.loads(files["plus"].read_text()):
            hosts = (hosts - set(step["-"])) | set(step["+"])
        return hosts


def make_delta(old: set[str], new: set[str]) -> bytes:
    return pack(json.dumps({"from": list_digest(old), "+": sorted(new - old), "-": sorted(old - new)}))


class Publisher:
    """The maintainers: keys, a repository folder, releases."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.repo = home / "repo"
        self.released: dict[str, set[str]] = {}
        self.ring = KeyRing([home / "keys"], PASSPHRASE)

    def begin(self) -> "Publisher":
        create(self.ring, NOW - DAY)
        create_repository(self.repo, self.ring, NOW - DAY)
        return self

    def copy_to(self, home: Path) -> "Publisher":
        shutil.copytree(self.home, home)
        other = Publisher(home)
        other.released = dict(self.released)
        other.ring._signers = dict(self.ring._signers)
        return other

    def artefacts(
        self,
        version: str,
        hosts: set[str],
        *,
        now: datetime = NOW,
        never_block: Iterable[str] = NEVER_BLOCK,
        deltas: Mapping[str, bytes] | None = None,
        digest: str | None = None,
        full: bytes | None = None,
        signed: str | None = None,
    ) -> dict[str, Path]:
        """Files of a release; every argument after ``hosts`` makes it a bad one."""
        scratch = self.home / "scratch"
        scratch.mkdir(exist_ok=True)
        if deltas is None:
            deltas = {old: make_delta(self.released[old], hosts) for old in self.released if old != version}
        index = Index(
            version,
            digest or list_digest(hosts),
            now,
            len(hosts),
            full_target(version),
            {old: delta_target(old, version) for old in deltas},
        )
        # Incompressible filler makes the full list larger than any delta, as in life.
        files = {
            INDEX_TARGET: index.encode(),
            full_target(version): full or pack("\n".join(sorted(hosts))) + zstd_skippable(4096),
            NEVER_BLOCK_TARGET: "\n".join(never_block).encode(),
            **{delta_target(old, version): content for old, content in deltas.items()},
        }
        found = {}
        for name, content in files.items():
            path = scratch / name.replace("/", "_")
            path.write_bytes(content)
            found[name] = path
        return found

    def release(self, version: str, hosts: set[str], *, now: datetime = NOW, **bad: object) -> Published:
        done = publish(self.repo, self.artefacts(version, hosts, now=now, **bad), self.ring, now)
        self.released[version] = hosts
        return done

    @property
    def root(self) -> bytes:
        return (self.repo / "metadata/1.root.json").read_bytes()


def zstd_skippable(size: int) -> bytes:
    """A frame that decoders pass over."""
    return b"\x50\x2a\x4d\x18" + size.to_bytes(4, "little") + os.urandom(size)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own, where we may mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("mounting needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


Handler = Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]


class ListServer:
    """Serves a folder over HTTP on loopback, from a thread of its own; hooks replace what single files answer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.date = NOW
        self.hooks: dict[str, Handler] = {}
        self.asked: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.url = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)

    async def _start(self) -> str:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        self.asked.append(path)
        file = self.folder / path
        content = file.read_bytes() if file.is_file() else b""
        for end, hook in self.hooks.items():
            if path.endswith(end):
                return await hook(request, content)
        if not file.is_file():
            raise web.HTTPNotFound(headers=self.headers)
        return web.Response(body=content, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        return {"Date": format_datetime(self.date, usegmt=True)}

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class User:
    """One user's daemon, as far as lists go."""

    def __init__(self, home: Path, url: str, root: bytes, **setup: object) -> None:
        self.store = Store(home / "lists")
        self.fmt = PlainFormat()
        self.setup = SyncSetup(url, root, limits=setup.pop("limits", QUICK), **setup)

    def sync(self, now: datetime = NOW, **options: object) -> SyncResult:
        with errand(Unkept(), "lists"):
            return sync(self.setup, self.store, self.fmt, now, **options)

    def hosts(self) -> set[str] | None:
        current = self.store.current()
        if current is None:
            return None
        with self.fmt.open(current.paths()) as contents:
            return set(contents)
