"""A list's digest: a sum over its entries, so that a delta is checked by its own entries alone.

Authenticity is the signature's business (TUF); this sum tells that a delta, applied to what was there, gave exactly
what the publisher had.
"""

from __future__ import annotations

from xxhash import xxh3_128_intdigest

_MODULUS = 2**128


def entry_digest(key: str, source_bits: int, day: int) -> int:
    """What one entry adds to the sum."""
    return xxh3_128_intdigest(f"{key}\t{source_bits}\t{day}".encode())


def add(total: int, part: int) -> int:
    """The sum with an entry."""
    return (total + part) % _MODULUS


def subtract(total: int, part: int) -> int:
    """The sum without an entry."""
    return (total - part) % _MODULUS


def to_hex(total: int) -> str:
    """The sum as 32 hexadecimal digits."""
    return f"{total:032x}"
