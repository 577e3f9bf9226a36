"""Verification: unaltered is proven, everything else is named, and archives made to harm are turned away."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from guetteur.errors import GuetteurError, InvalidInputError
from guetteur.reports.archive import MAX_ARCHIVE_BYTES, pack
from guetteur.reports.bundle import write_bundle
from guetteur.reports.manifest import BundleError
from guetteur.reports.signing import SigningKey
from guetteur.reports.verify import Verification, verify, verify_bytes
from support.evidence import CASE, page_items
from unit.reports.test_bundle import KEY, NOW

OTHER = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("sealed") / "a.zip"
    write_bundle(path, CASE, page_items(), key=KEY, now=NOW)
    return path.read_bytes()


def files_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(data: bytes, change: Callable[[dict[str, bytes]], object]) -> Verification:
    files = files_of(data)
    change(files)
    return verify_bytes(pack(list(files.items())))


def zipped(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def test_a_sealed_bundle_is_unaltered_and_says_whose_it_is(tmp_path: Path, sealed: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(sealed)
    found = verify(tmp_path / "a.zip", own=KEY.public)
    assert found.unaltered
    assert (found.signature, found.key_id, found.own) == ("good", KEY.id, True)
    assert (found.case_id, found.created_at, found.product) == (CASE.id, NOW, "guetteur 0.1.0")
    assert found.timestamp.state == "none"
    assert verify_bytes(sealed, own=OTHER.public).own is False
    assert verify_bytes(sealed).own is None


def test_every_single_bit_counts(sealed: bytes) -> None:
    told: dict[str, int] = {}
    for at in range(len(sealed)):
        for bit in (0, 5):
            data = bytearray(sealed)
            data[at] ^= 1 << bit
            try:
                found = verify_bytes(bytes(data))
            except BundleError as error:
                told[error.code] = told.get(error.code, 0) + 1
                continue
            assert not found.unaltered, at
            assert found.repacked or found.changed or found.missing or found.added, at
    assert set(told) <= {"bundle_unreadable", "bundle_refused", "bundle_too_new"}


@given(data=st.data())
@settings(deadline=None, max_examples=300)
def test_no_other_bytes_are_unaltered(sealed: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(sealed)))
    end = data.draw(st.integers(start, min(len(sealed), start + 64)))
    other = sealed[:start] + data.draw(st.binary(max_size=64)) + sealed[end:]
    if other == sealed:
        return
    try:
        assert not verify_bytes(other).unaltered
    except BundleError:
        return


@given(st.binary(max_size=300))
def test_noise_is_no_bundle(noise: bytes) -> None:
    with pytest.raises(BundleError):
        verify_bytes(noise)


def test_a_changed_file_is_named(sealed: bytes) -> None:
    found = changed(sealed, lambda files: files.update({"page/page.html": b"<p>Remboursemeny</p>"}))
    assert not found.unaltered
    assert (found.changed, found.missing, found.added) == (("page/page.html",), (), ())
    assert found.signature == "good"


def test_a_missing_file_is_named(sealed: bytes) -> None:
    found = changed(sealed, lambda files: files.pop("page/screenshot.png"))
    assert (found.changed, found.missing, found.added) == ((), ("page/screenshot.png",), ())


def test_an_added_file_is_named(sealed: bytes) -> None:
    found = changed(sealed, lambda files: files.update({"note.txt": b"", "timestamp.tsr": b""}))
    assert (found.changed, found.missing, found.added) == ((), (), ("note.txt", "timestamp.tsr"))
    assert not found.unaltered


@pytest.mark.parametrize("name", ["manifest.json", "signature.json"])
def test_without_what_vouches_for_it_nothing_is_proven(sealed: bytes, name: str) -> None:
    found = changed(sealed, lambda files: files.pop(name))
    assert not found.unaltered
    assert name in found.missing


def test_a_changed_manifest_is_told_even_when_it_fits_the_files(sealed: bytes) -> None:
    def edit(files: dict[str, bytes]) -> None:
        files["manifest.json"] = files["manifest.json"].replace(b"2026-11-24T12", b"2026-11-25T12")

    found = changed(sealed, edit)
    assert (found.signature, found.changed) == ("bad", ("manifest.json",))


def test_a_manifest_spelt_differently_is_told(sealed: bytes) -> None:
    def edit(files: dict[str, bytes]) -> None:
        files["manifest.json"] = b" " + files["manifest.json"]

    assert changed(sealed, edit).changed == ("manifest.json",)


def test_a_signature_by_another_key_shows_the_other_key(tmp_path: Path, sealed: bytes) -> None:
    write_bundle(tmp_path / "b.zip", CASE, page_items(), key=OTHER, now=NOW)
    found = verify(tmp_path / "b.zip", own=KEY.public)
    assert found.unaltered
    assert (found.own, found.key_id) == (False, OTHER.id)
    files = files_of((tmp_path / "b.zip").read_bytes())
    mixed = changed(sealed, lambda own: own.update({"case.json": b"{}", "manifest.json": files["manifest.json"]}))
    assert mixed.changed == ("case.json",)


def test_a_bundle_zipped_anew_is_told_as_such(sealed: bytes) -> None:
    found = verify_bytes(zipped(*files_of(sealed).items()))
    assert not found.unaltered
    assert found.repacked
    assert (found.changed, found.missing, found.added) == ((), (), ())
    assert not verify_bytes(sealed + b"\n").unaltered
    assert not verify_bytes(b"#!/bin/sh\n" + sealed).unaltered


def test_a_bundle_of_a_later_format_asks_for_an_update(sealed: bytes) -> None:
    def edit(files: dict[str, bytes]) -> None:
        files["manifest.json"] = b'{"format":2,"news":1}'

    with pytest.raises(BundleError) as caught:
        changed(sealed, edit)
    assert caught.value.code == "bundle_too_new"


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("manifest.json")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def twice() -> bytes:
    return pack([("manifest.json", b"{}"), ("manifest.json", b"[]")])


def lying() -> bytes:
    """An entry that unpacks to 50 MB and declares 5 bytes."""
    data = bytearray(zipped(("manifest.json", bytes(50_000_000))))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, at + 24, 5)
    struct.pack_into("<L", data, 22, 5)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        zipped(("../manifest.json", b"{}")),
        zipped(("/etc/passwd", b"")),
        zipped(("a/../../b", b"")),
        zipped(("C:/a", b"")),
        zipped(("a\\..\\b", b"")),
        zipped(("a\x1b[2J", b"")),
        pack([("", b""), ("manifest.json", b"{}")]),
        zipped(("a" * 300, b"")),
        zipped((link(), b"/etc/passwd")),
        zipped(("a.json", b""), ("A.json", b"")),
        twice(),
        zipped(("manifest.json", bytes(MAX_ARCHIVE_BYTES + 1))),
        zipped(*((f"f{number}", b"") for number in range(10_000))),
        zipped(*((f"f{number}", b"") for number in range(400))),
    ],
    ids=[
        "parent", "absolute", "parents", "drive", "backslash", "control", "no name", "long", "link", "case", "twice",
        "bomb", "10,000", "400",
    ],
)  # fmt: skip
def test_archives_made_to_harm_are_refused(data: bytes) -> None:
    with pytest.raises(BundleError) as caught:
        verify_bytes(data)
    assert caught.value.code == "bundle_refused"


def test_lying_sizes_do_not_unpack(sealed: bytes) -> None:
    assert not verify_bytes(lying()).unaltered
    data = bytearray(sealed)
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, at + 24, 0xFFFFFFF0)
    with pytest.raises(BundleError):
        verify_bytes(bytes(data))


def test_locked_and_oddly_packed_entries_are_refused(sealed: bytes) -> None:
    locked = bytearray(sealed)
    locked[locked.rfind(b"PK\x01\x02") + 8] |= 1
    odd = bytearray(sealed)
    odd[odd.rfind(b"PK\x01\x02") + 10] = 99
    for data in (locked, odd):
        with pytest.raises(BundleError):
            verify_bytes(bytes(data))


def test_entries_that_share_their_bytes_do_not_multiply() -> None:
    """The bomb without recursion: thousands of entries over one block of deflated bytes."""
    inner = zlib.compress(bytes(30_000_000), 9)[2:-4]
    local = struct.pack("<4s3HLLLL2H", b"PK\x03\x04", 20, 0, 8, 0, 0, len(inner), 30_000_000, 1, 0)
    entries = b"".join(
        struct.pack("<4s4HLLLL5HLL", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, len(inner), 30_000_000, 1, 0, 0, 0, 0, 0, 0)
        + bytes([65 + number])
        for number in range(20)
    )
    body = local + b"A" + inner
    data = body + entries + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 20, 20, len(entries), len(body), 0)
    with pytest.raises(BundleError) as caught:
        verify_bytes(data)
    assert caught.value.code == "bundle_refused"


def test_what_is_no_bundle_gets_a_hint(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError):
        verify(tmp_path / "none.zip")
    with pytest.raises(InvalidInputError):
        verify(tmp_path)
    for content, code in ((b"", "bundle_unreadable"), (zipped(("a.txt", b"")), "not_a_bundle")):
        (tmp_path / "a.zip").write_bytes(content)
        with pytest.raises(GuetteurError) as caught:
            verify(tmp_path / "a.zip")
        assert caught.value.code == code
        assert caught.value.hint
    with (tmp_path / "huge.zip").open("wb") as file:
        file.truncate(MAX_ARCHIVE_BYTES + 1)
    with pytest.raises(BundleError, match="larger"):
        verify(tmp_path / "huge.zip")
