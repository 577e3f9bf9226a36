"""Phishing Initiative: addresses of pages, for browsers' lists."""

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

_MAX_COMMENT = 500


class Channel(ApiChannel):
    """``POST /api/v1/submissions/``."""

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        url, comment = case.url or "", remark(case, place, _MAX_COMMENT)
        return Draft(
            channel=self.id,
            case=case.id,
            to=self.facts.settings["host"],
            subject=fingerprint(case, items),
            url=url,
            fields=(address_field(url), note_field(comment)),
            content={"url": url, "comment": comment, "notify": False, "tag": int(self.facts.settings["tag"])},
        )

    def question(self, draft: Draft, credentials: Mapping[str, str]) -> Question:
        """A token of the person's account."""
        return Question(
            path="/api/v1/submissions/",
            json=draft.content,
            headers={"Authorization": f"Token {credentials['phishing_initiative_token']}"},
        )
