"""The mails of ``tests/mails``: written by hand for the tests, nobody's real mail, built into whole messages here."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.mail_body import as_html, as_text, disguised
from support.mail_files import attach
from support.mail_headers import received_headers
from support.mail_passage import Passage

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[1] / "mails"
SILENT = frozenset({"silent", "official"})
LAST_DAY = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
CHARSETS = ("utf-8", "utf-8", "utf-8", "iso-8859-1", "windows-1252", "utf-8", "iso-8859-15")
FIRST = {
    "mireille.castelbon": "Mireille", "jp.rouvignac": "Jean-Pierre", "s.delaunoy": "Sophie",
    "hubert.maldonnat": "Hubert", "claire.vauzelle": "Claire", "nadia.belgharbi": "Nadia",
    "yves.kerbriand": "Yves", "odile.trescartes": "Odile", "thomas.guerlandel": "Thomas",
    "fatou.diarrassy": "Fatou", "malo.kerbriand": "Malo",
}  # fmt: skip
"""Who receives: the one a mail names, else by lot."""

PEOPLE = tuple(FIRST)
AT = {
    "gmail": "gmail.com", "outlook": "hotmail.fr", "orange": "orange.fr", "free": "free.fr",
    "ovh": "atelier-vauzelle.fr", "postfix": "mairie-saint-orlan.fr", "none": "laposte.net",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """One mail.

    Attributes:
        id: unique name.
        kind: ``genuine/bank``, ``scams/fine`` …: the file it stands in.
        expect: ``silent`` (no warning), ``official`` (no warning, and may be told as genuine),
            ``warned`` (CAUTION or DANGER) or ``danger``.
        script: what the scam plays, empty for a genuine mail.
        body: id of the body that writes or is imitated, may be empty.
        note: why it is special.
        entry: the table as it stands in the file.
    """

    id: str
    kind: str
    expect: str
    script: str
    body: str
    note: str
    entry: dict[str, Any] = field(repr=False)

    @property
    def is_scam(self) -> bool:
        """Whether a person should be warned."""
        return self.expect not in SILENT

    @property
    def words(self) -> str:
        """What was written by hand: subject and text."""
        return f"{self.entry['subject']}\n{self.entry.get('text') or self.entry['html']}"

    def dice(self, sides: int, what: str) -> int:
        """A number below `sides`, always the same for this mail and purpose."""
        return int.from_bytes(sha256(f"{self.id}/{what}".encode()).digest()[:4], "big") % sides

    @property
    def receiver(self) -> str:
        """Who received it and wrote the topmost headers."""
        return self.entry.get("auth", "gmail ok").split()[0]

    @property
    def recipient(self) -> str:
        """Whom it was delivered to."""
        if to := self.entry.get("to"):
            return to
        words, writer = self.words.casefold(), self.entry["from"].casefold()
        greeting = re.findall(r"[\w-]+", "\n".join(words.split("\n")[:3]))
        named = [
            person
            for person, first in FIRST.items()
            if person.rpartition(".")[2] not in writer
            and (first.casefold() in greeting or person.rpartition(".")[2] in greeting)
        ]
        person = named[0] if named else PEOPLE[self.dice(len(PEOPLE), "who")]
        return f"{person}@{AT[self.receiver]}"

    @property
    def sent(self) -> datetime:
        """When: within the last weeks before the day the tests live in."""
        return LAST_DAY - timedelta(days=self.dice(60, "day"), seconds=self.dice(46_800, "second"))

    def raw(self) -> bytes:
        """The whole message as the receiving server stored it (RFC 5322)."""
        message = self._body()
        lines = [*self._passage(), *self._own_headers()]
        head = "".join(f"{name}: {value}\r\n" for name, value in lines)
        raw = head.encode("utf-8") + b"MIME-Version: 1.0\r\n" + message.as_bytes(policy=SMTP)
        return raw if self.dice(4, "ends") else raw.replace(b"\r\n", b"\n")

    def _passage(self) -> list[tuple[str, str]]:
        _, address = _split(self._filled("from"))
        words = self.entry.get("auth", "gmail ok").split()
        passage = Passage(
            receiver=words[0],
            outcome=words[1] if len(words) > 1 else "ok",
            via=words[2] if len(words) > 2 else "",
            sender=address,
            recipient=self.recipient,
            sent=self.sent,
            seed=self.id,
        )
        return received_headers(passage)

    def _own_headers(self) -> Iterator[tuple[str, str]]:
        name, address = _split(self._filled("from"))
        yield "From", _mailbox(name, address)
        if reply := self._filled("reply_to"):
            yield "Reply-To", _mailbox(*_split(reply))
        if self.entry.get("shown_to") != "":
            yield "To", _mailbox(*_split(self.entry.get("shown_to") or self.recipient))
        yield "Subject", _worded(self._filled("subject"), self._charset())
        yield "Date", format_datetime(self.sent)
        yield "Message-ID", f"<{sha256(self.id.encode()).hexdigest()[:24]}@{address.rpartition('@')[2]}>"
        yield from self.entry.get("headers", {}).items()

    def _filled(self, key: str) -> str:
        return self.entry.get(key, "").replace("{to}", self.recipient)

    def _charset(self) -> str:
        return self.entry.get("charset") or CHARSETS[self.dice(len(CHARSETS), "charset")]

    def _shape(self) -> str:
        if shape := self.entry.get("shape"):
            return shape
        if "html" in self.entry:
            return "both" if "text" in self.entry else "html"
        if "](" in self.entry["text"]:
            return ("both", "both", "html")[self.dice(3, "shape")]
        return ("plain", "both")[self.dice(2, "shape")]

    def _body(self) -> EmailMessage:
        shape, message = self._shape(), EmailMessage()
        text, page = self._filled("text"), self._filled("html")
        hide = self.entry.get("disguise", "")
        page = page or as_html(disguised(text, hide), self._look(), self.entry)
        if shape == "html":
            self._put(message, page, "html")
        else:
            self._put(message, as_text(disguised(text, hide)), "plain")
            if shape == "both":
                message.make_alternative()
                part = MIMEPart()
                self._put(part, page, "html")
                message.attach(part)
        for wanted in self.entry.get("attachments", ()):
            attach(message, wanted)
        for number, part in enumerate(message.walk()):
            if part.is_multipart():
                part.set_boundary(f"=_{sha256(f'{self.id}/{number}'.encode()).hexdigest()[:24]}")
        return message

    def _look(self) -> str:
        looks = ("bare", "table", "div", "table", "outlook", "soup") if self.is_scam else ("table", "div", "bare")
        return self.entry.get("look") or looks[self.dice(len(looks), "look")]

    def _put(self, message: EmailMessage | MIMEPart, content: str, subtype: str) -> None:
        charset = self._charset()
        try:
            content.encode(charset)
        except UnicodeEncodeError:
            charset = "utf-8"
        cte = ("quoted-printable", "base64", "quoted-printable")[self.dice(3, "cte")]
        message.set_content(content, subtype=subtype, charset=charset, cte=cte)
        del message["MIME-Version"]


@cache
def mails() -> tuple[Written, ...]:
    """All of them, genuine ones first, in the order of the files."""
    found = []
    for path in sorted(FOLDER.glob("*/*.toml")):
        kind = f"{path.parent.name}/{path.stem}"
        table = tomllib.loads(path.read_text("utf-8"))
        for entry in table["mail"]:
            whole = {**table.get("default", {}), **entry}
            found.append(
                Written(
                    id=whole["id"],
                    kind=kind,
                    expect=whole["expect"],
                    script=whole.get("script", ""),
                    body=whole.get("body", ""),
                    note=whole.get("note", ""),
                    entry=whole,
                )
            )
    return tuple(found)


def _split(written: str) -> tuple[str, str]:
    # Not parseaddr: display names hold commas and addresses, which the files need not quote.
    name, _, address = written.rpartition("<")
    return name.strip(), address.rstrip(">")


def _mailbox(name: str, address: str) -> str:
    return (
        formataddr((name, address)) if (name + address).isascii() else f"{Header(name, 'utf-8').encode()} <{address}>"
    )


def _worded(text: str, charset: str) -> str:
    try:
        return text if text.isascii() else Header(text, charset, header_name="Subject").encode(linesep="\r\n")
    except UnicodeEncodeError:
        return Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")
