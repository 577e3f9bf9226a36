"""Asks a registry over WHOIS (RFC 3912) for the day a domain was created.

The conversation is our own; python-whois only reads the text, in a process of its own (`guetteur.lookup.whois_worker`):
its client followed a referral to this very machine, kept no deadline and took 20 MB.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE
from typing import TYPE_CHECKING

import msgspec

from guetteur.egress import contact
from guetteur.lookup.answer import Answer, Question
from guetteur.lookup.outcome import NoAgeError, Why
from guetteur.outgoing import connect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from guetteur.egress import Contact
    from guetteur.lookup.addresses import Addresses
    from guetteur.lookup.limits import Limits
    from guetteur.lookup.registries import WhoisServer

PORT = 43
WORKER = (sys.executable, "-P", "-m", "guetteur.lookup.whois_worker")

_MAX_ADDRESSES = 3
_BLOCK = 16 * 1024


class WhoisClient:
    """One question at a time, each on a connection of its own; referrals are not followed."""

    def __init__(self, addresses: Addresses, limits: Limits, port: int = PORT, worker: Sequence[str] = WORKER) -> None:
        """``worker`` is the command that reads a text; see `guetteur.lookup.whois_worker`."""
        self._addresses = addresses
        self._limits = limits
        self._port = port
        self._worker = tuple(worker)

    async def created(self, domain: str, server: WhoisServer) -> date:
        """Return the day that the registry says ``domain`` (ASCII form) was created; not yet checked for sense.

        Raises:
            NoAgeError: there is none to be had.
        """
        try:
            async with asyncio.timeout(self._limits.server_s):
                with contact(server.server, domain) as noted:
                    raw = await self._ask(server.query.replace("{}", domain), server.server, noted)
                    noted.end("answered")
        except TimeoutError:
            raise NoAgeError(Why.TIMEOUT) from None
        return await self.read(domain, raw)

    async def read(self, domain: str, raw: bytes) -> date:
        """Return the day of creation that a registry's answer holds.

        Raises:
            NoAgeError: ``age_not_found``, ``age_refused``, ``age_unreadable``.
        """
        answer = await self._parse(Question(domain, _decode(raw)))
        if answer.created is None:
            raise NoAgeError(Why(answer.why))
        return answer.created

    async def _ask(self, query: str, host: str, noted: Contact) -> bytes:
        reader, writer = await self._connect(host, noted)
        try:
            writer.write(f"{query}\r\n".encode("ascii"))
            await writer.drain()
            answer = bytearray()
            while block := await reader.read(_BLOCK):
                answer += block
                if len(answer) > self._limits.max_bytes:
                    raise NoAgeError(Why.TOO_LARGE)
        except OSError:
            raise NoAgeError(Why.REFUSED) from None
        finally:
            # No farewell: a server that reads nothing more could hold it up.
            writer.transport.abort()
        if not answer.strip():
            noted.end("refused")
            raise NoAgeError(Why.REFUSED)
        return bytes(answer)

    async def _connect(self, host: str, noted: Contact) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        addresses = (await self._addresses.of(host))[:_MAX_ADDRESSES]
        for address in addresses:
            try:
                async with asyncio.timeout(self._limits.server_s / (len(addresses) + 1)):
                    return await connect(noted, str(address), self._port)
            except OSError:  # TimeoutError is one: the next address may answer
                continue
        raise NoAgeError(Why.OFFLINE)

    async def _parse(self, question: Question) -> Answer:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._worker,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                # On Windows a console window would flash up.
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError:  # an update has just taken this Python away, or there are too many processes
            raise NoAgeError(Why.UNREADABLE) from None
        try:
            async with asyncio.timeout(self._limits.parse_s):
                out, _ = await process.communicate(msgspec.json.encode(question))
            return msgspec.json.decode(out, type=Answer)
        except (TimeoutError, msgspec.MsgspecError):
            # Too long: a text made to trap a pattern. No JSON: the reader died of it.
            raise NoAgeError(Why.UNREADABLE) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
