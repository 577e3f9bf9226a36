"""Attachments: what archives hold, which pages act, where codes in pictures lead."""

import base64
import io
import struct
import zipfile
import zlib

import pytest
import zxingcpp
from PIL import Image

from guetteur.core.mail import qr
from guetteur.core.mail.limits import MAX_LOOKED_INTO
from support.raw_mail import HEAD, attached, html, read


def test_attachment_names() -> None:
    mail = attached("..%2Fdir%5Cfacture%E2%80%AEfdp.exe", b"MZ" * 30)
    assert [(one.name, one.size) for one in mail.attachments] == [("facture\u202efdp.exe", 60)]


def zipped(*, flag: int = 0, names: tuple[str, ...] = ("facture.js",), extra: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            if extra:
                info.extra, info.comment = struct.pack("<HH4s", 0x6375, 4, b"more"), b"a comment"
            archive.writestr(info, b"x")
    data = bytearray(out.getvalue())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= flag
    return bytes(data)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("data", "locked", "holds"),
    [
        (zipped(), False, ("facture.js",)),
        (zipped(flag=1), True, ("facture.js",)),
        (zipped(names=tuple(f"{i}.txt" for i in range(99))), False, tuple(f"{i}.txt" for i in range(32))),
        (zipped()[:40], False, ("facture.js",)),
        (zipped(extra=True, names=("a.pdf", "b.exe")), False, ("a.pdf", "b.exe")),
        (b"PK\x03\x04", False, ()),
        (zipped()[:-10] + b"\xff\xff" + zipped()[-8:], False, ("facture.js",)),
        (b"Rar!\x1a\x07\x00\xcf\x90\x73", False, ()),
        (b"Rar!\x1a\x07\x00\xcf\x90\x73\x00\x00\x0d\x00" + bytes(6) + b"\0\0\x74\x04\x00" + bytes(9), True, ()),
        (b"Rar!\x1a\x07\x01\x00" + b"\1\2\3\4\xa1\x82\x04\x04" + bytes(20), True, ()),
        (b"Rar!\x1a\x07\x01\x00" + b"\1\2\3\4\xa1\x82", False, ()),
        (b"Rar!\x1a\x07\x00\xcf\x90\x73\x80\x00\x0d\x00" + bytes(20), True, ()),
        (b"Rar!\x1a\x07\x00\xcf\x90\x73\x00\x00\x0d\x00" + bytes(20), False, ()),
        (b"Rar!\x1a\x07\x01\x00" + b"\1\2\3\4\x21\x04" + bytes(20), True, ()),
        (b"Rar!\x1a\x07\x01\x00" + b"\1\2\3\4\x0d\x01" + bytes(20), False, ()),
        (b"7z\xbc\xaf\x27\x1c" + bytes(40) + b"\x06\xf1\x07\x01" + bytes(9), True, ()),
        (OLE + "EncryptedPackage".encode("utf-16-le"), True, ()),
        (OLE, False, ()),
        (b"%PDF-1.7\n" + bytes(99) + b"trailer << /Encrypt 5 0 R >>", True, ()),
        (b"%PDF-1.7\n" + bytes(99) + b"trailer << /Root 1 0 R >>", False, ()),
        (b"%PDF-1.7\n<< /Encrypt 5 0 R >>" + bytes(70_000), True, ()),
        (b"no PDF << /Encrypt 5 0 R >>", False, ()),
    ],
)
def test_archives_and_documents(data: bytes, locked: bool, holds: tuple[str, ...]) -> None:
    attachment = attached("x", data).attachments[0]
    assert (attachment.locked, attachment.holds, attachment.size) == (locked, holds, len(data))


@pytest.mark.parametrize(
    ("name", "page", "active"),
    [
        ("a.html", "<input type=password>", True),
        ("a.svg", "<svg><script>window.location='https://a.example/'</script></svg>", True),
        ("a.SHTML", "<script>document.write(atob('eA=='))</script>", True),
        ("a.xhtml", "<meta http-equiv=refresh content='0;https://a.example/'>", True),
        ("a.bin", "<html><form action='https://a.example/'>", True),
        ("a.bin", " \r\n\t<HTML><input type=password>", True),
        ("a.MHT", "MIME-Version: 1.0\nContent-Type: text/html\n\n<input type=password>", True),
        ("a.mht", "MIME-Version: 1.0\nContent-Type: text/html\n\n<input type=password>", True),
        ("a.mht", "<script>eval(x)</script>", True),
        ("a.html", "<p>the menu</p><a href='https://a.example/'>x</a>", False),
    ],
)
def test_attached_pages(name: str, page: str, active: bool) -> None:
    for data in (page.encode(), page.encode("utf-16")):
        mail = attached(name, data)
        assert mail.attachments[0].active is active or not name.endswith("html")
        assert {(link.url, link.origin) for link in mail.links} <= {("https://a.example/", "attachment")}


@pytest.mark.parametrize("charset", ["utf-16", "utf-16le", "iso-8859-1"])
def test_a_page_in_utf_16_is_read_whatever_is_declared(charset: str) -> None:
    page = "<a href='https://a.example/'>x</a><input type=password>".encode("utf-16")
    mail = attached("a.html", page, f"text/html; charset={charset}")
    assert mail.attachments[0].active
    assert [link.url for link in mail.links] == ["https://a.example/"]


def test_a_page_is_known_by_its_first_letters_whatever_it_is_called() -> None:
    for page in (
        b" \r\n\t<HTML><input type=password>",
        b"\xef\xbb\xbf<!DOCTYPE html><input type=password>",
        b"<svg onload='eval(x)'>",
    ):
        assert attached("a.bin", page).attachments[0].active, page
    assert not attached("a.bin", b"x <html><input type=password>").attachments[0].active
    forwarded = b"Content-Type: text/html\n\n<input type=password>"
    assert not attached("a.eml", forwarded, "message/rfc822").attachments[0].active
    assert attached("a.mht", forwarded, "message/rfc822").attachments[0].active


def test_so_many_attachments_are_looked_into() -> None:
    part = "--B\nContent-Type: text/html\nContent-Disposition: attachment; filename=a.html\n\n<input type=password>\n"
    mail = read(f"{HEAD}Content-Type: multipart/mixed; boundary=B\n\n--B\n\nhello\n{part * 20}--B--")
    assert [one.active for one in mail.attachments] == [True] * MAX_LOOKED_INTO + [False] * (20 - MAX_LOOKED_INTO)


def test_sounds_and_empty_files_are_not_looked_into() -> None:
    page = b"<html><input type=password>"
    assert attached("a.html", page, "text/html").attachments[0].active
    assert not attached("a.html", page, "audio/mpeg").attachments[0].active
    assert not attached("a.html", b"", "text/html").attachments[0].active


def picture(text: str, kind: str) -> bytes:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=4)
    out = io.BytesIO()
    Image.frombytes("L", (code.shape[1], code.shape[0]), bytes(memoryview(code).cast("B"))).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_codes_in_pictures(kind: str) -> None:
    data = picture("https://a.example/qr", kind)
    inline = f"<img src='data:image/png;base64,{base64.b64encode(data).decode()}'>"
    for mail in (attached("x", data, "image/png"), html(inline)):
        assert [(link.url, link.origin) for link in mail.links] == [("https://a.example/qr", "qr")]
    assert qr.addresses_in([picture("BEGIN:VCARD", kind)]) == []


def png_bomb() -> bytes:
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))


def test_pictures_that_are_not_read() -> None:
    assert not qr.may_hold_code(png_bomb())
    assert not qr.may_hold_code(b"GIF89a\x10\x00\x10\x00")
    assert not qr.may_hold_code(b"GIF89a\x00\x03\x40\x00")
    assert qr.may_hold_code(b"GIF89a\x40\x00\x40\x00")
    assert qr.addresses_in([b"GIF89a\x40\x00\x40\x00", b"\xff\xd8\xff", b"RIFF0000WEBPVP8 ", b""]) == []
