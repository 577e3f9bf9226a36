"""The poison rows of the threat table: lists that are validly signed and still wrong.

After each attack the last good list is still served and the reason is a code.
"""

import pytest

from guetteur.lists.index import NEVER_BLOCK_TARGET, delta_target
from guetteur.lists.tufapi import MetaFile
from guetteur.publish.keys import KeyRing
from guetteur.publish.metadata import load, sign
from guetteur.publish.repository import publish
from support.lists import (
    NEVER_BLOCK,
    NOW,
    make_delta,
)
from support.tuf_scene import V1, V2, V3, Scene, serve

pytestmark = pytest.mark.enable_socket


@pytest.mark.parametrize(
    ("hosts", "code"),
    [
        (V2 | {"google.com"}, "list_poisoned"),
        (V2 | {"impots.gouv.fr"}, "list_poisoned"),
        (V2 | {"gouv.fr"}, "list_poisoned"),
        (V2 | {"fr"}, "list_poisoned"),
        (V2 | {"co.uk"}, "list_poisoned"),
        (set(), "list_empty"),
    ],
    ids=["google", "impots", "gouv.fr", "fr", "suffix", "empty"],
)
@pytest.mark.parametrize("way", ["delta", "full"])
def test_validly_signed_poison(scene: Scene, hosts: set[str], code: str, way: str) -> None:
    scene.user = scene.someone("user", floor=frozenset({"co.uk"}))
    scene.publisher.release("v2", hosts, deltas=None if way == "delta" else {})
    scene.refused(code)
    scene.publisher.release("v3", V3 | {"github.com/evil/page"})
    assert scene.user.sync().version == "v3"


def test_a_ten_fold_list(scene: Scene) -> None:
    many = {f"many{number}.example" for number in range(2000)}
    scene.publisher.release("v2", many)
    assert scene.user.sync(accept_size=True).version == "v2"
    ten = {f"{host}.{number}.example" for host in many for number in range(10)}
    scene.publisher.release("v3", ten)
    scene.refused("list_size_jump", has=many)
    scene.publisher.release("v4", set(sorted(many)[:150]))
    scene.refused("list_size_jump", has=many)


def test_a_stolen_targets_key_has_no_say_over_never_block(scene: Scene) -> None:
    """It signs a never-block list of its own, then delegates to a key of its own; root's word stands against both."""
    documents = load(scene.publisher.repo)
    targets_keys = scene.publisher.ring.signers(documents.root.roles["targets"].keyids, 1, "targets")
    thief = KeyRing([scene.home / "thief"], b"a thief's passphrase")
    own = thief.make("never-block", NOW)

    def lead(targets: bytes, extra: dict[str, bytes]) -> None:
        meta = {"targets.json": MetaFile.from_data(2, targets, ["sha256"])}
        snapshot = scene.documents("snapshot", lambda doc: (setattr(doc, "version", 2), doc.meta.update(meta)))
        timestamp = scene.documents(
            "timestamp", lambda doc: (setattr(doc, "version", 2), setattr(doc, "snapshot_meta", MetaFile(2)))
        )
        files = {"timestamp.json": timestamp, "2.snapshot.json": snapshot, "2.targets.json": targets, **extra}
        scene.server.hooks = {name: serve(content) for name, content in files.items()}

    documents.targets.version = 2
    documents.targets.targets[NEVER_BLOCK_TARGET] = documents.never_block.targets[NEVER_BLOCK_TARGET]
    lead(sign(documents.targets, targets_keys), {})
    scene.refused("never_block_untrusted")
    del documents.targets.targets[NEVER_BLOCK_TARGET]
    documents.targets.delegations.keys = {own.keyid: own}
    documents.targets.delegations.roles["never-block"].keyids = [own.keyid]
    lead(sign(documents.targets, targets_keys), {"1.never-block.json": b"{}"})
    scene.user = scene.someone("other")
    scene.refused("never_block_untrusted", has=None)


def test_never_block_signed_later_takes_a_list_back(scene: Scene) -> None:
    scene.publisher.release("v2", V2)
    scene.user.sync()
    scene.publisher.release("v2", V2, never_block=[*NEVER_BLOCK, "new.example"])
    scene.refused("list_poisoned", has=V1)
    again = scene.user.sync()
    assert (again.outcome, scene.user.hosts()) == ("held", V1)
    scene.publisher.release("v3", V3, never_block=[*NEVER_BLOCK, "new.example"])
    assert scene.user.sync().version == "v3"


def test_a_wrong_digest_of_the_result(scene: Scene) -> None:
    scene.publisher.release("v2", V2, deltas={"v1": make_delta(V1, V3)})
    assert (scene.user.sync().via, scene.user.hosts()) == ("full", V2)
    scene.publisher.release("v3", V3, digest="0" * 64)
    scene.refused("list_digest", has=V2)


def test_a_damaged_base_gets_no_delta(scene: Scene) -> None:
    base = scene.user.store.current().path("base")
    base.write_bytes(base.read_bytes()[:-1] + b"!")  # same size: the quick check does not see it
    scene.publisher.release("v2", V2)
    result = scene.user.sync()
    assert (result.version, result.via, scene.user.hosts()) == ("v2", "full", V2)
    assert scene.user.fmt.applied == 0


def test_chain_of_deltas(scene: Scene) -> None:
    first = make_delta(V1, V2)
    scene.publisher.release("v2", V2)
    files = scene.publisher.artefacts("v3", V3, deltas={"v2": make_delta(V2, V3)})
    extra = scene.home / "first.delta"
    extra.write_bytes(first)
    index = files["lists/index.json"]
    index.write_bytes(index.read_bytes().replace(b'"deltas": {', b'"deltas": {"v1": "lists/v1..v2.delta",'))
    publish(scene.publisher.repo, {**files, delta_target("v1", "v2"): extra}, scene.publisher.ring, NOW)
    result = scene.user.sync()
    assert (result.via, scene.user.fmt.applied, scene.user.hosts()) == ("delta", 2, V3)
