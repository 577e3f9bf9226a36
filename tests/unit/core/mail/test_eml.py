"""Raw messages, broken in every way senders break them."""

import base64
import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image

from guetteur.core.mail import qr
from guetteur.core.mail.addresses import mailboxes
from guetteur.core.mail.eml import read_raw
from guetteur.core.mail.limits import MAX_MAIL_BYTES
from guetteur.core.mail.received import Receivers
from guetteur.core.mail.shown import Shown
from guetteur.core.mail.subject import Mailbox
from guetteur.errors import InvalidInputError

NOBODY = Receivers("test", datetime(2026, 1, 1, tzinfo=UTC).date())
HEAD = "From: A <a@b.example>\nMIME-Version: 1.0\n"


def read(text: str | bytes):
    return read_raw(text.encode() if isinstance(text, str) else text, NOBODY)


def html(markup: str):
    return read(f"{HEAD}Content-Type: text/html; charset=utf-8\n\n{markup}")


def attached(name: str, data: bytes, kind: str = "application/octet-stream"):
    return read(
        f"{HEAD}Content-Type: multipart/mixed; boundary=B\n\n--B\n\nhello\n--B\nContent-Type: {kind}\n"
        f"Content-Disposition: attachment; filename*=utf-8''{name}\nContent-Transfer-Encoding: base64\n\n"
        f"{base64.encodebytes(data).decode()}--B--\n"
    )


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n" + bytes(99), b"hello\nworld", b"Note: x\n\nFrom: a@b.example"]
)
def test_what_is_no_mail_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read(data)
    assert caught.value.code == "not_a_mail"


def test_a_mail_too_large_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        read(b"From: a@b.example\n\n".ljust(MAX_MAIL_BYTES + 1))
    assert caught.value.code == "mail_too_large"


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", ["", "\ufeff", "\n", "From a@b.example Thu Aug 22 12:36:23 2002\n"])
def test_line_ends_and_beginnings(line: str, before: str) -> None:
    mail = read((before + HEAD + "Subject: a\n b\n\nhello\n").replace("\n", line).encode())
    assert (mail.sender.address, mail.subject, mail.text) == ("a@b.example", "a b", "hello")


@pytest.mark.parametrize(
    ("raw", "name", "address"),
    [
        ("KetoXplode, <a@b.example.>", "KetoXplode", "a@b.example"),
        ("Service | Compte, urgent <a@B.Example>", "Service | Compte, urgent", "a@b.example"),
        ('"service@paypal.com" <x@y.example>', "service@paypal.com", "x@y.example"),
        ("service@paypal.com <x@y.example>", "service@paypal.com", "x@y.example"),
        ("a@b.example (Am\u00e9li (Assurance))", "Am\u00e9li Assurance", "a@b.example"),
        ("Rabatt,(<a@b.example>)", "Rabatt", "a@b.example"),
        ("=?utf-8?Q?Cr=C3?= =?utf-8?Q?=A9dit?= <a@b.example>", "Cr\u00e9dit", "a@b.example"),
        ("=?utf-8?B?Q3LDqWRpdA==?=<a@b.example>", "Cr\u00e9dit", "a@b.example"),
        ("=?x-lie?Q?Cr=E9dit?= <a@b.example>", "Cr\u00e9dit", "a@b.example"),
        ("=?us-ascii?Q?Cr=C3=A9dit?=Agricole <a@b.example>", "Cr\u00e9ditAgricole", "a@b.example"),
        ("\u202eB\u200ban\u200fque <a@b.example>", "Banque", "a@b.example"),
        ("B\u0430nque <a@b.example>", "B\u0430nque", "a@b.example"),
        ("A <a@\u00e9cole.example>", "A", "a@xn--cole-9oa.example"),
        ('"Facebook" <>', "Facebook", ""),
        ("", None, None),
    ],
)
def test_senders_as_scams_write_them(raw: str, name: str | None, address: str | None) -> None:
    found = mailboxes(raw.encode())
    assert [(box.name, box.address) for box in found] == ([] if name is None else [(name, address)])


def test_several_mailboxes_and_several_headers() -> None:
    assert [box.address for box in mailboxes(b"A <a@b.fr>, c@d.fr, G: e@f.fr;")] == ["a@b.fr", "c@d.fr", "e@f.fr"]
    mail = read("From: a@b.example\nFrom: c@d.example\nFrom: a@b.example\nTo: x@y.fr\nDelivered-To: Z@y.fr\n\n")
    assert mail.senders == (Mailbox("", "a@b.example", "b.example"), Mailbox("", "c@d.example", "d.example"))
    assert mail.recipients == ("z@y.fr", "x@y.fr")


@pytest.mark.parametrize("charset", ["utf-8", "us-ascii", "cp-850x", "punycode", "zlib", "", "windows-1252"])
def test_charsets_that_lie(charset: str) -> None:
    for data in ("\u00e9t\u00e9".encode(), "\u00e9t\u00e9".encode("cp1252")):
        mail = read(f"{HEAD}Content-Type: text/plain; charset={charset}\n\n".encode() + data)
        assert mail.text == "\u00e9t\u00e9"


def test_the_page_is_shown_where_there_is_one_and_the_plain_text_where_it_is_empty() -> None:
    both = (
        "Content-Type: multipart/alternative; boundary=B\n\n--B\n\nplain\n--B\nContent-Type: text/html\n\n{}\n--B--\n"
    )
    assert read(HEAD + both.format("<p>page")).text == "page"
    assert read(HEAD + both.format("<p></p>")).text == "plain"


def test_a_forwarded_message_is_an_attachment_and_a_whole_one_is_read() -> None:
    inner = "Content-Type: message/rfc822\n\nFrom: x@y.example\nSubject: in\n\nhttps://in.example/\n"
    mail = read(f"{HEAD}Content-Type: multipart/mixed; boundary=B\n\n--B\n\nout\n--B\n{inner}--B--\n")
    assert (mail.text, mail.links, [one.kind for one in mail.attachments]) == ("out", (), ["message/rfc822"])
    assert read(HEAD + inner).text == "https://in.example/"


def test_parts_and_depth_are_bounded_and_said() -> None:
    mail = read(HEAD + "Content-Type: multipart/mixed; boundary=B\n\n" + "--B\n\nx\n" * 10_000)
    assert mail.cut == ("parts",)
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n" for level in range(50))
    assert read(HEAD + deep + "\nx").cut == ("depth",)


def test_written_addresses() -> None:
    mail = read(
        f"{HEAD}Content-Type: text/plain; format=flowed\n\nSee <https://a.example/x_(y)>, (www.b.example/z).\n"
        "Pay \nhttp://c.example/p.\n"
    )
    assert [link.url for link in mail.links] == [
        "https://a.example/x_(y)",
        "http://www.b.example/z",
        "http://c.example/p",
    ]
    assert "Pay http://c.example/p." in mail.text


@pytest.mark.parametrize(
    ("markup", "url", "text"),
    [
        ('<a href=" ht\ntps://\ta.example/x ">Go <b>now</b></a>', "https://a.example/x", "Go now"),
        ("<A HREF=//a.example><img alt='Mon compte'></A>", "https://a.example/", "Mon compte"),
        ('<base href="https://a.example/d/"><a href=x>y</a>', "https://a.example/d/x", "y"),
        ('<map><area href="https://a.example/" alt=z></map>', "https://a.example/", "z"),
        ('<form action="https://a.example/f"><input></form>', "https://a.example/f", ""),
        ("<button onclick=\"location.href='https://a.example/o'\">b</button>", "https://a.example/o", ""),
        ("<meta http-equiv=Refresh content=\"0; url='https://a.example/m'\">", "https://a.example/m", ""),
        ("<a title='>' href='https&#58;//a.example/&amp;'>q</a>", "https://a.example/&", "q"),
        ("<p>https://a.example/t.</p>", "https://a.example/t", "https://a.example/t"),
        ("<a href='https://a.example/'>x<a href='javascript:alert(1)'>y</a>", "https://a.example/", "x"),
    ],
)
def test_links_as_browsers_read_them(markup: str, url: str, text: str) -> None:
    assert [(link.url, link.text) for link in html(markup).links] == [(url, text)]


HIDING = (
    "<div style='display:none'>{}</div>", "<div style='DISPLAY/**/ : none !important'>{}</div>", "<i hidden>{}</i>",
    "<i style='font-size:0'>{}</i>", "<i style='font-size:1px'>{}</i>", "<i style='opacity:0'>{}</i>",
    "<i style='visibility:hidden'>{}</i>", "<font color=white>{}</font>",
    "<td bgcolor='#eee'><i style='color:rgb(238,238,238)'>{}</i></td>",
    "<i style='max-height:0;overflow:hidden'>{}</i>",
    "<i style='d\\69splay:none'>{}</i>", "<i style='d&#105;splay:none'>{}</i>",
    "<style>.z{{display:none}}</style><i class='a z'>{}</i>", "<!-- {} -->",
    "<div style='display:none'><span>{}</div>", "<b><div style='display:none'></b>{}</div>",
    "<p style='display:none'>{}<p>", "<script>{}</script>", "<template>{}</template>",
)  # fmt: skip


@pytest.mark.parametrize("markup", HIDING)
def test_words_that_no_reader_sees_are_left_out(markup: str) -> None:
    mail = html("<p>before</p>" + markup.format("unseen") + "<p>after</p>")
    assert mail.text == "before\nafter"


@pytest.mark.parametrize(
    "markup",
    [
        "<td style='font-size:0'><div style='font-size:13px'>{}</div></td>",
        "<div style='visibility:hidden'><i style='visibility:visible'>{}</i></div>",
        "<td style='background:#000'><font color=white>{}</font></td>",
        "<td style='background:url(x)'><font color=white>{}</font></td>",
        "<a style='mso-hide:all'>{}</a>",
        "<style>@media print{{.z{{display:none}}}}</style><i class=z>{}</i>",
        "<div style='display:none'>.</div>{}",
        "<!--[if mso]>no<![endif]-->{}",
        "<a b='>{}",
    ],
)
def test_words_that_readers_see_are_kept(markup: str) -> None:
    assert "visible" in html(markup.format("visible")).text


def test_hidden_words_are_counted_and_links_among_them_dropped() -> None:
    mail = html(
        "<a href='https://a.example/'>x</a><div style='display:none'>two words <a href='https://b.fr/'>y</a></div>"
    )
    assert (mail.hidden, [link.url for link in mail.links]) == (9, ["https://a.example/"])


def test_blocks_part_lines_and_zero_width_characters_vanish() -> None:
    assert html("a<br>b<p>c</p><div>d</div>e &eacute;&#8203;&shy;f").text == "a\nb\nc\nd\ne \u00e9f"


def test_attachment_names() -> None:
    mail = attached("..%2Fdir%5Cfacture%E2%80%AEfdp.exe", b"MZ" * 30)
    assert [(one.name, one.size) for one in mail.attachments] == [("facture\u202efdp.exe", 60)]


def zipped(*, flag: int = 0, names: tuple[str, ...] = ("facture.js",)) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
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
        (b"PK\x03\x04", False, ()),
        (b"Rar!\x1a\x07\x00\xcf\x90\x73\x80\x00\x0d\x00" + bytes(20), True, ()),
        (b"Rar!\x1a\x07\x00\xcf\x90\x73\x00\x00\x0d\x00" + bytes(20), False, ()),
        (b"Rar!\x1a\x07\x01\x00" + b"\1\2\3\4\x21\x04" + bytes(20), True, ()),
        (b"Rar!\x1a\x07\x01\x00" + b"\1\2\3\4\x0d\x01" + bytes(20), False, ()),
        (b"7z\xbc\xaf\x27\x1c" + bytes(40) + b"\x06\xf1\x07\x01" + bytes(9), True, ()),
        (OLE + "EncryptedPackage".encode("utf-16-le"), True, ()),
        (OLE, False, ()),
        (b"%PDF-1.7\n" + bytes(99) + b"trailer << /Encrypt 5 0 R >>", True, ()),
        (b"%PDF-1.7\n" + bytes(99) + b"trailer << /Root 1 0 R >>", False, ()),
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
        ("a.html", "<p>the menu</p><a href='https://a.example/'>x</a>", False),
    ],
)
def test_attached_pages(name: str, page: str, active: bool) -> None:
    for data in (page.encode(), page.encode("utf-16")):
        mail = attached(name, data)
        assert mail.attachments[0].active is active or not name.endswith("html")
        assert {(link.url, link.origin) for link in mail.links} <= {("https://a.example/", "attachment")}


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


def test_hostile_markup_is_read_in_linear_time() -> None:
    for markup in ("<div>" * 100_000, "<b id=1>" * 100_000, "<" * 1_000_000, "<a " * 200_000, '<a href="' * 100_000):
        Shown(markup)
