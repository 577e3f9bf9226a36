"""PHAROS: the police's form for illegal public content, without a name if one likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.reports.channels.fields import account, address_field, moment
from guetteur.reports.channels.form import FormChannel
from guetteur.reports.channels.interface import NOWHERE, Draft, Field, Place
from guetteur.reports.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guetteur.reports.case import Case, Item


class Channel(FormChannel):
    """Category, day and time, address, comment: the order of the form."""

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        day, time = moment(case.found_at)
        fields = [
            Field("Catégorie", "Category", self.facts.settings["category"]),
            Field("Date de publication", "Day of publication", day),
            Field("Heure de publication", "Time of publication", time),
        ]
        if case.url:
            fields.append(address_field(case.url))
        fields.append(Field("Commentaire", "Comment", account(case, place)))
        return Draft(
            channel=self.id,
            case=case.id,
            to=self.facts.settings["host"],
            subject=fingerprint(case, items),
            url=case.url or "",
            fields=tuple(fields),
            link=self.facts.address,
        )
