"""The change from one version of the list to the next, and its application as an overlay.

A delta is zstd-compressed text: a JSON header line, then one line an entry, sorted: ``+key<TAB>bits<TAB>day`` for what
is there now, ``-key<TAB>bits<TAB>day`` for what was there before. A key whose sources changed has both lines.
"""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import zstandard

from guetteur.errors import DataFileError
from guetteur.lists import digest
from guetteur.lists.compiled import CompiledList
from guetteur.lists.layout import EPOCH, MAX_SOURCES
from guetteur.lists.view import ListView
from guetteur.lists.writer import ListedKey, compile_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MAX_DELTA_BYTES = 64 * 1024 * 1024
"""Largest text a delta may unpack to: zstd's own cap is ignored when a frame declares its size, so we count."""

_LAST_DAY = (date.max - EPOCH).days


class DeltaHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """First line of a delta.

    Attributes:
        from_version: state it starts from.
        to_version: state it leads to.
        built_at: when that state was published.
        sources: source names of that state, by bit; earlier names keep their bits.
        digest: digest of that state.
    """

    from_version: str
    to_version: str
    built_at: datetime
    sources: tuple[str, ...]
    digest: str


class Delta(msgspec.Struct, frozen=True):
    """A decoded delta: entries by key, as (source bits, day)."""

    header: DeltaHeader
    added: dict[str, tuple[int, int]]
    removed: dict[str, tuple[int, int]]


def encode(header: DeltaHeader, old: Mapping[str, tuple[int, int]], new: Mapping[str, tuple[int, int]]) -> bytes:
    """The delta that turns ``old`` into ``new`` (key → source bits, day)."""
    lines = [f"-{key}\t{mark[0]}\t{mark[1]}" for key, mark in old.items() if new.get(key) != mark]
    lines += [f"+{key}\t{mark[0]}\t{mark[1]}" for key, mark in new.items() if old.get(key) != mark]
    # Sorted by key: neighbours share prefixes, which is what makes a delta small.
    lines.sort(key=lambda line: line[1:])
    text = msgspec.json.encode(header) + b"\n" + "\n".join(lines).encode("utf-8")
    return zstandard.ZstdCompressor(level=19).compress(text)


def decode(content: bytes) -> Delta:
    """Read a delta.

    Raises:
        DataFileError: ``delta_damaged``, ``delta_too_large``.
    """
    head, _, rest = _unpack(content).partition(b"\n")
    added: dict[str, tuple[int, int]] = {}
    removed: dict[str, tuple[int, int]] = {}
    try:
        header = msgspec.json.decode(head, type=DeltaHeader)
        for line in rest.decode("utf-8").splitlines():
            key, mark = _entry(line[1:])
            {"+": added, "-": removed}[line[0]][key] = mark
    except (msgspec.MsgspecError, ValueError, KeyError, IndexError) as error:
        raise DataFileError("delta_damaged", f"not a delta: {error}", "the full list is fetched instead") from None
    return Delta(header, added, removed)


def apply(view: ListView, content: bytes, target: Path) -> ListView:
    """Write the overlay of ``view`` plus this delta into the folder ``target`` and open it.

    The result is checked against the digest in the delta's header; nothing of ``view`` is changed.

    Raises:
        DataFileError: as `decode`; ``delta_does_not_fit`` when it starts elsewhere or leads elsewhere than it says.
    """
    delta = decode(content)
    hint = "the full list is fetched instead"
    if delta.header.from_version != view.version:
        raise DataFileError("delta_does_not_fit", f"it starts from {delta.header.from_version}", hint)
    total = int(view.latest.meta.digest, 16)
    for key, mark in delta.removed.items():
        if view.mark(key) != mark:
            raise DataFileError("delta_does_not_fit", f"{key} is not what the delta expects", hint)
        total = digest.subtract(total, digest.entry_digest(key, *mark))
    for key, mark in delta.added.items():
        total = digest.add(total, digest.entry_digest(key, *mark))
    if digest.to_hex(total) != delta.header.digest:
        raise DataFileError("delta_does_not_fit", "the result has another digest", hint)
    earlier = () if view.added is None else view.added.entries()
    added = {key: found for key in earlier if key not in delta.removed and (found := view.mark(key)) is not None}
    added |= delta.added
    gone = {*(() if view.removed is None else view.removed.entries()), *delta.removed, *delta.added}
    removed = {key: found for key in gone if (found := view.base.mark(key)) is not None}
    header = delta.header
    for name, marks in (("added", added), ("removed", removed)):
        compile_list(
            target / f"{name}.list",
            _keys(marks),
            version=header.to_version,
            built_at=header.built_at,
            sources=header.sources,
            nested=True,
            digest_hex=header.digest,
        )
    return open_overlay(view.base, target)


def open_overlay(base: CompiledList, folder: Path) -> ListView:
    """The view of ``base`` under the overlay in ``folder``.

    Raises:
        DataFileError: a file of the overlay is missing or damaged.
    """
    return ListView(base, CompiledList(folder / "added.list"), CompiledList(folder / "removed.list"))


def _entry(text: str) -> tuple[str, tuple[int, int]]:
    """Key and mark of one line, such as a list can hold."""
    key, bits, day = text.split("\t")
    mark = int(bits), int(day)
    if not (0 <= mark[0] < 1 << MAX_SOURCES and 0 <= mark[1] <= _LAST_DAY):
        raise ValueError("no such sources or day")
    if not key.partition("/")[0].isascii():
        raise ValueError("a host is ASCII")
    return key, mark


def _keys(marks: Mapping[str, tuple[int, int]]) -> Iterable[ListedKey]:
    for key, (bits, day) in marks.items():
        yield ListedKey(key, bits, EPOCH + timedelta(days=day) if day else None)


def _unpack(content: bytes) -> bytes:
    reader = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content))
    try:
        text = reader.read(MAX_DELTA_BYTES + 1)
    except zstandard.ZstdError as error:
        raise DataFileError("delta_damaged", f"not zstd: {error}", "the full list is fetched instead") from None
    if len(text) > MAX_DELTA_BYTES:
        raise DataFileError("delta_too_large", "it unpacks to more than 64 MiB", "the full list is fetched instead")
    return text
