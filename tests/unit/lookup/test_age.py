"""The question as a whole: which server is asked, what the answers come to, and that it ends in time."""

import asyncio
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from guetteur.core.facts import Known, Unavailable
from guetteur.lookup.limits import Limits
from guetteur.lookup.outcome import FIRST_DAY, NoAgeError, Why, plausible
from support.registries import NOW, RDAP, Net, domain, dripping, http, replying

DAY = Known(date(2026, 11, 20), NOW)
TEXT = b"created: 2026-11-20\r\n"


def why(code: Why) -> Unavailable:
    return Unavailable(code.value)


async def test_rdap_is_enough(net: Net) -> None:
    rdap, whois = await net.serve(replying(http(domain())), tls=True), await net.serve(replying(TEXT))
    assert await net.lookup(rdap=rdap, whois=whois).created("neuf.test") == DAY
    assert whois not in net.connections


@pytest.mark.parametrize(
    "answer",
    [
        http(b"{}", status="429 Too Many Requests"),
        http(b"{}"),
        http(b"<html>", kind="text/html", status="404 Not Found"),
        http(domain("2031-01-01T00:00:00Z")),
        b"garbage",
    ],
)
async def test_whois_stands_in(net: Net, answer: bytes) -> None:
    rdap, whois = await net.serve(replying(answer), tls=True), await net.serve(replying(TEXT))
    assert await net.lookup(rdap=rdap, whois=whois).created("neuf.test") == DAY


async def test_whois_stands_in_for_a_server_that_cannot_be_reached(net: Net) -> None:
    del net.names[RDAP]
    whois = await net.serve(replying(TEXT))
    assert await net.lookup(rdap=1, whois=whois).created("neuf.test") == DAY


async def test_a_registry_that_knows_no_such_domain_is_not_asked_twice(net: Net) -> None:
    rdap = await net.serve(replying(http(b"{}", status="404 Not Found")), tls=True)
    whois = await net.serve(replying(TEXT))
    assert await net.lookup(rdap=rdap, whois=whois).created("neuf.test") == why(Why.NOT_FOUND)
    assert whois not in net.connections


async def test_of_two_failures_rdap_s_is_told_unless_whois_knows_better(net: Net) -> None:
    rdap = await net.serve(replying(http(b"{}", status="503 Busy")), tls=True)
    silent, ignorant = await net.serve(replying(b"what?")), await net.serve(replying(b"No match"))
    assert await net.lookup(rdap=rdap, whois=silent).created("neuf.test") == why(Why.REFUSED)
    assert await net.lookup(rdap=rdap, whois=ignorant).created("neuf.test") == why(Why.NOT_FOUND)


async def test_zones_nobody_answers_for(net: Net) -> None:
    lookup = net.lookup(rdap=1, whois=1)
    assert await lookup.created("neuf.example") == why(Why.NO_SERVER)
    assert await lookup.created("neuf.quiet") == why(Why.NOT_PUBLISHED)
    assert await lookup.created("test") == why(Why.NO_SERVER)
    assert not net.resolved
    told = [lookup.nobody(name) for name in ("neuf.example", "neuf.quiet", "test", "a..test", "neuf.test")]
    assert told == [*map(why, (Why.NO_SERVER, Why.NOT_PUBLISHED, Why.NO_SERVER, Why.NO_SERVER)), None]
    for half in (net.lookup(rdap=1), net.lookup(whois=1)):
        assert half.nobody("neuf.test") is None


@pytest.mark.parametrize("name", ["", ".", "a..test", "-a.test", "a.test.", "a/b.test", "a@b.test", "a b.test"])
async def test_what_is_no_domain_is_never_asked(net: Net, name: str) -> None:
    assert await net.lookup(rdap=1, whois=1).created(name) == why(Why.NO_SERVER)
    assert not net.resolved


async def test_the_whole_question_has_one_deadline(net: Net) -> None:
    rdap, whois = await net.serve(dripping(b"HTTP/1.1 200 O"), tls=True), await net.serve(dripping(b"a"))
    began = time.monotonic()
    limits = Limits(total_s=2.4, server_s=1.6)  # room for a busy machine to reach the second server
    assert await net.lookup(rdap=rdap, whois=whois, limits=limits).created("neuf.test") == why(Why.TIMEOUT)
    assert time.monotonic() - began < 3.1
    assert whois in net.connections


async def test_a_resolver_that_hangs_costs_the_deadline(net: Net) -> None:
    async def hang(_host: str) -> list[str]:
        await asyncio.sleep(60)
        return []

    net.resolve = hang  # type: ignore[method-assign]
    began = time.monotonic()
    assert await net.lookup(rdap=1).created("neuf.test") == why(Why.TIMEOUT)
    assert time.monotonic() - began < 1.5


async def test_a_question_can_be_called_off(net: Net) -> None:
    rdap = await net.serve(dripping(b"HTTP/1.1 200 O"), tls=True)
    asking = asyncio.create_task(net.lookup(rdap=rdap).created("neuf.test"))
    await asyncio.sleep(0.2)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        (NOW.date(), NOW.date()),
        (FIRST_DAY, FIRST_DAY),
        (NOW.date() + timedelta(days=1), NOW.date()),
        (FIRST_DAY - timedelta(days=1), None),
        (NOW.date() + timedelta(days=2), None),
        (date.min, None),
        (date.max, None),
    ],
)
def test_plausible(day: date, kept: date | None) -> None:
    if kept is None:
        with pytest.raises(NoAgeError, match=Why.UNREADABLE):
            plausible(day, NOW)
    else:
        assert plausible(day, NOW) == kept


def test_today_is_counted_in_utc() -> None:
    late = datetime(2026, 11, 25, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert plausible(date(2026, 11, 25), late) == late.astimezone(UTC).date() == date(2026, 11, 24)


def test_the_library_stays_out_of_the_daemon() -> None:
    program = "import sys, guetteur.app, guetteur.lookup.age; sys.exit('whois' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
