"""Signal Spam: mails, whole and raw, for an account of one's own."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from guetteur.reports.channels.api import ApiChannel
from guetteur.reports.channels.fields import mail_field
from guetteur.reports.channels.http import Question
from guetteur.reports.channels.interface import NOWHERE, Attached, Draft, Place, mail_of
from guetteur.reports.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guetteur.reports.case import Case, Item


class Channel(ApiChannel):
    """``POST /api/signaler``, one form field."""

    def has_matter(self, case: Case, items: Sequence[Item], place: Place) -> bool:
        """A message."""
        del case, place
        return mail_of(items) is not None

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        del place
        mail = mail_of(items)
        data = mail.data if mail is not None else b""
        return Draft(
            channel=self.id,
            case=case.id,
            to=self.facts.settings["host"],
            subject=fingerprint(case, items),
            fields=(mail_field(data.decode("utf-8", "replace")),),
            files=(Attached("message.eml", "message/rfc822", data),),
        )

    def question(self, draft: Draft, credentials: Mapping[str, str]) -> Question:
        """Basic authentication (RFC 7617); the message as the bytes it is."""
        login = f"{credentials['signal_spam_user']}:{credentials['signal_spam_password']}"
        return Question(
            path="/api/signaler",
            form={"message": b64encode(draft.files[0].data).decode("ascii")},
            headers={"Authorization": f"Basic {b64encode(login.encode()).decode('ascii')}"},
        )
