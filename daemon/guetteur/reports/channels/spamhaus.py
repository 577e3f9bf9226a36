"""Spamhaus: addresses of pages; says when it has them already (208)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.reports.channels.api import ApiChannel, remark
from guetteur.reports.channels.fields import address_field, note_field
from guetteur.reports.channels.http import Question
from guetteur.reports.channels.interface import NOWHERE, Draft, Place
from guetteur.reports.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guetteur.reports.case import Case, Item

_MAX_REASON = 255


class Channel(ApiChannel):
    """``POST /submissions/add/url``."""

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        url, reason = case.url or "", remark(case, place, _MAX_REASON)
        return Draft(
            channel=self.id,
            case=case.id,
            to=self.facts.settings["host"],
            subject=fingerprint(case, items),
            url=url,
            fields=(address_field(url), note_field(reason)),
            content={"threat_type": self.facts.settings["threat_type"], "reason": reason, "source": {"object": url}},
        )

    def question(self, draft: Draft, credentials: Mapping[str, str]) -> Question:
        """A key of the person's account."""
        return Question(
            path="/submissions/add/url",
            json=draft.content,
            headers={"Authorization": f"Bearer {credentials['spamhaus_token']}"},
        )
