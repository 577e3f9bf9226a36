"""What is fetched: packed, much too large, or no list at all."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest
from aiohttp import web

from guetteur.publish.copies import Copies, CopyInfo
from support.feed_mirror import NOW, TEXT, Mirror, body, source

pytestmark = pytest.mark.enable_socket


async def test_announced_size_is_refused_at_once(mirror: Mirror) -> None:
    mirror.answers["one"] = body(TEXT)
    (result,) = await mirror.fetch(source(max_bytes=1000))
    assert (result.code, result.downloaded) == ("too_large", 0)


async def test_endless_body_ends_at_the_cap(mirror: Mirror) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse()
        await reply.prepare(request)
        while True:
            await reply.write(b"endless.example.com\n" * 1000)

    mirror.answers["one"] = endless
    (result,) = await mirror.fetch(source(max_bytes=300_000))
    assert (result.outcome, result.code) == ("failed", "too_large")
    assert result.downloaded < 600_000
    assert not mirror.copies().part.exists()


def tar_of(name: str, content: bytes, before: bytes = b"") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for path, data in (("first", before), (name, content)):
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zip_of(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(TEXT), lzma.compress(TEXT), bz2.compress(TEXT), zip_of("list", TEXT), tar_of("list", TEXT)],
    ids=["gzip", "xz", "bzip2", "zip", "tar"],
)
async def test_unpacks(mirror: Mirror, packed: bytes) -> None:
    mirror.answers["one"] = body(packed)
    member = "list" if packed[:2] in {b"PK", b"\x1f\x8b"} else ""
    assert (await mirror.fetch(source(member=member)))[0].outcome == "new"
    assert mirror.copies().new.read_bytes() == TEXT


BOMB = bytes(30_000_000)


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(BOMB), lzma.compress(BOMB), bz2.compress(BOMB), zip_of("list", BOMB), tar_of("list", TEXT, BOMB)],
    ids=["gzip", "xz", "bzip2", "zip", "tar"],
)
async def test_bombs_end_at_the_cap(mirror: Mirror, packed: bytes) -> None:
    mirror.answers["one"] = body(packed)
    (result,) = await mirror.fetch(source(member="list" if packed[:2] == b"PK" else ""))
    assert (result.outcome, result.code) == ("failed", "too_large")
    left = sum(file.stat().st_size for file in mirror.copies().folder.iterdir())
    assert left < 1_000_000


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (gzip.compress(TEXT)[:-200], "damaged"),
        (b"\x1f\x8bnonsense", "damaged"),
        (b"PK\x03\x04nonsense", "damaged"),
        (zip_of("other", TEXT), "damaged"),
        (tar_of("other", TEXT), "damaged"),
        (b"<!DOCTYPE html><title>Just a moment...</title>", "html"),
        (b"", "empty"),
        (b"  \n", "empty"),
    ],
)
async def test_what_is_no_list(mirror: Mirror, content: bytes, code: str) -> None:
    mirror.answers["one"] = body(content)
    member = "list" if content[:2] in {b"PK", b"\x1f\x8b"} else ""
    (result,) = await mirror.fetch(source(member=member))
    assert (result.outcome, result.code) == ("failed", code)
    assert not mirror.copies().new.exists()


def test_damaged_notes_count_as_none(tmp_path: Path) -> None:
    copies = Copies(tmp_path, "one")
    copies.folder.mkdir(parents=True)
    copies.good.write_text("x")
    assert copies.current() is None
    (copies.folder / "good.json").write_text("{")
    assert copies.current() is None
    copies.confirm(NOW)
    copies.new.write_text("y")
    copies.hold(CopyInfo("u", NOW, NOW))
    copies.held_keys.write_text("z")
    assert copies.waiting() == CopyInfo("u", NOW, NOW)
    assert copies.held.read_text() == "y"
    copies.promote(copies.held, copies.held_keys, CopyInfo("u", NOW, NOW))
    assert copies.waiting() is None
    assert copies.good.read_text() == "y"
