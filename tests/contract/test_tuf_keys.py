"""The key and clock rows of the threat table: stolen, revoked and rotated keys of a real TUF repository.

After each attack the last good list is still served and the reason is a code.
"""

import shutil

import pytest

from guetteur.lists.sync import read_status
from guetteur.lists.tufapi import Metadata, MetaFile, Root
from guetteur.publish.keys import KeyRing
from guetteur.publish.metadata import load, sign
from guetteur.publish.repository import refresh_timestamp
from guetteur.publish.rotation import renew_root, rotate
from support.lists import (
    DAY,
    NOW,
    Publisher,
    User,
    pack,
)
from support.tuf_scene import V2, Scene, serve

pytestmark = pytest.mark.enable_socket


def test_stolen_online_keys_cannot_sign_a_list(scene: Scene) -> None:
    """Snapshot and timestamp keys are stolen: the thief signs targets with them, and with a key of his own."""
    thief = Publisher(scene.home / "thief").begin()
    thief.release("v2", V2 | {"google.com"}, never_block=())
    evil = (thief.repo / "metadata/1.targets.json").read_bytes()

    def lead_to_evil(snapshot) -> None:
        snapshot.version += 1
        snapshot.meta["targets.json"] = MetaFile(2)

    snapshot = scene.documents("snapshot", lead_to_evil)

    def lead_to_snapshot(timestamp) -> None:
        timestamp.version += 1
        timestamp.snapshot_meta = MetaFile(2)

    timestamp = scene.documents("timestamp", lead_to_snapshot)
    scene.server.hooks = {
        "timestamp.json": serve(timestamp),
        "2.snapshot.json": serve(snapshot),
        "2.targets.json": serve(evil),
    }
    scene.refused("lists_signature")


def test_stolen_online_keys_cannot_bring_back_an_old_list(scene: Scene) -> None:
    scene.publisher.release("v2", V2)
    scene.user.sync()

    def back(snapshot) -> None:
        snapshot.version += 1
        snapshot.meta["targets.json"] = MetaFile(1)

    def forward(timestamp) -> None:
        timestamp.version += 1
        timestamp.snapshot_meta = MetaFile(3)

    scene.server.hooks = {
        "3.snapshot.json": serve(scene.documents("snapshot", back)),
        "timestamp.json": serve(scene.documents("timestamp", forward)),
    }
    scene.refused("lists_rolled_back", has=V2)


def test_after_theft_and_fast_forward_new_online_keys_serve_again(scene: Scene) -> None:
    """The thief makes versions huge, so that ours look old; rotating the keys makes clients forget his."""

    def far(document) -> None:
        document.version = 1_000_000

    scene.server.hooks["timestamp.json"] = serve(scene.documents("timestamp", far))
    scene.user.sync()
    scene.server.hooks.clear()
    scene.publisher.release("v2", V2)
    scene.refused("lists_rolled_back")
    for role in ("timestamp", "snapshot"):
        rotate(scene.publisher.repo, scene.publisher.ring, role, NOW)
    assert scene.user.sync().version == "v2"


def test_one_stolen_root_key(scene: Scene) -> None:
    documents = load(scene.publisher.repo)
    thief = KeyRing([scene.home / "thief"], b"a thief's passphrase")
    root = Root.from_dict(documents.root.to_dict())
    root.version = 2
    own = [thief.make("root", NOW), thief.make("root", NOW)]
    stolen = scene.publisher.ring.signers(root.roles["root"].keyids[:1], 1, "root")
    for key in own:
        root.add_key(key, "root")
    signers = [*stolen, *thief.signers([key.keyid for key in own], 2, "root")]
    scene.server.hooks["2.root.json"] = serve(sign(root, signers))
    scene.refused("lists_signature")


def test_a_revoked_key_signs_no_more(scene: Scene) -> None:
    old = load(scene.publisher.repo).root
    for role in ("timestamp", "targets", "root", "never-block", "snapshot"):
        rotate(scene.publisher.repo, scene.publisher.ring, role, NOW)
        assert scene.user.sync().error is None, role
    documents = load(scene.publisher.repo)
    documents.timestamp.version += 5
    signers = scene.publisher.ring.signers(old.roles["timestamp"].keyids, 1, "timestamp")
    scene.server.hooks["timestamp.json"] = serve(sign(documents.timestamp, signers))
    scene.refused("lists_signature")
    documents.root.version += 1
    signers = scene.publisher.ring.signers(old.roles["root"].keyids, 3, "root")
    scene.server.hooks = {f"{documents.root.version}.root.json": serve(sign(documents.root, signers))}
    scene.refused("lists_signature")


def test_a_client_that_slept_through_many_roots(scene: Scene) -> None:
    for _ in range(4):
        renew_root(scene.publisher.repo, scene.publisher.ring, NOW)
    rotate(scene.publisher.repo, scene.publisher.ring, "root", NOW)
    scene.publisher.release("v2", V2)
    assert scene.someone("fresh").sync().version == "v2"
    assert scene.user.sync().version == "v2"


def test_clock_a_year_ahead_and_behind(scene: Scene) -> None:
    message = scene.refused("clock_wrong", now=NOW + 365 * DAY)
    assert "2027-11-24" in message
    assert "2026-11-24" in message
    assert scene.user.sync(NOW - 365 * DAY).outcome == "up_to_date"
    status = read_status(scene.user.store, NOW - 365 * DAY)
    assert (status.clock_behind, status.stale, status.age_s) == (True, True, 0.0)
    assert scene.user.sync().outcome == "up_to_date"
    assert not read_status(scene.user.store, NOW).clock_behind


def test_refreshing_the_timestamp_needs_the_online_keys_alone(scene: Scene) -> None:
    online = scene.home / "online"
    for info in scene.publisher.ring.show():
        if info.role in {"timestamp", "snapshot"}:
            for path in (info.private, info.private.with_suffix(".json")):
                online.mkdir(exist_ok=True)
                shutil.copy(path, online)
    ring = KeyRing([online], b"correct horse battery")
    for days in (5, 10, 20):
        refresh_timestamp(scene.publisher.repo, ring, NOW + days * DAY)
        scene.server.date = NOW + days * DAY
        assert scene.user.sync(NOW + days * DAY).outcome == "up_to_date"
    document = Metadata.from_bytes((scene.publisher.repo / "metadata/timestamp.json").read_bytes())
    assert document.signed.version == 4


def test_garbage_metadata_and_a_dead_server(scene: Scene) -> None:
    scene.server.hooks["timestamp.json"] = serve(b"[" * 8000)
    scene.refused("lists_malformed")
    scene.server.hooks["timestamp.json"] = serve(pack("no json"))
    scene.refused("lists_malformed")
    scene.user = User(scene.home / "user", "http://127.0.0.1:9", scene.publisher.root)
    scene.refused("lists_unreachable")
