"""Generations: added whole, flipped at once, never lost to damage, a full disk or a second daemon."""

import contextlib
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

sys.path.insert(0, str(Path(__file__).parents[2]))
from guetteur.durable import copy_durably, write_durably
from guetteur.lists.generation import Generation
from guetteur.lists.store import ListState, Store, StoreError
from support.lists import small_disk

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Shelf:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / "lists")

    def add(self, version: str, size: int = 10, store: Store | None = None, **shared: bytes) -> Generation:
        files = {}
        for role, content in {"base": version.encode() * size, **shared}.items():
            files[role] = self.folder / f"{role}-{version}"
            files[role].write_bytes(content)
        return (store or self.store).add(ListState(version, "d", NOW, size), files, NOW)

    @property
    def version(self) -> str | None:
        current = self.store.current()
        return None if current is None else current.version


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_nothing_there(shelf: Shelf) -> None:
    assert shelf.store.current() is None
    assert shelf.store.lease() is None
    assert shelf.store.verify() == ()
    assert shelf.store.sweep() == 0
    with pytest.raises(StoreError, match="no older list") as caught:
        shelf.store.rollback()
    assert caught.value.code == "no_older_list"


def test_files_are_shared_and_swept_when_unnamed(shelf: Shelf) -> None:
    for number in range(5):
        shelf.add(f"v{number}", common=b"the same", extra=b"x" * (number % 2))
    assert len([*(shelf.store.folder / "files").iterdir()]) == 5 + 1 + 2
    assert shelf.store.sweep() == 2
    assert [one.version for one in shelf.store.generations()] == ["v4", "v3", "v2"]
    assert len([*(shelf.store.folder / "files").iterdir()]) == 3 + 1 + 2
    assert shelf.store.verify() == ()


def test_a_leased_generation_outlives_sweeps(shelf: Shelf) -> None:
    shelf.add("v0")
    lease = Store(shelf.store.folder).lease()
    assert lease is not None
    for number in range(1, 6):
        shelf.add(f"v{number}")
    shelf.store.sweep()
    assert lease.generation.path("base").read_bytes() == b"v0" * 10
    lease.close()
    assert shelf.store.sweep() == 1
    assert not lease.generation.path("base").exists()


def test_a_dead_reader_leaves_no_lease(shelf: Shelf) -> None:
    shelf.add("v0")
    code = (
        "import sys, os; from pathlib import Path; from guetteur.lists.store import Store\n"
        "lease = Store(Path(sys.argv[1])).lease(); print('held', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(shelf.store.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with child:
        assert child.stdout.readline() == b"held\n"
        for number in range(1, 5):
            shelf.add(f"v{number}")
        shelf.store.sweep()
        assert (shelf.store.folder / "generations/1").exists()
        child.kill()
    shelf.store.sweep()
    assert not (shelf.store.folder / "generations/1").exists()


@pytest.mark.parametrize(
    "harm", ["truncate", "remove", "manifest", "flipped-bit", "pointer", "pointer-gone", "traversal"]
)
def test_quick_check_falls_back_to_the_newest_whole_one(shelf: Shelf, harm: str) -> None:
    shelf.add("v1")
    newest = shelf.add("v2")
    folder = shelf.store.folder
    match harm:
        case "truncate":
            newest.path("base").write_bytes(b"v2")
        case "remove":
            newest.path("base").unlink()
        case "manifest":
            (newest.folder / "manifest.json").write_bytes(b'{"number": 2')
        case "flipped-bit":  # what was text is no UTF-8 any more
            manifest = newest.folder / "manifest.json"
            manifest.write_bytes(manifest.read_bytes().replace(b'"v2"', b'"v\xb2"'))
            (folder / "held").write_bytes(b'["v\xb2"]')
            assert shelf.store.held() == frozenset()
        case "traversal":
            manifest = newest.folder / "manifest.json"
            manifest.write_bytes(manifest.read_bytes().replace(newest.path("base").name.encode(), b"../../secret"))
        case "pointer":
            (folder / "current").write_bytes(b"../../1")
        case "pointer-gone":
            (folder / "current").unlink()
    assert shelf.version == ("v2" if harm.startswith("pointer") else "v1")
    assert shelf.add("v2").number > newest.number  # and it heals
    assert shelf.version == "v2"
    assert shelf.store.verify() == ()


def test_full_check_finds_a_flipped_bit_once_and_for_all(shelf: Shelf) -> None:
    shelf.add("v1")
    path = shelf.add("v2").path("base")
    path.write_bytes(b"V" + path.read_bytes()[1:])
    assert shelf.version == "v2"
    assert shelf.store.verify() == ((2, "base"),)
    assert shelf.version == "v1"
    assert Store(shelf.store.folder).current().version == "v1"
    assert shelf.store.verify() == ()


def test_rollback_holds_until_something_newer(shelf: Shelf) -> None:
    for version in ("v1", "v2", "v3"):
        shelf.add(version)
    assert shelf.store.rollback().version == "v2"
    assert (shelf.version, shelf.store.held()) == ("v2", {"v3"})
    with pytest.raises(StoreError) as caught:
        shelf.add("v3")
    assert caught.value.code == "list_held"
    shelf.add("v4")
    assert shelf.version == "v4"
    assert shelf.store.rollback().version == "v2"
    assert shelf.store.rollback().version == "v1"
    (shelf.store.folder / "current").unlink()
    assert shelf.version == "v1"  # no fall forward either
    shelf.store.release()
    shelf.add("v3")
    assert shelf.version == "v3"


def test_a_full_disk_leaves_the_old_list(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        shelf = Shelf(tmp_path)
        store = Store(disk / "lists")
        shelf.store = store
        shelf.add("v1", 50_000)
        for attempt in range(8):
            with pytest.raises(StoreError, match="no room") as caught:
                shelf.add("v2", 500_000)
            assert (caught.value.code, shelf.version) == ("disk_full", "v1"), attempt
        filler = disk / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        with pytest.raises(StoreError) as caught:
            shelf.add("v2", 10)
        assert (caught.value.code, shelf.version, store.verify()) == ("disk_full", "v1", ())
        filler.unlink()
        shelf.add("v2", 50_000)
        store.sweep()
        assert (shelf.version, store.verify()) == ("v2", ())


def test_two_daemons_on_one_folder(shelf: Shelf) -> None:
    errors: list[BaseException] = []

    def work(name: str) -> None:
        store = Store(shelf.store.folder)
        try:
            for number in range(15):
                shelf.add(f"{name}{number}", store=store, common=b"the same")
                with store.lease() as lease:
                    assert lease.generation.damaged() is None
                store.sweep()
        except BaseException as error:  # noqa: BLE001 -- shown by the main thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert shelf.store.verify() == ()
    assert len(shelf.store.generations()) == 3
    assert shelf.version in {"a14", "b14"}
    numbers = [one.number for one in shelf.store.generations()]
    assert max(numbers) == 30


def test_a_locked_folder_is_said(shelf: Shelf) -> None:
    shelf.add("v1")
    impatient = Store(shelf.store.folder, lock_timeout_s=0.05)
    with FileLock(shelf.store.folder / "store.lock"), pytest.raises(StoreError) as caught:
        shelf.add("v2", store=impatient)
    assert caught.value.code == "store_busy"
    assert shelf.version == "v1"


def test_durable_files_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_durably(path, b"old", 0o600)
    assert path.stat().st_mode & 0o777 == 0o600

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_durably(path, b"new")
    with pytest.raises(OSError, match="No space"):
        copy_durably(path, tmp_path / "other")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
    assert path.read_bytes() == b"old"


def test_old_sweeps_do_not_touch_what_is_current_after_a_rollback(shelf: Shelf) -> None:
    for number in range(3):
        shelf.add(f"v{number}")
    shelf.store.rollback()
    shelf.store.rollback()
    store = Store(shelf.store.folder, keep=1)
    store.sweep()
    assert (store.current().version, store.verify()) == ("v0", ())
    assert timedelta(0) == NOW - store.current().manifest.built_at
