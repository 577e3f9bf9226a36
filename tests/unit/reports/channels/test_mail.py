"""Channels with a mailbox against a real SMTP server; the message parsed back, its XARF part read by the library."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import msgspec
import pytest
import xarf
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from guetteur.egress import errand
from guetteur.reports.channels.interface import Channel, Place, Receipt
from guetteur.reports.channels.mail import MailChannel
from guetteur.reports.channels.registry import build_channels
from guetteur.reports.table import ChannelTable
from guetteur.store.database import StateDatabase
from guetteur.store.egress import EgressLog
from support.certs import Authority
from support.report_cases import EML, MAIL, MAIL_ITEM, PAGE, PLACE
from support.report_doubles import CREDENTIALS

MAILBOXES = ("abuse-mailbox", "apwg", "body-mailbox")


class Server:
    """Takes mail; refuses what it is told to refuse."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.rcpt = self.data = "250 OK"
        self.refuse: set[str] = set()
        self.slow = self.goodbye = 0.0
        self.first: str | None = None

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuse:
            return "550 no such user"
        if self.first is not None:
            said, self.first = self.first, None
            return said
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_QUIT(self, _server: Any, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.goodbye)
        return "221 Bye"

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.slow)
        if self.data.startswith("250"):
            self.envelopes.append(envelope)
        return self.data

    def message(self) -> EmailMessage:
        (envelope,) = self.envelopes
        assert isinstance(envelope.content, bytes)
        parsed = message_from_bytes(envelope.content, policy=default)
        assert isinstance(parsed, EmailMessage)
        assert not parsed.defects
        return parsed


def password(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: LoginPassword) -> AuthResult:
    return AuthResult(success=given.login == b"claire" and given.password == b"bon", handled=False)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("smtp-ca"))


@contextlib.asynccontextmanager
async def listening(handler: Server, **options: Any) -> AsyncIterator[str]:
    """The port it listens on."""
    loop = asyncio.get_running_loop()
    running = await loop.create_server(lambda: SMTP(handler, loop=loop, **options), "127.0.0.1", 0)
    try:
        yield str(running.sockets[0].getsockname()[1])
    finally:
        running.close()


@pytest.fixture
async def server(authority: Authority) -> AsyncIterator[tuple[Server, dict[str, str]]]:
    handler = Server()
    options = {"tls_context": authority.server_context(), "require_starttls": True, "authenticator": password}
    async with listening(handler, **options) as port:
        yield handler, CREDENTIALS | {"smtp_port": port, "smtp_host": "localhost"}


def made(table: ChannelTable, name: str, authority: Authority) -> MailChannel:
    channel = build_channels(table)[name]
    assert isinstance(channel, MailChannel)
    channel.tls = ssl.create_default_context(cafile=str(authority.pem))
    channel.total_s = 6.0
    return channel


async def sent(channel: Channel, credentials: dict[str, str], case: Any = PAGE, items: Any = ()) -> Receipt:
    assert channel.accepts(case, items, PLACE)
    return await channel.send(channel.draft(case, items, PLACE), None, credentials)  # type: ignore[arg-type]


async def test_the_abuse_report_is_a_feedback_report_with_a_valid_xarf_part(
    table: ChannelTable, authority: Authority, server: tuple[Server, dict[str, str]]
) -> None:
    handler, credentials = server
    receipt = await sent(made(table, "abuse-mailbox", authority), credentials)
    assert receipt.state == "sent"
    message = handler.message()
    assert handler.envelopes[0].rcpt_tos == ["abuse@registrar.test", "abuse@host.test"]
    assert handler.envelopes[0].mail_from == CREDENTIALS["email"]
    assert message.get_content_type() == "multipart/report"
    assert message["Content-Type"].params["report-type"] == "feedback-report"
    assert message["Message-ID"] == receipt.reference
    text, feedback, report = message.iter_parts()
    assert (text.get_content_type(), feedback.get_content_type()) == ("text/plain", "message/feedback-report")
    lines = feedback.get_payload(0)
    assert isinstance(lines, EmailMessage)
    assert (lines["Feedback-Type"], lines["Version"], lines["Reported-URI"]) == ("fraud", "1", PAGE.url)
    assert report.get_filename() == "xarf.json"
    data = json.loads(report.get_content())
    read = xarf.parse(data, strict=False)
    # A fractional `confidence` would give neither report nor error.
    assert read.report is not None
    assert (read.errors, read.warnings) == ([], [])
    assert isinstance(read.report, xarf.PhishingReport)
    assert (read.report.url, read.report.target_brand) == (PAGE.url, PLACE.imitated)
    assert read.report.source_identifier == PLACE.address
    assert "confidence" not in data


@pytest.mark.parametrize("odd", [{"confidence": 0.9}, {"category": "nonsense"}, {"url": 3}])
async def test_an_unfit_xarf_part_is_not_sent(
    table: ChannelTable, authority: Authority, server: tuple[Server, dict[str, str]], odd: dict[str, Any]
) -> None:
    handler, credentials = server
    channel = made(table, "abuse-mailbox", authority)
    draft = channel.draft(PAGE, (), PLACE)
    draft.content["xarf"].update(odd)
    receipt = await channel.send(draft, None, credentials)  # type: ignore[arg-type]
    # xarf 1.0.0 gives neither report nor error for a fractional confidence.
    assert (receipt.state, receipt.code, handler.envelopes) == ("refused", "draft_invalid", [])


@pytest.mark.parametrize("name", ["apwg", "body-mailbox"])
async def test_a_mail_goes_along_untouched(
    table: ChannelTable, authority: Authority, server: tuple[Server, dict[str, str]], name: str
) -> None:
    handler, credentials = server
    assert (await sent(made(table, name, authority), credentials, MAIL, (MAIL_ITEM,))).state == "sent"
    (attached,) = handler.message().iter_attachments()
    assert attached.get_content() == EML


@pytest.mark.parametrize("name", MAILBOXES)
async def test_attempts_have_one_message_id(
    table: ChannelTable, authority: Authority, server: tuple[Server, dict[str, str]], name: str
) -> None:
    channel = made(table, name, authority)
    first, second = await sent(channel, server[1]), await sent(channel, server[1])
    assert first.reference == second.reference != ""


@pytest.mark.parametrize("name", MAILBOXES)
@pytest.mark.parametrize(
    ("rcpt", "data", "state", "code"),
    [
        ("550 no such user", "250 OK", "refused", "rejected"),
        ("450 greylisted", "250 OK", "queued", "server_error"),
        ("250 OK", "554 looks like phishing", "refused", "rejected"),
        ("250 OK", "451 later", "queued", "server_error"),
        ("421 too many connections", "250 OK", "queued", "server_error"),
    ],
)
async def test_refusals(
    table: ChannelTable, authority: Authority, server: tuple[Server, dict[str, str]], name: str, rcpt: str, data: str,
    state: str, code: str,
) -> None:  # fmt: skip
    handler, credentials = server
    handler.rcpt, handler.data = rcpt, data
    receipt = await sent(made(table, name, authority), credentials)
    assert (receipt.state, receipt.code) == (state, code)


@pytest.mark.parametrize("codes", [("550 no such user", "451 greylisted"), ("451 greylisted", "550 no such user")])
async def test_one_of_two_recipients_says_later_and_nobody_has_it(
    table: ChannelTable, authority: Authority, server: tuple[Server, dict[str, str]], codes: tuple[str, str]
) -> None:
    handler, credentials = server
    handler.first, handler.rcpt = codes
    receipt = await sent(made(table, "abuse-mailbox", authority), credentials)
    assert (receipt.state, receipt.code, handler.envelopes) == ("queued", "server_error", [])
    assert "451" in receipt.detail


async def test_one_of_two_recipients_refused(
    table: ChannelTable, authority: Authority, server: tuple[Server, dict[str, str]]
) -> None:
    handler, credentials = server
    handler.refuse = {"abuse@host.test"}
    receipt = await sent(made(table, "abuse-mailbox", authority), credentials)
    assert receipt.state == "sent"
    assert "abuse@host.test" in receipt.detail


@pytest.mark.parametrize(("word", "state", "code"), [("bon", "sent", ""), ("faux", "refused", "credentials")])
async def test_login(
    table: ChannelTable, authority: Authority, server: tuple[Server, dict[str, str]], word: str, state: str, code: str
) -> None:
    credentials = server[1] | {"smtp_user": "claire", "smtp_password": word}
    receipt = await sent(made(table, "apwg", authority), credentials)
    assert (receipt.state, receipt.code) == (state, code)


async def test_a_slow_server_costs_its_deadline(
    table: ChannelTable, authority: Authority, server: tuple[Server, dict[str, str]]
) -> None:
    server[0].slow = 30.0
    channel = made(table, "apwg", authority)
    channel.total_s = 0.5
    assert await sent(channel, server[1]) == Receipt("queued", code="timeout")


@pytest.mark.parametrize(
    ("data", "state", "code"), [("250 OK", "sent", ""), ("554 looks like phishing", "refused", "rejected")]
)
async def test_an_answer_stands_whatever_becomes_of_the_goodbye(
    table: ChannelTable, authority: Authority, server: tuple[Server, dict[str, str]], monkeypatch: pytest.MonkeyPatch,
    data: str, state: str, code: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("guetteur.reports.channels.mail._GOODBYE_S", 0.1)
    handler, credentials = server
    handler.data, handler.goodbye = data, 30.0
    channel = made(table, "apwg", authority)
    channel.total_s = 1.0
    receipt = await sent(channel, credentials)
    assert (receipt.state, receipt.code) == (state, code)


@pytest.mark.parametrize("port", ["smtp", "smtps"])
async def test_a_server_whose_certificate_nobody_vouches_for(
    table: ChannelTable, authority: Authority, server: tuple[Server, dict[str, str]], port: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    channel = made(table, "apwg", authority)
    channel.tls = ssl.create_default_context()
    if port == "smtp":
        receipt = await sent(channel, server[1])
    else:
        encrypted = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=authority.server_context())
        number = encrypted.sockets[0].getsockname()[1]
        monkeypatch.setattr("guetteur.reports.channels.mail.SUBMISSIONS", number)
        receipt = await sent(channel, server[1] | {"smtp_port": str(number)})
        encrypted.close()
    assert (receipt.state, receipt.code) == ("queued", "server_error")


@pytest.mark.parametrize(
    ("greeting", "state", "code"),
    [
        (b"421 busy\r\n", "queued", "server_error"),
        (b"554 no\r\n", "refused", "rejected"),
        (b"", "queued", "server_error"),
    ],
)
async def test_a_server_that_does_not_want_to_talk(
    table: ChannelTable, authority: Authority, greeting: bytes, state: str, code: str
) -> None:
    def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    running = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = str(running.sockets[0].getsockname()[1])
    receipt = await sent(made(table, "apwg", authority), CREDENTIALS | {"smtp_port": port, "smtp_host": "127.0.0.1"})
    running.close()
    assert (receipt.state, receipt.code) == (state, code)


async def test_a_login_that_cannot_be_judged_now(table: ChannelTable, authority: Authority) -> None:
    def later(*_: Any) -> AuthResult:
        return AuthResult(success=False, handled=False, message="454 4.7.0 Temporary authentication failure")

    options = {"tls_context": authority.server_context(), "require_starttls": True, "authenticator": later}
    async with listening(Server(), **options) as port:
        credentials = CREDENTIALS | {"smtp_port": port, "smtp_user": "claire", "smtp_password": "bon"}
        receipt = await sent(made(table, "apwg", authority), credentials)
    assert (receipt.state, receipt.code) == ("queued", "server_error")


async def test_nobody_at_the_other_end(table: ChannelTable, authority: Authority) -> None:
    receipt = await sent(made(table, "apwg", authority), CREDENTIALS | {"smtp_port": "9", "smtp_host": "127.0.0.1"})
    assert (receipt.state, receipt.code) == ("queued", "offline")


async def test_without_encryption_nothing_leaves(table: ChannelTable, authority: Authority) -> None:
    handler = Server()
    async with listening(handler) as port:
        receipt = await sent(made(table, "apwg", authority), CREDENTIALS | {"smtp_port": port})
    assert (receipt.state, receipt.code, handler.envelopes) == ("refused", "no_tls", [])


@pytest.mark.parametrize("sender", ["", "claire", "a@b\r\nBcc: x@y.fr", "a b@c.fr", "a@b..fr"])
async def test_a_strange_own_address(table: ChannelTable, authority: Authority, sender: str) -> None:
    receipt = await sent(made(table, "apwg", authority), CREDENTIALS | {"email": sender})
    assert receipt.code == ("credentials_missing" if not sender else "address_invalid")


def test_strange_mailboxes_of_a_registry_are_not_written_to(table: ChannelTable) -> None:
    channel = build_channels(table)["abuse-mailbox"]
    odd = Place(contacts=("x", "a@b.fr\nBcc: c@d.fr", "a,b@c.fr", "<a@b.fr>"))
    assert not channel.accepts(PAGE, (), odd)
    many = Place(contacts=tuple(f"abuse{number}@host.test" for number in range(9)))
    assert len(channel.draft(PAGE, (), many).content["to"]) == 3


def test_a_redirect_chain_is_told(table: ChannelTable) -> None:
    case = msgspec.structs.replace(PAGE, redirects=("https://a.example-scam.com/",))
    assert build_channels(table)["abuse-mailbox"].draft(case, (), PLACE).content["xarf"]["redirect_chain"]


async def test_a_mail_server_is_noted_and_nobody_s_address(
    table: ChannelTable, authority: Authority, server: tuple[Server, dict[str, str]], tmp_path: Path
) -> None:
    handler, credentials = server
    channel, database = made(table, "apwg", authority), StateDatabase(tmp_path / "guetteur.db")
    log = EgressLog(database, lambda: datetime.now(UTC))
    with errand(log, "report", "apwg"):
        await sent(channel, credentials)
        handler.data = "554 no"
        await sent(channel, credentials)
        await sent(channel, credentials | {"smtp_password": "mauvais"})
        await sent(channel, credentials | {"smtp_port": "9"})
    told = {(one.purpose, one.to, one.what, one.outcome): one.count for one in log.report(9).entries}
    noted = ("report", "localhost", "apwg")
    assert told == {(*noted, "answered"): 1, (*noted, "refused"): 2, (*noted, "failed"): 1}
    log.close()
    database.close()
