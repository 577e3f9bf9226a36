"""A name server on loopback, over UDP and TCP, that answers from a table, or badly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Bad = Callable[[dns.message.Message, bool], bytes | None]
"""A question, and whether it came over TCP → what is sent back, or None for nothing."""


class DnsSite:
    """Names it does not know do not exist; those it knows have only the records given.

    Attributes:
        records: name → kind → texts as in a zone file.
        bad: name → how it is answered instead.
        asked: name, kind and way of each question.
    """

    def __init__(self) -> None:
        self.records: dict[str, dict[str, list[str]]] = {}
        self.bad: dict[str, Bad] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on a free loopback port, the same for both."""
        site = self

        class Udp(asyncio.DatagramProtocol):
            def connection_made(self, transport: Any) -> None:
                self.transport = transport

            def datagram_received(self, data: bytes, address: Any) -> None:
                if (answer := site.answer(data, tcp=False)) is not None:
                    self.transport.sendto(answer, address)

        self._server = await asyncio.start_server(self._tcp, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(Udp, local_addr=("127.0.0.1", self.port))

    async def stop(self) -> None:
        """Close both."""
        if self._transport and self._server:
            self._transport.close()
            self._server.close()
            await self._server.wait_closed()

    def answer(self, data: bytes, *, tcp: bool) -> bytes | None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind, "tcp" if tcp else "udp"))
        if name in self.bad:
            return self.bad[name](query, tcp)
        reply = dns.message.make_response(query)
        known = self.records.get(name)
        if known is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif texts := known.get(kind, known.get("CNAME", [])):
            real = kind if kind in known else "CNAME"
            reply.answer.append(dns.rrset.from_text_list(question.name, 300, "IN", real, texts))
            for target in texts if real == "CNAME" and kind != "CNAME" else ():
                more = self.records.get(target.rstrip("."), {}).get(kind, [])
                if more:
                    reply.answer.append(dns.rrset.from_text_list(target, 60, "IN", kind, more))
        wire = reply.to_wire(max_size=65_535)
        if not tcp and len(wire) > 1232:
            return truncated(query, tcp)
        return wire

    async def _tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            length = int.from_bytes(await reader.readexactly(2), "big")
            answer = self.answer(await reader.readexactly(length), tcp=True)
            if answer is not None:
                writer.write(len(answer).to_bytes(2, "big") + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def silent(_query: dns.message.Message, _tcp: bool) -> bytes | None:
    """Says nothing."""
    return None


def failing(query: dns.message.Message, _tcp: bool) -> bytes:
    """SERVFAIL."""
    reply = dns.message.make_response(query)
    reply.set_rcode(dns.rcode.SERVFAIL)
    return reply.to_wire()


def truncated(query: dns.message.Message, _tcp: bool) -> bytes:
    """Says that there is more than fits."""
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.TC
    return reply.to_wire()


def rubbish(_query: dns.message.Message, _tcp: bool) -> bytes:
    """No DNS at all."""
    return b"\xff" * 40


def lying(query: dns.message.Message, _tcp: bool) -> bytes:
    """Records of another name than was asked for."""
    reply = dns.message.make_response(query)
    reply.answer.append(dns.rrset.from_text("other.example-scam.com.", 60, "IN", "A", "127.0.0.1"))
    return reply.to_wire()


def looping(query: dns.message.Message, _tcp: bool) -> bytes:
    """A name that stands for itself."""
    name = query.question[0].name
    reply = dns.message.make_response(query)
    reply.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", name.to_text()))
    return reply.to_wire()
