"""Messages as they are stored and sent (RFC 5322): read without trusting a byte of them."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from guetteur.core.facts import Known, Unavailable
from guetteur.core.mail import decode, qr
from guetteur.core.mail.addresses import ascii_domain, mailbox, mailboxes
from guetteur.core.mail.attachments import attachments, file_name
from guetteur.core.mail.authentication import authentication
from guetteur.core.mail.body import Body
from guetteur.core.mail.limits import (
    MAX_ATTACHMENTS,
    MAX_MAIL_BYTES,
    MAX_NAME,
    MAX_PICTURE_BYTES,
    MAX_RECIPIENTS,
    MAX_SENDERS,
    MAX_TEXT,
)
from guetteur.core.mail.links import Links, web_address, written
from guetteur.core.mail.mime import Tree
from guetteur.core.mail.subject import NOT_SHOWN, Attachment, Authentication, Mailbox, MailSubject, Result
from guetteur.errors import InvalidInputError

if TYPE_CHECKING:
    from guetteur.core.facts import Fact
    from guetteur.core.mail.mime import Headers
    from guetteur.core.mail.received import Receivers
    from guetteur.core.mail.seen import MailSeen

_TELLTALE = frozenset(
    ("from", "to", "subject", "date", "received", "message-id", "mime-version", "return-path", "sender")
)
_FIRST_LINE = re.compile(rb">?From [^\n]*\n")
_ANGLE = re.compile(r"<([^<>]*)>")


def read_raw(data: bytes, receivers: Receivers, *, truncated: bool = False) -> MailSubject:
    """Read a raw message; ``truncated``: the caller has only its beginning.

    Raises:
        InvalidInputError: ``mail_too_large``; ``not_a_mail`` when no header of a mail begins it.
    """
    if len(data) > MAX_MAIL_BYTES:
        raise InvalidInputError(
            "mail_too_large",
            f"the message has {len(data) // 1024 // 1024} MB",
            f"at most {MAX_MAIL_BYTES // 1024 // 1024} MB are read: save it without its attachments",
        )
    tree = _tree(data)
    headers = tree.root.headers
    if _TELLTALE.isdisjoint(name for name, _ in headers.fields):
        raise InvalidInputError("not_a_mail", "this is no mail message", "save the message itself, as an .eml file")
    if truncated:
        tree.cut.add("size")
    body = Body(tree)
    attached = attachments(tree, body.attachments, body.links)
    _codes(tree, body)
    found, relay = authentication(headers, receivers)
    return MailSubject(
        senders=_mailboxes(headers, "from", MAX_SENDERS),
        reply_to=_mailboxes(headers, "reply-to", MAX_SENDERS),
        return_path=_return_path(headers),
        recipients=_recipients(headers),
        subject=decode.header_text(headers.first("subject"))[:MAX_NAME],
        text=body.text,
        hidden=body.hidden,
        links=body.links.all(),
        attachments=attached,
        authentication=found,
        relay=relay,
        list_id=bool(headers.first("list-id").strip()),
        raw=True,
        cut=tuple(sorted(tree.cut | ({"links"} if body.links.cut else set()))),
    )


def read_shown(seen: MailSeen) -> MailSubject:
    """Read what a webmail shows. What it says of the sender counts as the receiving side's finding."""
    links = Links()
    for link in seen.links:
        url = web_address(link.url)
        if url:
            links.add(url, link.text, "html")
    if not seen.links:
        for address in written(seen.text):  # pasted words
            links.add(address, address, "text", once=True)
    shown = [mailbox(seen.from_name, seen.from_address)] if seen.from_name or seen.from_address else []
    return MailSubject(
        senders=tuple(shown),
        reply_to=tuple(box for text in seen.reply_to for box in mailboxes(text.encode("utf-8", "replace"), 4)),
        recipients=tuple(mailbox("", text).address for text in seen.to if text),
        subject=decode.seen(seen.subject),
        text=decode.seen(seen.text)[:MAX_TEXT],
        links=links.all(),
        attachments=tuple(
            Attachment(file_name(one.name), one.kind.lower().strip()) for one in seen.attachments[:MAX_ATTACHMENTS]
        ),
        authentication=_shown_authentication(seen),
        cut=("links",) if links.cut else (),
    )


def merged(raw: MailSubject, shown: MailSubject) -> MailSubject:
    """The raw message with what only the screen shows: links that the webmail found, its text where raw has none."""
    links = Links()
    known = {link.url for link in raw.links}
    for link in (*raw.links, *(link for link in shown.links if link.url not in known)):
        links.add(link.url, link.text, link.origin)
    return MailSubject(
        senders=raw.senders or shown.senders,
        reply_to=raw.reply_to or shown.reply_to,
        return_path=raw.return_path,
        recipients=tuple(dict.fromkeys((*raw.recipients, *shown.recipients)))[:MAX_RECIPIENTS],
        subject=raw.subject or shown.subject,
        text=raw.text or shown.text,
        hidden=raw.hidden,
        links=links.all(),
        attachments=raw.attachments or shown.attachments,
        authentication=shown.authentication if isinstance(raw.authentication, Unavailable) else raw.authentication,
        relay=raw.relay,
        list_id=raw.list_id,
        raw=True,
        cut=tuple(sorted({*raw.cut, *shown.cut, *(("links",) if links.cut else ())})),
    )


def _tree(data: bytes) -> Tree:
    begins = data[:256]
    start = len(begins) - len(begins.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"))
    if b"\n" not in data[:4096] and b"\r" in data[:4096]:
        data = data.replace(b"\r", b"\n")  # old Macs
    first = _FIRST_LINE.match(data, start, start + 1000)
    tree = Tree(data, first.end() if first else start)
    if tree.root.kind == "message/rfc822" and tree.root.disposition != "attachment":
        inner = Tree(data, tree.root.start)
        if not _TELLTALE.isdisjoint(name for name, _ in inner.root.headers.fields):
            inner.root.headers, inner.cut = tree.root.headers, tree.cut | inner.cut
            return inner
    return tree


def _codes(tree: Tree, body: Body) -> None:
    """Take the addresses in the codes of pictures, written into the page or attached."""
    inline = (qr.from_data_url(url) for url in body.pictures)
    attached = (
        tree.read(part, MAX_PICTURE_BYTES)
        for part in body.attachments[:MAX_ATTACHMENTS]
        if tree.is_picture(part) and tree.size(part) <= MAX_PICTURE_BYTES
    )
    for url in qr.addresses_in(chain(inline, attached)):
        body.links.add(url, "", "qr")


def _mailboxes(headers: Headers, name: str, limit: int) -> tuple[Mailbox, ...]:
    """The mailboxes of every header of that name: two of them are a trick to show one and check the other."""
    found = dict.fromkeys(box for raw in headers.all(name) for box in mailboxes(raw, limit))
    return tuple(found)[:limit]


def _return_path(headers: Headers) -> str:
    text = decode.unfold(headers.first("return-path"))
    angle = _ANGLE.search(text)
    return mailbox("", angle[1] if angle else text).address


def _recipients(headers: Headers) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in ("delivered-to", "x-original-to", "to", "cc"):
        for raw in headers.all(name):
            for box in mailboxes(raw):
                if box.domain and len(found) < MAX_RECIPIENTS:
                    found.setdefault(box.address.lower())
    return tuple(found)


def _shown_authentication(seen: MailSeen) -> Fact[Authentication]:
    signer, mailer = ascii_domain(seen.signed_by), ascii_domain(seen.mailed_by)
    if not (signer or mailer or seen.unverified):
        return NOT_SHOWN
    return Known(
        Authentication(
            spf=Result.PASS if mailer else Result.NONE,
            envelope=mailer,
            dkim=Result.PASS if signer else Result.NONE,
            signers=(signer,) if signer else (),
            dmarc=Result.FAIL if seen.unverified else Result.NONE,
            policy="",
            checked_by="webmail",
        )
    )
