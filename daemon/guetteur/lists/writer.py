"""Writes compiled lists (layout: `guetteur.lists.layout`)."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping
from itertools import count, islice
from typing import TYPE_CHECKING, NamedTuple

import marisa_trie
import msgspec
from xxhash import xxh3_64_intdigest

from guetteur.durable import write_durably
from guetteur.errors import DataFileError
from guetteur.lists import digest
from guetteur.lists.compiled import Meta
from guetteur.lists.layout import (
    BUCKET,
    EPOCH,
    FULL,
    HEADER,
    KEY_TAGS,
    MAGIC,
    MAX_MARKS,
    PARENT_TAGS,
    key_parents,
    padding,
    with_sum,
)

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import date, datetime
    from pathlib import Path

_TAGS_PER_BUCKET = 3
"""Of eight places: one bucket in a hundred overflows."""
MAX_FRONT = 100_000
"""Browsers load so many hosts in one blocking rule in about 0.3 s (docs/adr/0002)."""

SEED = 0x67756574746575


Entries = Mapping[str, tuple[int, int]]
"""Key → source bits and day number."""

Front = Callable[[Entries], Iterable[str]]


def first_hosts(entries: Entries) -> Iterable[str]:
    """The hosts in the order given, pages left out."""
    return (key for key in entries if "/" not in key)


def no_hosts(_entries: Entries) -> Iterable[str]:
    """For lists that browsers do not block by."""
    return ()


class ListedKey(NamedTuple):
    """One entry to compile: a normalised ASCII host or ``host/path``, bits of its sources, first day seen."""

    key: str
    source_bits: int = 1
    first_seen: date | None = None


def compile_list(  # noqa: PLR0913 -- the parts of a list's identity
    path: Path,
    entries: Iterable[ListedKey],
    *,
    version: str,
    built_at: datetime,
    sources: tuple[str, ...],
    nested: bool = False,
    digest_hex: str = "",
    front: Front = first_hosts,
) -> Meta:
    """Write the compiled form of ``entries`` to ``path``, atomically; return what it says of itself.

    A key whose parent is a key too is kept out, since the parent answers for it, unless ``nested`` says that each key
    is asked for by itself. The last of two equal keys stands. The same input gives the same bytes. ``digest_hex`` is
    given for an overlay, whose digest is that of the whole state. ``front`` picks the hosts that browsers block by
    themselves from the entries, most relevant first.

    Raises:
        DataFileError: ``too_many_marks`` when there are more pairs of sources and days than a list can hold.
    """
    # One object for each distinct pair: a million tuples would keep the garbage collector busy.
    shared: dict[tuple[int, date | None], tuple[int, int]] = {}
    by_key: dict[str, tuple[int, int]] = {}
    for key, source_bits, day in entries:
        pair = shared.get((source_bits, day))
        if pair is None:
            pair = shared[source_bits, day] = (source_bits, day_number(day))
        by_key[key] = pair
    if not nested:
        for key in [key for key in by_key if _is_covered(key, by_key)]:
            del by_key[key]
    names = sorted(by_key)
    encoded = [name.encode("utf-8") for name in names]
    trie = marisa_trie.BinaryTrie(encoded, cache_size=marisa_trie.HUGE_CACHE)
    marks, palette = _marks(trie, encoded, [by_key[name] for name in names])
    buckets, tags = _tags(by_key, encoded)
    meta = Meta(version, built_at, sources, len(by_key), digest_hex or digest_of(by_key), tuple(palette))
    fronts = array("I", (trie.key_id(host.encode("ascii")) for host in islice(front(by_key), MAX_FRONT)))
    parts = (msgspec.json.encode(meta), trie.tobytes(), marks.tobytes(), fronts.tobytes(), bytes(tags))
    header = HEADER.pack(MAGIC, len(parts[0]), len(fronts), buckets, len(parts[1]), len(by_key), SEED)
    write_durably(path, with_sum(header + b"".join(part + bytes(padding(len(part))) for part in parts)))
    return meta


def digest_of(by_key: Entries) -> str:
    """The digest of a whole list (key → source bits, day)."""
    return digest.to_hex(digest.add(0, sum(digest.entry_digest(key, *mark) for key, mark in by_key.items())))


def _is_covered(key: str, keys: Container[str]) -> bool:
    """Whether a parent of ``key`` is a key too; `key_parents` unrolled for plain hosts, a million at a time."""
    if "/" in key:
        return any(up in keys for up in key_parents(key))
    at = key.find(".")
    while at >= 0:
        at += 1
        if key[at:] in keys:
            return True
        at = key.find(".", at)
    return False


def day_number(day: date | None) -> int:
    """Days since the format's epoch, 0 for unknown."""
    return (day - EPOCH).days if day else 0


def _marks(
    trie: marisa_trie.BinaryTrie, encoded: list[bytes], pairs: list[tuple[int, int]]
) -> tuple[array[int], list[tuple[int, int]]]:
    palette = sorted(set(pairs))
    if len(palette) > MAX_MARKS:
        raise DataFileError("too_many_marks", f"{len(palette)} pairs of sources and days", "round old days to months")
    marks = array("H", bytes(2 * len(encoded)))
    if len(palette) > 1:
        numbers, key_id = dict(zip(palette, count())), trie.key_id
        for name, pair in zip(encoded, pairs, strict=True):
            marks[key_id(name)] = numbers[pair]
    return marks, palette


def _tags(keys: Iterable[str], encoded: list[bytes]) -> tuple[int, bytearray]:
    """Number of buckets, and the tags of all keys and their parents."""
    ways: dict[str, None] = {}  # ordered: the same input gives the same bytes
    for key in keys:
        for up in key_parents(key):
            if up in ways:
                break
            ways[up] = None
    buckets = max(1, (len(encoded) + len(ways)) // _TAGS_PER_BUCKET)
    tags, filled = bytearray(BUCKET * buckets), bytearray(buckets)
    for names, kind in ((encoded, KEY_TAGS), ([way.encode("utf-8") for way in ways], PARENT_TAGS)):
        for name in names:
            # As the reader computes it (`CompiledList`), spelt out: a call would double the time of ten million.
            value = xxh3_64_intdigest(name, SEED)
            bucket = (value >> 10) % buckets
            used = filled[bucket]
            if used < BUCKET:
                tags[bucket * BUCKET + used] = kind[value & 1023]
                filled[bucket] = used + 1
            else:
                tags[bucket * BUCKET] = FULL
    return buckets, tags
