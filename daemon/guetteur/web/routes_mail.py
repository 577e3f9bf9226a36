"""The call that judges mails."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from guetteur.web.guard import json_response
from guetteur.web.routes import decode, from_base64
from guetteur.web.wire_mail import CheckMail, MailReply, mail_reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from guetteur.core.explain import Explainer
    from guetteur.mail_checker import MailChecker

_AT_ONCE_BYTES = 64 * 1024
"""A longer message is read in a thread, so that web addresses are answered meanwhile."""


@dataclass(slots=True)
class MailService:
    """What the call needs, built once by `guetteur.app`.

    Attributes:
        checker: judges mails.
        explainers: sentences by language.
        clock: the moment, in UTC.
    """

    checker: MailChecker
    explainers: dict[str, Explainer]
    clock: Callable[[], datetime]

    def routes(self) -> list[web.RouteDef]:
        """All calls."""
        return [web.post("/v1/check/mail", self.check_mail)]

    async def check_mail(self, request: web.Request) -> web.Response:
        """One verdict on a mail."""
        body = await request.read()
        question = decode(body, CheckMail)
        if len(body) < _AT_ONCE_BYTES:
            return json_response(self._reply(question))
        return json_response(await asyncio.to_thread(self._reply, question))

    def _reply(self, question: CheckMail) -> MailReply:
        raw = from_base64(question.raw, "raw") if question.raw is not None else None
        mail = self.checker.read(raw, question.shown, truncated=question.truncated)
        verdict = self.checker.check(mail, now=self.clock())
        return mail_reply(mail, verdict, self.explainers[question.lang], self.checker.routes, question.shown)
