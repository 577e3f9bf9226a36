"""Deltas of the list, as text before they are packed: applied, or refused with a code; the list stays what it was."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec
import zstandard

from fuzz.scratch import scratch
from guetteur.errors import DataFileError
from guetteur.lists import delta as deltas
from guetteur.lists import digest
from guetteur.lists.compiled import CompiledList
from guetteur.lists.view import ListView
from guetteur.lists.writer import ListedKey, compile_list

MAX_LENGTH = 4096
BUILT = datetime(2026, 11, 20, tzinfo=UTC)
HOSTS = {f"h{number}.example": (1 + number % 3, 9_000 + number) for number in range(20)}
CODES = {"delta_damaged", "delta_too_large", "delta_does_not_fit", "too_many_marks"}


@cache
def base() -> tuple[Path, ListView]:
    folder = scratch()
    keys = deltas._keys(HOSTS)
    compile_list(folder / "base.bin", keys, version="v1", built_at=BUILT, sources=("one", "two"))
    return folder, ListView(CompiledList(folder / "base.bin"))


def seeds() -> Iterator[bytes]:
    new = {**{key: mark for key, mark in HOSTS.items() if key != "h1.example"}, "new.example": (1, 0), "a.fr/b": (2, 7)}
    header = deltas.DeltaHeader("v1", "v2", BUILT, ("one", "two"), digest_of(new))
    yield zstandard.ZstdDecompressor().decompress(deltas.encode(header, HOSTS, new), 1 << 20)
    yield ListedKey("x.example").key.encode()


def digest_of(marks: dict[str, tuple[int, int]]) -> str:
    total = 0
    for key, mark in marks.items():
        total = digest.add(total, digest.entry_digest(key, *mark))
    return digest.to_hex(total)


def check(data: bytes) -> None:
    folder, view = base()
    _applied(zstandard.ZstdCompressor(level=1).compress(data), view, folder)
    _applied(_fitting(data), view, folder)


def _applied(content: bytes, view: ListView, folder: Path) -> None:
    target = folder / "next"
    target.mkdir(exist_ok=True)
    before = len(view.base)
    try:
        grown = deltas.apply(view, content, target)
    except DataFileError as error:
        assert error.code in CODES, error
    else:
        assert grown.version == deltas.decode(content).header.to_version
    shutil.rmtree(target)
    assert len(view.base) == before


def _fitting(data: bytes) -> bytes:
    """The same change under a header that fits it, as one signed by mistake would be."""
    try:
        change = deltas.decode(zstandard.ZstdCompressor(level=1).compress(data))
    except DataFileError:
        return b""
    total = int(base()[1].latest.meta.digest, 16)
    try:
        for key, mark in change.removed.items():
            total = digest.subtract(total, digest.entry_digest(key, *mark))
        for key, mark in change.added.items():
            total = digest.add(total, digest.entry_digest(key, *mark))
    except (ValueError, OverflowError):
        return b""
    header = msgspec.structs.replace(change.header, from_version="v1", digest=digest.to_hex(total))
    lines = [f"-{key}\t{mark[0]}\t{mark[1]}" for key, mark in change.removed.items()]
    lines += [f"+{key}\t{mark[0]}\t{mark[1]}" for key, mark in change.added.items()]
    text = msgspec.json.encode(header) + b"\n" + "\n".join(lines).encode("utf-8", "surrogatepass")
    return zstandard.ZstdCompressor(level=1).compress(text)
