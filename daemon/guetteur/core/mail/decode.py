"""Bytes to words: charsets that lie, encoded words, transfer encodings. Nothing here raises."""

from __future__ import annotations

import binascii
import codecs
import re

from guetteur.core.mail.limits import MAX_VALUE_BYTES

# Charsets whose text is ASCII bytes, or not ASCII at all: whether it decodes as UTF-8 says nothing about them.
_OWN_SHAPE = ("utf-7", "utf7", "utf-16", "utf16", "utf-32", "utf32", "iso-2022", "iso2022", "hz")
# Codecs of Python that no mail means: slow, or not charsets.
_NOT_CHARSETS = frozenset(("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"))
_NO_CHARSET = frozenset(("", "us-ascii", "ascii", "utf-8", "utf8", "unknown-8bit", "8bit", "binary"))

# The text of a word ends at the first `?=`; RFC 2047 forbids `?` in it, scams write it all the same.
_WORD = re.compile(r"=\?([^?\s]{1,64})\?([bBqQ])\?([^\r\n]{0,4000}?)\?=")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))

# C0 and C1 controls, bidirectional marks and every character that takes no room: no reader sees them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_DIRECTIONLESS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def to_text(data: bytes, charset: str) -> tuple[str, bool]:
    """Return (text, whether every byte was understood).

    UTF-8 when it is UTF-8, whatever was declared; else the declared charset; else Windows-1252, as browsers do.
    """
    charset = charset.strip().strip("\"'").lower()
    if not charset.startswith(_OWN_SHAPE):
        try:
            return data.decode("utf-8"), True
        except UnicodeDecodeError:
            pass
    if charset not in _NO_CHARSET:
        codec = _codec(charset)
        if codec is not None:
            try:
                return _whole(codec.decode(data, "strict")[0]), True
            except (UnicodeError, ValueError):
                # One broken byte does not make it another charset.
                if charset.startswith(_OWN_SHAPE) or charset[:2] in ("gb", "bi", "eu", "sh", "ks"):
                    return _whole(codec.decode(data, "replace")[0]), False
    known = charset in _NO_CHARSET or _codec(charset) is not None
    return data.decode("cp1252", "replace"), known


def from_transfer(data: bytes | memoryview, encoding: str) -> tuple[bytes, bool]:
    """Return (bytes, whether the transfer encoding was whole); an unknown encoding is taken as none."""
    encoding = encoding.strip().lower()
    if encoding == "base64":
        return _base64(bytes(data))
    if encoding == "quoted-printable":
        return binascii.a2b_qp(bytes(data)), True
    return bytes(data), True


def header_text(raw: bytes) -> str:
    """A header value as a person is meant to read it: unfolded, encoded words decoded, unseen characters removed."""
    return seen(encoded_words(unfold(raw))).strip()


def unfold(raw: bytes) -> str:
    """A header value on one line; bytes above 127 are UTF-8, else Windows-1252."""
    raw = raw[:MAX_VALUE_BYTES].strip()
    text = raw.decode("ascii") if raw.isascii() else to_text(raw, "")[0]
    return _FOLD.sub(" ", text)


def encoded_words(text: str) -> str:
    """``text`` with the encoded words (RFC 2047) in it decoded, glued or cut mid-character as they may be."""
    if "=?" not in text:
        return text
    out: list[str] = []
    charset, pending, end = "", b"", 0
    for found in _WORD.finditer(text):
        between = text[end : found.start()]
        label = found[1].partition("*")[0].lower()
        data = _word_bytes(found[2], found[3])
        if end and between.strip() == "" and label == charset:
            pending += data  # one character may be split between two words
        else:
            out.append(to_text(pending, charset)[0])
            if between.strip() or not end:
                out.append(between)
            charset, pending = label, data
        end = found.end()
    out.append(to_text(pending, charset)[0])
    out.append(text[end:])
    return "".join(out)


def seen(text: str) -> str:
    """``text`` without the characters that no reader sees."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub("", text)


def without_controls(text: str) -> str:
    """``text`` without control characters; marks that turn the direction of writing stay, since they are evidence."""
    return _DIRECTIONLESS.sub("", text)


def _whole(text: str) -> str:
    """``text`` with U+FFFD for half a character (UTF-7 can spell one), which no answer could be written with."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def _word_bytes(how: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    return _base64(data)[0] if how in "bB" else binascii.a2b_qp(data, header=True)


def _base64(data: bytes) -> tuple[bytes, bool]:
    try:
        return binascii.a2b_base64(data), True
    except binascii.Error:
        clean = data.translate(None, _NOT_BASE64).partition(b"=")[0]
        clean = clean[: len(clean) - (len(clean) % 4 == 1)]
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4)), False


def _codec(charset: str) -> codecs.CodecInfo | None:
    for name in (charset, charset.replace("-", "").replace("_", ""), charset.removeprefix("x-")):
        try:
            codec = codecs.lookup(name)
        except (LookupError, ValueError):
            continue
        if codec.name.replace("-", "_") not in _NOT_CHARSETS and getattr(codec, "_is_text_encoding", True):
            return codec
    return None
