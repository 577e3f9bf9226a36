"""A daemon in the test's own process whose reports go to doubles of the channels, and a person who reports."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any

import aiohttp

from guetteur.app import build_web_app, serve
from guetteur.config import Settings
from guetteur.lookup.addresses import Addresses
from guetteur.reports.network import Questions
from support.report_doubles import Doubles

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff\xe0"
URL = "https://impots-gouv-remboursement.com/fr/login?email=claire.martin@exemple.fr"
SECRETS = ("claire.martin", "4970100000000055", "s3cr3t-s3ssi0n-t0k3n")
HTML = (
    "<title>Impôts</title><p>Bonjour claire.martin@exemple.fr</p>"
    '<input name="card" value="4970100000000055"><meta name="csrf-token" content="s3cr3t-s3ssi0n-t0k3n">'
)


class Scene:
    """One person's daemon.

    Attributes:
        settings: of the daemon.
        doubles: the channels.
        later: by how much its clock is ahead.
    """

    def __init__(self, settings: Settings, doubles: Doubles) -> None:
        self.settings, self.doubles = settings, doubles
        self.later = timedelta()
        self._session: aiohttp.ClientSession | None = None

    def now(self) -> datetime:
        return datetime.now(UTC) + self.later

    async def ask(self, call: str, **body: Any) -> tuple[int, Any]:
        return await self.post(call, json.dumps(body).encode())

    async def post(self, call: str, body: bytes | BytesIO) -> tuple[int, Any]:
        assert self._session is not None
        headers = {"Content-Type": "application/json"}
        async with self._session.post(f"/v1/report/{call}", data=body, headers=headers) as reply:
            raw = await reply.read()
            assert len(raw) < 1024 * 1024, "a frame to a browser has at most 1 MiB"
            return reply.status, json.loads(raw)

    async def check_page(self, url: str, page: dict[str, Any]) -> str:
        """The level of a page that was shown."""
        assert self._session is not None
        async with self._session.post("/v1/check/page", json={"url": url, "page": page, "lang": "fr"}) as reply:
            found = await reply.json()
            assert reply.status == 200, found
            return str(found["level"])

    async def told(self, call: str, **body: Any) -> Any:
        status, reply = await self.ask(call, **body)
        assert status == 200, reply
        return reply

    async def refused(self, call: str, **body: Any) -> str:
        """The code of the error; every error says what to do."""
        status, reply = await self.ask(call, **body)
        assert status >= 400, reply
        assert reply["error"]["message"]
        assert reply["error"]["hint"]
        return str(reply["error"]["code"])

    async def begin(self, **body: Any) -> str:
        return str((await self.told("begin", **({"what": "page", "url": URL} | body)))["case"])

    async def give(self, case: str, name: str, data: bytes, size: int = 300_000) -> Any:
        pieces = [data[at : at + size] for at in range(0, len(data), size)] or [b""]
        told = None
        for part, piece in enumerate(pieces):
            told = await self.told(
                "evidence", case=case, name=name, part=part, parts=len(pieces), data=base64.b64encode(piece).decode()
            )
        return told

    async def ready(self, **body: Any) -> str:
        """A page, previewed."""
        case = await self.begin(**body)
        await self.told("preview", case=case)
        return case

    async def settled(self, case: str, *states: str) -> Any:
        """The case once every one of its reports has one of the states."""
        for _ in range(300):
            (found,) = (await self.told("receipts", case=case))["cases"]
            if {one["state"] for one in found["receipts"]} <= set(states):
                return found
            await asyncio.sleep(0.05)
        raise AssertionError(found)

    async def bundle(self, case: str) -> bytes:
        """The sealed original, as a browser fetches it."""
        data, at = b"", 0
        while True:
            piece = await self.told("bundle", case=case, offset=at)
            data += base64.b64decode(piece["data"])
            if piece["next"] is None:
                assert len(data) == piece["bytes"]
                return data
            at = piece["next"]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run its daemon while the block lasts."""
        build = partial(
            build_web_app,
            clock=self.now,
            channel_bases=self.doubles.bases,
            questions=Questions(nameservers=("127.0.0.1",), dns_port=9, resolve=_resolve, dns_s=0.2, total_s=1.0),
            addresses=Addresses(_resolve, lambda _address: True),
        )
        task = asyncio.create_task(serve(self.settings, build))
        for _ in range(300):
            if self.settings.socket_path.exists() or task.done():
                break
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        connector = aiohttp.UnixConnector(str(self.settings.socket_path))
        async with aiohttp.ClientSession("http://localhost", connector=connector) as self._session:
            try:
                yield
            finally:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task


async def _resolve(_host: str) -> list[str]:
    return ["127.0.0.1"]
