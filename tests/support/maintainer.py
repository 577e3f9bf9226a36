"""A list maintainer: a checkout's blocklists, keys, a mirror of two sources, and the server of what is published."""

from __future__ import annotations

import asyncio
import io
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from rich.console import Console

from guetteur.publish.keys import KeyRing, create
from guetteur.publish.pipeline import Setup
from guetteur.publish.rotation import create_repository
from guetteur.publish.sync_blocklists import publisher, sync

BLOCKLISTS = Path(__file__).parents[2] / "blocklists"
PASSPHRASE = "only for this test"
SOURCES = """
min_trust = 1

[[source]]
id = "one"
name = "One"
url = "https://one.example/list.txt"
format = "hosts"
licence = "MIT"
kind = "phishing-hosts"
family = "one"
trust = 2
bit = 0
refresh_h = 6
max_bytes = 1_000_000
deadline_s = 10
checked = 2026-11-24

[[source]]
id = "two"
name = "Two"
url = "https://two.example/list.txt"
format = "urls"
licence = "MIT"
kind = "phishing-urls"
family = "two"
trust = 1
bit = 1
refresh_h = 6
max_bytes = 1_000_000
deadline_s = 10
checked = 2026-11-24

[[source]]
id = "fresh"
name = "Fresh"
url = "https://fresh.example/{YYYYMMDD}.txt"
format = "hosts"
licence = "MIT"
kind = "newly-registered"
family = "fresh"
trust = 1
refresh_h = 6
days = 3
delay = 1
max_bytes = 1_000_000
deadline_s = 10
checked = 2026-11-24
"""


class Maintainer:
    """A checkout's blocklists folder, keys, a mirror, and the web server that serves what is published."""

    def __init__(self, folder: Path) -> None:
        self.blocklists = folder / "blocklists"
        shutil.copytree(BLOCKLISTS, self.blocklists, ignore=shutil.ignore_patterns(".work", "repository", "root.json"))
        (self.blocklists / "sources.toml").write_text(SOURCES, encoding="utf-8")
        self.keys = folder / "keys"
        ring = KeyRing([self.keys], PASSPHRASE.encode())
        create(ring, datetime.now(UTC))
        self.root = create_repository(self.blocklists / "repository", ring, datetime.now(UTC))
        self.feeds: dict[str, str] = {}
        self.now = datetime.now(UTC)

    def app(self) -> web.Application:
        async def feed(request: web.Request) -> web.Response:
            text = self.feeds.get(request.match_info["id"])
            return web.Response(status=404) if text is None else web.Response(text=text)

        app = web.Application()
        app.router.add_static("/published/", self.blocklists / "repository")
        app.router.add_get("/mirror/{id}/{rest:.*}", feed)
        app.router.add_get("/mirror/{id}", feed)
        return app

    async def publish(self, mirror: str, *, dry: bool = False) -> tuple[int, str]:
        """One `make sync-blocklists`; its exit status and what it prints."""
        said = io.StringIO()
        setup = Setup(self.blocklists, self.blocklists / ".work", mirror=mirror, force=True)
        console = Console(file=said, width=160)
        finish = None if dry else publisher(self.blocklists, setup.work, [self.keys], console)
        self.now += timedelta(seconds=5)
        status = await asyncio.to_thread(sync, setup, console=console, now=lambda: self.now, finish=finish)
        return status, said.getvalue()
