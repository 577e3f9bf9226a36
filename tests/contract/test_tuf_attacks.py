"""The network rows of the threat table: a real TUF repository, over real HTTP, under attack.

After each attack the last good list is still served and the reason is a code.
"""

import asyncio
import gzip
import shutil
import socket
import threading
import time

import pytest
import zstandard
from aiohttp import web

from guetteur.lists.sync import read_status
from support.lists import (
    DAY,
    NOW,
    User,
    zstd_skippable,
)
from support.tuf_scene import V2, V3, Scene, serve

pytestmark = pytest.mark.enable_socket


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
