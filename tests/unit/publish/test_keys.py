"""Keys: encrypted, private, found by root's word; rotation keeps every signature chain whole."""

import stat
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
from guetteur.publish.keys import COUNT, ROLES, KeyRing, SigningError, create, read_passphrase
from guetteur.publish.metadata import load
from guetteur.publish.rotation import create_all, create_repository, rotate
from support.lists import DAY, HOSTS, NOW, PASSPHRASE, Publisher


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path / "home").begin()


def test_created_keys(publisher: Publisher) -> None:
    infos = publisher.ring.show()
    assert [info.role for info in infos] == ["root"] * 3 + list(ROLES[1:])
    folder = infos[0].private.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for info in infos:
        assert stat.S_IMODE(info.private.stat().st_mode) == 0o600
        assert b"ENCRYPTED PRIVATE KEY" in info.private.read_bytes()
    assert create(publisher.ring, NOW) == infos


def test_an_interrupted_creation_is_finished(publisher: Publisher) -> None:
    for info in publisher.ring.show()[2:5]:
        info.private.unlink()
        info.private.with_suffix(".json").unlink()
    infos = create(publisher.ring, NOW)
    assert [info.role for info in infos] == ["root"] * 3 + list(ROLES[1:])


def refused(folder: Path, ring: KeyRing) -> str:
    with pytest.raises(SigningError) as caught:
        create_all(folder, ring, NOW)
    return caught.value.code


def test_a_creation_cut_anywhere_is_finished_by_running_it_again(tmp_path: Path) -> None:
    ring = KeyRing([tmp_path / "keys"], PASSPHRASE)
    (tmp_path / "repository").write_text("a file, where the folder is to be")
    assert refused(tmp_path, ring) == "repository_unwritable"
    made = ring.show()
    (tmp_path / "repository").unlink()
    assert create_all(tmp_path, ring, NOW) == made
    root = (tmp_path / "root.json").read_bytes()
    assert load(tmp_path / "repository").root.version == 1
    assert refused(tmp_path, ring) == "keys_exist"
    (tmp_path / "root.json").unlink()
    assert create_all(tmp_path, ring, NOW) == made
    assert (tmp_path / "root.json").read_bytes() == root


def test_a_lost_repository_is_not_begun_anew_under_keys_that_clients_know(tmp_path: Path) -> None:
    ring = KeyRing([tmp_path / "keys"], PASSPHRASE)
    create_all(tmp_path, ring, NOW)
    (tmp_path / "repository").rename(tmp_path / "elsewhere")
    assert refused(tmp_path, ring) == "repository_lost"
    others = KeyRing([tmp_path / "other-keys"], PASSPHRASE)
    assert create_all(tmp_path, others, NOW) == others.show()


@pytest.mark.parametrize(
    ("environ", "typed", "code"),
    [
        ({}, "", "passphrase_missing"),
        ({"GUETTEUR_KEY_PASSPHRASE": "short"}, "", "passphrase_short"),
        ({"GUETTEUR_KEY_PASSPHRASE": "from the environment"}, "", b"from the environment"),
        ({}, "typed in a prompt", b"typed in a prompt"),
    ],
)
def test_passphrase(environ: dict[str, str], typed: str, code: str | bytes) -> None:
    if isinstance(code, bytes):
        assert read_passphrase(environ, lambda: typed) == code
        return
    with pytest.raises(SigningError) as caught:
        read_passphrase(environ, lambda: typed)
    assert caught.value.code == code


def test_what_goes_wrong_with_keys_is_said(publisher: Publisher, tmp_path: Path) -> None:
    folder = publisher.home / "keys"

    def code(ring: KeyRing) -> str:
        with pytest.raises(SigningError) as caught:
            create_repository(tmp_path / "other", ring, NOW)
        assert caught.value.hint
        return caught.value.code

    assert code(KeyRing([folder], b"another passphrase")) == "passphrase_wrong"
    assert code(KeyRing([tmp_path / "none"], PASSPHRASE)) == "keys_missing"
    info = publisher.ring.show()[0]
    info.private.write_bytes(b"")
    assert code(KeyRing([folder], PASSPHRASE)) == "passphrase_wrong"
    info.private.with_suffix(".json").write_bytes(b"{}")
    assert code(KeyRing([folder], PASSPHRASE)) == "key_damaged"


def test_keys_may_lie_in_several_folders_and_two_of_three_roots_are_enough(publisher: Publisher) -> None:
    stick = publisher.home / "stick"
    stick.mkdir()
    for info in publisher.ring.show()[:3]:
        for path in (info.private, info.private.with_suffix(".json")):
            path.rename(stick / path.name)
    online = KeyRing([publisher.home / "keys"], PASSPHRASE)
    publisher.ring = online
    publisher.release("v1", HOSTS)
    with pytest.raises(SigningError, match="root needs 2"):
        rotate(publisher.repo, online, "timestamp", NOW)
    next(stick.glob("*.pem")).unlink()
    both = KeyRing([publisher.home / "keys", stick], PASSPHRASE)
    assert rotate(publisher.repo, both, "timestamp", NOW).root_version == 3


@pytest.mark.parametrize("role", ROLES)
def test_rotation_replaces_all_keys_of_a_role(publisher: Publisher, role: str) -> None:
    publisher.release("v1", HOSTS)
    before = load(publisher.repo).root
    done = rotate(publisher.repo, publisher.ring, role, NOW)
    root = load(publisher.repo).root
    assert len(done.added) == len(done.removed) == COUNT.get(role, 1)
    assert root.version == done.root_version == before.version + (1 if role == "root" else 2)
    named = root.unrecognized_fields["x-guetteur-never-block"]["keys"] if role == "never-block" else root.keys
    assert set(done.added) <= set(named)
    assert not set(done.removed) & set(named)
    assert root.roles["root"].threshold == 2


def test_one_lost_root_key_is_replaced_alone(publisher: Publisher) -> None:
    lost = publisher.ring.show()[1]
    lost.private.unlink()
    ring = KeyRing([publisher.home / "keys"], PASSPHRASE)
    done = rotate(publisher.repo, ring, "root", NOW + DAY, keyid=lost.keyid)
    assert done.removed == (lost.keyid,)
    keyids = load(publisher.repo).root.roles["root"].keyids
    assert len(keyids) == 3
    assert lost.keyid not in keyids


@pytest.mark.parametrize(
    ("role", "keyid", "code"), [("nobody", None, "unknown_role"), ("root", "0" * 64, "unknown_key")]
)
def test_rotation_of_what_is_not_there(publisher: Publisher, role: str, keyid: str | None, code: str) -> None:
    with pytest.raises(SigningError) as caught:
        rotate(publisher.repo, publisher.ring, role, NOW, keyid=keyid)
    assert caught.value.code == code
