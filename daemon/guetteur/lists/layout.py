r"""The compiled list file, byte by byte; `guetteur.lists.compiled` reads it, `guetteur.lists.writer` writes it.

::

    header   magic "GTLIST\x00\x03", u32 length of meta, u32 fronts, u64 buckets, u64 trie length, u64 keys, u64 seed
    meta     JSON (`Meta`)
    trie     MARISA trie of the keys: ``evil.example`` or, for a page, ``shared.example/user/page``
    marks    u16[keys]          by trie id: which pair of (sources, first day) in meta's ``marks`` is the key's
    front    u32[fronts]        trie ids of the hosts browsers block by themselves, most relevant first
    tags     u8[8 * buckets]    a bucket is eight tags, 0 for free; a bucket that overflowed starts with FULL
    sum      u64                xxh3-64 of all before it: a flipped bit in the trie would send its reader anywhere

Each part is padded to 8 bytes; all numbers little-endian. Every key and every parent of a key has a tag: one byte
of the xxh3-64 hash of the name under the seed, in the bucket that other bits of the hash choose; keys and mere
parents have tags of their own. A look-up walks down from the suffix and stops at the first name without a tag, so
an unlisted host costs one or two probes whatever its depth. A tag only ever says "not here": what a key's tag lets
through (by chance one name in thirty) is asked of the trie, which holds the exact keys.
"""

from __future__ import annotations

import struct
from datetime import date
from typing import TYPE_CHECKING

from xxhash import xxh3_64_intdigest

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"GTLIST\x00\x03"
HEADER = struct.Struct("<8sIIQQQQ")
SUM = struct.Struct("<Q")
EPOCH = date(2000, 1, 1)
MAX_SOURCES = 32
MAX_MARKS = 65_536
BUCKET = 8
FULL = 255
KEY_TAGS = bytes(1 + value % 127 for value in range(1024))
PARENT_TAGS = bytes(128 + value % 127 for value in range(1024))
"""Tags by the lowest ten bits of the hash: 1 to 127 for a key, 128 to 254 for a name that is only on the way to one."""


def with_sum(content: bytes) -> bytes:
    """``content`` and its sum, as a file ends."""
    return content + SUM.pack(xxh3_64_intdigest(content))


def without_sum(content: bytes) -> memoryview:
    """What stands before the sum.

    Raises:
        ValueError: the sum does not fit: the file is cut, or a bit of it is not as it was written.
    """
    body = memoryview(content)[: -SUM.size]
    if content[-SUM.size :] != SUM.pack(xxh3_64_intdigest(body)):
        raise ValueError("its sum does not fit")
    return body


def padding(length: int) -> int:
    """Bytes that bring ``length`` to the next multiple of 8."""
    return -length % 8


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
