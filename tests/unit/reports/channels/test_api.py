"""Every channel with an API against a server that speaks it: taken, known, refused, later; and what evil ones do."""

import asyncio
import re
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from guetteur.reports.channels.api import ApiChannel
from guetteur.reports.channels.http import Limits
from guetteur.reports.channels.interface import Channel, Draft, Receipt
from guetteur.reports.channels.registry import build_channels
from guetteur.reports.table import ChannelTable
from support.certs import Authority
from support.report_cases import MAIL, MAIL_ITEM, PAGE, PLACE, SEXTORTION
from support.report_doubles import CREDENTIALS, UUID, Double, Doubles

API = ("netcraft", "signal-spam", "phishing-initiative", "spamhaus", "microsoft", "cloudflare", "intake")
REFERENCES = {
    "netcraft": UUID,
    "signal-spam": "",
    "phishing-initiative": "4711",
    "spamhaus": "sub-1",
    "microsoft": "",
    "cloudflare": "cf-1",
    "intake": "in-1",
}


async def made(doubles: Doubles, table: ChannelTable, name: str) -> tuple[Channel, Double]:
    double = await doubles.add(name)
    channel = build_channels(table, doubles.bases)[name]
    assert isinstance(channel, ApiChannel)
    channel.limits = Limits(total_s=0.5, max_bytes=64 * 1024)
    return channel, double


def drafted(channel: Channel) -> Draft:
    case, items = (MAIL, (MAIL_ITEM,)) if channel.id == "signal-spam" else (PAGE, ())
    assert channel.accepts(case, items, PLACE)
    return channel.draft(case, items, PLACE)


async def sent(
    doubles: Doubles, table: ChannelTable, name: str, session: aiohttp.ClientSession, mode: str
) -> tuple[Receipt, Double]:
    channel, double = await made(doubles, table, name)
    double.mode = mode
    return await channel.send(drafted(channel), session, CREDENTIALS), double


@pytest.mark.parametrize("name", API)
async def test_takes_what_the_service_documents(
    doubles: Doubles, table: ChannelTable, session: aiohttp.ClientSession, name: str
) -> None:
    receipt, double = await sent(doubles, table, name, session, "ok")
    assert double.complaints == []
    assert receipt == Receipt("accepted" if REFERENCES[name] else "sent", reference=REFERENCES[name])
    assert len(double.taken) == 1


@pytest.mark.parametrize("name", API)
async def test_already_known(doubles: Doubles, table: ChannelTable, session: aiohttp.ClientSession, name: str) -> None:
    receipt, _ = await sent(doubles, table, name, session, "known")
    assert receipt.state == "known"


@pytest.mark.parametrize("name", API)
@pytest.mark.parametrize(
    ("mode", "state", "code", "wait"),
    [
        ("400", "refused", "rejected", None),
        ("401", "refused", "credentials", None),
        ("403", "refused", "credentials", None),
        ("404", "refused", "moved", None),
        ("redirect", "refused", "moved", None),
        ("429", "queued", "rate_limited", 120.0),
        ("429-date", "queued", "rate_limited", 600.0),
        ("429-forever", "queued", "rate_limited", 86_400.0),
        ("429-wild", "queued", "rate_limited", None),
        ("429-bare", "queued", "rate_limited", None),
        ("500", "queued", "server_error", None),
        ("503", "queued", "server_error", 60.0),
        ("timeout", "queued", "timeout", None),
        # They may have it: such an attempt counts, so that they do not get it without end.
        ("hang-up", "queued", "server_error", None),
        # The status says that it was taken: it must not be sent again because the words cannot be read.
        ("malformed", "sent", "answer_unreadable", None),
        ("huge", "sent", "answer_too_large", None),
        ("half", "sent", "answer_unreadable", None),
        ("half-hang-up", "sent", "answer_unreadable", None),
    ],
)
async def test_failures(
    doubles: Doubles, table: ChannelTable, session: aiohttp.ClientSession, name: str, mode: str, state: str, code: str,
    wait: float | None,
) -> None:  # fmt: skip
    receipt, double = await sent(doubles, table, name, session, mode)
    assert (receipt.state, receipt.code, receipt.retry_after_s) == (state, code, wait)
    assert double.taken == []
    assert double.asked == 1
    assert len(receipt.detail) <= 200
    assert "\x1b" not in receipt.detail


@pytest.mark.parametrize("name", API)
async def test_nobody_at_the_other_end(table: ChannelTable, session: aiohttp.ClientSession, name: str) -> None:
    channel = build_channels(table, {name: "http://127.0.0.1:9"})[name]
    receipt = await channel.send(drafted(channel), session, CREDENTIALS)
    assert (receipt.state, receipt.code) == ("queued", "offline")


async def test_a_server_whose_certificate_nobody_vouches_for(
    table: ChannelTable, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    authority = Authority(tmp_path / "ca")
    running = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=authority.server_context())
    try:
        base = f"https://localhost:{running.sockets[0].getsockname()[1]}"
        channel = build_channels(table, {"netcraft": base})["netcraft"]
        receipt = await channel.send(drafted(channel), session, CREDENTIALS)
    finally:
        running.close()
    assert (receipt.state, receipt.code) == ("queued", "server_error")


async def test_a_server_without_a_clock(doubles: Doubles, table: ChannelTable, session: aiohttp.ClientSession) -> None:
    receipt, _ = await sent(doubles, table, "netcraft", session, "wild-date")
    assert (receipt.state, receipt.reference) == ("accepted", "u")


@pytest.mark.parametrize("name", API)
async def test_without_credentials_nothing_leaves(
    doubles: Doubles, table: ChannelTable, session: aiohttp.ClientSession, name: str
) -> None:
    channel, double = await made(doubles, table, name)
    receipt = await channel.send(drafted(channel), session, {})
    assert (receipt.state, receipt.code) == ("refused", "credentials_missing")
    assert double.asked == 0


@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("processing", Receipt("accepted", UUID, "processing")),
        ("malicious", Receipt("accepted", UUID, "confirmed")),
        ("suspicious", Receipt("accepted", UUID, "suspicious")),
        ("no threats", Receipt("refused", UUID, "no_threat")),
        ("unavailable", Receipt("gone", UUID, "unavailable")),
        ("rejected", Receipt("known", UUID)),
        ("something new", Receipt("accepted", UUID)),
    ],
)
async def test_netcraft_is_asked_what_it_found(
    doubles: Doubles, table: ChannelTable, session: aiohttp.ClientSession, state: str, after: Receipt
) -> None:
    channel, double = await made(doubles, table, "netcraft")
    double.state = state
    assert await channel.status(Receipt("accepted", UUID), session, CREDENTIALS) == after


@pytest.mark.parametrize("mode", ["404", "429", "500", "timeout", "malformed", "huge", "redirect", "hang-up"])
async def test_an_answer_that_says_nothing_changes_nothing(
    doubles: Doubles, table: ChannelTable, session: aiohttp.ClientSession, mode: str
) -> None:
    channel, double = await made(doubles, table, "netcraft")
    double.mode = mode
    known = Receipt("accepted", UUID, "processing")
    assert await channel.status(known, session, CREDENTIALS) == known


async def test_netcraft_is_not_asked_for_what_is_no_id(table: ChannelTable, session: aiohttp.ClientSession) -> None:
    channel = build_channels(table, {"netcraft": "http://127.0.0.1:9"})["netcraft"]
    odd = Receipt("accepted", "../../evil")
    assert await channel.status(odd, session, CREDENTIALS) == odd


async def test_netcraft_takes_mails_whole(
    doubles: Doubles, table: ChannelTable, session: aiohttp.ClientSession
) -> None:
    channel, double = await made(doubles, table, "netcraft")
    receipt = await channel.send(channel.draft(MAIL, (MAIL_ITEM,), PLACE), session, CREDENTIALS)
    assert receipt.state == "accepted"
    assert double.taken[0]["message"] == MAIL_ITEM.data.decode()


async def test_signal_spam_gets_the_bytes(
    doubles: Doubles, table: ChannelTable, session: aiohttp.ClientSession
) -> None:
    _, double = await sent(doubles, table, "signal-spam", session, "ok")
    assert double.taken == [MAIL_ITEM.data]


async def test_cloudflare_says_no_in_a_yes(
    doubles: Doubles, table: ChannelTable, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    from support import report_doubles

    answer = {"success": False, "errors": [{"code": 1, "message": "urls are invalid"}]}
    monkeypatch.setitem(report_doubles.FAULTS, "no", report_doubles.reply(200, answer))
    receipt, _ = await sent(doubles, table, "cloudflare", session, "no")
    assert receipt == Receipt("refused", code="rejected", detail="urls are invalid")


async def test_the_intake_honours_the_key(
    doubles: Doubles, table: ChannelTable, session: aiohttp.ClientSession
) -> None:
    channel, double = await made(doubles, table, "intake")
    draft = drafted(channel)
    first = await channel.send(draft, session, CREDENTIALS)
    assert await channel.send(draft, session, CREDENTIALS) == first
    assert len(double.taken) == 1


@pytest.mark.parametrize("base", ["http://intake.exemple/", "ftp://127.0.0.1/", "nonsense", "https://[intake.exemple/"])
async def test_the_intake_is_spoken_to_in_https(table: ChannelTable, session: aiohttp.ClientSession, base: str) -> None:
    channel = build_channels(table)["intake"]
    receipt = await channel.send(drafted(channel), session, CREDENTIALS | {"intake_url": base})
    assert (receipt.state, receipt.code) == ("refused", "not_secure")


def test_the_intake_learns_nothing_of_the_person(table: ChannelTable) -> None:
    draft = build_channels(table)["intake"].draft(SEXTORTION, (MAIL_ITEM,), PLACE)
    assert not re.search("caméra|Hacker|Firefox|imite", str(draft.content))


async def test_no_password_of_the_machine_is_given_away(
    doubles: Doubles,
    table: ChannelTable,
    session: aiohttp.ClientSession,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    seen: list[str | None] = []
    channel, double = await made(doubles, table, "netcraft")
    original = double.netcraft

    async def look(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return await original(request)

    monkeypatch.setattr(double, "netcraft", look)
    await channel.send(drafted(channel), session, CREDENTIALS)
    assert seen == [None]


async def test_the_systems_proxy_is_used(
    doubles: Doubles, table: ChannelTable, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = await doubles.add("spamhaus")
    monkeypatch.setenv("http_proxy", doubles.bases["spamhaus"])
    monkeypatch.delenv("no_proxy", raising=False)
    channel = build_channels(table, {"spamhaus": "http://submit.exemple.invalid"})["spamhaus"]
    receipt = await channel.send(drafted(channel), session, CREDENTIALS)
    assert (receipt.state, double.asked) == ("accepted", 1)
