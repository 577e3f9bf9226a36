"""What the log says left is what left: each purpose in turn, against servers that count, under a recorder that sees."""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import keyring
import keyring.backends.fail
import pytest
from aiohttp import web

from guetteur.app import build_web_app, now_utc, serve
from guetteur.config import Settings
from guetteur.lookup.addresses import Addresses
from guetteur.lookup.age import AgeLookup
from guetteur.lookup.registries import RdapServer, Registries, RegistryTable, WhoisServer
from guetteur.reports.credentials import Credentials
from guetteur.reports.network import Questions
from guetteur.web import report_work
from support.certs import Authority
from support.dns_site import DnsSite
from support.rdap_site import RdapSite
from support.recorder import noted
from support.report_doubles import CREDENTIALS, Doubles
from support.tsa import Authority as TimestampAuthority

SCAM = "impots-gouv-remboursement.com"
RDAP, WHOIS = "rdap.registry.test", "whois.registry.test"
DOUBTFUL = ("mon-compte-orange.net", "lcl-securite.com", "ma-laposte.com", "credit-agricole-immo.com", "sfr-espace.com")
"""Among these is one whose name alone does not settle it."""


async def resolve(_host: str) -> list[str]:
    return ["127.0.0.1"]


class Internet:
    """All that the daemon could reach, each on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self._authority = Authority(folder / "ca")
        self.rdap, self.dns, self.doubles = RdapSite(self._authority), DnsSite(), Doubles()
        self.stamps = TimestampAuthority(folder / "tsa")
        self.trusted = ssl.create_default_context(cafile=self._authority.pem)
        self.ports: dict[int, str] = {443: "registry"}
        self.site = self.whois = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await self.rdap.start()
            stack.push_async_callback(self.rdap.stop)
            await self.dns.start()
            stack.push_async_callback(self.dns.stop)
            await self.doubles.add("netcraft")
            stack.push_async_callback(self.doubles.close)
            self.timestamp_url = stack.enter_context(self.stamps.served())
            self.site = await self._scam(stack)
            self.ports |= {
                self.rdap.port: "rdap", self.dns.port: "dns", self.site: "site",
                int(self.doubles.bases["netcraft"].rpartition(":")[2]): "netcraft",
                int(self.timestamp_url.rstrip("/").rpartition(":")[2]): "timestamp",
            }  # fmt: skip
            self.dns.records = {SCAM: {"A": ["127.0.0.1"]}}
            yield

    async def _scam(self, stack: AsyncExitStack) -> int:
        async def answer(request: web.Request) -> web.Response:
            if request.path == "/fr/login":
                return web.Response(status=302, headers={"Location": "/fr/gone"})
            return web.Response(status=404)

        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._authority.server_context()).start()
        return int(runner.addresses[0][1])

    def lookup(self) -> AgeLookup:
        table = RegistryTable(
            rdap=(RdapServer(f"https://{RDAP}:{self.rdap.port}/v1/", ("com", "net")),),
            whois=(WhoisServer(WHOIS, ("fr",), "{}"),),
        )
        return AgeLookup(
            Registries(table), now=now_utc, addresses=Addresses(resolve, lambda _address: True),
            ssl_context=self.trusted, whois_port=9,
        )  # fmt: skip

    def questions(self) -> Questions:
        return Questions(
            nameservers=("127.0.0.1",), dns_port=self.dns.port, resolve=resolve, allow=lambda _address: True,
            ssl_context=self.trusted, dns_s=1.0, total_s=4.0,
        )  # fmt: skip


class Person:
    """One person's daemon, in this process."""

    def __init__(self, folder: Path, internet: Internet) -> None:
        self.internet = internet
        self.settings = Settings(folder / "run", folder / "state", timestamp_url=internet.timestamp_url)
        self.later = timedelta()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        build = partial(
            build_web_app, lookup=self.internet.lookup(), clock=lambda: datetime.now(UTC) + self.later,
            channel_bases=self.internet.doubles.bases, questions=self.internet.questions(),
            addresses=Addresses(resolve, lambda _address: True),
        )  # fmt: skip
        task = asyncio.create_task(serve(self.settings, build))
        while not self.settings.socket_path.exists():
            await asyncio.sleep(0.02)
        connector = aiohttp.UnixConnector(str(self.settings.socket_path))
        async with aiohttp.ClientSession("http://localhost", connector=connector) as self._session:
            yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def ask_age(self) -> str:
        """Have the age of a name asked for; which one."""
        for host in DOUBTFUL:
            if (await self.ask("check/url", url=f"https://{host}/"))["age_would_help"]:
                await self.ask("check/age", url=f"https://{host}/")
                return host
        raise AssertionError("no age would help")

    async def ask(self, path: str, body: dict[str, Any] | None = None, **members: Any) -> Any:
        body = members or body
        async with self._session.request("GET" if body is None else "POST", f"/v1/{path}", json=body) as reply:
            told = await reply.json()
            assert reply.status == 200, told
            return told


def place(entry: dict[str, Any]) -> str:
    """Which of the servers an entry of the log is about."""
    match entry["purpose"], entry["to"]:
        case "age", to if to == RDAP:
            return "rdap"
        case "lookup", "dns":
            return "dns"
        case (("lookup" | "watch"), to) if to == SCAM:
            return "site"
        case "lookup", to if to.startswith("rdap."):
            return "registry"
        case "report", "127.0.0.1":
            return "netcraft"
        case "timestamp", "127.0.0.1":
            return "timestamp"
    raise AssertionError(entry)


def logged(told: Any) -> Counter[str]:
    assert told["complete"]
    counts: Counter[str] = Counter()
    for entry in told["entries"]:
        counts[place(entry)] += entry["count"]
    return counts


@pytest.fixture
async def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Person]:
    monkeypatch.delenv("GUETTEUR_LISTS_URL", raising=False)
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    monkeypatch.setattr(report_work, "_EVERY_S", 0.05)
    internet = Internet(tmp_path)
    async with internet.running():
        made = Person(tmp_path, internet)
        Credentials(made.settings.state_dir).set("email", CREDENTIALS["email"])
        yield made


async def until(true: Any) -> None:
    for _ in range(400):
        if await true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("waited in vain")


async def test_what_the_recorder_saw_is_what_the_log_says(person: Person) -> None:
    net = person.internet
    with noted(net.ports) as left:
        async with person.running():
            young = await person.ask_age()
            case = (await person.ask("report/begin", what="page", url=f"https://{SCAM}:{net.site}/fr/login"))["case"]
            await person.ask("report/preview", case=case, lookups=True)
            await person.ask("report/send", case=case, channels=["netcraft"], watch=True)

            async def sent() -> bool:
                return bool(net.doubles.by_channel["netcraft"].taken)

            await until(sent)
        person.later = timedelta(hours=2)  # another day's start: the page is looked after, the report asked after
        async with person.running():

            async def looked_after() -> bool:
                told = await person.ask("egress")
                return {one["purpose"] for one in told["entries"]} >= {"watch"} and logged(told)["netcraft"] > 1

            await until(looked_after)
        person.later = timedelta(hours=2)
    async with person.running():  # the numbers outlive the program
        told = await person.ask("egress")

    ways = {event for event, what in left if "openssl" not in str(what)}  # which the time-stamp server runs
    assert ways == {"socket.connect", "socket.sendto"} or ways == {"socket.connect"}
    saw = Counter(net.ports.get(address[1], f"port {address[1]}") for event, address in left if event in ways)
    assert saw == logged(told)
    assert set(saw) >= {"rdap", "dns", "site", "netcraft", "timestamp"}

    by: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in told["entries"]:  # two hours later may be another day, with a line of its own
        key = (one["purpose"], one["to"], one["what"])
        by[key] = one | {"count": one["count"] + by.get(key, {}).get("count", 0)}
    assert by["age", RDAP, young]["count"] == len(net.rdap.asked) == 1
    assert by["report", "127.0.0.1", "netcraft"]["count"] == net.doubles.by_channel["netcraft"].asked
    assert by["timestamp", "127.0.0.1", ""]["count"] == len(net.stamps.requests) == 1
    assert by["watch", SCAM, SCAM]["count"] % 2 == 0  # the page, and where it sends on to
    assert by["lookup", SCAM, SCAM]["count"] == 1  # its certificate
    names = Counter(name.rstrip(".") for name, _, _ in net.dns.asked)
    assert names == {one["what"]: one["count"] for one in told["entries"] if one["to"] == "dns"}
    assert {one["outcome"] for key, one in by.items() if not key[1].startswith("rdap.registry") and key[1] != RDAP} <= {
        "answered", "failed",
    }  # fmt: skip
    # What was reported, and who reports, is nobody's business here.
    for secret in (CREDENTIALS["email"], "login", "@"):
        assert secret not in str(told)


async def test_what_was_cleared_is_gone_and_the_next_contact_is_noted(person: Person) -> None:
    async with person.running():
        await person.ask_age()
        assert len((await person.ask("egress"))["entries"]) == 1
        cleared = await person.ask("egress/clear", {})
        assert cleared == {"entries": [], "kept_days": 90, "complete": True}
    async with person.running():
        assert await person.ask("egress") == cleared
