"""Registries on loopback: real TCP and TLS servers under names that a table resolves, and short deadlines."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address

from guetteur.lookup.addresses import Addresses
from guetteur.lookup.age import AgeLookup
from guetteur.lookup.limits import Limits
from guetteur.lookup.registries import RdapServer, Registries, RegistryTable, WhoisServer
from support.certs import Authority

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LIMITS = Limits(total_s=8.0, server_s=1.0, parse_s=5.0)
RDAP, WHOIS = "rdap.registry.test", "whois.registry.test"

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Net:
    """Servers of a test and the names they go by.

    Attributes:
        names: host → addresses; any other host does not resolve.
        resolved: hosts asked for, in order.
        connections: how many reached each port.
        asked: first line of what each connection sent.
    """

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.names: dict[str, list[str]] = {RDAP: ["127.0.0.1"], WHOIS: ["127.0.0.1"]}
        self.resolved: list[str] = []
        self.connections: dict[int, int] = {}
        self.asked: list[str] = []
        self.stack = AsyncExitStack()
        self.tasks: set[asyncio.Task[None]] = set()

    async def serve(self, handler: Handler, *, tls: bool = False) -> int:
        """Start a server and return its port; the handler is cut off when the test ends."""

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task
            self.tasks.add(task)
            self.connections[port] = self.connections.get(port, 0) + 1
            try:
                line = await reader.readline()
                self.asked.append(line.decode("latin-1").strip())
                with suppress(ConnectionError):
                    await handler(reader, writer)
            except asyncio.CancelledError:
                pass  # the test is over
            finally:
                self.tasks.discard(task)
                writer.transport.abort()

        context = self.authority.server_context() if tls else None
        server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
        port: int = server.sockets[0].getsockname()[1]
        self.stack.callback(server.close)
        return port

    async def close(self) -> None:
        await self.stack.aclose()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def resolve(self, host: str) -> list[str]:
        self.resolved.append(host)
        if host not in self.names:
            raise OSError("no such host")
        return self.names[host]

    def lookup(
        self,
        *,
        rdap: int | None = None,
        whois: int | None = None,
        limits: Limits = LIMITS,
        allow: Callable[[IPv4Address | IPv6Address], bool] = lambda _: True,
        query: str = "{}",
    ) -> AgeLookup:
        """The lookup of zone ``test`` with the registry's servers on these ports."""
        table = RegistryTable(
            rdap=(RdapServer(f"https://{RDAP}:{rdap}/v1/", ("test",)),) if rdap else (),
            whois=(WhoisServer(WHOIS, ("test",), query),) if whois else (),
            silent=("quiet",),
        )
        return AgeLookup(
            Registries(table),
            now=lambda: NOW,
            limits=limits,
            addresses=Addresses(self.resolve, allow),
            ssl_context=ssl.create_default_context(cafile=self.authority.pem),
            whois_port=whois or 43,
        )


def http(body: bytes, *headers: str, status: str = "200 OK", kind: str = "application/rdap+json") -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def domain(created: object = "2026-11-20T08:00:00Z", **more: object) -> bytes:
    """An RDAP answer about ``neuf.test``."""
    events = [{"eventAction": "expiration", "eventDate": "2027-11-20T08:00:00Z"}]
    events.append({"eventAction": "registration", "eventDate": created})
    return json.dumps({"objectClassName": "domain", "ldhName": "NEUF.test", "events": events} | more).encode()


def replying(answer: bytes) -> Handler:
    """A server that sends ``answer`` at once and hangs up."""

    async def handler(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return handler


def dripping(start: bytes, drop: bytes = b" ", pause_s: float = 0.05) -> Handler:
    """A server that sends ``start`` and then a little for ever: no single read takes long."""

    async def handler(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            await writer.drain()
            await asyncio.sleep(pause_s)
            writer.write(drop)

    return handler


def pouring(start: bytes, block: bytes, total: int) -> Handler:
    """A server that sends ``start``, then ``block`` until ``total`` bytes are out."""

    async def handler(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        for _ in range(total // len(block)):
            writer.write(block)
            await writer.drain()
        writer.close()

    return handler
