"""Channels the person reaches: a form with every field ready to paste, or a mail of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.reports.channels.interface import Channel, Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aiohttp

    from guetteur.reports.case import Case, Item
    from guetteur.reports.channels.interface import Draft, Place


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
