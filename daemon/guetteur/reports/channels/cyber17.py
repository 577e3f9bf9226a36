"""17Cyber: the State's advice day and night, and a chat with the police for the gravest cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.reports.channels.fields import account, address_field
from guetteur.reports.channels.form import FormChannel
from guetteur.reports.channels.interface import NOWHERE, Draft, Field, Place
from guetteur.reports.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guetteur.reports.case import Case, Item


class Channel(FormChannel):
    """What happened, ready to paste."""

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        fields = [Field("Ce qui s’est passé", "What happened", account(case, place))]
        if case.url:
            fields.append(address_field(case.url))
        return Draft(
            channel=self.id,
            case=case.id,
            to=self.facts.settings["host"],
            subject=fingerprint(case, items),
            url=case.url or "",
            fields=tuple(fields),
            link=self.facts.address,
        )
