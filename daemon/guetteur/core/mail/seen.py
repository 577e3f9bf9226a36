"""What a webmail shows of a message: for clients that cannot have the raw message, and for the links on screen."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Line = Annotated[str, Meta(max_length=1000)]
Address = Annotated[str, Meta(max_length=8192)]


class LinkSeen(Struct, frozen=True, forbid_unknown_fields=True):
    """One link on screen.

    Attributes:
        url: its ``href``, resolved.
        text: the words that are clicked, or what the picture in it says it shows.
    """

    url: Address
    text: Line = ""


class AttachmentSeen(Struct, frozen=True, forbid_unknown_fields=True):
    """One attachment as listed.

    Attributes:
        name: file name.
        kind: media type where it is shown, else empty.
    """

    name: Line
    kind: Line = ""


class MailSeen(Struct, frozen=True, forbid_unknown_fields=True):
    """One message as a webmail shows it; empty is "not shown".

    Attributes:
        from_name: name of the sender.
        from_address: address of the sender.
        reply_to: addresses that answers go to, where shown.
        to: the person's own address or addresses.
        subject: subject line.
        text: the visible words, paragraphs apart.
        links: the links in the body, in order.
        attachments: the attachments.
        signed_by: domain the webmail says the message is signed by (Gmail's "signed-by").
        mailed_by: domain the webmail says it was mailed by, after checking (Gmail's "mailed-by").
        unverified: the webmail itself says that the sender could not be verified.
    """

    from_name: Line = ""
    from_address: Line = ""
    reply_to: Annotated[tuple[Line, ...], Meta(max_length=8)] = ()
    to: Annotated[tuple[Line, ...], Meta(max_length=32)] = ()
    subject: Line = ""
    text: Annotated[str, Meta(max_length=64_000)] = ""
    links: Annotated[tuple[LinkSeen, ...], Meta(max_length=256)] = ()
    attachments: Annotated[tuple[AttachmentSeen, ...], Meta(max_length=64)] = ()
    signed_by: Line = ""
    mailed_by: Line = ""
    unverified: bool = False
