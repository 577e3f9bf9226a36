"""A mail for third parties.

The message is walked once. Header blocks go through `guetteur.reports.redact.lines`; texts are decoded, redacted and
encoded again as they were; files become a line with their size and hash; what the parser does not reach is left out.
At the end the whole is searched once more, as bytes.
"""

from __future__ import annotations

import base64
import codecs
import hashlib
import quopri
import re
from datetime import date
from typing import TYPE_CHECKING

from guetteur.core.mail import decode
from guetteur.core.mail.limits import MAX_MAIL_BYTES, MAX_MARKUP_BYTES
from guetteur.core.mail.mime import Headers, Tree, parameters
from guetteur.core.mail.received import Receivers
from guetteur.errors import InvalidInputError
from guetteur.reports.redact.changes import REDACTED, Log, Redacted
from guetteur.reports.redact.lines import Lines
from guetteur.reports.redact.page import links_masked, tags_masked
from guetteur.reports.redact.recipients import NOBODY, Recipients
from guetteur.reports.redact.tokens import JWT

if TYPE_CHECKING:
    from guetteur.core.mail.mime import Part
    from guetteur.reports.redact.recipients import Person
    from guetteur.reports.redact.secrets import Secrets

_NO_RECEIVERS = Receivers("", date.min)
_BLANK = re.compile(rb"^\r?\n", re.MULTILINE)
_MAX_INNER = 3
_STRANGE = ("utf-7", "utf7", "utf-16", "utf16", "utf-32", "utf32", "iso-2022", "iso2022", "hz", "x-user")


class RedactedMail(Redacted[bytes], frozen=True):
    """The copy of a message.

    Attributes:
        secrets: what was known of the people it was for; they may stand in addresses that leave beside it.
    """

    secrets: Secrets


def redact_mail(raw: bytes, receivers: Receivers = _NO_RECEIVERS, person: Person = NOBODY) -> RedactedMail:
    """The message without its recipients: addresses, names, what links say of them, and files' content.

    Kept: From, Reply-To, the sender's Received lines, hosts and paths of links, the words, names of attachments.

    Args:
        raw: the message as it was stored.
        receivers: how the big providers write their Received lines (`guetteur.lists.knowledge.Knowledge.receivers`).
        person: who reports it.

    Raises:
        InvalidInputError: ``mail_too_large``.
    """
    if len(raw) > MAX_MAIL_BYTES:
        raise InvalidInputError("mail_too_large", "the message is too large", "save it without its attachments")
    people, log = Recipients(person), Log()
    value = _Copy(people, receivers, log, 0).message(raw)
    end = _BLANK.search(value)
    head, rest = (value[: end.start()], value[end.start() :]) if end else (value, b"")
    # Names in the header were masked line by line, but for the sender's.
    head = people.secrets.mask_bytes(head, log, "header", names=False)
    value = head + people.secrets.mask_bytes(rest, log, "message")
    return RedactedMail(value, log.all(), people.secrets)


class _Copy:
    """One message, or one inside another."""

    def __init__(self, people: Recipients, receivers: Receivers, log: Log, depth: int) -> None:
        self._people, self._receivers, self._log, self._depth = people, receivers, log, depth
        self._boundaries: set[bytes] = set()
        self._block: list[bytes] = []
        self._in_headers = self._top = True

    def message(self, raw: bytes) -> bytes:
        """The redacted copy."""
        raw = _begun(raw)
        tree = Tree(raw)
        self._people.take(tree.root.headers)
        self._lines = Lines(self._people, tree.root.headers, self._receivers, self._log)
        out, at = [], 0
        for number, (part, _) in enumerate(tree.leaves(), start=1):
            out.append(self._between(raw[at : part.start]))
            out.append(self._leaf(tree, part, f"part {number}"))
            at, self._in_headers = part.end, False
        out.append(self._between(raw[at:]))
        return b"".join(out)

    def _between(self, glue: bytes) -> bytes:
        """Header blocks and boundary lines; anything else between the parts no reader shows, and it is left out."""
        out = []
        for line in glue.splitlines(keepends=True):
            if self._in_headers and line.strip():
                self._block.append(line)
                continue
            if self._in_headers:
                out += [self._headers(), line]
                self._in_headers = False
                continue
            mark = line.strip()
            closed = mark.startswith(b"--") and mark.endswith(b"--") and mark[2:-2] in self._boundaries
            if mark.startswith(b"--") and (closed or mark[2:] in self._boundaries):
                out.append(line)
                self._in_headers = not closed
            elif not mark:
                out.append(line)
            else:
                self._log.add("unread", "between the parts", line.decode("latin-1").strip(), "")
        out.append(self._headers())
        return b"".join(out)

    def _headers(self) -> bytes:
        block, self._block = b"".join(self._block), []
        if not block:
            return b""
        kind, given = parameters(Headers(block).first("content-type"))
        if kind.startswith("multipart/") and given.get("boundary"):
            self._boundaries.add(given["boundary"].encode("utf-8", "replace"))
        top, self._top = self._top, False
        return self._lines.block(block, top=top)

    def _leaf(self, tree: Tree, part: Part, where: str) -> bytes:
        body = tree.data[part.start : part.end]
        if part.kind == "message/rfc822" and self._depth < _MAX_INNER and part.encoding not in _ENCODED:
            inner = _Copy(self._people, self._receivers, self._log, self._depth + 1)
            return inner.message(body)
        data, _ = decode.from_transfer(body, part.encoding)
        readable = part.kind.startswith("text/") or part.kind in (
            "message/delivery-status",
            "message/disposition-notification",
        )
        charset = part.parameters.get("charset", "")
        known = part.encoding in (*_ENCODED, "", "7bit", "8bit", "binary")
        if not (readable and known) or len(data) > MAX_MARKUP_BYTES or any(one in charset.lower() for one in _STRANGE):
            return self._left_out(part, data, where, "unread" if readable else "file")
        text, codec = _read(data, charset)
        after = self._words(text, where, markup=part.kind == "text/html" or "<" in text)
        if after == text and part.encoding != "base64":
            return body
        return _in_transfer(after.encode(codec, "xmlcharrefreplace"), part.encoding, body)

    def _words(self, text: str, where: str, *, markup: bool) -> str:
        after = tags_masked(text, self._log) if markup else text
        after = links_masked(after, self._log, where, escaped=markup)
        plain = JWT.sub(REDACTED, after)
        self._log.add("token", where, after if plain != after else plain, plain)
        return self._people.secrets.mask(plain, self._log, where)

    def _left_out(self, part: Part, data: bytes, where: str, kind: str) -> bytes:
        told = f"{REDACTED}: {len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}"
        self._log.add("file" if kind == "file" else "unread", where, f"{part.kind} {part.name}".strip(), told)
        content = told.encode()
        return base64.encodebytes(content) if part.encoding == "base64" else content + b"\n"


_ENCODED = frozenset(("base64", "quoted-printable"))


def _begun(raw: bytes) -> bytes:
    """The message from its first header on, without a byte order mark, empty lines and an mbox line before it."""
    if b"\n" not in raw[:4096] and b"\r" in raw[:4096]:
        raw = raw.replace(b"\r", b"\n")
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if raw.startswith((b"From ", b">From ")):
        raw = raw.partition(b"\n")[2]
    return raw


def _read(data: bytes, charset: str) -> tuple[str, str]:
    """Text and a codec that gives exactly its bytes again."""
    for codec in ("utf-8", charset.strip("\"' ").lower()):
        try:
            text = data.decode(codec)
            if codecs.lookup(codec).name not in ("idna", "punycode") and text.encode(codec) == data:
                return text, codec
        except (UnicodeError, LookupError, ValueError):
            continue
    return data.decode("latin-1"), "latin-1"


def _in_transfer(data: bytes, encoding: str, before: bytes) -> bytes:
    ending = b"\r\n" if b"\r\n" in before else b"\n"
    if encoding == "base64":
        return base64.encodebytes(data).replace(b"\n", ending)
    if encoding == "quoted-printable":
        return quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", ending)
    return data
