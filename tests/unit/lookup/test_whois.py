"""WHOIS against real servers on loopback: what a registry answers, and what an evil one might."""

import asyncio
import subprocess
import sys
import time
from datetime import date

import pytest

from guetteur.core.facts import Known, Unavailable
from guetteur.lookup.addresses import Addresses
from guetteur.lookup.limits import Limits
from guetteur.lookup.outcome import NoAgeError, Why
from guetteur.lookup.registries import WhoisServer
from guetteur.lookup.whois import WhoisClient
from support.registries import LIMITS, NOW, WHOIS, Net, dripping, pouring, replying

MARGIN_S = 1.0
AFNIC = """%% This is the AFNIC Whois server.
%%
domain:                        neuf.test
status:                        ACTIVE
eppstatus:                     active
hold:                          NO
holder-c:                      ANO00-FRNIC
registrar:                     EXAMPLE SARL
Expiry Date:                   2027-11-20T08:00:00Z
created:                       2026-11-20T08:00:00.123456Z
last-update:                   2026-11-21T08:00:00.123456Z
source:                        FRNIC

registrar:                     EXAMPLE SARL
registered:                    2002-01-10T00:00:00Z
source:                        FRNIC
"""
BOMB = (
    "[ JPRS database provides information on network administration. ]\r\n"
    "\r\nDomain Information:\r\n[Domain Name]                   NEUF.JP\r\n\r\n[Registrant]"
    + " " * 21
    + "\r\n\r\n[Name Server]"
    + " " * 19
    + "\r\n[Signing Key]\r\n\r\n[Status]                        Reserved\r\n"
    + "\r\nContact Information:\r\n[Name]\r\n[Email]\r\n[Web Page]\r\n[Postal code]\r\n[Postal Address]\r\n"
) + (" " * 60 + "\r\n") * 40


def why(code: Why) -> Unavailable:
    return Unavailable(code.value)


async def test_a_registry_is_asked_and_read(net: Net) -> None:
    port = await net.serve(replying(AFNIC.encode()))
    assert await net.lookup(whois=port).created("neuf.test") == Known(date(2026, 11, 20), NOW)
    assert net.asked == ["neuf.test"]


async def test_the_registry_s_own_form_of_query(net: Net) -> None:
    port = await net.serve(replying(AFNIC.encode()))
    await net.lookup(whois=port, query="domain {}").created("neuf.test")
    assert net.asked == ["domain neuf.test"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("No match for domain NEUF.TEST\r\n", Why.NOT_FOUND),
        ("%% NOT FOUND\r\n", Why.NOT_FOUND),
        ("Query rate limit exceeded. Try again later.\r\n", Why.REFUSED),
        ("", Why.REFUSED),
        ("\r\n \r\n", Why.REFUSED),
        ("domain: neuf.test\r\ncreated: yes\r\n", Why.UNREADABLE),
        ("<!DOCTYPE html><html><body>It works!</body></html>", Why.UNREADABLE),
        ("created: 2031-01-01\r\n", Why.UNREADABLE),
        ("created: 1970-01-01\r\n", Why.UNREADABLE),
        ("created: 2026-02-31\r\n", Why.UNREADABLE),
    ],
)
async def test_answers_without_a_day(net: Net, text: str, code: Why) -> None:
    port = await net.serve(replying(text.encode()))
    assert await net.lookup(whois=port).created("neuf.test") == why(code)


@pytest.mark.parametrize(
    "raw",
    [
        "domain: neuf.test\nholder: Société Générale\ncreated: 2026-11-20\n".encode("latin-1"),
        "domain: neuf.test\nholder: Société Générale\ncreated: 2026-11-20\n".encode(),
        "holder: 株式会社\n".encode("shift_jis") + b"created: 2026-11-20\n",
        b"\x00\xff\xfe\x80\n\x1b[2J\ncreated: 2026-11-20\n",
    ],
)
async def test_any_charset(net: Net, raw: bytes) -> None:
    port = await net.serve(replying(raw))
    assert await net.lookup(whois=port).created("neuf.test") == Known(date(2026, 11, 20), NOW)


async def test_garbage(net: Net) -> None:
    port = await net.serve(replying(bytes(range(256)) * 100))
    assert await net.lookup(whois=port).created("neuf.test") == why(Why.UNREADABLE)


async def test_a_referral_is_not_followed(net: Net) -> None:
    other = await net.serve(replying(b"Creation Date: 1999-01-01T00:00:00Z\r\n"))
    text = (
        f"Domain Name: neuf.test\r\nRegistrar WHOIS Server: 127.0.0.1:{other}\r\nWhois Server: localhost\r\n"
        f"refer: 127.0.0.1\r\nReferralServer: rwhois://127.0.0.1:{other}\r\nwhois: 127.0.0.1\r\n"
    )
    port = await net.serve(replying(text.encode()))
    assert await net.lookup(whois=port).created("neuf.test") == why(Why.UNREADABLE)
    assert other not in net.connections
    assert net.resolved == [WHOIS]


@pytest.mark.parametrize("start", [b"", b"created: 2026-11-20\r\n"])
async def test_a_dripping_server_costs_its_deadline(net: Net, start: bytes) -> None:
    port = await net.serve(dripping(start))
    began = time.monotonic()
    assert await net.lookup(whois=port).created("neuf.test") == why(Why.TIMEOUT)
    assert time.monotonic() - began < LIMITS.server_s + MARGIN_S


async def test_a_server_that_reads_nothing_and_says_nothing(net: Net) -> None:
    async def mute(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    port = await net.serve(mute)
    assert await net.lookup(whois=port).created("neuf.test") == why(Why.TIMEOUT)


async def test_twenty_megabytes_are_cut_off(net: Net) -> None:
    port = await net.serve(pouring(b"created: 2026-11-20\r\n", b"% bla bla bla bla\r\n" * 1000, 20_000_000))
    began = time.monotonic()
    assert await net.lookup(whois=port).created("neuf.test") == why(Why.TOO_LARGE)
    assert time.monotonic() - began < MARGIN_S


async def test_a_connection_that_is_reset(net: Net) -> None:
    async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    port = await net.serve(reset)
    assert await net.lookup(whois=port).created("neuf.test") == why(Why.REFUSED)


async def test_the_next_address_is_tried(net: Net) -> None:
    port = await net.serve(replying(AFNIC.encode()))
    net.names[WHOIS] = ["::1", "127.0.0.1"]
    assert await net.lookup(whois=port).created("neuf.test") == Known(date(2026, 11, 20), NOW)
    net.names[WHOIS] = ["::1"]
    assert await net.lookup(whois=port).created("neuf.test") == why(Why.OFFLINE)


def client(*command: str, parse_s: float = 1.0) -> WhoisClient:
    limits = Limits(parse_s=parse_s)
    return WhoisClient(Addresses(), limits, worker=command) if command else WhoisClient(Addresses(), limits)


async def test_a_text_that_traps_the_library_s_patterns_is_given_up(net: Net) -> None:
    """A few lines as Japan's registry sends for a reserved name hold python-whois 0.9.6 for minutes."""
    began = time.monotonic()
    with pytest.raises(NoAgeError, match=Why.UNREADABLE):
        await client(parse_s=1.0).read("neuf.jp", BOMB.encode())
    assert 0.9 < time.monotonic() - began < 1.0 + MARGIN_S, "not the trap it was: find another"


async def test_a_reader_that_cannot_be_started() -> None:
    """As after an update that took this Python away, while the daemon goes on."""
    with pytest.raises(NoAgeError, match=Why.UNREADABLE):
        await client("/gone/python").read("neuf.test", AFNIC.encode())


async def test_the_daemon_answers_meanwhile(net: Net) -> None:
    reading = asyncio.create_task(client(parse_s=1.0).read("neuf.jp", BOMB.encode()))
    pauses = []
    while not reading.done():
        began = time.monotonic()
        await asyncio.sleep(0.01)
        pauses.append(time.monotonic() - began)
    assert max(pauses) < 0.5
    with pytest.raises(NoAgeError):
        await reading


@pytest.mark.parametrize(
    "program",
    [
        "print('no json')",
        "raise SystemExit(3)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        'print(\'{"created": "soon"}\')',
        'print(\'{"why": "new_reason"}\')',
    ],
)
async def test_a_reader_that_dies_or_raves(program: str) -> None:
    with pytest.raises(NoAgeError, match=Why.UNREADABLE):
        await client(sys.executable, "-c", program).read("neuf.test", b"created: 2026-11-20")


async def test_a_reader_that_is_given_up_is_gone() -> None:
    """Also when the whole question runs out of time."""
    program = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
    whois = client(sys.executable, "-c", program, "/dev/null", parse_s=30)
    seen: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def watched(*args: str, **options: object) -> asyncio.subprocess.Process:
        seen.append(await start(*args, **options))
        return seen[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "create_subprocess_exec", watched)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await whois.read("neuf.test", b"created: 2026-11-20")
    assert seen[0].returncode is not None


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('localhost', 43)",
        "import socket; socket.socket()",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.posix_spawn('/bin/true', ['true'], {})",
        "import os; os.execv('/bin/true', ['true'])",
        "import os; os.fork()",
    ],
)
def test_the_reader_has_no_network_and_no_programs(attempt: str) -> None:
    program = f"from guetteur.lookup.whois_worker import confine; confine(); {attempt}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "ForbiddenError" in done.stderr


async def test_an_odd_zone_of_the_library(net: Net) -> None:
    """What our own reader of labels does not know, python-whois may: the reader asks it."""
    text = "Domain Name: neuf.co.ca\nX-Creation Date: 2020-05-06T00:00:00Z\n"
    assert await client(parse_s=5).read("neuf.co.ca", text.encode()) == date(2020, 5, 6)


@pytest.mark.parametrize("value", ["10:30", "Friday", "May", "November 24", "2026", "today", "24"])
async def test_the_library_fills_nothing_in(value: str) -> None:
    """What a text leaves out, its date parser takes from today: a domain would look brand-new."""
    with pytest.raises(NoAgeError, match=Why.UNREADABLE):
        await client(parse_s=5).read("neuf.co.ca", f"X-Creation Date: {value}\n".encode())


async def test_of_several_days_the_library_s_latest_counts() -> None:
    text = "Registrant Organization: Creation Date: 1999-01-01\nX-Creation Date: 2020-05-06T00:00:00Z\n"
    assert await client(parse_s=5).read("neuf.co.ca", text.encode()) == date(2020, 5, 6)


async def test_a_query_holds_one_line_only(net: Net) -> None:
    port = await net.serve(replying(AFNIC.encode()))
    for name in ("neuf.test\r\nhelp", "neuf.test help", "-T dn neuf.test", "é.test", "NEUF.test", "neuf", "a" * 300):
        assert await net.lookup(whois=port).created(name) == why(Why.NO_SERVER)
    assert not net.connections


async def test_the_client_alone(net: Net) -> None:
    net.names[WHOIS] = ["127.0.0.1"]
    port = await net.serve(replying(AFNIC.encode()))
    whois = WhoisClient(Addresses(net.resolve, lambda _: True), LIMITS, port)
    assert await whois.created("neuf.test", WhoisServer(WHOIS, ("test",))) == date(2026, 11, 20)
