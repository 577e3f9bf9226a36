"""The mailbox an imitated body keeps for such reports; only those that were verified (`mailboxes` in the data)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.reports.channels.api import is_reportable
from guetteur.reports.channels.fields import account
from guetteur.reports.channels.interface import NOWHERE, Draft, Place, mail_of
from guetteur.reports.channels.letter import letter
from guetteur.reports.channels.mail import MailChannel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guetteur.reports.case import Case, Item


class Channel(MailChannel):
    """One message in French; a reported mail goes with it as a file."""

    def has_matter(self, case: Case, items: Sequence[Item], place: Place) -> bool:
        """A body with a mailbox, and an address or a message."""
        del place
        known = bool(case.body) and case.body in self.facts.mailboxes
        return known and (mail_of(items) is not None or is_reportable(case.url or ""))

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        to = self.facts.mailboxes[case.body or ""]
        title = "Signalement d’un message ou d’une page qui vous imite"
        return letter(case, items, channel=self.id, to=to, title=title, text=account(case, place))
