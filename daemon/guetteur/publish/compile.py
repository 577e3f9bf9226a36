"""Writes compiled host lists (layout: `guetteur.lists.layout`)."""

from __future__ import annotations

import os
from array import array
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import xxhash

from guetteur.core.hostwalk import parents
from guetteur.lists.compiled import Meta
from guetteur.lists.layout import EPOCH, HEADER, MAGIC, NO_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from pathlib import Path

_ENTRIES_PER_BUCKET = 2


class ListedHost(NamedTuple):
    """One host to compile: normalised ASCII host, bits of the sources that list it, first day seen."""

    host: str
    source_bits: int = 1
    first_seen: date | None = None


def compile_list(  # noqa: PLR0913 -- the parts of a list's identity
    path: Path,
    hosts: Iterable[ListedHost],
    *,
    version: str,
    built_at: datetime,
    sources: tuple[str, ...],
    key: int,
    nested: bool = False,
) -> int:
    """Write the compiled form of ``hosts`` to ``path``, atomically; return how many hosts it lists.

    A host whose parent is listed too is kept out, since the parent answers for it, unless ``nested`` says that each
    host is asked for by itself. The same input gives the same bytes.
    """
    by_name = {entry.host: entry for entry in hosts}
    listed = [
        entry for entry in by_name.values() if nested or not any(up in by_name for up in list(parents(entry.host))[1:])
    ]
    blob, rows = bytearray(), dict[int, tuple[int, int, int]]()
    for entry in listed:
        rows[_hash(entry.host, key)] = (len(blob), entry.source_bits, _day(entry.first_seen))
        name = entry.host.encode("ascii")
        blob += bytes((len(name),)) + name
    if len(rows) != len(listed):
        # Two hosts with one 64-bit hash: another key parts them.
        return compile_list(
            path, listed, version=version, built_at=built_at, sources=sources, key=key + 1, nested=nested
        )
    for entry in listed:
        for up in list(parents(entry.host))[1:]:
            rows.setdefault(_hash(up, key), (NO_NAME, 0, 0))
    order = sorted(rows)
    bits = max(1, (len(order) // _ENTRIES_PER_BUCKET).bit_length())
    meta = msgspec.json.encode(Meta(version, built_at, sources, len(listed)))
    meta += b"\x00" * (-(len(meta) + HEADER.size) % 8)
    content = b"".join(
        (
            HEADER.pack(MAGIC, len(meta), bits, len(order), len(blob), key),
            meta,
            array("Q", order).tobytes(),
            array("I", (rows[value][0] for value in order)).tobytes(),
            array("H", (rows[value][1] for value in order)).tobytes(),
            array("H", (rows[value][2] for value in order)).tobytes(),
            _bucket_index(order, bits).tobytes(),
            blob,
        )
    )
    write_atomically(path, content)
    return len(listed)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace ``path`` in one step: a reader sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _bucket_index(order: list[int], bits: int) -> array[int]:
    index, shift = array("I"), 64 - bits
    at = 0
    for bucket in range(2**bits):
        while at < len(order) and order[at] >> shift < bucket:
            at += 1
        index.append(at)
    index.append(len(order))
    return index


def _hash(name: str, key: int) -> int:
    return xxhash.xxh3_64_intdigest(name.encode("ascii"), key)


def _day(day: date | None) -> int:
    return (day - EPOCH).days if day else 0
