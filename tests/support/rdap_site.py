"""A registry that answers over RDAP, on loopback and over TLS, and remembers what it was asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from support.certs import Authority


class RdapSite:
    """Every domain it is asked about was created ``days`` ago."""

    def __init__(self, authority: Authority, days: int = 3) -> None:
        self.days = days
        self.asked: list[str] = []
        self.port = 0
        self._authority = authority
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a free loopback port."""
        app = web.Application()
        app.router.add_get("/v1/domain/{name}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._authority.server_context()).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the listener and every connection."""
        if self._runner:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        name = request.match_info["name"].lower()
        self.asked.append(name)
        created = (datetime.now(UTC) - timedelta(days=self.days)).isoformat(timespec="seconds")
        body = {
            "objectClassName": "domain",
            "ldhName": name,
            "events": [{"eventAction": "registration", "eventDate": created}],
        }
        return web.json_response(body, content_type="application/rdap+json")
