"""Addresses in headers, as broken as phishing mails write them."""

from __future__ import annotations

import re

import ada_url

from guetteur.core.mail import decode
from guetteur.core.mail.limits import MAX_MAILBOXES, MAX_NAME
from guetteur.core.mail.subject import Mailbox

_SPACE = re.compile(r"\s+")
# One step through a header: a quoted string, a comment's bracket, an address in angle brackets, a separator, words.
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)"|([()])|<([^<>]*+)>|([,;])|([^"()<>,;]++)|(.)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)")
_DOMAIN = re.compile(r"[a-z0-9._\[\]:-]+")
_BARE = re.compile(r"[^\s@<>()\"',;:]{1,200}@[^\s@<>()\"',;:]{1,255}")
_MAX_WORDS = 200


def mailboxes(raw: bytes, limit: int = MAX_MAILBOXES) -> tuple[Mailbox, ...]:
    """The mailboxes of a header value, in order.

    A comma in an unquoted name does not part two mailboxes (``KetoXplode, <a@b.example>``): what has no address
    belongs to the name that follows.
    """
    reader = _Reader()
    for match in _TOKEN.finditer(decode.unfold(raw)):
        reader.take(match)
        if len(reader.found) >= limit:
            return tuple(reader.found)
    reader.finish()
    found = reader.found
    if reader.comments and not any(box.domain for box in found):
        # From: Rabatt,(<a@b.example>): an address in a comment alone. Some programs show it, some answer to it.
        bare = _BARE.search(" ".join(reader.comments))
        if bare:
            return (mailbox(found[0].name if found else "", bare[0]), *found[1:])
    return tuple(found)


def mailbox(name: str, address: str) -> Mailbox:
    """A mailbox from its two halves as they are shown."""
    address = _SPACE.sub("", decode.seen(address)).strip("<>")
    local, at, domain = address.rpartition("@")
    if not at:
        return Mailbox(_name(name), address[:MAX_NAME], "")
    host = _ascii(domain)
    return Mailbox(_name(name), f"{local}@{host or domain}"[:MAX_NAME], host[:MAX_NAME])


def ascii_domain(domain: str) -> str:
    """``domain`` in lower-case ASCII without a trailing dot; empty when it is no domain."""
    domain = _ascii(domain)
    return domain if len(domain) <= 253 and _DOMAIN.fullmatch(domain) else ""


def _ascii(domain: str) -> str:
    domain = decode.seen(domain).strip(" \t.>").lower()
    if domain.isascii():
        return domain
    return str(ada_url.idna_to_ascii(domain[:MAX_NAME]).decode("ascii", "replace"))


class _Reader:
    """One walk through a header value; ``found`` fills as mailboxes end."""

    def __init__(self) -> None:
        self.found: list[Mailbox] = []
        self.comments: list[str] = []
        self._words: list[str] = []
        self._comment_from = 0
        self._address = ""
        self._depth = 0

    def take(self, match: re.Match[str]) -> None:
        """Take one token."""
        quoted, bracket, angle, separator, plain, other = match.groups()
        if bracket:
            self._depth = max(0, self._depth + (1 if bracket == "(" else -1))
        elif self._depth:
            self.comments.append(match[0])
        elif angle is not None:
            if self._address:
                self._end()
            self._address = angle.strip()
        elif separator:
            self._separate(separator)
        elif quoted is not None:
            self._words.append(_ESCAPED.sub(r"\1", quoted))
        elif plain is not None:
            self._plain(plain)
        else:
            self._words.append(other)

    def _plain(self, plain: str) -> None:
        """Take unquoted words, without the name of a group before them (``Friends: a@b.example, …;``)."""
        group, colon, member = plain.partition(":")
        if colon and not self._words and "@" not in group and (not member.strip() or _BARE.fullmatch(member.strip())):
            plain = member
        if plain.strip():
            self._words.append(plain)

    def finish(self) -> None:
        """End the last mailbox."""
        self._end()

    def _separate(self, separator: str) -> None:
        last = self._words[-1].strip() if self._words else ""
        if self._address or (len(self._words) == 1 and _BARE.fullmatch(last)):
            self._end()
        elif separator == ";" or len(self._words) > _MAX_WORDS:
            self._words = []
        elif self._words:
            self._words.append(",")

    def _end(self) -> None:
        name, address = _joined(self._words), self._address
        if not address:
            bare = _BARE.search(decode.seen(name)) if "@" in name else None
            if bare:
                address = bare[0]
                name = "" if name.strip() == address else name.replace(address, " ", 1)
        if not name.strip(" ,"):
            name = " ".join(self.comments[self._comment_from :])
        if address or name.strip(" ,"):
            self.found.append(mailbox(name, address))
        self._words, self._address, self._comment_from = [], "", len(self.comments)


def _joined(words: list[str]) -> str:
    return " ".join(words).replace(" ,", ",")


def _name(text: str) -> str:
    name = _SPACE.sub(" ", decode.seen(decode.encoded_words(text))).strip()
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    return name.rstrip(", ")[:MAX_NAME]
