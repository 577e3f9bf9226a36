"""What is judged: one mail, whichever way it was come by."""

from __future__ import annotations

from enum import Enum

import msgspec

from guetteur.core.facts import Fact, Unavailable

NOT_SHOWN = Unavailable("headers_not_shown")
"""Only what a webmail shows is known."""

NOT_CHECKED = Unavailable("authentication_not_checked")
"""The headers are there, and nobody on the receiving side wrote what it found."""


PROVIDER_CHECKED = Unavailable("provider_checked")
"""Proven is only the provider, at which anybody can be; the address is of a part that is the provider's own."""

UNREADABLE = "?"
"""Stands for a domain that was named and is none; equal to no domain."""


class Result(Enum):
    """What the receiving side found (RFC 8601); everything but a pass or a refusal is NONE."""

    PASS = "pass"  # noqa: S105 -- no password
    FAIL = "fail"  # fail, softfail, policy
    NONE = "none"  # none, neutral, temporary and permanent errors, absent


class Mailbox(msgspec.Struct, frozen=True):
    """One address with its name.

    Attributes:
        name: display name, decoded, as written; may be empty.
        address: ``local@domain`` with the domain in lower-case ASCII; may be anything, or empty, in a broken header.
        domain: what is behind the last ``@``, in lower-case ASCII (punycode); empty when there is none.
    """

    name: str
    address: str
    domain: str


class Authentication(msgspec.Struct, frozen=True):
    """What the receiving side found about where the message comes from.

    Attributes:
        spf: whether the server may send for `envelope`.
        envelope: domain SPF was checked for (``smtp.mailfrom``, else ``smtp.helo``).
        dkim: best result of any signature.
        signers: domains (``header.d``, else that of ``header.i``) of the signatures that passed.
        dmarc: whether either passes and is aligned with the domain of ``From``, in the receiving side's word.
        policy: what the domain of ``From`` asks for, where the receiving side says it:
            ``none``, ``quarantine``, ``reject`` or empty.
        checked_by: who says so (``authserv-id``), or what shows it.
        dmarc_of: domain of ``From`` that `dmarc` was found for; empty where nobody says, `UNREADABLE` where it is no
            domain.
    """

    spf: Result
    envelope: str
    dkim: Result
    signers: tuple[str, ...]
    dmarc: Result
    policy: str
    checked_by: str
    dmarc_of: str = ""

    @property
    def failed(self) -> bool:
        """Whether anything was looked at and refused."""
        return Result.FAIL in (self.spf, self.dkim, self.dmarc)


class MailLink(msgspec.Struct, frozen=True):
    """One link.

    Attributes:
        url: address as it stands in the message (resolved, not unwrapped); only http and https.
        text: the words that are clicked, or what the picture in it says it shows.
        origin: ``html``, ``text`` (written out), ``qr`` (in a picture), ``attachment`` (in an attached page).
    """

    url: str
    text: str
    origin: str = "html"


class Attachment(msgspec.Struct, frozen=True):
    """One attachment.

    Attributes:
        name: file name, decoded, without path; may be empty.
        kind: declared media type, lower case.
        size: bytes after decoding, 0 when only its name is known.
        locked: an archive or document that needs a password.
        holds: names of the files in an archive, at most 32.
        active: a page (.html, .svg …) that asks for a password or sends the reader elsewhere by script.
    """

    name: str
    kind: str
    size: int = 0
    locked: bool = False
    holds: tuple[str, ...] = ()
    active: bool = False


class MailSubject(msgspec.Struct, frozen=True):
    """One mail, every part bounded.

    Attributes:
        senders: mailboxes of ``From``; one in an honest mail, empty when there is none.
        reply_to: where answers go, where that is known.
        return_path: envelope sender, empty when unknown.
        recipients: addresses of To and Cc, and those the message was delivered to.
        subject: subject line, decoded.
        text: what a reader sees, invisible parts left out, paragraphs apart; at most 64,000 characters.
        hidden: characters of the HTML that no reader sees (tiny, white, display:none) and that are words.
        links: links in order, at most 256, each address once per text.
        attachments: at most 64.
        authentication: what the receiving side found.
        relay: host or address the receiving side got it from (first foreign hop), as its Received line says.
        list_id: the message comes through a mailing list.
        raw: whether it was read from the raw message.
        cut: what was left unread for its size or shape: codes ``size``, ``depth``, ``parts``, ``text``, ``links``,
            ``charset``, ``encoding``, ``archive``; each makes a Skip.
    """

    senders: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...] = ()
    return_path: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    hidden: int = 0
    links: tuple[MailLink, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    authentication: Fact[Authentication] = NOT_SHOWN
    relay: Fact[str] = NOT_SHOWN
    list_id: bool = False
    raw: bool = False
    cut: tuple[str, ...] = ()

    @property
    def sender(self) -> Mailbox:
        """The mailbox a reader takes for the sender."""
        return self.senders[0] if self.senders else Mailbox("", "", "")
