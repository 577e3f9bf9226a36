"""A draft of an ordinary mail: words, the address, and the reported message as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.reports.channels.fields import address_field, mail_field, note_field
from guetteur.reports.channels.interface import MAIL_KIND, Attached, Draft, Field, mail_of
from guetteur.reports.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guetteur.reports.case import Case, Item


def letter(case: Case, items: Sequence[Item], *, channel: str, to: str, title: str, text: str) -> Draft:  # noqa: PLR0913
    """The draft of one mail to one mailbox."""
    mail = mail_of(items)
    fields = [Field("Destinataire", "Recipient", to), Field("Objet", "Subject", title), note_field(text)]
    if case.url:
        fields.append(address_field(case.url))
    files: tuple[Attached, ...] = ()
    if mail is not None:
        fields.append(mail_field(mail.data.decode("utf-8", "replace")))
        files = (Attached("message.eml", MAIL_KIND, mail.data),)
    return Draft(
        channel=channel,
        case=case.id,
        to=to,
        subject=fingerprint(case, items),
        url=case.url or "",
        fields=tuple(fields),
        content={"to": [to], "subject": title, "text": f"{text}\n\n{case.url or ''}\n"},
        files=files,
        adds=("email",),
    )
