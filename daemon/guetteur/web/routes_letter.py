"""The call that writes the complaint letter. Nothing of it is kept."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from guetteur.web.guard import json_response
from guetteur.web.routes import decode
from guetteur.web.wire_letter import AskLetter, LetterReply

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

FILE_NAME = "lettre-de-plainte.pdf"


@dataclass(slots=True)
class LetterService:
    """What the call needs.

    Attributes:
        clock: the moment, in UTC.
    """

    clock: Callable[[], datetime]

    def routes(self) -> list[web.RouteDef]:
        """All calls."""
        return [web.post("/v1/letter", self.letter)]

    async def letter(self, request: web.Request) -> web.Response:
        """The letter, as PDF."""
        question = decode(await request.read(), AskLetter)
        pdf = await asyncio.to_thread(self._write, question)
        return json_response(LetterReply(b64encode(pdf).decode(), FILE_NAME))

    def _write(self, question: AskLetter) -> bytes:
        # Loaded when the first letter is written: fonts and their tools would be carried by every daemon otherwise.
        from guetteur.reports.letters.complaint import write_letter  # noqa: PLC0415

        return write_letter(question.answers, question.annexes, self.clock())
