"""Microsoft: pages that lie on its servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.reports.channels.api import ApiChannel, remark
from guetteur.reports.channels.fields import address_field, note_field
from guetteur.reports.channels.http import Question
from guetteur.reports.channels.interface import NOWHERE, Draft, Field, Place
from guetteur.reports.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guetteur.reports.case import Case, Item

_MAX_NOTES = 1_000


class Channel(ApiChannel):
    """``POST /report/v2.0/abuse``."""

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        url, notes, found = case.url or "", remark(case, place, _MAX_NOTES), case.found_at
        return Draft(
            channel=self.id,
            case=case.id,
            to=self.facts.settings["host"],
            subject=fingerprint(case, items),
            url=url,
            fields=(
                address_field(url),
                Field("Vue le (UTC)", "Seen on (UTC)", f"{found:%Y-%m-%d %H:%M:%S}"),
                note_field(notes),
            ),
            content={
                "date": f"{found:%Y-%m-%d}",
                "time": f"{found:%H:%M:%S}",
                "timeZone": "+0000",
                "reportNotes": notes,
                "threatType": "URL",
                "incidentType": "Phishing",
                "sourceUrl": url,
                "testSubmission": False,
            },
            adds=("email", "name"),
        )

    def question(self, draft: Draft, credentials: Mapping[str, str]) -> Question:
        """Name and address are asked for; no account."""
        who = {"reporterName": credentials["name"], "reporterEmail": credentials["email"]}
        return Question(path="/report/v2.0/abuse", json=who | draft.content)
