r"""The compiled list file, byte by byte; `guetteur.lists.compiled` reads it, `guetteur.lists.writer` writes it.

::

    header   magic "GTLIST\x00\x02", u32 length of meta, u32 bucket bits, u64 tags, u64 trie length,
             u64 keys, u64 seed
    meta     JSON (`Meta`)
    trie     MARISA trie of the keys: ``evil.example`` or, for a page, ``shared.example/user/page``
    buckets  u32[2**bits + 1]   first tag of each bucket
    marks    u16[keys]          by trie id: which pair of (sources, first day) in meta's ``marks`` is the key's
    tags     u16[tags]          by bucket, ascending

Each part is padded to 8 bytes; all numbers little-endian. Every key and every parent of a key has a tag: 15 bits of
the xxh3-64 hash of the name under the seed, and in the lowest bit whether the name is itself a key. The bucket is the
hash's top bits. A look-up walks down from the suffix and stops at the first name without a tag, so an unlisted host
costs one or two probes whatever its depth. A tag never decides alone: the trie holds the exact keys.
"""

from __future__ import annotations

import struct
from datetime import date
from typing import TYPE_CHECKING

import xxhash

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"GTLIST\x00\x02"
HEADER = struct.Struct("<8sIIQQQQ")
EPOCH = date(2000, 1, 1)
MAX_SOURCES = 32
MAX_MARKS = 65_536
TAG_MASK = 0xFFFE
"""Bits of the hash that make a tag; the lowest bit of a stored tag says "is a key"."""


def padding(length: int) -> int:
    """Bytes that bring ``length`` to the next multiple of 8."""
    return -length % 8


def hash_name(name: bytes, seed: int) -> int:
    """The 64-bit hash a name is found by."""
    return xxhash.xxh3_64_intdigest(name, seed)


def key_parents(key: str) -> Iterator[str]:
    """Every name a look-up passes on its way to ``key``, nearest first: shorter paths, the host, the host's parents."""
    host, slash, path = key.partition("/")
    if slash:
        at = path.rfind("/")
        while at >= 0:
            yield f"{host}/{path[:at]}"
            at = path.rfind("/", 0, at)
        yield host
    at = host.find(".")
    while at >= 0:
        yield host[at + 1 :]
        at = host.find(".", at + 1)
