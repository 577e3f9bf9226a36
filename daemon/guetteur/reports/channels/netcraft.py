"""Netcraft: pages by address, mails whole; tells later what it found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from guetteur.reports.channels.api import ApiChannel, failure, remark
from guetteur.reports.channels.fields import address_field, mail_field, note_field
from guetteur.reports.channels.http import Question, UnreachedError, ask
from guetteur.reports.channels.interface import NOWHERE, Draft, Place, Receipt, mail_of
from guetteur.reports.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aiohttp

    from guetteur.reports.case import Case, Item
    from guetteur.reports.channels.interface import State

_UUID = re.compile(r"[0-9A-Fa-f-]{32,36}")
_MAX_REASON = 1_000
_STATES: dict[str, tuple[State, str]] = {
    "processing": ("accepted", "processing"),
    "malicious": ("accepted", "confirmed"),
    "phishing": ("accepted", "confirmed"),
    "malware": ("accepted", "confirmed"),
    "already blocked": ("accepted", "confirmed"),
    "suspicious": ("accepted", "suspicious"),
    "no threats": ("refused", "no_threat"),
    "unavailable": ("gone", "unavailable"),
    "rejected": ("known", ""),
}


class Channel(ApiChannel):
    """``/report/urls``, ``/report/mail``, ``/submission/{uuid}``."""

    def has_matter(self, case: Case, items: Sequence[Item], place: Place) -> bool:
        """An address or a message."""
        return mail_of(items) is not None or super().has_matter(case, items, place)

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        mail = mail_of(items)
        to, subject = self.facts.settings["host"], fingerprint(case, items)
        if mail is not None:
            # Netcraft wants text; what is not UTF-8 in a raw mail cannot be told in JSON.
            message = mail.data.decode("utf-8", "replace")
            return Draft(
                channel=self.id,
                case=case.id,
                to=to,
                subject=subject,
                fields=(mail_field(message),),
                content={"message": message},
                adds=("email",),
            )
        reason, url = remark(case, place, _MAX_REASON), case.url or ""
        return Draft(
            channel=self.id,
            case=case.id,
            to=to,
            subject=subject,
            url=url,
            fields=(address_field(url), note_field(reason)),
            content={"reason": reason, "urls": [{"url": url, "country": self.facts.settings["country"]}]},
            adds=("email",),
        )

    def question(self, draft: Draft, credentials: Mapping[str, str]) -> Question:
        """The address is the person's: Netcraft answers there."""
        path = "/report/mail" if "message" in draft.content else "/report/urls"
        return Question(path=path, json={"email": credentials["email"]} | draft.content)

    def references(self) -> tuple[str, ...]:
        """As in `ApiChannel`."""
        return ("uuid",)

    async def status(self, receipt: Receipt, session: aiohttp.ClientSession, credentials: Mapping[str, str]) -> Receipt:
        """As in the interface; what cannot be read changes nothing."""
        del credentials
        if not _UUID.fullmatch(receipt.reference):
            return receipt
        question = Question(path=f"/submission/{quote(receipt.reference, safe='')}", method="GET")
        try:
            answer = await ask(session, self.base, question, self.limits)
        except UnreachedError:
            return receipt
        found = None if failure(answer) else _STATES.get(answer.text("state").lower())
        return receipt if found is None else Receipt(found[0], receipt.reference, found[1])
