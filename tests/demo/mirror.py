"""A mirror of some sources, to try `make sync-blocklists` offline: `python tests/demo/mirror.py [PORT] [DAY]`.

Serves the feeds of the evaluation data (GUETTEUR_DATA) as they stood on DAY (default: all of it) under the ids of
blocklists/sources.toml; every other source is "down", as sources sometimes are.
"""

from __future__ import annotations

import csv
import gzip
import os
import sys
from pathlib import Path

from aiohttp import web

DATA = Path(os.environ.get("GUETTEUR_DATA", Path(__file__).parents[3] / "shared/data")) / "feeds"
DATED = {
    "phishing-database-domains": ("phishing_database_domains.csv.gz", "first_seen", "host"),
    "phishing-database-links": ("phishing_database_links.csv.gz", "first_seen", "url"),
    "red-flag-domains": ("red_flag_domains.csv.gz", "date", "host"),
}
PLAIN = {"romainmarcoux-aa": "romainmarcoux_domains.txt.gz"}


def feed(source: str, day: str) -> str | None:
    """The text of a source on that day, or None when it is not mirrored."""
    if source in PLAIN:
        with gzip.open(DATA / PLAIN[source], "rt", encoding="utf-8") as file:
            return file.read()
    if source not in DATED:
        return None
    name, when, what = DATED[source]
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as file:
        return "".join(f"{row[what]}\n" for row in csv.DictReader(file) if row[when] <= day)


def app(day: str) -> web.Application:
    """The mirror as it stood on ``day``."""

    async def answer(request: web.Request) -> web.Response:
        text = feed(request.match_info["id"], day)
        return web.Response(status=404) if text is None else web.Response(text=text)

    server = web.Application()
    server.router.add_get("/{id}", answer)
    server.router.add_get("/{id}/{rest:.*}", answer)
    return server


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8099
    web.run_app(app(sys.argv[2] if len(sys.argv) > 2 else "9999"), host="127.0.0.1", port=port)
