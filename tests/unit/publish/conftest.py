"""A maintainer's folder and a mirror that serves what a test puts there."""

import gzip
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from guetteur.publish.pipeline import Setup, run
from guetteur.publish.snapshot import Snapshot
from support.feed_mirror import Mirror

REPOSITORY = Path(__file__).parents[3]
SOURCE = {
    "format": "hosts", "licence": "MIT", "kind": "phishing-hosts", "trust": 1, "refresh_h": 6,
    "max_bytes": 10_000_000, "deadline_s": 5.0, "checked": "2026-11-24",
}  # fmt: skip


class Desk:
    """``blocklists/`` with sources of the test's own, a mirror of them, and a clock."""

    def __init__(self, root: Path, address: str) -> None:
        self.blocklists = root / "blocklists"
        self.work = root / "work"
        self.address = address
        self.served: dict[str, bytes | int] = {}
        self.now = datetime(2026, 11, 24, 12, tzinfo=UTC)
        self._sources: dict[str, dict[str, Any]] = {}
        (self.blocklists / "bodies").mkdir(parents=True)
        for name in ("lexicon", "allow.toml"):
            (self.blocklists / name).symlink_to(REPOSITORY / "blocklists" / name)
        self.bodies('[[body]]\ndomains = ["impots.gouv.fr", "ameli.fr"]\n')
        self.lines("public_bodies_fr.txt.gz", ["https://www.mairie-exemple.fr/accueil"])
        self.lines("popular.txt.gz", ["google.com", "facebook.com", "leboncoin.fr"])
        self.canaries('must_not = ["www.google.com", "github.com"]\n')

    def bodies(self, text: str) -> None:
        (self.blocklists / "bodies/all.toml").write_text(text)

    def lines(self, name: str, lines: list[str]) -> None:
        (self.blocklists / name).write_bytes(gzip.compress("\n".join(lines).encode()))

    def canaries(self, text: str) -> None:
        (self.blocklists / "canaries.toml").write_text(text)

    def source(self, name: str, bit: int | None = None, **fields: Any) -> None:
        """Add or change a source; ``family`` is its name unless said."""
        made = SOURCE | {"id": name, "name": name, "family": name, "url": f"https://lists.example/{name}"} | fields
        if bit is not None:
            made["bit"] = bit
        self._sources[name] = made
        text = ""
        for one in self._sources.values():
            text += "[[source]]\n"
            text += (
                "".join(
                    f"{key} = {value if not isinstance(value, str) or key == 'checked' else repr(value)}\n"
                    for key, value in one.items()
                )
                .replace("True", "true")
                .replace("False", "false")
            )
        (self.blocklists / "sources.toml").write_text(text)

    def serve(self, name: str, *lines: str) -> None:
        self.served[name] = "".join(f"{line}\n" for line in lines).encode()

    def setup(self, **options: Any) -> Setup:
        return Setup(self.blocklists, self.work, mirror=self.address, pause_s=0.01, **options)

    def run(self, **options: Any) -> Snapshot:
        return run(self.setup(**options), lambda: self.now)

    def published(self, **options: Any) -> dict[str, tuple[int, Any]]:
        """Run, commit, and give key → (bits, first day)."""
        with self.run(**options) as snapshot:
            assert snapshot.report.faults == []
            entries = {entry.key: (entry.source_bits, entry.first_seen) for entry in snapshot.entries}
            assert len(entries) == len(snapshot.entries) == snapshot.report.entries
            assert list(entries) == sorted(entries)
            snapshot.commit()
        return entries

    def tomorrow(self, days: int = 1) -> None:
        self.now += timedelta(days=days)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = made.served.get(self.path.strip("/"), 404)
            self.send_response(answer if isinstance(answer, int) else 200)
            content = b"" if isinstance(answer, int) else answer
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Desk(tmp_path, f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest_asyncio.fixture
async def mirror(tmp_path: Path) -> AsyncIterator[Mirror]:
    made = Mirror(tmp_path / "work")
    app = web.Application()
    app.router.add_get("/{tail:.*}", made.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()
