"""Channels with a mailbox: one message over SMTP, always encrypted on its way to the server."""

from __future__ import annotations

import asyncio
import ssl
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import TYPE_CHECKING

import aiosmtplib

from guetteur import __version__
from guetteur.egress import contact
from guetteur.outgoing import smtp
from guetteur.reports.channels.http import shortened
from guetteur.reports.channels.interface import Channel, Receipt
from guetteur.reports.mailboxes import is_mailbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp

    from guetteur.reports.channels.interface import Draft

SUBMISSION, SUBMISSIONS = 587, 465
_TOTAL_S = 60.0
_GOODBYE_S = 5.0
_NAMESPACE = uuid.UUID("5b3f7a7e-5c1f-4df1-9c62-0b7f1f0a7f11")


class MailChannel(Channel):
    """A channel that takes a mail; a draft's ``content`` holds ``to``, ``subject`` and ``text``."""

    tls: ssl.SSLContext | None = None
    """Whom to trust; None: the system's authorities."""
    total_s: float = _TOTAL_S

    def message(self, draft: Draft, sender: str) -> EmailMessage:
        """The message as it is sent. Its id is the same for every attempt: who gets it twice can tell."""
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = sender
        message["To"] = ", ".join(draft.content["to"])
        message["Subject"] = draft.content["subject"]
        message["Message-ID"] = f"<{report_id(draft)}@{sender.rpartition('@')[2]}>"
        message["Date"] = format_datetime(datetime.now(UTC))
        message["User-Agent"] = f"guetteur/{__version__}"
        # RFC 3834: nobody's out-of-office answer is wanted.
        message["Auto-Submitted"] = "auto-generated"
        self.fill(message, draft, sender)
        return message

    def fill(self, message: EmailMessage, draft: Draft, sender: str) -> None:
        """Put the content in: the text, then the files."""
        del sender
        message.set_content(draft.content["text"])
        for file in draft.files:
            attach(message, file.name, file.kind, file.data)

    async def send(self, draft: Draft, session: aiohttp.ClientSession, credentials: Mapping[str, str]) -> Receipt:
        """As in the interface."""
        del session
        missing, sender = self.missing(credentials), credentials.get("email", "")
        if missing:
            return Receipt("refused", code="credentials_missing", detail=", ".join(missing))
        if not is_mailbox(sender):
            return Receipt("refused", code="address_invalid")
        try:
            message = self.message(draft, sender)
        except ValueError as error:
            return Receipt("refused", code="draft_invalid", detail=shortened(str(error)))
        try:
            return await self._submit(message, draft.content["to"], sender, credentials)
        except (aiosmtplib.SMTPException, OSError) as error:
            return _failure(error)

    async def _submit(
        self, message: EmailMessage, to: list[str], sender: str, credentials: Mapping[str, str]
    ) -> Receipt:
        port = int(credentials.get("smtp_port") or SUBMISSION)
        with contact(credentials["smtp_host"]) as noted:
            client = smtp(
                noted,
                hostname=credentials["smtp_host"],
                port=port,
                use_tls=port == SUBMISSIONS,
                start_tls=port != SUBMISSIONS,
                tls_context=self.tls,
                username=credentials.get("smtp_user") or None,
                password=credentials.get("smtp_password") or None,
                timeout=self.total_s,
            )
            try:
                async with asyncio.timeout(self.total_s):
                    await client.connect()
                    refused, said = await client.sendmail(sender, to, message.as_bytes())
                noted.end("answered")
                await _goodbye(client)
            except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused):
                noted.end("refused")
                await _goodbye(client)
                raise
            finally:
                client.close()
        detail = f"{said} (refused: {', '.join(sorted(refused))})" if refused else said
        return Receipt("sent", reference=str(message["Message-ID"]), detail=shortened(detail))


async def _goodbye(client: aiosmtplib.SMTP) -> None:
    """End politely; what was answered before stands whatever comes of it."""
    with suppress(aiosmtplib.SMTPException, OSError):
        async with asyncio.timeout(_GOODBYE_S):
            await client.quit()


def report_id(draft: Draft) -> uuid.UUID:
    """A UUID of its own for what one channel gets of one case."""
    return uuid.uuid5(_NAMESPACE, draft.key)


def attach(message: EmailMessage, name: str, kind: str, data: bytes) -> None:
    """Attach a file; of a message the bytes count, so it goes as a file and not as a message within."""
    main, _, sub = ("application/octet-stream" if kind == "message/rfc822" else kind).partition("/")
    message.add_attachment(data, maintype=main, subtype=sub or "octet-stream", filename=name)


def _failure(error: Exception) -> Receipt:
    receipt = Receipt("refused", code="no_tls", detail=shortened(str(error)))
    match error:
        case aiosmtplib.SMTPAuthenticationError() if error.code >= 500:
            receipt = Receipt("refused", code="credentials", detail=shortened(error.message))
        case aiosmtplib.SMTPRecipientsRefused():
            # Nobody has it yet, so it may go to all of them again while one of them says "later".
            first = min(error.recipients, key=lambda one: one.code)
            receipt = _reply(first.code, first.message)
        case aiosmtplib.SMTPResponseException():
            receipt = _reply(error.code, error.message)
        case aiosmtplib.SMTPTimeoutError() | TimeoutError():
            receipt = Receipt("queued", code="timeout")
        case aiosmtplib.SMTPConnectError() if not isinstance(error.__cause__, ssl.SSLError | aiosmtplib.SMTPException):
            # Before a connection only; one that they end may have brought the message.
            receipt = Receipt("queued", code="offline", detail=shortened(str(error)))
        case OSError():
            receipt = Receipt("queued", code="server_error", detail=shortened(str(error)))
    return receipt


def _reply(code: int, message: str) -> Receipt:
    detail = shortened(f"{code} {message}")
    # RFC 5321, 4.2.1: 4xx is for later, 5xx for good.
    if code < 500:
        return Receipt("queued", code="server_error", detail=detail)
    return Receipt("refused", code="rejected", detail=detail)
