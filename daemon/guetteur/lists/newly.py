r"""When a domain was first seen as newly registered: one file made of all the weeks a generation holds.

::

    header   magic "GTNEWLY\x02", u64 count
    entries  u64[count], ascending: the upper 48 bits of the domain's xxh3-64 hash, 16 bits of day (from 2000-01-01)
    sum      u64, xxh3-64 of all before it

The weeks are published one by one, so that a day's news is a small file; a check cannot ask fifty files, so the sync's
own process merges them. Asking is a binary search in the file's content: one to two microseconds at a million domains,
and no object for any of them. Two domains share 48 bits once in 3·10⁸ questions at a million entries; that one
is then taken for young, which alone never makes a warning.
"""

from __future__ import annotations

import struct
import sys
from array import array
from bisect import bisect_left
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from xxhash import xxh3_64_intdigest

from guetteur.durable import write_durably
from guetteur.errors import DataFileError
from guetteur.lists.compiled import CompiledList
from guetteur.lists.layout import EPOCH, with_sum, without_sum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from pathlib import Path

NEWLY_INDEX = "newly-all"
"""Role of the merged file in a generation."""

_MAGIC = b"GTNEWLY\x02"
_HEADER = struct.Struct("<8sQ")
_SEED = 0x67756574746575
_DAY_BITS = 16
_DAYS = 1 << _DAY_BITS
_HASH = (1 << 64) - _DAYS
_FIRST = 54


class Newly(Protocol):
    """What a check asks of the newly registered domains."""

    @property
    def registered_on(self) -> Callable[[str], date | None]:
        """The day a registrable domain (ASCII) was first seen, or None when it is not among them."""
        ...


class NoNewly:
    """No lists, or lists without newly registered domains: nothing is known of any."""

    @staticmethod
    def registered_on(_domain: str) -> date | None:
        """Nothing."""
        return None


class NewlyIndex:
    """The newly registered domains of one generation."""

    def __init__(self, path: Path) -> None:
        """Read the file, and check every byte of it.

        Raises:
            DataFileError: ``newly_damaged``.
        """
        try:
            content = without_sum(path.read_bytes())
            magic, count = _HEADER.unpack_from(content)
        except (OSError, ValueError, struct.error) as error:
            raise _damaged(path, str(error)) from None
        if magic != _MAGIC or len(content) != _HEADER.size + 8 * count or sys.byteorder != "little":
            raise _damaged(path, "unknown format")
        self._numbers = content[_HEADER.size :].cast("Q")
        self.registered_on = self._finder()

    def _finder(self) -> Callable[[str], date | None]:
        numbers, count = self._numbers, len(self._numbers)
        # Where each value of the first ten bits begins: half the steps of the search.
        starts = [bisect_left(numbers, first << _FIRST) for first in range(1 << 64 - _FIRST)]
        ends = [*starts[1:], count]

        def registered_on(domain: str) -> date | None:
            """The day ``domain`` (ASCII) was first seen as newly registered, or None."""
            wanted = xxh3_64_intdigest(domain.encode("ascii"), _SEED) & _HASH
            first = wanted >> _FIRST
            at = bisect_left(numbers, wanted, starts[first], ends[first])
            if at == count:
                return None
            day = numbers[at] - wanted
            return EPOCH + timedelta(days=day) if day < _DAYS else None

        return registered_on

    def __len__(self) -> int:
        return len(self._numbers)


def build_index(weeks: Iterable[Path], path: Path) -> None:
    """Merge the weeks' compiled lists into the file at ``path``; of a domain in two weeks the earlier day stands.

    A week that cannot be read is left out: the rest is of use without it.
    """
    numbers: list[int] = []
    for week in weeks:
        with suppress(DataFileError):
            numbers += (
                xxh3_64_intdigest(key, _SEED) & _HASH | min(day, _DAYS - 1) for key, day in CompiledList(week).days()
            )
    numbers.sort()
    content = array("Q", numbers)
    if sys.byteorder != "little":
        content.byteswap()
    write_durably(path, with_sum(_HEADER.pack(_MAGIC, len(content)) + content.tobytes()))


def open_newly(files: Mapping[str, Path]) -> Newly:
    """The newly registered domains of a generation (role → file).

    Raises:
        DataFileError: ``newly_damaged``.
    """
    path = files.get(NEWLY_INDEX)
    return NoNewly() if path is None else NewlyIndex(path)


def _damaged(path: Path, why: str) -> DataFileError:
    return DataFileError("newly_damaged", f"{path} holds no newly registered domains: {why}", "guetteur lists sync")
