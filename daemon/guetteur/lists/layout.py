r"""The compiled list file, byte by byte; `guetteur.lists.compiled` reads it, `guetteur.publish.compile` writes it.

::

    header   magic "GTLIST\\x00\\x01", u32 length of meta, u32 bucket bits, u64 entries, u64 names length, u64 hash key
    meta     JSON: version, built_at, sources (names by bit), listed (number of hosts); padded to 8 bytes
    hashes   u64[entries], ascending          xxh3-64 of the host under the key
    names    u32[entries]                     offset of the name in the blob, or NO_NAME for a mere ancestor
    sources  u16[entries]                     one bit a source
    days     u16[entries]                     first day seen, days since 2000-01-01, 0 when unknown
    buckets  u32[2**bits + 1]                 first entry whose hash starts with these bits
    blob     u8 length + host, each listed host once

All numbers little-endian. Every parent of a listed host has an entry too: a look-up walks down from the suffix and
stops at the first name without one, so an unlisted host costs one or two probes whatever its depth. A hash never
decides alone: the name in the blob is compared.
"""

from __future__ import annotations

import struct
from datetime import date

MAGIC = b"GTLIST\x00\x01"
HEADER = struct.Struct("<8sIIQQQ")
NO_NAME = 0xFFFFFFFF
EPOCH = date(2000, 1, 1)
MAX_SOURCES = 16
