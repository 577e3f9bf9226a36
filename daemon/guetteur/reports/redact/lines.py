"""The header lines of a message: the sender's side stays as it is, the receiving side without the person."""

from __future__ import annotations

import ipaddress
import re
from email.header import Header
from typing import TYPE_CHECKING

from guetteur.core.mail import decode
from guetteur.core.mail.addresses import mailboxes
from guetteur.core.mail.limits import MAX_VALUE_BYTES
from guetteur.core.mail.mime import Headers, parameters
from guetteur.core.mail.received import border, hops
from guetteur.reports.redact.changes import REDACTED, Log
from guetteur.reports.redact.page import links_masked
from guetteur.reports.redact.recipients import ADDRESSED, DELIVERED, SENDING

if TYPE_CHECKING:
    from guetteur.core.mail.received import Receivers
    from guetteur.reports.redact.recipients import Recipients

_FIELD = re.compile(rb"^([!-9;-~]{1,200})([ \t]*:)(.*(?:\r?\n[ \t].*)*)", re.MULTILINE)
_RECIPIENT = frozenset((*ADDRESSED, *DELIVERED))
# What the person's own server and mail program wrote for themselves.
_OWN = re.compile(
    r"x-gmail|x-gm-|x-google|x-received\Z|x-uid|x-mozilla|x-evolution|x-apple|x-status|status\Z|x-keywords|x-account-key|"
    r"x-store|x-ms-exchange-(?:organization|crosstenant|transport)|x-folder|x-envelope-uid|x-originating-account|x-zimbra|"
    r"x-sieve|x-dspam|x-user"
)
_ABOUT = re.compile(
    r"(?:x-|feedback-).*(?:recipient|rcpt|subscriber|contact|member|uuid|customer|campaign-?user|\buid)"
)
_IP = re.compile(
    r"(?<![\w.])(?<![0-9a-fA-F]:)"
    r"(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4})(?![\w:])"
)
_ID = re.compile(r"(\sid\s+)[^\s;()]+", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[^<>\s]*@([^<>\s@]+)>")
_MAILTO = re.compile(r"mailto:[^<>\s,@?]+@([^<>\s,?]+)(?:\?[^<>\s,]*)?", re.IGNORECASE)


class Lines:
    """Rewrites header blocks."""

    def __init__(self, recipients: Recipients, headers: Headers, receivers: Receivers, log: Log) -> None:
        self._people, self._log = recipients, log
        found = hops(headers)
        edge = border(found, receivers)
        self._inside = [hop.index for hop in found if edge is None or hop.index < edge.index]
        self._edge = edge.index if edge is not None else -1

    def block(self, block: bytes, *, top: bool) -> bytes:
        """A header block; ``top``: that of the message itself, whose Received lines were read."""
        ending = b"\r\n" if b"\r\n" in block else b"\n"
        out = []
        for index, found in enumerate(_FIELD.finditer(block)):
            name = found[1].decode("ascii")
            value = self._field(name.lower(), found[3], index if top else -1)
            if value is None:
                continue
            if isinstance(value, bytes):
                out.append(found[1] + found[2] + value + ending)
            else:
                out.append(found[1] + b": " + _encoded(name, value).replace(b"\n", ending) + ending)
        return b"".join(out)

    def _field(self, name: str, raw: bytes, index: int) -> bytes | str | None:
        """The value as it was (bytes), a new one (text), or None to leave the line out."""
        raw = raw.rstrip(b"\r\n")
        if name in _RECIPIENT:
            return self._people_of(name, raw)
        if _OWN.match(name):
            self._log.add("header", name, decode.unfold(raw), "")
            return None
        if _ABOUT.match(name):
            self._log.add("token", name, decode.unfold(raw), REDACTED)
            return REDACTED
        if name in ("content-type", "content-disposition"):
            return self._parameters(name, raw)
        if name == "received":
            return self._received(raw, index)
        text = decode.encoded_words(decode.unfold(raw))
        after = self._masked(name, text)
        long = len(raw) > MAX_VALUE_BYTES
        if long:
            self._log.add("unread", name, text, after)
        return after if after != text or long else raw

    def _people_of(self, name: str, raw: bytes) -> str:
        boxes = mailboxes(raw.partition(b";")[2] if name.endswith("-recipient") and b";" in raw else raw)
        after = ", ".join(f"<{self._people.mark(box.address)}>" for box in boxes if box.domain) or REDACTED
        self._log.add("address", name, decode.header_text(raw), after)
        return after

    def _masked(self, name: str, text: str) -> str:
        secrets, log = self._people.secrets, self._log
        after = text
        if name in ("in-reply-to", "references"):
            after = _MESSAGE_ID.sub(
                lambda found: f"<{REDACTED}>" if found[1].lower() in self._people.domains else found[0], after
            )
        if name.startswith("list-"):
            after = _MAILTO.sub(lambda found: f"mailto:{REDACTED}@{found[1]}", after)
        log.add("token", name, text, after)
        after = links_masked(after, log, name)
        # A sender's name is his own, unless he took the person's.
        names = name not in SENDING or any(one in after.lower() for one in self._people.names if " " in one)
        return secrets.mask(after, log, name, names=names)

    def _received(self, raw: bytes, index: int) -> bytes | str:
        text = decode.unfold(raw)
        after = text
        if index in self._inside:
            after = _IP.sub(_without_ip, after)
        if index in self._inside or index == self._edge:
            after = _ID.sub(rf"\1{REDACTED}", after)
        self._log.add("header", "received", text, after)
        after = self._people.secrets.mask(after, self._log, "received", names=False)
        return raw if after == text else after

    def _parameters(self, name: str, raw: bytes) -> bytes | str:
        kind, given = parameters(raw)
        after = {key: self._people.secrets.mask(value, self._log, name) for key, value in given.items()}
        # The boundary lines in the body are masked in the same way.
        if after == given and self._people.secrets.mask(decode.unfold(raw), Log(), name) == decode.unfold(raw):
            return raw
        shown = "".join(f'; {key}="{value.translate(_UNQUOTED)}"' for key, value in after.items())
        return self._people.secrets.mask(kind, self._log, name) + shown


def _without_ip(found: re.Match[str]) -> str:
    try:
        ipaddress.ip_address(found[0])
    except ValueError:
        return found[0]  # a time of day
    return REDACTED


_UNQUOTED = str.maketrans({'"': "'", "\\": "/", "\r": " ", "\n": " "})


def _encoded(name: str, value: str) -> bytes:
    value = decode.without_controls(value).replace("\n", " ").strip()
    if value.isascii():
        return value.encode()
    return Header(value, "utf-8", header_name=name).encode(linesep="\n").encode("ascii", "replace")
