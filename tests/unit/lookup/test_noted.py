"""Each registry that was asked is noted with the name it was asked about, and so is each step it sends on to."""

import asyncio
from datetime import UTC, datetime

from guetteur.egress import Left, Outcome, errand
from support.registries import RDAP, WHOIS, Net, http

DOMAIN = "example.test"
ANSWER = (
    b'{"objectClassName":"domain","ldhName":"%s","events":[{"eventAction":"registration","eventDate":"2026-11-20"}]}'
)


class Notes:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.began: list[Left] = []
        self.ends: list[tuple[str, Outcome]] = []

    def begun(self, left: Left) -> datetime:
        self.began.append(left)
        return datetime.now(UTC)

    def ended(self, left: Left, begun_at: datetime, outcome: Outcome) -> None:
        self.ends.append((left.to, outcome))


async def asked(net: Net, rdap: int | None = None, whois: int | None = None) -> Notes:
    notes = Notes()
    with errand(notes, "age"):
        await net.lookup(rdap=rdap, whois=whois).created(DOMAIN)
    assert {left[::2] for left in notes.began} == {("age", DOMAIN)}
    assert len(notes.began) == len(notes.ends)
    return notes


async def test_an_answer(net: Net) -> None:
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(http(ANSWER % DOMAIN.encode()))
        await writer.drain()

    assert (await asked(net, await net.serve(answer, tls=True))).ends == [(RDAP, "answered")]


async def test_each_step_of_a_redirect(net: Net) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        moved = http(b"", "Location: /v2/domain/example.test", status="302 Found")
        writer.write(moved if "/v1/" in net.asked[-1] else http(ANSWER % DOMAIN.encode()))
        await writer.drain()

    assert (await asked(net, await net.serve(answer, tls=True))).ends == [(RDAP, "answered")] * 2


async def test_a_refusal_then_whois(net: Net) -> None:
    async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(http(b"", status="429 Too Many Requests"))
        await writer.drain()

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Domain Name: EXAMPLE.TEST\r\nCreation Date: 2026-11-20T00:00:00Z\r\n")
        await writer.drain()
        writer.close()

    notes = await asked(net, await net.serve(refuse, tls=True), await net.serve(answer))
    assert notes.ends == [(RDAP, "refused"), (WHOIS, "answered")]


async def test_silence_and_nobody_there(net: Net) -> None:
    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    assert (await asked(net, whois=await net.serve(say_nothing))).ends == [(WHOIS, "refused")]
    assert (await asked(net, whois=9)).ends == [(WHOIS, "failed")]
    assert (await asked(net, await net.serve(hang, tls=True))).ends == [(RDAP, "failed")]
    net.names.clear()  # its name has no address: whoever was asked for it knows
    assert (await asked(net, 9, 9)).ends == [(RDAP, "failed"), (WHOIS, "failed")]
