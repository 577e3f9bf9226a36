"""Publishing: an ordinary folder, old states kept for a while, nothing half done."""

import os
import resource
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
from guetteur.lists.index import NEVER_BLOCK_TARGET
from guetteur.publish.keys import KeyRing, SigningError
from guetteur.publish.metadata import Expiry, load
from guetteur.publish.repository import publish, refresh_timestamp
from guetteur.publish.rotation import create_repository
from support.lists import DAY, HOSTS, NOW, PASSPHRASE, Publisher, small_disk


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path / "home").begin()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_an_ordinary_folder(publisher: Publisher) -> None:
    done = publisher.release("v1", HOSTS)
    assert (done.targets, done.snapshot, done.timestamp) == (1, 1, 1)
    assert names(publisher.repo) == {"metadata", "targets"}
    assert names(publisher.repo / "metadata") == {
        "1.root.json",
        "1.targets.json",
        "1.never-block.json",
        "1.snapshot.json",
        "timestamp.json",
    }
    targets = load(publisher.repo).targets
    assert {name: target.custom["kind"] for name, target in targets.targets.items()} == {
        "lists/index.json": "index",
        "lists/v1.list": "full",
    }
    for target in targets.targets.values():
        assert (publisher.repo / "targets" / target.get_prefixed_paths()[0]).stat().st_mode & 0o444 == 0o444


def test_old_states_are_swept_after_a_while(publisher: Publisher) -> None:
    for number in range(6):
        files = publisher.artefacts(f"v{number}", HOSTS | {f"n{number}.example"}, deltas={})
        publish(publisher.repo, files, publisher.ring, NOW, keep=3)
    kept = names(publisher.repo / "metadata")
    assert {"6.targets.json", "4.targets.json", "1.never-block.json", "1.root.json"} <= kept
    assert "3.targets.json" not in kept
    lists = [name.split(".", 1)[1] for name in names(publisher.repo / "targets/lists")]
    assert sorted(name for name in lists if name.endswith(".list") and name != "never-block.list") == [
        "v3.list",
        "v4.list",
        "v5.list",
    ]
    assert "never-block.list" in lists


def test_never_block_needs_its_key_only_when_it_changes(publisher: Publisher) -> None:
    files = publisher.artefacts("v1", HOSTS)
    del files[NEVER_BLOCK_TARGET]
    with pytest.raises(SigningError) as caught:
        publish(publisher.repo, files, publisher.ring, NOW)
    assert caught.value.code == "never_block_missing"
    publisher.release("v1", HOSTS)
    for info in publisher.ring.show():
        if info.role in {"never-block", "root"}:
            info.private.unlink()
    publisher.ring = KeyRing([publisher.home / "keys"], PASSPHRASE)
    publisher.release("v2", HOSTS | {"new.example"})
    with pytest.raises(SigningError) as caught:
        publisher.release("v3", HOSTS, never_block=["other.example"])
    assert caught.value.code == "keys_missing"
    assert load(publisher.repo).targets.version == 2


def test_expiries(publisher: Publisher) -> None:
    publisher.release("v1", HOSTS)
    documents, spans = load(publisher.repo), Expiry()
    assert documents.timestamp.expires == NOW + spans.timestamp
    assert documents.snapshot.expires == NOW + spans.snapshot
    assert refresh_timestamp(publisher.repo, publisher.ring, NOW + DAY).snapshot == 1
    assert refresh_timestamp(publisher.repo, publisher.ring, NOW + 8 * DAY).snapshot == 2
    assert load(publisher.repo).timestamp.version == 3
    assert load(publisher.repo).targets.expires == NOW + spans.targets


def test_what_is_not_there_is_said(publisher: Publisher, tmp_path: Path) -> None:
    for code, act in {
        "no_repository": lambda: refresh_timestamp(tmp_path / "none", publisher.ring, NOW),
        "nothing_published": lambda: refresh_timestamp(publisher.repo, publisher.ring, NOW),
        "repository_exists": lambda: create_repository(publisher.repo, publisher.ring, NOW),
    }.items():
        with pytest.raises(SigningError) as caught:
            act()
        assert caught.value.code == code
    publisher.release("v1", HOSTS)
    (publisher.repo / "metadata/1.snapshot.json").write_bytes(b"{")
    with pytest.raises(SigningError) as caught:
        publisher.release("v2", HOSTS)
    assert caught.value.code == "repository_damaged"


def test_a_full_disk_leaves_the_published_state(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "400k") as disk:
        publisher = Publisher(tmp_path / "home")
        publisher.repo = disk / "repo"
        publisher.begin().release("v1", HOSTS)
        with pytest.raises(SigningError, match="No space") as caught:
            publisher.release("v2", HOSTS, full=os.urandom(500_000))
        assert caught.value.code == "disk_full"
        assert load(publisher.repo).targets.version == 1
        publisher.release("v2", HOSTS | {"new.example"})
        assert not [*disk.rglob(".part-*")]


def test_a_limit_on_file_size_is_a_full_disk_too(publisher: Publisher) -> None:
    publisher.release("v1", HOSTS)
    files = publisher.artefacts("v2", HOSTS, full=os.urandom(200_000))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(SigningError) as caught:
            publish(publisher.repo, files, publisher.ring, NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.code == "disk_full"
    assert load(publisher.repo).targets.version == 1
