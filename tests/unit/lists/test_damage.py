"""A flipped bit in a list: never a crash, never an answer from it; the next older list serves, and a renewal mends."""

import gc
import random
import shutil
import subprocess
import sys
import weakref
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from guetteur.config import PACKAGE_DATA
from guetteur.core.facts import Unavailable
from guetteur.core.subject import parse_url
from guetteur.errors import DataFileError
from guetteur.lists.compiled import CompiledList
from guetteur.lists.knowledge import FILE_NAME, MODEL_FILE_NAME, load_knowledge, load_model
from guetteur.lists.newly import NewlyIndex, build_index
from guetteur.lists.schedule import Moment, Plan, Schedule
from guetteur.lists.sources import STARTER_FILE, starter_sources
from guetteur.lists.writer import ListedKey, compile_list
from guetteur.lookup.registries import FILE_NAME as REGISTRIES
from guetteur.lookup.registries import load_registries
from guetteur.reports.table import FILE_NAME as CHANNELS
from guetteur.reports.table import load_channels

BUILT = datetime(2026, 11, 20, tzinfo=UTC)
SOURCES = ("one", "two")
HOSTS = [ListedKey(f"h{n}.example{n % 7}.net", 1 + n % 3, date(2026, 7, 1 + n % 20)) for n in range(3_000)]
PAGES = [ListedKey(f"sites{n % 9}.example/view/{n}") for n in range(100)]
FLIPS = 400

_ASK = """
import random, sys
from pathlib import Path
from guetteur.errors import DataFileError
from guetteur.lists.compiled import CompiledList
path, seed = Path(sys.argv[1]), int(sys.argv[2])
whole = path.read_bytes()
hosts = [f"{name}{n}.example{n % 7}.net" for name in ("h", "x.y.g") for n in range(0, 3_000, 2)]
before = CompiledList(path)
right = [before.find(host, "/view/7") for host in hosts]
draw, refused = random.Random(seed), 0
for _ in range(int(sys.argv[3])):
    at, bit = draw.randrange(len(whole)), draw.randrange(8)
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
    try:
        found = CompiledList(path)
    except DataFileError as error:
        refused += error.code == "list_damaged"
        continue
    assert [found.find(host, "/view/7") for host in hosts] == right, (at, bit)
assert [before.find(host, "/view/7") for host in hosts] == right, "changed in place, under one who had it open"
print(refused)
"""


def written(path: Path) -> Path:
    compile_list(path, [*HOSTS, *PAGES], version="v1", built_at=BUILT, sources=SOURCES)
    return path


def flip(path: Path, draw: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    path.write_bytes(content)


def test_bits_flipped_at_random_are_all_noticed_and_crash_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "l.bin")
    asked = subprocess.run(
        [sys.executable, "-c", _ASK, path, "20261129", str(FLIPS)], capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    assert int(asked.stdout) == FLIPS


def test_each_part_of_the_file_is_covered(tmp_path: Path) -> None:
    path = written(tmp_path / "l.bin")
    whole = path.read_bytes()
    for at in [*range(200), *range(200, len(whole), len(whole) // 300), *range(len(whole) - 64, len(whole))]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        with pytest.raises(DataFileError, match="no compiled list"):
            CompiledList(path)


def test_a_file_cut_short_or_overwritten_under_a_reader_changes_no_answer(tmp_path: Path) -> None:
    path = written(tmp_path / "l.bin")
    compiled = CompiledList(path)
    with path.open("r+b") as file:
        file.write(b"\xff" * 4_096)
        file.truncate(5_000)
    assert all(compiled.find(entry.key) for entry in HOSTS)
    assert len(list(compiled.entries())) == len(HOSTS) + len(PAGES)


def test_a_list_that_was_replaced_is_let_go_at_once(tmp_path: Path) -> None:
    path = written(tmp_path / "l.bin")
    gc.disable()
    try:
        compiled = CompiledList(path)
        gone = weakref.ref(compiled)
        entries, days = compiled.entries(), compiled.days()
        del compiled
        assert len(list(entries)) == len(list(days)) == len(HOSTS) + len(PAGES)  # while somebody reads on, it stays
        del entries, days
        assert gone() is None
    finally:
        gc.enable()


def test_newly_registered_domains(tmp_path: Path) -> None:
    index = tmp_path / "newly"
    build_index([written(tmp_path / "week")], index)
    whole, draw = index.read_bytes(), random.Random(7)
    assert NewlyIndex(index).registered_on(HOSTS[0].key) == HOSTS[0].first_seen
    for _ in range(100):
        flip(index, draw)
        with pytest.raises(DataFileError) as caught:
            NewlyIndex(index)
        assert caught.value.code == "newly_damaged"
        index.write_bytes(whole)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (FILE_NAME, load_knowledge),
        (MODEL_FILE_NAME, load_model),
        (REGISTRIES, load_registries),
        (CHANNELS, load_channels),
        (STARTER_FILE, starter_sources),
    ],
)
def test_shipped_tables(tmp_path: Path, name: str, read: object) -> None:
    assert callable(read)
    shutil.copy(PACKAGE_DATA / name, tmp_path)
    whole, draw = (tmp_path / name).read_bytes(), random.Random(name)
    read(tmp_path)
    for _ in range(60):
        flip(tmp_path / name, draw)
        with pytest.raises(DataFileError) as caught:
            read(tmp_path)
        assert caught.value.code == f"{name.removesuffix('.json')}_damaged"
        assert caught.value.hint
        (tmp_path / name).write_bytes(whole)


def test_a_damaged_list_is_fetched_anew_soon() -> None:
    start = Moment(BUILT, 0.0)
    schedule = Schedule(start, lambda: 0.5, Plan(), last_success=BUILT)
    assert schedule.next_try - BUILT > timedelta(minutes=20)
    schedule.hurry(start)
    assert schedule.next_try - BUILT <= timedelta(seconds=30)


def test_without_any_list_a_verdict_says_that_it_is_not_checked(tmp_path: Path, now: datetime) -> None:
    from guetteur.app import build_checker

    for path in PACKAGE_DATA.iterdir():
        shutil.copy(path, tmp_path)
    flip(tmp_path / "starter.bin", random.Random(3))
    checker = build_checker(tmp_path)
    subject = parse_url("https://exemple-inconnu.fr/")
    assert checker.facts(subject).listing == Unavailable("no_list")
    verdict = checker.check(subject, now=now)
    assert "no_list" in {skip.why for skip in verdict.skipped}
