"""Channels with an API: one request, one answer, the same words for the same failures."""

from __future__ import annotations

import ipaddress
from abc import abstractmethod
from typing import TYPE_CHECKING

from guetteur.core.subject import HostKind, parse_url
from guetteur.errors import InvalidInputError
from guetteur.reports.channels.http import Limits, UnreachedError, ask
from guetteur.reports.channels.interface import Channel, Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aiohttp

    from guetteur.reports.case import Case, Item
    from guetteur.reports.channels.http import Answer, Question
    from guetteur.reports.channels.interface import Draft, Place
    from guetteur.reports.table import ChannelFacts

_CODES = {
    1: "server_error", 3: "moved", 4: "rejected", 5: "server_error",
    401: "credentials", 403: "credentials", 407: "credentials",
    404: "moved", 405: "moved", 410: "moved",
    408: "server_error", 425: "server_error", 429: "rate_limited",
}  # fmt: skip
"""What a status means, or else its hundreds; 2xx means that the report was taken."""
_LATER = frozenset({"server_error", "rate_limited"})
_KNOWN = frozenset({208, 409})
_KNOWN_WORDS = ("already", "duplicate")


class ApiChannel(Channel):
    """A channel that takes a request and answers it."""

    def __init__(self, facts: ChannelFacts, base: str | None = None, limits: Limits | None = None) -> None:
        super().__init__(facts, base)
        self.limits = limits or Limits()

    def has_matter(self, case: Case, items: Sequence[Item], place: Place) -> bool:
        """An address; a channel for mails says so itself."""
        del items, place
        return bool(case.url) and is_reportable(case.url or "")

    async def send(self, draft: Draft, session: aiohttp.ClientSession, credentials: Mapping[str, str]) -> Receipt:
        """As in the interface."""
        if self.missing(credentials):
            return Receipt("refused", code="credentials_missing", detail=", ".join(self.missing(credentials)))
        try:
            return self.read(await ask(session, self.base, self.question(draft, credentials), self.limits))
        except UnreachedError as error:
            return error.receipt

    @abstractmethod
    def question(self, draft: Draft, credentials: Mapping[str, str]) -> Question:
        """The request for a draft, with what only the person can give."""

    def read(self, answer: Answer) -> Receipt:
        """What an answer means."""
        return failure(answer) or taken(answer, *self.references())

    def references(self) -> tuple[str, ...]:
        """Members of the answer that hold the channel's own id of the report."""
        return ("id", "uuid")


def taken(answer: Answer, *references: str) -> Receipt:
    """The receipt for a report that was taken, with a reference where there is one."""
    reference = answer.text(*references)
    return Receipt("accepted" if reference else "sent", reference=reference, code=answer.fault)


def failure(answer: Answer) -> Receipt | None:
    """The receipt for a report that was not taken, or None."""
    status, detail = answer.status, answer.text("message", "error", "detail", "title")
    code = _CODES.get(status) or _CODES.get(status // 100)
    if status in _KNOWN or (code == "rejected" and any(word in detail.lower() for word in _KNOWN_WORDS)):
        return Receipt("known", reference=answer.text("id", "uuid"), detail=detail)
    if code is None:
        return None
    if code in _LATER:
        return Receipt("queued", code=code, detail=detail or str(status), retry_after_s=answer.retry_after_s)
    return Receipt("refused", code=code, detail=detail or str(status))


def is_reportable(url: str) -> bool:
    """Whether it is an address on the web, not one of this machine's or network's own."""
    try:
        subject = parse_url(url)
    except InvalidInputError:
        return False
    if subject.host_kind is HostKind.DOMAIN:
        return subject.registrable_domain is not None
    return ipaddress.ip_address(subject.host.strip("[]")).is_global


def remark(case: Case, place: Place, limit: int) -> str:
    """A sentence in English for those who read many: what it is, whom it plays, by what it was told."""
    about = "phishing page" if case.url else "fraudulent message"
    parts = [f"Suspected {about}"]
    if place.imitated:
        parts.append(f"imitating {place.imitated}" + (f" ({place.imitated_home})" if place.imitated_home else ""))
    text = " ".join(parts) + f", met by a person in France on {case.found_at:%Y-%m-%d} (UTC)."
    if case.signals:
        text += " Signs: " + ", ".join(case.signals) + "."
    return text if len(text) <= limit else text[: limit - 1] + "…"
