"""THESEE: complaint or report online, for some frauds. Guetteur fills in nothing there and never submits."""

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
    """The questions and missing pieces are in the data; the link depends on what happened."""

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        day, time = moment(case.found_at)
        fields = [
            Field("Date des faits", "Day of the facts", day),
            Field("Heure des faits", "Time of the facts", time),
            Field("Récit des faits", "Account of the facts", account(case, place)),
        ]
        if case.url:
            fields.append(address_field(case.url))
        if case.sender:
            fields.append(Field("Adresse de l’auteur, affichée", "Address shown for the author", case.sender))
        return Draft(
            channel=self.id,
            case=case.id,
            to=self.facts.settings["host"],
            subject=fingerprint(case, items),
            url=case.url or "",
            fields=tuple(fields),
            link=self.facts.links.get(case.kind, self.facts.address),
        )
