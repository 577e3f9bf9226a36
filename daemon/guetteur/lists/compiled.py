"""Reader of a compiled host list: opens in well under a millisecond, keeps nothing on the Python heap."""

from __future__ import annotations

import mmap
import struct
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import xxhash

from guetteur.core.facts import Listing
from guetteur.errors import DataFileError
from guetteur.lists.layout import EPOCH, HEADER, MAGIC, NO_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HINT = "reinstall guetteur, or in a checkout run: make build"


class Meta(msgspec.Struct, frozen=True):
    """What a compiled list says of itself.

    Attributes:
        version: name of this state of the list.
        built_at: when it was compiled or, for shipped data, the day of the data.
        sources: list names; bit ``n`` of an entry's source bits stands for the n-th.
        listed: number of hosts.
    """

    version: str
    built_at: datetime
    sources: tuple[str, ...]
    listed: int


class CompiledList:
    """A set of hosts with the parent rule: a host is in it when it or one of its parents was listed."""

    def __init__(self, path: Path) -> None:
        """Map the file.

        Raises:
            DataFileError: ``list_missing``, ``list_damaged``.
        """
        if sys.byteorder != "little":
            raise DataFileError("list_damaged", "compiled lists need a little-endian machine", "")
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            raise DataFileError("list_missing", f"{path} cannot be read: {error.strerror}", _HINT) from None
        except ValueError:
            raise DataFileError("list_damaged", f"{path} is empty", _HINT) from None
        try:
            self._read_layout()
        except (ValueError, struct.error, msgspec.DecodeError) as error:
            raise DataFileError("list_damaged", f"{path} is no compiled list: {error}", _HINT) from None

    def _read_layout(self) -> None:
        magic, meta_length, bits, entries, blob_length, key = HEADER.unpack_from(self._map)
        if magic != MAGIC:
            raise ValueError("unknown format")
        at = HEADER.size + meta_length
        sizes = (8 * entries, 4 * entries, 2 * entries, 2 * entries, 4 * (2**bits + 1), blob_length)
        if bits > 32 or len(self._map) != at + sum(sizes):
            raise ValueError("length does not fit the header")
        self.meta = msgspec.json.decode(self._map[HEADER.size : at].rstrip(b"\x00"), type=Meta)
        view = memoryview(self._map)
        parts = []
        for size in sizes:
            parts.append(view[at : at + size])
            at += size
        self._hashes = parts[0].cast("Q")
        self._names = parts[1].cast("I")
        self._sources = parts[2].cast("H")
        self._days = parts[3].cast("H")
        self._buckets = parts[4].cast("I")
        self._blob = parts[5]
        self._shift = 64 - bits
        self._key = key

    def find(self, host: str) -> Listing | None:
        """The entry that ``host`` is or lies under: the shortest listed name on the way down, or None."""
        at = host.rfind(".")
        while True:
            # The bare last label is skipped unless it is the whole host: no list names a top-level domain.
            at = host.rfind(".", 0, max(at, 0))
            name = host[at + 1 :]
            index = self._index(name)
            if index is None:
                return None
            if self._names[index] != NO_NAME and self._name(index) == name:
                return self._listing(index, name)
            if at < 0:
                return None

    def __contains__(self, host: str) -> bool:
        return self.find(host) is not None

    def holds(self, host: str) -> bool:
        """Whether ``host`` itself was listed, whatever its parents are."""
        index = self._index(host)
        return index is not None and self._names[index] != NO_NAME and self._name(index) == host

    def __len__(self) -> int:
        return self.meta.listed

    def hosts(self) -> Iterator[str]:
        """Every listed host, in the order the compiler was given them."""
        at, end = 0, len(self._blob)
        while at < end:
            length = self._blob[at]
            yield bytes(self._blob[at + 1 : at + 1 + length]).decode("ascii")
            at += 1 + length

    def age_days(self, now: datetime) -> int:
        """Whole days since the list was built; never negative, whatever the clock says."""
        return max(0, (now - self.meta.built_at.astimezone(UTC)).days)

    def _index(self, name: str) -> int | None:
        wanted = xxhash.xxh3_64_intdigest(name.encode("ascii"), self._key)
        bucket = wanted >> self._shift
        hashes = self._hashes
        for index in range(self._buckets[bucket], self._buckets[bucket + 1]):
            if hashes[index] == wanted:
                return index
        return None

    def _name(self, index: int) -> str:
        at = self._names[index]
        return bytes(self._blob[at + 1 : at + 1 + self._blob[at]]).decode("ascii")

    def _listing(self, index: int, name: str) -> Listing:
        bits = self._sources[index]
        names = tuple(source for bit, source in enumerate(self.meta.sources) if bits >> bit & 1)
        day = self._days[index]
        return Listing(name, names, EPOCH + timedelta(days=day) if day else None)
