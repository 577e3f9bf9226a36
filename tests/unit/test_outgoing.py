"""The only ways out are those of `guetteur.outgoing`: all modules are read, and each way notes what it does."""

import ast
import asyncio
import contextvars
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

import guetteur
from guetteur.egress import Contact, UnstatedError, about, contact, errand
from guetteur.outgoing import connect, open_session, smtp
from guetteur.store.database import StateDatabase
from guetteur.store.egress import EgressLog
from support.egress import Unkept

ROOT = Path(guetteur.__file__).parent

MODULES = {"http.client", "urllib3", "requests", "httpx", "ftplib", "smtplib", "telnetlib", "xmlrpc", "poplib",
           "imaplib", "websockets", "socketserver", "whois"}  # fmt: skip
"""Nobody imports these, or they open connections by themselves."""
OPENERS = {
    "ClientSession", "TCPConnector", "open_connection", "create_connection", "create_datagram_endpoint", "sock_connect",
    "SMTP", "urlopen", "urlretrieve", "HTTPConnection", "HTTPSConnection", "getaddrinfo", "gethostbyname", "sendto",
    "getnameinfo", "resolve_name", "create_udp_connection", "RequestsFetcher", "UpdaterFetcher",
}  # fmt: skip
"""Names that open a connection or ask the name servers, whatever they are called on."""

ALLOWED = {
    ("outgoing.py", "ClientSession"): "here",
    ("outgoing.py", "TCPConnector"): "here",
    ("outgoing.py", "open_connection"): "here",
    ("outgoing.py", "SMTP"): "here",
    ("lookup/addresses.py", "getaddrinfo"): "asks for the addresses of a server that a noted contact is with",
    ("transport/client.py", "create_connection"): "to the daemon, on this computer",
    ("lookup/whois_worker.py", "whois"): "reads a text where no connection can be opened",
}
"""What stands elsewhere, and why it is no way out."""


def uses(source: str) -> Iterator[str]:
    """Names of openers and modules that a module's code names."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names if _is_foreign(name.name))
            case ast.ImportFrom(module=str(module), names=names):
                yield from ([module] if _is_foreign(module) else [])
                if module != "email.policy":  # its SMTP is a way to write, not a way out
                    yield from (name.name for name in names if name.name in OPENERS)
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in OPENERS:
                yield name
            case ast.Call(func=ast.Attribute(attr="socket", value=ast.Name(id="socket"))):
                yield "socket.socket"
            case ast.Call(func=ast.Attribute(attr="resolve", value=ast.Attribute(attr=name))) if "resolver" in name:
                yield "resolve"


def _is_foreign(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in MODULES)


def test_no_module_opens_a_connection_by_itself() -> None:
    found = set()
    for path in ROOT.rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith("publish/"):  # the maintainers' side runs on no person's computer
            found |= {(name, used) for used in uses(without_type_checking(path.read_text("utf-8")))}
    local = {one for one in found if one[1] == "socket.socket" and one[0].startswith("transport/")}
    assert found - local - set(ALLOWED) == set()
    assert set(ALLOWED) <= found, "an exception nobody needs any more"


def without_type_checking(source: str) -> str:
    """A module without what stands there for type checkers alone."""
    tree = ast.parse(source)
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    return ast.unparse(tree)


@pytest.mark.parametrize(
    "source",
    [
        "import requests", "from http.client import HTTPSConnection", "import aiohttp\naiohttp.ClientSession()",
        "import asyncio\nawait asyncio.open_connection('a', 1)", "from urllib.request import urlopen",
        "import socket\nsocket.socket()", "loop.getaddrinfo('a', 1)", "import smtplib", "self._resolver.resolve(name)",
        "loop.create_connection(Protocol, 'a', 1)",
    ],
)  # fmt: skip
def test_the_reader_sees_a_way_out(source: str) -> None:
    """Were it blind, the test above would prove nothing."""
    assert list(uses(source))


VERBS = {"get", "post", "put", "patch", "delete", "head", "options", "request", "ws_connect"}


def questions(source: str) -> Iterator[tuple[str, bool]]:
    """What a module asks by a session, and whether it stays where it is sent on."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=verb, value=on), keywords=given) if verb in VERBS and _is_session(on):
                stays = any(one.arg == "allow_redirects" and ast.unparse(one.value) == "False" for one in given)
                yield ast.unparse(node), stays


def misnamed(source: str) -> Iterator[str]:
    """Names of sessions, and of what gives one, that `questions` does not know for what they are."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.arg(arg=name, annotation=ast.expr() as kind) if "ClientSession" in ast.unparse(kind):
                named: ast.expr = ast.Name(name)
            case (
                ast.FunctionDef(name=name, returns=ast.expr() as kind)
                | ast.AsyncFunctionDef(name=name, returns=ast.expr() as kind)
            ) if "ClientSession" in ast.unparse(kind):
                named = ast.Name(name)
            case ast.AnnAssign(target=named, annotation=kind) if "ClientSession" in ast.unparse(kind):
                pass
            case ast.Assign(targets=[named], value=ast.Call(func=maker)) if _is_session(maker):
                pass
            case ast.withitem(context_expr=ast.Call(func=maker), optional_vars=ast.expr() as named) if _is_session(
                maker
            ):
                pass
            case _:
                continue
        if not _is_session(named):
            yield ast.unparse(named)


def _is_session(named: ast.expr) -> bool:
    if isinstance(named, ast.Call):
        named = named.func
    return ast.unparse(named).rpartition(".")[2].endswith("session")


def test_nobody_follows_where_a_server_sends_on() -> None:
    """What a redirect leads to is another server: it is asked, and noted, by whoever means to."""
    found = {}
    for path in ROOT.rglob("*.py"):
        name, source = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        if not name.startswith("publish/"):
            assert not list(misnamed(source)), name
            found |= {(name, asked): stays for asked, stays in questions(source)}
    assert {name for name, _ in found} >= {"lists/fetcher.py", "lookup/rdap.py", "reports/still_there.py"}
    assert not [key for key, stays in found.items() if not stays]


@pytest.mark.parametrize(
    ("source", "stays"),
    [
        ("session.get(url)", False), ("await self._session.post(url, data=b'')", False),
        ("open_session({}).request('GET', url)", False), ("session.get(url, allow_redirects=True)", False),
        ("session.ws_connect(url)", False), ("session.get(url, allow_redirects=False)", True),
    ],
)  # fmt: skip
def test_the_reader_sees_who_follows(source: str, stays: bool) -> None:
    assert [found for _, found in questions(source)] == [stays]


@pytest.mark.parametrize(
    "source",
    [
        "def ask(http: aiohttp.ClientSession): ...", "self._http: ClientSession | None = None",
        "http = open_session({})", "async def client() -> ClientSession: ...",
        "def client() -> aiohttp.ClientSession: ...", "async def f():\n async with report_session() as http: ...",
    ],
)  # fmt: skip
def test_the_reader_sees_a_session_by_another_name(source: str) -> None:
    assert len(list(misnamed(source))) == 1


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EgressLog]:
    database = StateDatabase(tmp_path / "guetteur.db")
    made = EgressLog(database, lambda: datetime.now(UTC))
    yield made
    made.close()
    database.close()


def told(log: EgressLog) -> list[tuple[str, str, str, int]]:
    return sorted((one.to, one.what, one.outcome, one.count) for one in log.report(99).entries)


@pytest.fixture
async def site() -> AsyncIterator[str]:
    """``/200`` answers so, ``/cut`` hangs up."""

    async def answer(request: web.Request) -> web.Response:
        status = request.match_info["path"]
        if status == "cut":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.Response(status=int(status))

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "answered"), (204, "answered"), (302, "answered"), (404, "answered"), (410, "answered"), (400, "refused"),
     (403, "refused"), (429, "refused"), (500, "refused"), (503, "refused")],
)  # fmt: skip
async def test_each_question_is_noted(log: EgressLog, site: str, status: int, outcome: str) -> None:
    with errand(log, "report", "netcraft"):
        async with open_session({}) as session, session.get(f"{site}/{status}", allow_redirects=False) as reply:
            assert reply.status == status
            assert told(log) == [("127.0.0.1", "netcraft", outcome, 1)]


async def test_what_never_answers_is_noted(log: EgressLog, site: str) -> None:
    with errand(log, "report", "netcraft"):
        async with open_session({}) as session:
            for url in (f"{site}/cut", "http://127.0.0.1:9/", "http://no-such-name.invalid/"):
                with pytest.raises(aiohttp.ClientError):
                    await session.get(url)
    assert told(log) == [
        ("127.0.0.1", "netcraft", "failed", 2),
        ("no-such-name.invalid", "netcraft", "failed", 1),
    ]


async def test_files_of_one_renewal_are_one_contact(log: EgressLog, site: str) -> None:
    with errand(log, "lists"):
        async with open_session({}, together=True) as session:
            for _ in range(4):
                await (await session.get(f"{site}/200")).read()
            assert told(log) == [("127.0.0.1", "", "answered", 1)]
            for _ in range(2):
                with pytest.raises(aiohttp.ClientError):
                    await session.get(f"{site}/cut")
    assert told(log) == [("127.0.0.1", "", "answered", 1), ("127.0.0.1", "", "failed", 1)]


async def test_of_an_address_only_the_host_is_noted(log: EgressLog, site: str) -> None:
    with errand(log, "watch"):
        async with open_session({"X-Key": "s3cr3t"}) as session:
            at = site.replace("http://", "http://me:s3cr3t@")
            await session.get(f"{at}/200?key=s3cr3t")
    assert "s3cr3t" not in str(told(log))


async def test_a_session_opens_nothing_without_an_errand(site: str) -> None:
    async def ask() -> None:
        async with open_session({}) as session:
            with pytest.raises(UnstatedError):
                await session.get(f"{site}/200")

    await asyncio.create_task(ask(), context=contextvars.Context())


async def test_streams_and_mail_servers_take_a_contact(site: str) -> None:
    with errand(Unkept(), "age"), contact("127.0.0.1") as noted:
        _, writer = await connect(noted, "127.0.0.1", int(site.rpartition(":")[2]))
        writer.close()
        await writer.wait_closed()
        assert smtp(noted, hostname="127.0.0.1").hostname == "127.0.0.1"
        with about("x"):
            Contact("127.0.0.1").end("answered")
