"""APWG: the world's clearing house for phishing, by mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.reports.channels.api import is_reportable, remark
from guetteur.reports.channels.interface import NOWHERE, Draft, Place, mail_of
from guetteur.reports.channels.letter import letter
from guetteur.reports.channels.mail import MailChannel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guetteur.reports.case import Case, Item

_MAX_REMARK = 1_000


class Channel(MailChannel):
    """One message; a reported mail goes with it as a file."""

    def has_matter(self, case: Case, items: Sequence[Item], place: Place) -> bool:
        """An address or a message."""
        del place
        return mail_of(items) is not None or is_reportable(case.url or "")

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        text = remark(case, place, _MAX_REMARK)
        return letter(case, items, channel=self.id, to=self.facts.address, title="Phishing report", text=text)
