"""The maintainers' own intake, for the published lists; whoever keeps them gives its address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from guetteur.reports.channels.api import ApiChannel
from guetteur.reports.channels.fields import address_field
from guetteur.reports.channels.http import Question, UnreachedError, ask
from guetteur.reports.channels.interface import NOWHERE, Draft, Field, Place, Receipt
from guetteur.reports.fingerprint import fingerprint
from guetteur.reports.settings import intake_host

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aiohttp

    from guetteur.reports.case import Case, Item

VERSION = 1


class Channel(ApiChannel):
    """``POST`` of one JSON object to the configured address, with the header ``Idempotency-Key``."""

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface; nothing of the person, no reasons in words, no browser."""
        del place
        url, subject = case.url or "", fingerprint(case, items)
        content: dict[str, Any] = {
            "version": VERSION,
            "case": case.id,
            "kind": case.kind,
            "found_at": f"{case.found_at:%Y-%m-%dT%H:%M:%SZ}",
            "url": url,
            "redirects": list(case.redirects),
            "body": case.body or "",
            "script": case.script or "",
            "level": case.level,
            "signals": list(case.signals),
            "product": case.product,
        }
        seen = [
            address_field(url),
            Field("Vue le (UTC)", "Seen on (UTC)", content["found_at"]),
            Field("Nature", "Kind", case.kind),
            Field("Numéro du signalement", "Number of the report", case.id),
        ]
        more = (
            ("Adresses traversées", "Addresses on the way", "\n".join(case.redirects)),
            ("Organisme imité", "Imitated body", case.body or ""),
            ("Scénario", "Script", case.script or ""),
            ("Niveau", "Level", case.level),
            ("Signaux", "Signals", ", ".join(case.signals)),
            ("Version de Guetteur", "Version of Guetteur", case.product),
        )
        seen += [Field(*field) for field in more if field[2]]
        return Draft(
            channel=self.id,
            case=case.id,
            to=self.facts.settings["host"],
            subject=subject,
            url=url,
            fields=tuple(seen),
            content=content,
        )

    def question(self, draft: Draft, credentials: Mapping[str, str]) -> Question:
        """The key lets the server tell a second attempt from a second report."""
        token = credentials.get("intake_token")
        headers = {"Idempotency-Key": draft.key} | ({"Authorization": f"Bearer {token}"} if token else {})
        return Question(path="", json=draft.content, headers=headers)

    async def send(self, draft: Draft, session: aiohttp.ClientSession, credentials: Mapping[str, str]) -> Receipt:
        """As in the interface; the address comes from the settings, in https unless it is this machine."""
        if self.missing(credentials):
            return Receipt("refused", code="credentials_missing", detail=", ".join(self.missing(credentials)))
        base = self.base or credentials["intake_url"]
        if not intake_host(base):
            return Receipt("refused", code="not_secure")
        try:
            return self.read(await ask(session, base, self.question(draft, credentials), self.limits))
        except UnreachedError as error:
            return error.receipt
