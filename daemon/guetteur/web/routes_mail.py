"""The call that judges mails."""

from __future__ import annotations

import asyncio
import binascii
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from guetteur.errors import InvalidInputError
from guetteur.web.guard import json_response
from guetteur.web.routes import decode
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
        raw = _raw(question.raw) if question.raw is not None else None
        mail = self.checker.read(raw, question.shown, truncated=question.truncated)
        verdict = self.checker.check(mail, now=self.clock())
        return mail_reply(mail, verdict, self.explainers[question.lang], self.checker.routes, question.shown)


def _raw(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInputError("invalid_base64", "`raw` is not base64", "send the message's bytes in base64") from None
