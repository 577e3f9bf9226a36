"""Raw messages, broken in every way senders break them."""

import pytest

from guetteur.core.mail.addresses import mailboxes
from guetteur.core.mail.eml import merged, read_shown
from guetteur.core.mail.limits import MAX_MAIL_BYTES
from guetteur.core.mail.seen import AttachmentSeen, LinkSeen, MailSeen
from guetteur.core.mail.shown import Shown
from guetteur.core.mail.subject import Mailbox
from guetteur.errors import InvalidInputError
from support.raw_mail import HEAD, html, read


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
        ("=?utf-8?Q?Ma?= chère =?utf-8?Q?Banque?= <a@b.example>", "Ma chère Banque", "a@b.example"),
        ("A (b (c) d) <a@b.example>", "A", "a@b.example"),
        ("a@b.example (x) (y)", "x y", "a@b.example"),
        ("\u202eB\u200ban\u200fque <a@b.example>", "Banque", "a@b.example"),
        ("B\u0430nque <a@b.example>", "B\u0430nque", "a@b.example"),
        ("A <a@\u00e9cole.example>", "A", "a@xn--cole-9oa.example"),
        ('"Facebook" <>', "Facebook", ""),
        (", ;, <a@b.example>", "", "a@b.example"),
        ("A <> (nothing that is an address)", "A", ""),
        ("(nothing that is an address)", "nothing that is an address", ""),
        ("'Ma Banque' <a@b.example>", "Ma Banque", "a@b.example"),
        ('"Ma Banque <a@b.example>', '" Ma Banque', "a@b.example"),
        ("=?utf-8?Q?Ma?= =?iso-8859-1?Q?_pr=E9f=E9r=E9e?= <a@b.example>", "Ma pr\u00e9f\u00e9r\u00e9e", "a@b.example"),
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


def test_a_multipart_without_its_boundary_has_no_part() -> None:
    mail = read(f"{HEAD}Content-Type: multipart/mixed; boundary=B\n\nno boundary anywhere\n--BB\n")
    assert (mail.text, mail.attachments, mail.cut) == ("", (), ())


def test_bytes_that_the_declared_charset_has_not_are_read_as_browsers_do() -> None:
    mail = read(f"{HEAD}Content-Type: text/plain; charset=iso-8859-7\n\n".encode() + b"\xe9t\xe9 \xd2")
    assert (mail.text, mail.cut) == ("\u00e9t\u00e9 \u00d2", ())


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("<a@b.example>", "a@b.example"),
        ("a@b.example", "a@b.example"),
        ("x <a@b.example> y", "a@b.example"),
        ("<>", ""),
    ],
)
def test_where_a_message_bounces_to(path: str, address: str) -> None:
    assert read(f"Return-Path: {path}\n{HEAD}\nhello").return_path == address


@pytest.mark.parametrize("kind", ["text/html (x)", "(x) Text/HTML; charset=utf-8", "text/html(x)"])
def test_comments_around_a_media_type_are_none_of_it(kind: str) -> None:
    mail = read(f"{HEAD}Content-Type: {kind}\n\n<a href='https://a.example/'>x</a>")
    assert [link.url for link in mail.links] == ["https://a.example/"]


def test_transfer_encodings_are_undone() -> None:
    for encoding, sent in (
        ("quoted-printable", "caf=C3=A9 =\nau lait"),
        ("Base64", "Y2Fmw6kgYXUgbGFpdA=="),
        ("base64 (as usual)", "Y2Fmw6kgYXUgbGFpdA=="),
        ("(so) base64;", "Y2Fmw6kgYXUgbGFpdA=="),
        ("x-no", "caf\u00e9 au lait"),
    ):
        assert read(f"{HEAD}Content-Transfer-Encoding: {encoding}\n\n{sent}").text == "caf\u00e9 au lait"
    long = "=C3=A9" * 3000
    assert read(f"{HEAD}Content-Transfer-Encoding: quoted-printable\n\n{long}").text == "\u00e9" * 3000


def test_a_page_is_one_where_nothing_was_declared_and_plain_text_is_what_it_says() -> None:
    page = "<html><b>hello</b></html>"
    assert read(f"{HEAD}\n{page}").text == "hello"
    assert read(f"{HEAD}Content-Type: text/plain\n\n{page}").text == page
    assert read(f"{HEAD}Content-Type: text/html\n\nhello &eacute;").text == "hello \u00e9"
    assert read(f"{HEAD}Content-Type: text/enriched\n\n<b>hello</b>").text == "hello"
    assert read(f"{HEAD}Content-Type: multipart/mixed\n\nno boundary given").text == "no boundary given"


def test_what_is_no_utf_8_though_it_reads_as_such() -> None:
    """A charset with a shape of its own is taken at its word: its bytes may well be ASCII."""
    mail = read(f"{HEAD}Content-Type: text/plain; charset=utf-16-le\n\n".encode() + "pay\u00e9".encode("utf-16-le"))
    assert mail.text == "pay\u00e9"
    mail = read(f"{HEAD}Content-Type: text/plain; charset=iso-2022-jp\n\n".encode() + "\u652f".encode("iso-2022-jp"))
    assert mail.text == "\u652f"


def test_recipients_are_those_with_a_domain() -> None:
    assert read(f"{HEAD}To: A <a@b.fr>, root\nCc: a@B.fr\n\nx").recipients == ("a@b.fr",)


def test_one_broken_byte_does_not_make_it_another_charset() -> None:
    mail = read(
        f"{HEAD}Content-Type: text/plain; charset=gb18030\n\n".encode() + "\u652f\u4ed8".encode("gb18030") + b"\xff"
    )
    assert (mail.text, mail.cut) == ("\u652f\u4ed8\ufffd", ("charset",))


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
    kept = read(f"{HEAD}Content-Disposition: attachment\n{inner}")
    assert (kept.text, [one.kind for one in kept.attachments]) == ("", ["message/rfc822"])
    assert read(f"{HEAD}Content-Type: message/rfc822\n\nno header at all").text == ""


def test_parts_and_depth_are_bounded_and_said() -> None:
    mail = read(HEAD + "Content-Type: multipart/mixed; boundary=B\n\n" + "--B\n\nx\n" * 10_000)
    assert mail.cut == ("parts",)
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n" for level in range(50))
    assert read(HEAD + deep + "\nx").cut == ("depth",)


def test_parts_end_where_their_lines_do() -> None:
    for line in ("\n", "\r\n"):
        inner = (
            "--B\nContent-Type: text/plain\n\none\n--B\nContent-Disposition: attachment; filename=a.txt\n\ntwo\n--B--\n"
        )
        outer = f"{HEAD}Content-Type: multipart/mixed; boundary=B\n\n{inner}after\n--B\n\nno part\n"
        mail = read(outer.replace("\n", line))
        assert mail.text == "one"
        assert [(one.name, one.size) for one in mail.attachments] == [("a.txt", 3)]


def test_boundaries_of_an_outer_part_end_the_inner_ones() -> None:
    mail = read(
        f"{HEAD}Content-Type: multipart/mixed; boundary=A\n\n--A\nContent-Type: multipart/mixed; boundary=B\n\n"
        "--B\n\ninner\n--A\n\nouter\n--B\n\nno part of A\n--A--\n"
    )
    assert mail.text == "inner\n\nouter\n--B\n\nno part of A"


def test_flowed_lines_go_on_and_stuffing_is_removed() -> None:
    flowed = f"{HEAD}Content-Type: text/plain; format=flowed{{}}\n\n From the bank \nof you\n> a \n> b\n-- \nname"
    assert read(f"{HEAD}Content-Type: text/plain; format=flowed\n\na\n b\n  c").text == "a\nb\n c"
    assert read(flowed.format("")).text == "From the bank of you\n> a b\n--\nname"
    assert "From the bankof you" in read(flowed.format("; delsp=yes")).text


def test_a_link_counts_once_for_each_of_its_texts() -> None:
    mail = html(
        "<a href='https://a.example/'>x</a><a href='https://a.example/'>x</a><a href='https://a.example/'>y</a>"
    )
    assert [(link.url, link.text) for link in mail.links] == [("https://a.example/", "x"), ("https://a.example/", "y")]
    mail = html("<a href='https://a.example/'>x</a> https://a.example/ https://b.example/")
    assert [link.url for link in mail.links] == ["https://a.example/", "https://b.example/"]


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
        ("<a href='https://a.example/'>x</a> y", "https://a.example/", "x"),
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


def test_hostile_markup_is_read_in_linear_time() -> None:
    for markup in ("<div>" * 100_000, "<b id=1>" * 100_000, "<" * 1_000_000, "<a " * 200_000, '<a href="' * 100_000):
        Shown(markup)


def test_what_the_screen_shows_adds_to_the_message_and_takes_nothing_from_it() -> None:
    raw = read(
        f"Return-Path: <bounce@b.example>\nList-Id: <l.b.example>\nTo: me@c.example\n{HEAD}"
        "Content-Type: multipart/mixed; boundary=B\n\n--B\n\nhttps://a.example/\n--B\n"
        "Content-Disposition: attachment; filename=a.pdf\n\nx\n--B--\n"
    )
    shown = read_shown(
        MailSeen(
            from_address="other@d.example",
            to=("you@c.example",),
            text="other",
            links=(LinkSeen("https://e.example/"),),
            attachments=(AttachmentSeen("b.pdf", " Application/PDF "),),
        )
    )
    both = merged(raw, shown)
    assert both.attachments == raw.attachments
    assert [one.name for one in raw.attachments] == ["a.pdf"]
    assert (both.return_path, both.list_id, both.text) == (raw.return_path, raw.list_id, raw.text)
    assert raw.return_path
    assert raw.list_id
    assert [link.url for link in both.links] == ["https://a.example/", "https://e.example/"]
    assert both.recipients == ("me@c.example", "you@c.example")
    assert both.raw is True
    empty = merged(read(f"{HEAD}\n"), shown)
    assert (empty.text, empty.attachments) == ("other", shown.attachments)
    assert [one.kind for one in shown.attachments] == ["application/pdf"]
