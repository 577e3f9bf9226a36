"""What is left out of a mail beyond the limits is said, and what was read up to there stays."""

import base64

import pytest

from guetteur.core.mail.addresses import mailboxes
from guetteur.core.mail.eml import read_raw, read_shown
from guetteur.core.mail.html import attributes_of
from guetteur.core.mail.limits import (
    MAX_ATTACHMENTS,
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    MAX_LINKS,
    MAX_MARKUP_BYTES,
    MAX_TEXT,
)
from guetteur.core.mail.links import refresh_target, web_address
from guetteur.core.mail.mime import Tree, parameters
from guetteur.core.mail.seen import MailSeen
from guetteur.core.mail.shown import Shown
from support.raw_mail import HEAD, NOBODY, html, read


def test_a_mail_of_which_the_caller_has_only_the_beginning_says_so() -> None:
    assert (read(f"{HEAD}\nhello").cut, read_raw(f"{HEAD}\nhello".encode(), NOBODY, truncated=True).cut) == (
        (),
        ("size",),
    )


def test_headers_beyond_their_number_are_not_read() -> None:
    many = HEAD + "X-A: 1\n" * MAX_HEADERS + "Reply-To: late@b.example\n"
    mail = read(f"{many}\nhello")
    assert (mail.cut, mail.reply_to, mail.sender.address) == (("size",), (), "a@b.example")


def test_headers_beyond_their_size_take_the_body_with_them() -> None:
    mail = read(f"{HEAD}X-A: {'a' * MAX_HEADER_BYTES}\n\nhello")
    assert (mail.cut, mail.text, mail.sender.address) == (("size",), "", "a@b.example")


def test_mailboxes_stop_at_the_limit() -> None:
    raw = b"A <a@b.example>, C <c@d.example> E <e@f.example>"
    assert [box.address for box in mailboxes(raw, 1)] == ["a@b.example"]
    assert [box.address for box in mailboxes(raw, 9)] == ["a@b.example", "c@d.example", "e@f.example"]


def test_text_beyond_its_length_is_cut() -> None:
    for length in (MAX_TEXT + 1, 4 * MAX_TEXT + 1):
        mail = read(f"{HEAD}\n{'a' * length}")
        assert (mail.cut, len(mail.text)) == (("text",), MAX_TEXT)
    assert read(f"{HEAD}\n{'a' * MAX_TEXT}").cut == ()


def test_a_page_beyond_its_length_is_cut() -> None:
    long = f"<p>{'a' * 50}</p>"
    mail = html(long * (2 * MAX_TEXT // 50))
    assert mail.cut == ("text",)
    assert MAX_TEXT * 0.9 < len(mail.text) <= MAX_TEXT
    assert html(f"a<!--{'x' * MAX_MARKUP_BYTES}-->").cut == ("text",)


def test_links_beyond_their_number_are_said_to_be_missing() -> None:
    markup = "".join(f"<a href='https://a{i}.example/'>x</a>" for i in range(MAX_LINKS + 1))
    mail = html(markup)
    assert (mail.cut, len(mail.links)) == (("links",), MAX_LINKS)
    page = Shown("<a href=x>y</a>" * (4 * MAX_LINKS + 1))
    assert (page.cut, len(page.links)) == (True, 4 * MAX_LINKS)


def test_attachments_beyond_their_number_are_not_described() -> None:
    part = "--B\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=a\n\nx\n"
    mail = read(f"{HEAD}Content-Type: multipart/mixed; boundary=B\n\n--B\n\nhello\n{part * (MAX_ATTACHMENTS + 1)}--B--")
    assert (mail.cut, len(mail.attachments)) == (("parts",), MAX_ATTACHMENTS)


def test_lines_that_only_look_like_boundaries_are_followed_so_far() -> None:
    mail = read(
        f"{HEAD}Content-Type: multipart/mixed; boundary=B\n\n--B\n\nhello\n{'--Bx' + chr(10)}" + "--Bx\n" * 10_001
    )
    assert mail.cut == ("parts",)
    assert mail.text.startswith("hello")


def test_a_broken_transfer_encoding_is_said_and_what_can_be_read_is() -> None:
    good = base64.b64encode(b"hello").decode()
    encoded = f"{HEAD}Content-Transfer-Encoding: base64\n\n"
    assert (read(encoded + good).text, read(encoded + good).cut) == ("hello", ())
    assert read(f"{encoded}aGVsbG8gdGhlcmU!!!QQ").cut == ("encoding",)


def test_scripts_beyond_their_length_are_kept_up_to_there() -> None:
    page = Shown(f"<script>a{' ' * 200_000}</script><script>location='https://a.example/'</script>")
    assert (len(page.scripts), page.links) == (200_001, [("https://a.example/", "")])


def test_attributes_the_first_of_a_name_and_at_most_64() -> None:
    assert attributes_of("href=a HREF=b id=c") == {"href": "a", "id": "c"}
    assert len(attributes_of(" ".join(f"a{i}=1" for i in range(99)))) == 64


@pytest.mark.parametrize(
    "href", ["", "  ", "#top", "a" * 999_999, "https://", "mailto:a@b.example", "//[", "http://a b/"]
)
def test_what_is_no_web_address(href: str) -> None:
    assert web_address(href) is None


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0;url=https://a.example/", "https://a.example/"),
        ("0;url='https://a.example/' x", "https://a.example/"),
        ("5", ""),
        ("", ""),
    ],
)
def test_where_a_page_sends_its_reader(content: str, target: str) -> None:
    assert refresh_target(content) == target


def test_parameters_in_pieces() -> None:
    value, found = parameters(
        b"a/b; filename*0*=UTF-8''fact%C3%A9; filename*1=.js; filename*x=evil; name*1*=b; name*0*=a"
    )
    assert (value, found) == ("a/b", {"filename": "fact\u00e9.js", "name": "ab"})
    assert parameters(b"a/b; name*=utf-8'fr'l'%C3%A9t'%C3%A9")[1] == {"name": "l'\u00e9t'\u00e9"}


def test_a_part_cut_before_its_end_is_said_to_be() -> None:
    tree = Tree(f"{HEAD}\n{'a' * 100}".encode())
    assert (tree.read(tree.root, 100), tree.cut) == (b"a" * 100, set())
    assert (tree.read(tree.root, 99), tree.cut) == (b"a" * 99, {"text"})


def test_words_pasted_without_links_have_those_that_are_written() -> None:
    shown = read_shown(MailSeen(text="see https://a.example/x or https://[abc/ now"))
    assert [(link.url, link.origin) for link in shown.links] == [("https://a.example/x", "text")]
