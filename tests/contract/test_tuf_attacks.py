"""Every list row of the threat table: a real TUF repository, over real HTTP, under attack.

After each attack the last good list is still served and the reason is a code.
"""

import asyncio
import gzip
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from aiohttp import web

sys.path.insert(0, str(Path(__file__).parents[1]))
from guetteur.lists.index import NEVER_BLOCK_TARGET, delta_target
from guetteur.lists.sync import read_status
from guetteur.lists.tufapi import Metadata, MetaFile, Root
from guetteur.publish.keys import KeyRing
from guetteur.publish.metadata import load, sign
from guetteur.publish.repository import publish, refresh_timestamp
from guetteur.publish.rotation import renew_root, rotate
from support.lists import (
    DAY,
    HOSTS,
    NEVER_BLOCK,
    NOW,
    ListServer,
    Publisher,
    User,
    make_delta,
    pack,
    zstd_skippable,
)

pytestmark = pytest.mark.enable_socket

V1, V2, V3 = HOSTS, HOSTS | {"new.example"}, HOSTS | {"newer.example"}


class Scene:
    """A publisher with v1 out, a server, a user who has v1."""

    def __init__(self, home: Path, publisher: Publisher) -> None:
        self.home = home
        self.publisher = publisher
        self.server = ListServer(publisher.repo)
        self.user = self.someone("user")

    def someone(self, name: str, **setup: object) -> User:
        return User(self.home / name, self.server.url, self.publisher.root, **setup)

    def refused(self, code: str, *, now=NOW, has: set[str] | None = V1, **options: object) -> str:
        """The sync fails with ``code``, says so in the status, and the list in use is what it was."""
        result = self.user.sync(now, **options)
        assert result.error is not None, result
        assert (result.outcome, result.error.code) == ("failed", code), result.error
        assert self.user.hosts() == has
        status = read_status(self.user.store, now)
        assert status.last_error is not None
        assert status.last_error.code == code
        assert result.error.hint
        assert not [*(self.user.store.folder / "incoming").iterdir()]
        return result.error.message

    def documents(self, role: str, change) -> bytes:
        """``role``'s published document, changed and signed with its own (stolen) key."""
        documents = load(self.publisher.repo)
        document = getattr(documents, role)
        change(document)
        wanted = documents.root.roles[role]
        return sign(document, self.publisher.ring.signers(wanted.keyids, wanted.threshold, role))

    def snapshot_repo(self, name: str) -> Path:
        return Path(shutil.copytree(self.publisher.repo, self.home / name))


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    publisher = Publisher(tmp_path_factory.mktemp("published") / "home").begin()
    publisher.release("v1", V1)
    return publisher


@pytest.fixture
def scene(tmp_path: Path, published: Publisher) -> Iterator[Scene]:
    made = Scene(tmp_path, published.copy_to(tmp_path / "publisher"))
    result = made.user.sync()
    assert (result.outcome, result.version, result.via) == ("updated", "v1", "full"), result
    yield made
    made.server.close()


def serve(content: bytes):
    async def hook(_request: web.Request, _content: bytes) -> web.Response:
        return web.Response(body=content)

    return hook


def test_a_delta_then_nothing_new(scene: Scene) -> None:
    scene.publisher.release("v2", V2)
    result = scene.user.sync()
    assert (result.outcome, result.via, scene.user.hosts()) == ("updated", "delta", V2)
    again = scene.user.sync()
    assert (again.outcome, again.error, again.received < 8000) == ("up_to_date", None, True)


def test_rollback(scene: Scene) -> None:
    old = scene.snapshot_repo("old")
    scene.publisher.release("v2", V2)
    assert scene.user.sync().version == "v2"
    scene.server.folder = old
    scene.refused("lists_rolled_back", has=V2)


def test_rollback_is_seen_after_a_restart_and_a_lost_snapshot(scene: Scene) -> None:
    old = scene.snapshot_repo("old")
    scene.publisher.release("v2", V2)
    scene.user.sync()
    (scene.user.store.folder / "tuf/snapshot.json").unlink()
    scene.server.folder = old
    scene.user = scene.someone("user")
    scene.refused("lists_rolled_back", has=V2)


def test_a_signed_list_older_than_ours(scene: Scene) -> None:
    scene.publisher.release("v0", V2, now=NOW - DAY / 2)
    scene.refused("lists_rolled_back")


def test_freeze(scene: Scene) -> None:
    scene.server.date = NOW + 10 * DAY
    message = scene.refused("lists_expired", now=NOW + 10 * DAY)
    assert "expired" in message
    status = read_status(scene.user.store, NOW + 10 * DAY)
    assert (status.stale, status.version, status.last_success) == (True, "v1", NOW)


def test_freeze_is_not_opened_by_a_clock_set_back(scene: Scene) -> None:
    old = scene.snapshot_repo("old")
    scene.publisher.release("v2", V2, now=NOW + 30 * DAY)
    assert scene.user.sync(NOW + 30 * DAY).version == "v2"
    scene.server.folder = old
    shutil.rmtree(scene.user.store.folder / "tuf")  # even with all memory of versions gone
    scene.server.date = NOW - 300 * DAY  # and a server that agrees with the clock
    scene.refused("lists_expired", now=NOW - 300 * DAY, has=V2)


def test_mix_and_match(scene: Scene) -> None:
    first = (scene.publisher.repo / "metadata/1.targets.json").read_bytes()
    scene.publisher.release("v2", V2)
    scene.server.hooks["2.targets.json"] = serve(first)
    scene.refused("lists_tampered")


def test_endless_data(scene: Scene) -> None:
    async def endless(request: web.Request, _content: bytes) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)

    for path in ("timestamp.json", "2.root.json", ".delta"):
        scene.publisher.release("v2", V2)
        scene.server.hooks = {path: endless}
        if path == ".delta":
            scene.server.hooks["v2.list"] = endless
        scene.refused("lists_too_large")


def test_slow_drip(scene: Scene) -> None:
    async def drip(request: web.Request, content: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(max(1, len(content)))})
        await response.prepare(request)
        for byte in content:
            await response.write(bytes((byte,)))
            await asyncio.sleep(0.05)
        return response

    scene.server.hooks["timestamp.json"] = drip
    began = time.monotonic()
    scene.refused("lists_slow")
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("headers", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"])
def test_slow_drip_of_headers_and_silence(scene: Scene, headers: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(headers)
                try:
                    for _ in range(200):
                        peer.sendall(b"X")
                        time.sleep(0.05)
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        scene.user = User(scene.home / "user", f"http://127.0.0.1:{listener.getsockname()[1]}", scene.publisher.root)
        began = time.monotonic()
        scene.refused("lists_slow")
        assert time.monotonic() - began < 3
        thread.join()


def test_tampered(scene: Scene) -> None:
    scene.publisher.release("v2", V2)

    async def flip(_request: web.Request, content: bytes) -> web.Response:
        return web.Response(body=content[:-1] + bytes((content[-1] ^ 1,)))

    scene.server.hooks = {".delta": flip, ".list": flip}
    scene.refused("lists_tampered")
    scene.server.hooks = {"2.snapshot.json": serve(b"{}" * 100)}
    scene.user = scene.someone("user2")
    scene.refused("lists_tampered", has=None)


def test_a_tampered_delta_costs_only_the_full_list(scene: Scene) -> None:
    scene.publisher.release("v2", V2)
    scene.server.hooks[".delta"] = serve(b"x")
    result = scene.user.sync()
    assert (result.outcome, result.via, scene.user.hosts()) == ("updated", "full", V2)


def test_truncated(scene: Scene) -> None:
    scene.publisher.release("v2", V2)

    async def short(_request: web.Request, content: bytes) -> web.Response:
        return web.Response(body=content[: len(content) // 2])

    async def cut(request: web.Request, content: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(content))})
        await response.prepare(request)
        await response.write(content[: len(content) // 2])
        request.transport.close()
        return response

    scene.server.hooks = {".delta": short, "v2.list": short}
    scene.refused("lists_tampered")
    scene.server.hooks = {".delta": cut}
    scene.refused("lists_unreachable")


def test_redirects_are_not_followed(scene: Scene) -> None:
    async def away(_request: web.Request, _content: bytes) -> web.Response:
        return web.Response(status=302, headers={"Location": "/metadata/elsewhere.json"})

    scene.server.hooks["timestamp.json"] = away
    scene.refused("lists_redirected")
    assert "metadata/elsewhere.json" not in scene.server.asked


def test_bomb_in_the_transport(scene: Scene) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)

    async def encoded(_request: web.Request, _content: bytes) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    scene.server.hooks["timestamp.json"] = encoded
    scene.refused("lists_encoded")


def test_bomb_in_the_list(scene: Scene) -> None:
    """Validly signed: 256 MB in a frame that declares its size, as delta and as full list."""
    maker = zstandard.ZstdCompressor().compressobj(size=1 << 28)
    bomb = b"".join(maker.compress(b"\0" * (1 << 20)) for _ in range(256)) + maker.flush()
    scene.publisher.release("v2", V2, deltas={"v1": bomb}, full=bomb + zstd_skippable(4096))
    scene.refused("list_too_large")
    scene.publisher.release("v3", V3, deltas={"v1": bomb})
    result = scene.user.sync()  # a bomb of a delta alone: the full list serves
    assert (result.via, scene.user.hosts()) == ("full", V3)


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
