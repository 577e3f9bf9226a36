"""Cloudflare: pages behind its network; it tells their host, without the person's name."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from guetteur.reports.channels.api import ApiChannel, failure, remark, taken
from guetteur.reports.channels.fields import address_field, note_field
from guetteur.reports.channels.http import Question, shortened
from guetteur.reports.channels.interface import NOWHERE, Draft, Place, Receipt
from guetteur.reports.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guetteur.reports.case import Case, Item
    from guetteur.reports.channels.http import Answer

_ACT = "abuse_phishing"
_MAX_JUSTIFICATION = 1_000


class Channel(ApiChannel):
    """``POST /accounts/{id}/abuse-reports/abuse_phishing``."""

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        url, why = case.url or "", remark(case, place, _MAX_JUSTIFICATION)
        return Draft(
            channel=self.id,
            case=case.id,
            to=self.facts.settings["host"],
            subject=fingerprint(case, items),
            url=url,
            fields=(address_field(url), note_field(why)),
            content={
                "act": _ACT,
                "urls": url,
                "justification": why,
                # Who reports a page must not be told to those who run it.
                "host_notification": "send-anon",
                "owner_notification": "none",
            },
            adds=("email", "name"),
        )

    def question(self, draft: Draft, credentials: Mapping[str, str]) -> Question:
        """A token with the right to report, of an account that may."""
        who = {"email": credentials["email"], "email2": credentials["email"], "name": credentials["name"]}
        account = quote(credentials["cloudflare_account"], safe="")
        return Question(
            path=f"/accounts/{account}/abuse-reports/{_ACT}",
            json=draft.content | who,
            headers={"Authorization": f"Bearer {credentials['cloudflare_token']}"},
        )

    def read(self, answer: Answer) -> Receipt:
        """Cloudflare's answers say in the body, too, whether they succeed."""
        said = _first_error(answer)
        failed = failure(answer)
        if failed is not None:
            return Receipt(failed.state, failed.reference, failed.code, said or failed.detail, failed.retry_after_s)
        if isinstance(answer.content, dict) and answer.content.get("success") is False:
            return Receipt("refused", code="rejected", detail=said)
        return taken(answer, "abuse_rand", "id")


def _first_error(answer: Answer) -> str:
    errors = answer.content.get("errors") if isinstance(answer.content, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    said = first.get("message") if isinstance(first, dict) else None
    return shortened(said) if isinstance(said, str) else ""
