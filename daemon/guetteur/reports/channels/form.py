"""Channels the person reaches: a form with every field ready to paste, or a mail of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from guetteur.reports.channels.fields import account, address_field
from guetteur.reports.channels.interface import NOWHERE, Channel, Draft, Field, Place, Receipt
from guetteur.reports.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aiohttp

    from guetteur.reports.case import Case, Item


class FormChannel(Channel):
    """A channel that no program may use: Guetteur prepares, the person sends."""

    def has_matter(self, case: Case, items: Sequence[Item], place: Place) -> bool:
        """What happened can always be told."""
        del case, items, place
        return True

    async def send(self, draft: Draft, session: aiohttp.ClientSession, credentials: Mapping[str, str]) -> Receipt:
        """Nothing leaves the machine from here."""
        del draft, session, credentials
        return Receipt("handed", code="by_person")


class StoryChannel(FormChannel):
    """A form that takes what happened in one field, and the address where there is one.

    Attributes:
        STORY: what the form calls that field, in French and in English.
    """

    STORY: ClassVar[tuple[str, str]]

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        fields = [Field(*self.STORY, account(case, place))]
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
