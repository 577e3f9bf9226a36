"""Google's form for Safe Browsing, opened with the address in it; what it blocks, Chrome, Firefox and Safari block."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from guetteur.reports.channels.api import is_reportable, remark
from guetteur.reports.channels.fields import address_field, note_field
from guetteur.reports.channels.form import FormChannel
from guetteur.reports.channels.interface import NOWHERE, Draft, Place
from guetteur.reports.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guetteur.reports.case import Case, Item

_MAX_REMARK = 500


class Channel(FormChannel):
    """Address and remark."""

    def has_matter(self, case: Case, items: Sequence[Item], place: Place) -> bool:
        """An address."""
        del items, place
        return is_reportable(case.url or "")

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        url = case.url or ""
        return Draft(
            channel=self.id,
            case=case.id,
            to=self.facts.settings["host"],
            subject=fingerprint(case, items),
            url=url,
            fields=(address_field(url), note_field(remark(case, place, _MAX_REMARK))),
            link=f"{self.facts.address}?{urlencode({'url': url})}",
        )
