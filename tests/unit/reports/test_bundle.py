"""Bundles: what is in them, that the same input gives the same bytes, and that nothing half-made is ever left."""

import json
import stat
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from warcio.archiveiterator import ArchiveIterator

from guetteur.reports.bundle import write_bundle
from guetteur.reports.case import Item
from guetteur.reports.manifest import MAX_ITEM_BYTES, BundleError
from guetteur.reports.signing import SigningKey
from guetteur.reports.verify import verify
from guetteur.reports.warc import page_warc
from support.evidence import CASE, TAKEN, page_items, usual_page

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def item(path: str, data: bytes = b"x", taken_at: datetime = TAKEN) -> Item:
    return Item(path, "text/plain", data, taken_at, "person")


def test_holds_what_was_given_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "case.zip"
    manifest = write_bundle(path, CASE, page_items(), key=KEY, now=NOW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "manifest.json", "signature.json", "case.json", "page/page.html", "page/page.warc.gz",
            "page/screenshot.png",
        ]  # fmt: skip
        told = json.loads(archive.read("manifest.json"))
        case = json.loads(archive.read("case.json"))
    assert told["case_id"] == CASE.id
    assert told["created_at"] == "2026-11-24T12:00:00Z"
    assert told["files"][1]["path"] == "page/page.html"
    assert told["files"][1]["taken_at"] == "2026-11-24T11:59:00Z"
    assert case["redirects"] == ["https://court.example/a"]
    assert [one.path for one in manifest.files] == [one["path"] for one in told["files"]]


def test_the_same_input_gives_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    one, other = tmp_path / "a.zip", tmp_path / "b.zip"
    write_bundle(one, CASE, page_items(), key=KEY, now=NOW)
    write_bundle(other, CASE, page_items()[::-1], key=KEY, now=NOW.astimezone())
    assert one.read_bytes() == other.read_bytes()


def test_a_stranger_with_openssl_can_check_the_signature(tmp_path: Path) -> None:
    write_bundle(tmp_path / "a.zip", CASE, page_items(), key=KEY, now=NOW)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        import base64

        signature = json.loads(archive.read("signature.json"))
        (tmp_path / "manifest").write_bytes(archive.read("manifest.json"))
    (tmp_path / "sig").write_bytes(base64.b64decode(signature["signature"]))
    spki = bytes.fromhex("302a300506032b6570032100") + base64.b64decode(signature["public_key"])
    (tmp_path / "key.der").write_bytes(spki)
    done = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der", "-rawin", "-in", "manifest",
         "-sigfile", "sig"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("code", "items"),
    [
        ("items_too_large", [item("a.bin", bytes(MAX_ITEM_BYTES // 2)), item("b.bin", bytes(MAX_ITEM_BYTES // 2 + 1))]),
        ("too_many_items", [item(f"f/{number}.txt") for number in range(201)]),
        ("item_twice", [item("a.txt"), item("a.txt")]),
        ("item_twice", [item("case.json")]),
        ("item_path", [item("manifest.json")]),
        ("item_path", [item("../a.txt")]),
        ("item_path", [item("/a.txt")]),
        ("item_path", [item("a\\b.txt")]),
        ("item_path", [item("A.txt")]),
        ("item_path", [item("")]),
        ("item_time", [item("a.txt", taken_at=datetime(2026, 1, 1))]),  # noqa: DTZ001
    ],
)
def test_what_does_not_fit_is_refused_with_a_hint(tmp_path: Path, code: str, items: list[Item]) -> None:
    with pytest.raises(BundleError) as caught:
        write_bundle(tmp_path / "a.zip", CASE, items, key=KEY, now=NOW)
    assert caught.value.code == code
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_where_it_cannot_be_written_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BundleError, match="cannot be written"):
        write_bundle(tmp_path / "file" / "a.zip", CASE, page_items(), key=KEY, now=NOW)
    (tmp_path / "a.zip").mkdir()
    with pytest.raises(BundleError, match="cannot be written"):
        write_bundle(tmp_path / "a.zip", CASE, page_items(), key=KEY, now=NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "file"]


def test_killed_while_writing_the_old_bundle_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    write_bundle(path, CASE, page_items(), key=KEY, now=NOW)
    code = (
        "import os, sys; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from unit.reports.test_bundle import *\n"
        "os.fsync = lambda _: os._exit(9)\n"
        "write_bundle(Path(sys.argv[1]), CASE, usual_page(), key=KEY, now=NOW)\n"
    )
    tests = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code, str(path), str(tests)], check=False, capture_output=True)
    assert done.returncode == 9, done.stderr
    assert verify(path).unaltered
    assert len(verify(path).files[1].path) == len("page/page.html")


def test_a_usual_page_stays_far_below_five_megabytes(tmp_path: Path) -> None:
    write_bundle(tmp_path / "a.zip", CASE, usual_page(), key=KEY, now=NOW)
    assert (tmp_path / "a.zip").stat().st_size < 1_500_000


def test_archive_tools_can_read_the_page(tmp_path: Path) -> None:
    headers = [
        ("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Content-Length", "3"),
        ("Set-Cookie", "a=1\r\nInjected: yes"), ("Bad name", "x"), ("X-Accent", "é"),
    ]  # fmt: skip
    url = "https://a.example/\r\nWARC-Type: evil?é"
    data = page_warc(url, b"<p>\xc3\xa9</p>", taken_at=TAKEN, product="guetteur 0.1.0", status=404, headers=headers)
    assert data == page_warc(
        url, b"<p>\xc3\xa9</p>", taken_at=TAKEN, product="guetteur 0.1.0", status=404, headers=headers
    )
    records = [
        (record.rec_type, record.rec_headers, record.http_headers, record.content_stream().read())
        for record in ArchiveIterator(BytesIO(data), check_digests="raise")
    ]
    assert [record[0] for record in records] == ["warcinfo", "response"]
    _, fields, http, body = records[1]
    assert fields.get_header("WARC-Target-URI").startswith("https://a.example/")
    assert fields.get_header("WARC-Date") == "2026-11-24T11:59:00Z"
    assert http.get_statuscode() == "404"
    assert http.get_header("Content-Encoding") is None
    assert http.get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert http.get_header("Injected") is None
    assert body == b"<p>\xc3\xa9</p>"


def test_a_tab_without_a_response_is_kept_as_a_resource() -> None:
    data = page_warc("https://a.example/", b"<p>", taken_at=TAKEN, product="guetteur 0.1.0")
    assert [record.rec_type for record in ArchiveIterator(BytesIO(data))] == ["warcinfo", "resource"]
