"""Words of every charset can be written into an answer."""

import encodings.aliases

import msgspec
import pytest

from guetteur.core.mail.decode import encoded_words, header_text, to_text
from guetteur.core.mail.mime import parameters
from support.raw_mail import HEAD, html, read

HALVES = b"a+2AA-b \xed\xa0\x80 \xd8\x00 \x00\xd8 +3AA- +2D3"
CHARSETS = sorted({*encodings.aliases.aliases, *encodings.aliases.aliases.values(), "utf_7"})


@pytest.mark.parametrize("charset", CHARSETS)
def test_no_charset_spells_half_a_character(charset: str) -> None:
    for data in (HALVES, b"+2AA-", b"+2AA-\xff"):
        msgspec.json.encode(to_text(data, charset)[0])


@pytest.mark.parametrize(
    "read_word",
    [
        encoded_words,
        lambda word: header_text(word.encode()),
        lambda word: parameters(f'x; name="{word}"'.encode())[1]["name"],
        lambda _: parameters(b"x; name*=utf-7''%2B2AA-x")[1]["name"],
        lambda word: read(f"From: {word} <a@b.example>\n\nx").sender.name,
        lambda word: read(f"{HEAD}Subject: {word}\n\nx").subject,
        lambda _: read(f"{HEAD}Content-Type: text/plain; charset=utf-7\n\n+2AA-x").text,
        lambda _: html("&#xD800;x").text,
    ],
)
def test_half_a_character_is_shown_as_one_that_could_not_be_read(read_word) -> None:
    found = read_word("=?utf-7?Q?+2AA-x?=")
    assert found == "\ufffdx"
    msgspec.json.encode(found)


def test_whole_characters_stay() -> None:
    assert to_text(b"+2D3eAA-x +AOk-", "utf-7") == ("\U0001f600x é", True)
