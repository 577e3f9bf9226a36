"""Who a message was for, and so what of it tells the person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from guetteur.core.mail import decode
from guetteur.core.mail.addresses import mailbox, mailboxes
from guetteur.core.mail.limits import MAX_RECIPIENTS
from guetteur.reports.redact.secrets import Secrets, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guetteur.core.mail.mime import Headers
    from guetteur.core.mail.subject import Mailbox

DELIVERED = (
    "delivered-to", "x-original-to", "x-delivered-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "x-forwarded-to",
    "x-forwarded-for", "x-real-to", "x-apparently-to", "apparently-to", "original-recipient", "final-recipient",
    "x-original-recipient", "x-resolved-to", "x-failed-recipients", "x-recipient",
)  # fmt: skip
ADDRESSED = ("to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc")
SENDING = ("from", "sender", "reply-to", "return-path")
_FOR = re.compile(r"\bfor\s+<?([^<>;\s]{1,250}@[^<>;\s]{1,250}?)>?(?=[\s;>]|\Z)", re.IGNORECASE)
_NAMELIKE = re.compile(r"([^\W\d_]{3,})[._-]([^\W\d_]{3,})")
_ROLES = frozenset(
    (
        "abonnement", "accueil", "admin", "administration", "boite", "bonjour", "bureau", "commercial", "compta",
        "comptabilite", "contact", "courrier", "direction", "facturation", "hello", "info", "infos", "mail", "mairie",
        "marketing", "news", "newsletter", "office", "postmaster", "presse", "recrutement", "sales", "secretariat",
        "service", "support", "team", "vente", "ventes", "webmaster",
    )
)  # fmt: skip


class Person(NamedTuple):
    """The person who reports, as far as they told Guetteur: the settings of the same names.

    Attributes:
        email: their address, or empty.
        name: their name, or empty.
    """

    email: str = ""
    name: str = ""


NOBODY = Person()


class Recipients:
    """The people a message was for, and the person who reports it: the message need not name them.

    Attributes:
        secrets: their addresses and names.
        domains: domains of their addresses.
        names: whole names, in lower case.
    """

    def __init__(self, person: Person = NOBODY) -> None:
        self.secrets = Secrets()
        self.domains: set[str] = set()
        self.names: set[str] = set()
        self._marks: dict[str, str] = {}
        self._take(mailbox(person.name, person.email))

    def take(self, headers: Headers) -> None:
        """Take those that a header block names."""
        delivered = [box for box in _boxes(headers, DELIVERED) if box.domain]
        delivered += [
            mailbox("", found) for raw in headers.all("received") for found in _FOR.findall(decode.unfold(raw))
        ]
        known = {box.address.lower() for box in delivered}
        sending = {box.address.lower() for box in _boxes(headers, SENDING) if box.domain}
        for box in (*delivered, *_boxes(headers, ADDRESSED)):
            address = box.address.lower()
            # "To" the sender himself, the victims in copy: his address is evidence. Unless nothing tells whom it
            # reached: the extortionist writes "from" the victim's own address.
            if known and address in sending and address not in known:
                continue
            self._take(box)

    def mark(self, address: str) -> str:
        """What stands for an address."""
        return self._marks.setdefault(address.lower(), f"recipient{len(self._marks) + 1}@redacted.invalid")

    def _take(self, box: Mailbox) -> None:
        if len(self._marks) >= MAX_RECIPIENTS:
            return
        local = box.address.rpartition("@")[0].strip("\"'")
        if box.domain and local:
            self.secrets.add_address(box.address, self.mark(box.address))
            self.domains.add(box.domain)
            self._take_local(local)
        if box.name and "@" not in box.name:
            self.names.add(box.name.lower())
            words = list(words_of(box.name))
            if words and words != ["undisclosed-recipients"]:
                self.secrets.add_name(box.name)
            for word in words:
                self.secrets.add_name(word)

    def _take_local(self, local: str) -> None:
        """``jean.dupont`` greets Jean as well as a name would."""
        base = local.partition("+")[0]
        if len(base) < 3 or base.lower() in _ROLES:
            return
        self.secrets.add_name(base)
        found = _NAMELIKE.fullmatch(base)
        if found and not {found[1].lower(), found[2].lower()} & _ROLES:
            for word in found.groups():
                for name in words_of(word):
                    self.secrets.add_name(name)


def secrets_of(person: Person) -> Secrets:
    """What must not leave where there is no message: the person's own address and name."""
    return Recipients(person).secrets


def _boxes(headers: Headers, names: tuple[str, ...]) -> Iterator[Mailbox]:
    for name in names:
        for raw in headers.all(name):
            text = raw.partition(b";")[2] if name.endswith("-recipient") and b";" in raw else raw
            yield from mailboxes(text)
