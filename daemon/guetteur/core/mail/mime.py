"""The tree of a message: headers, parts and their bytes, found by offsets so that nothing is copied.

The standard library's parser builds every line of every part as text first (several copies of a large message, and
every one of 10,000 parts); this one finds boundary lines by searching bytes and reads no more than the limits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from guetteur.core.mail import decode
from guetteur.core.mail.limits import MAX_DEPTH, MAX_HEADER_BYTES, MAX_HEADERS, MAX_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELD = re.compile(rb"^([!-9;-~]{1,200})[ \t]*:(.*(?:\r?\n[ \t].*)*)", re.MULTILINE)
_BLANK_LINE = re.compile(rb"\n\r?\n")
_PARAMETER = re.compile(r';\s*+([^\s=;"]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"?|([^;\s"]*+))')
_MAX_LIKE_BOUNDARIES = 10_000
_FIRST_WORD = re.compile(r"(?:\s|\([^()]*+\))*+([^\s;()]++)")
_PICTURES = (b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF")
_ESCAPED = re.compile(r"\\(.)")


class Headers:
    """A header block: names in lower case, values as bytes, in order."""

    def __init__(self, block: bytes) -> None:
        self.fields: list[tuple[str, bytes]] = []
        self.cut = False
        for found in _FIELD.finditer(block):
            if len(self.fields) >= MAX_HEADERS:
                self.cut = True
                break
            self.fields.append((found[1].decode("ascii").lower(), found[2]))

    def first(self, name: str) -> bytes:
        """The topmost value, or nothing."""
        return next((value for field, value in self.fields if field == name), b"")

    def all(self, name: str) -> Iterator[bytes]:
        """Every value, topmost first."""
        return (value for field, value in self.fields if field == name)


class Part:
    """One leaf, or the whole message before it is taken apart.

    Attributes:
        headers: its own.
        kind: media type in lower case.
        declared: whether its own header gives it.
        parameters: those of Content-Type, names in lower case.
        disposition: ``attachment``, ``inline`` or empty.
        name: file name, decoded as far as the encodings go; may be empty.
        start: offset of its first byte in the message.
        end: offset behind its last.
    """

    __slots__ = ("declared", "disposition", "end", "headers", "kind", "name", "parameters", "start")

    def __init__(self, headers: Headers, start: int, end: int, default: str) -> None:
        self.headers, self.start, self.end = headers, start, end
        value, self.parameters = parameters(headers.first("content-type"))
        self.declared = "/" in value
        self.kind = value if self.declared else default
        self.disposition, disposed = parameters(headers.first("content-disposition"))
        self.name = disposed.get("filename") or self.parameters.get("name", "")

    @property
    def encoding(self) -> str:
        """Transfer encoding in lower case."""
        return _first_word(decode.unfold(self.headers.first("content-transfer-encoding")))


class Tree:
    """The leaves of a message in order, and where each stands.

    Attributes:
        data: the message.
        root: its own headers and body.
        cut: codes of what was left out.
    """

    def __init__(self, data: bytes, start: int = 0) -> None:
        self.data = data
        self.cut: set[str] = set()
        self._parts = 0
        self.root = self._part(start, len(data), "text/plain")

    def leaves(self) -> Iterator[tuple[Part, tuple[str, ...]]]:
        """Every leaf with the multipart kinds around it (``alternative`` by a number of its own)."""
        yield from self._leaves(self.root, ())

    def read(self, part: Part, limit: int) -> bytes:
        """The bytes of a leaf, transfer encoding undone, at most ``limit`` of them."""
        room = limit * 3 + 1000 if part.encoding in ("base64", "quoted-printable") else limit
        with memoryview(self.data)[part.start : min(part.end, part.start + room)] as window:
            data, whole = decode.from_transfer(window, part.encoding)
        short = part.end - part.start > room
        if short or len(data) > limit:
            self.cut.add("text")
        elif not whole:
            self.cut.add("encoding")
        return data[:limit]

    def size(self, part: Part) -> int:
        """Bytes of a leaf after decoding, near enough, without decoding them."""
        raw = part.end - part.start
        if part.encoding != "base64":
            return raw
        breaks = self.data.count(b"\n", part.start, part.end)
        breaks += self.data.count(b"\r", part.start, part.end)
        return max(0, (raw - breaks) * 3 // 4 - self.data.count(b"=", max(part.start, part.end - 8), part.end))

    def is_picture(self, part: Part) -> bool:
        """Whether a leaf says, or begins like, a picture that readers draw."""
        return part.kind.startswith("image/") or self.window(part, 12, from_end=False).startswith(_PICTURES)

    def window(self, part: Part, size: int, *, from_end: bool) -> bytes:
        """The first or last ``size`` bytes of a leaf, decoded."""
        if part.encoding != "base64":
            raw = min(part.end - part.start, size if part.encoding != "quoted-printable" else 3 * size)
            start = part.end - raw if from_end else part.start
            return decode.from_transfer(self.data[start : start + raw], part.encoding)[0][-size if from_end else 0 :][
                :size
            ]
        raw = min(part.end - part.start, size * 2)
        if not from_end:
            return decode.from_transfer(self.data[part.start : part.start + raw], "base64")[0][:size]
        clean = self.data[part.end - raw : part.end].translate(None, b" \t\r\n")
        return decode.from_transfer(clean[len(clean) % 4 :], "base64")[0][-size:]

    def _part(self, start: int, end: int, default: str) -> Part:
        data = self.data
        if data.startswith((b"\n", b"\r\n"), start, end):
            return Part(Headers(b""), start, end, default)
        blank = _BLANK_LINE.search(data, start, min(end, start + MAX_HEADER_BYTES))
        if blank:
            headers, body = Headers(data[start : blank.start() + 1]), blank.end()
        else:
            stop = min(end, start + MAX_HEADER_BYTES)
            if stop < end:
                self.cut.add("size")
            headers, body = Headers(data[start:stop]), end
        if headers.cut:
            self.cut.add("size")
        return Part(headers, body, end, default)

    def _leaves(self, part: Part, above: tuple[str, ...]) -> Iterator[tuple[Part, tuple[str, ...]]]:
        boundary = part.parameters.get("boundary", "") if part.kind.startswith("multipart/") else ""
        if not boundary:
            yield part, above
            return
        if len(above) >= MAX_DEPTH:
            self.cut.add("depth")
            return
        subtype = part.kind.partition("/")[2]
        here = (*above, f"{subtype}#{part.start}")
        default = "message/rfc822" if subtype == "digest" else "text/plain"
        for start, end in self._split(part, boundary.encode("utf-8", "replace")):
            self._parts += 1
            if self._parts > MAX_PARTS:
                self.cut.add("parts")
                return
            yield from self._leaves(self._part(start, end, default), here)

    def _split(self, part: Part, boundary: bytes) -> Iterator[tuple[int, int]]:
        """Where the parts between the boundary lines begin and end."""
        data, mark, begun = self.data, b"\n--" + boundary, -1
        # The first boundary may stand at the very beginning: its line break is then that of the blank line.
        at = data.find(mark, part.start - 1, part.end)
        for _ in range(_MAX_LIKE_BOUNDARIES):
            if at < 0:
                break
            after = at + len(mark)
            line_end = data.find(b"\n", after, min(after + 200, part.end))
            rest = data[after : line_end if line_end >= 0 else min(after + 200, part.end)].strip()
            if rest in (b"", b"--"):
                if begun >= 0:
                    yield begun, max(begun, at - (data[at - 1 : at] == b"\r"))
                begun = line_end + 1 if line_end >= 0 and not rest else -1
                if rest:
                    return
            at = data.find(mark, after, part.end)
        else:
            self.cut.add("parts")
        if begun >= 0:
            yield begun, part.end  # the last boundary is missing: readers show what there is


def parameters(raw: bytes) -> tuple[str, dict[str, str]]:
    """Return (value in lower case, parameters): RFC 2045 as broken as it comes, RFC 2231 and encoded words decoded."""
    text = decode.unfold(raw)
    value = _first_word(text)
    found: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for match in _PARAMETER.finditer(text):
        name = match[1].lower()
        content = _ESCAPED.sub(r"\1", match[2]) if match[2] is not None else match[3]
        base, star, rest = name.partition("*")
        if not star:
            found.setdefault(base, decode.encoded_words(content))
            continue
        number = rest.rstrip("*")
        if number == "" or (number.isascii() and number.isdigit() and len(number) < 4):
            pieces.setdefault(base, []).append((int(number or 0), rest.endswith("*") or rest == "", content))
    for base, parts in pieces.items():
        found[base] = _joined(sorted(parts))
    return value, found


def _first_word(text: str) -> str:
    """The first word in lower case; RFC 2045 allows comments around it."""
    found = _FIRST_WORD.match(text)
    return found[1].lower() if found else ""


def _joined(parts: list[tuple[int, bool, str]]) -> str:
    """The pieces of an RFC 2231 parameter; the first carries the charset."""
    charset, data = "", b""
    for index, (_, encoded, content) in enumerate(parts):
        if not encoded:
            data += content.encode("utf-8", "replace")
            continue
        if index == 0 and content.count("'") >= 2:
            charset, _, content = content.split("'", 2)  # noqa: PLW2901
        data += unquote_to_bytes(content)
    return decode.to_text(data, charset)[0]
