"""The compiled list file and the index of the lists: read, or refused as damaged; once as they come, once summed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from fuzz.scratch import scratch
from guetteur.errors import DataFileError
from guetteur.lists.compiled import CompiledList
from guetteur.lists.index import Index, decode_index, delta_chain
from guetteur.lists.layout import SUM, with_sum
from guetteur.lists.writer import ListedKey, compile_list

MAX_LENGTH = 8192
BUILT = datetime(2026, 11, 20, tzinfo=UTC)
HOSTS = [ListedKey(f"h{number}.example", 1 + number % 3, date(2026, 7, 1 + number % 9)) for number in range(40)]


@cache
def folder() -> Path:
    return scratch()


def seeds() -> Iterator[bytes]:
    path = folder() / "seed.bin"
    for hosts in (HOSTS, [ListedKey("sites.example/view/fake"), ListedKey("evil.example")], HOSTS[:1]):
        compile_list(path, hosts, version="v1", built_at=BUILT, sources=("one", "two"))
        yield path.read_bytes()
    yield Index("v2", "00", BUILT, 4, "lists/v2.list", {"v1": "lists/v1..v2.delta"}).encode()


def check(data: bytes) -> None:
    if data[:1] == b"{":
        _index(data)
        return
    # With the sum made to fit the parts behind it are read too.
    for content in (data, with_sum(data[: -SUM.size])):
        _list(content)


def _list(data: bytes) -> None:
    path = folder() / "fuzzed.bin"
    path.write_bytes(data)
    try:
        found = CompiledList(path)
    except DataFileError as error:
        assert error.code == "list_damaged"
        assert error.hint
        return
    assert len(found) == found.meta.listed
    assert found.age_days(BUILT) >= 0


def _index(data: bytes) -> None:
    try:
        index = decode_index(data)
    except DataFileError as error:
        assert error.code == "index_damaged"
        return
    delta_chain(index, "v1")
    assert decode_index(index.encode()) == index
