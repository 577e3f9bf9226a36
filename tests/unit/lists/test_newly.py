"""The merged file of newly registered domains."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from guetteur.errors import DataFileError
from guetteur.lists.newly import NEWLY_INDEX, NewlyIndex, NoNewly, build_index, open_newly
from guetteur.lists.writer import ListedKey, compile_list, no_hosts

MONDAY = date(2026, 11, 16)


def week(path: Path, hosts: dict[str, date]) -> Path:
    compile_list(
        path,
        [ListedKey(host, 1, day) for host, day in hosts.items()],
        version=path.name,
        built_at=datetime(2026, 11, 16, tzinfo=UTC),
        sources=("newly",),
        nested=True,
        front=no_hosts,
    )
    return path


def test_every_domain_is_found_on_its_day_and_no_other_is(tmp_path: Path) -> None:
    weeks = [
        {f"site-{number}-{start}.fr": MONDAY + timedelta(days=7 * start + number % 7) for number in range(2000)}
        for start in range(3)
    ]
    build_index([week(tmp_path / str(number), hosts) for number, hosts in enumerate(weeks)], tmp_path / "all")
    index = NewlyIndex(tmp_path / "all")
    assert len(index) == 6000
    for hosts in weeks:
        for host, day in hosts.items():
            assert index.registered_on(host) == day
    for other in ("site-1-0.com", "www.site-1-0.fr", "site-1.fr", "fr", "", "xn--crdit-agricole-ckb.com"):
        assert index.registered_on(other) is None


def test_the_earlier_day_stands(tmp_path: Path) -> None:
    later = week(tmp_path / "b", {"a.fr": MONDAY + timedelta(days=9)})
    build_index([later, week(tmp_path / "a", {"a.fr": MONDAY})], tmp_path / "all")
    assert NewlyIndex(tmp_path / "all").registered_on("a.fr") == MONDAY


def test_an_empty_one(tmp_path: Path) -> None:
    build_index([], tmp_path / "all")
    assert NewlyIndex(tmp_path / "all").registered_on("a.fr") is None


def test_a_week_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b"garbage")
    build_index([tmp_path / "bad", week(tmp_path / "a", {"a.fr": MONDAY})], tmp_path / "all")
    assert NewlyIndex(tmp_path / "all").registered_on("a.fr") == MONDAY


@pytest.mark.parametrize("content", [b"", b"garbage", b"GTNEWLY\x01" + b"\xff" * 8, b"GTNEWLY\x01" + bytes(9)])
def test_a_damaged_file_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "all").write_bytes(content)
    with pytest.raises(DataFileError):
        open_newly({NEWLY_INDEX: tmp_path / "all"})


def test_a_generation_without_one_knows_of_none() -> None:
    newly = open_newly({})
    assert isinstance(newly, NoNewly)
    assert newly.registered_on("a.fr") is None
