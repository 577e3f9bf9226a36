"""Reader of a compiled list: read and checked in a few milliseconds, one piece of memory and no object for an entry."""

from __future__ import annotations

import struct
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import marisa_trie
import msgspec
from xxhash import xxh3_64_intdigest

from guetteur.core.facts import Listing
from guetteur.errors import DataFileError
from guetteur.lists.layout import BUCKET, EPOCH, FULL, HEADER, KEY_TAGS, MAGIC, PARENT_TAGS, padding, without_sum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_HINT = "reinstall guetteur, or in a checkout run: make build"
NOT_LISTED = -1


class Meta(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a compiled list says of itself.

    Attributes:
        version: name of this state of the list.
        built_at: when it was compiled or, for shipped data, the day of the data.
        sources: list names; bit ``n`` of a mark's source bits stands for the n-th.
        listed: number of keys.
        digest: hexadecimal sum over the entries (`guetteur.lists.digest`).
        marks: pairs of source bits and first day seen (days since 2000-01-01, 0 unknown).
    """

    version: str
    built_at: datetime
    sources: tuple[str, ...]
    listed: int
    digest: str
    marks: tuple[tuple[int, int], ...]


class CompiledList:
    """A set of hosts and pages with the parent rule: a host is in it when it or one of its parents is a key."""

    def __init__(self, path: Path) -> None:
        """Read the file, and check every byte of it.

        It is not mapped: a sector that cannot be read, or a file that is changed in place, would end this process or
        have it answer from what was never checked.

        Raises:
            DataFileError: ``list_missing``, ``list_damaged``.
        """
        if sys.byteorder != "little":
            raise DataFileError("list_damaged", "compiled lists need a little-endian machine", "")
        try:
            self._content = path.read_bytes()
        except OSError as error:
            raise DataFileError("list_missing", f"{path} cannot be read: {error.strerror}", _HINT) from None
        try:
            self._read_layout()
        except (ValueError, RuntimeError, struct.error, msgspec.MsgspecError) as error:
            raise DataFileError("list_damaged", f"{path} is no compiled list: {error}", _HINT) from None

    def _read_layout(self) -> None:
        magic, meta_length, fronts, buckets, trie_length, keys, seed = HEADER.unpack_from(self._content)
        if magic != MAGIC:
            raise ValueError("unknown format")
        view = without_sum(self._content)
        at, parts = HEADER.size, []
        for size in (meta_length, trie_length, 2 * keys, 4 * fronts, BUCKET * buckets):
            parts.append(view[at : at + size])
            at += size + padding(size)
        if at != len(view) or not buckets:
            raise ValueError("length does not fit the header")
        self.meta = msgspec.json.decode(parts[0], type=Meta)
        if self.meta.listed != keys:
            raise ValueError("parts do not fit each other")
        self._trie = marisa_trie.BinaryTrie()
        self._trie.map(parts[1])
        self._marks = parts[2].cast("H")
        self._front = parts[3].cast("I")
        self.find_id = self._finder(at - BUCKET * buckets, buckets, seed)

    def _finder(self, tags_at: int, buckets: int, seed: int) -> Callable[..., int]:
        """The look-up as a closure: attribute access would be a third of its time."""
        # Over the parts, not over `self`: a list that was replaced is let go at once, not when cycles are collected.
        content, trie = self._content, self._trie
        get = trie.get

        def find_id(host: str, path: str = "") -> int:
            """Number of the key that answers for ``host`` and ``path``, else NOT_LISTED.

            That is the shortest key that ``host`` is or lies under, or that ``host`` + ``path`` lies under. ``host``
            is a normalised ASCII host; ``path`` starts with a slash, without query. Only the exact host's pages are
            listed by path, not its sub-domains'.
            """
            name = host.encode("ascii")
            end = name.rfind(b".")
            # The bare last label is passed over unless it is the whole host: no list names a top-level domain.
            start = name.rfind(b".", 0, end) + 1 if end > 0 else 0
            while True:
                part = name[start:]
                value = xxh3_64_intdigest(part, seed)
                at = tags_at + (value >> 10) % buckets * BUCKET
                bucket, tag = content[at : at + BUCKET], value & 1023
                if KEY_TAGS[tag] in bucket or bucket[0] == FULL:
                    key: int | None = get(part)
                    if key is not None:
                        return key
                if not (PARENT_TAGS[tag] in bucket or bucket[0] == FULL):
                    return NOT_LISTED
                if start == 0:
                    return _find_page(trie, name, path) if path else NOT_LISTED
                start = name.rfind(b".", 0, start - 1) + 1

        return find_id

    def find(self, host: str, path: str = "") -> Listing | None:
        """The entry that answers for ``host`` (and ``path``), or None; see `find_id`."""
        key = self.find_id(host, path)
        return None if key == NOT_LISTED else self.listing(key)

    def listing(self, key: int) -> Listing:
        """What the list says of the key with this number."""
        bits, day = self.meta.marks[self._marks[key]]
        names = tuple(source for bit, source in enumerate(self.meta.sources) if bits >> bit & 1)
        entry = self._trie.restore_key(key).decode("utf-8")
        return Listing(entry, names, EPOCH + timedelta(days=day) if day else None)

    def mark(self, key: str) -> tuple[int, int] | None:
        """Source bits and first day of exactly ``key``, or None when it is no key."""
        number: int | None = self._trie.get(key.encode("utf-8"))
        return None if number is None else self.meta.marks[self._marks[number]]

    def holds(self, key: str) -> bool:
        """Whether ``key`` itself is listed, whatever its parents are."""
        return self._trie.get(key.encode("utf-8")) is not None

    def __contains__(self, host: str) -> bool:
        return self.find_id(host) != NOT_LISTED

    def __len__(self) -> int:
        return self.meta.listed

    def entries(self) -> Iterator[str]:
        """Every key, in no order that means anything."""
        # A generator of `self`: the trie does not hold the memory it lies in.
        for key in self._trie.iterkeys():
            yield key.decode("utf-8")

    def days(self) -> Iterator[tuple[bytes, int]]:
        """Every key with its first day (`guetteur.lists.layout.EPOCH`), in no order that means anything."""
        restore, marks, palette = self._trie.restore_key, self._marks, [day for _, day in self.meta.marks]
        for number in range(len(marks)):
            yield restore(number), palette[marks[number]]

    def front(self, start: int = 0) -> Iterator[str]:
        """The hosts browsers should block by themselves, most relevant first, from the ``start``-th on."""
        return (self._trie.restore_key(number).decode("ascii") for number in self._front[start:])

    @property
    def front_size(self) -> int:
        """How many hosts `front` has."""
        return len(self._front)

    def age_days(self, now: datetime) -> int:
        """Whole days since the list was built; never negative, whatever the clock says."""
        return max(0, (now - self.meta.built_at.astimezone(UTC)).days)


def _find_page(trie: marisa_trie.BinaryTrie, host: bytes, path: str) -> int:
    # `/a/b/c` is asked as host/a, host/a/b, host/a/b/c; a host that lists pages has at most a few levels.
    name = host
    for segment in path.encode("utf-8").strip(b"/").split(b"/"):
        name += b"/" + segment
        key: int | None = trie.get(name)
        if key is not None:
            return key
        if next(trie.iterkeys(name + b"/"), None) is None:
            break
    return NOT_LISTED
