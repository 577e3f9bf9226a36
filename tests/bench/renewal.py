"""What a renewal costs: compile of mixed lines, a day's delta on a million hosts, and the daemon's answers meanwhile.

`make bench-lists` prints the figures and writes docs/reference/performance-renewal.md.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from aiohttp import web
from check import percentile
from lists import make_names

from guetteur.app import build_web_app
from guetteur.config import Settings
from guetteur.lists import delta
from guetteur.lists.compiled import CompiledList
from guetteur.lists.delta import DeltaHeader
from guetteur.lists.view import ListView
from guetteur.lists.writer import ListedKey, compile_list, digest_of
from guetteur.transport.endpoint import AlreadyRunning, bind

ROOT = Path(__file__).parents[2]
DAY = datetime(2026, 1, 1, tzinfo=UTC)
MILLION = 1_000_000
SOURCES = """
min_trust = 1
[[source]]
id = "mixed"
name = "Mixed"
url = "https://mixed.example/list.txt"
format = "adblock"
licence = "MIT"
kind = "phishing-hosts"
family = "mixed"
trust = 2
bit = 0
refresh_h = 6
max_bytes = 500_000_000
deadline_s = 300
checked = 2026-11-24
[[source]]
id = "urls"
name = "URLs"
url = "https://urls.example/list.txt"
format = "urls"
licence = "MIT"
kind = "phishing-urls"
family = "urls"
trust = 2
bit = 1
refresh_h = 6
max_bytes = 500_000_000
deadline_s = 300
checked = 2026-11-24
"""
COMPILE = """
import resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
from guetteur.lists.writer import compile_list
from guetteur.publish.pipeline import Setup, run
if __name__ == "__main__":
    blocklists, mirror = Path(sys.argv[1]), sys.argv[2]
    start = time.perf_counter()
    with run(Setup(blocklists, blocklists / ".work", mirror=mirror, force=True), lambda: datetime.now(UTC)) as snapshot:
        gated = time.perf_counter() - start
        named = {"version": "v", "built_at": snapshot.built_at, "sources": snapshot.sources}
        compile_list(blocklists / "full", snapshot.entries, **named)
        total = time.perf_counter() - start
        whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        own, children = (resource.getrusage(who).ru_maxrss // 1024 for who in whose)
        print(f"{snapshot.report.entries:,} entries: {gated:.1f} s fetched, parsed, gated;"
              f" {total:.1f} s with compiling; {own} MB, largest worker {children} MB")
"""


async def compile_mixed() -> list[str]:
    """A million lines, half adblock rules and half addresses, from a loopback server to a compiled file."""
    names = make_names(MILLION)
    with tempfile.TemporaryDirectory(prefix="gm-") as place:
        folder = Path(place)
        shutil.copytree(ROOT / "blocklists", folder / "b", ignore=shutil.ignore_patterns(".work", "repository"))
        (folder / "b/sources.toml").write_text(SOURCES)
        (folder / "b/canaries.toml").write_text("must_not = []\n")
        feeds = {
            "mixed": "".join(f"||{name}^\n" for name in names[: MILLION // 2]),
            "urls": "".join(f"https://{name}/\n" for name in names[MILLION // 2 :]),
        }

        async def feed(request: web.Request) -> web.Response:
            return web.Response(text=feeds[request.match_info["id"]])

        app = web.Application()
        app.router.add_get("/{id}", feed)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        mirror = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        (folder / "compile.py").write_text(COMPILE)
        command = [sys.executable, str(folder / "compile.py"), str(folder / "b"), mirror]
        done = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        said, _ = await done.communicate()
        await runner.cleanup()
    return [f"- 1,000,000 mixed lines (adblock rules and addresses): {said.decode().strip()}"]


def day_of_change(folder: Path) -> tuple[ListView, bytes]:
    """A list of a million hosts, and the delta that removes one in a hundred and adds as many."""
    names = make_names(MILLION + MILLION // 100)
    old = dict.fromkeys(names[:MILLION], (1, 0))
    gone = set(random.Random(5).sample(names[:MILLION], MILLION // 100))
    compile_list(
        folder / "base.list",
        (ListedKey(name) for name in old),
        version="0",
        built_at=DAY,
        sources=("one",),
        nested=True,
    )
    new = {name: mark for name, mark in old.items() if name not in gone} | dict.fromkeys(names[MILLION:], (1, 9500))
    header = DeltaHeader("0", "1", DAY + timedelta(days=1), ("one",), digest_of(new))
    return ListView(CompiledList(folder / "base.list")), delta.encode(header, old, new)


async def apply_day() -> list[str]:
    """Apply the delta, alone and while the daemon answers checks."""
    with tempfile.TemporaryDirectory(prefix="gd-") as place:
        folder = Path(place)
        view, content = day_of_change(folder)
        (folder / "day.delta").write_bytes(content)
        start = time.perf_counter()
        delta.apply(view, content, folder / "overlay")
        alone = time.perf_counter() - start
        size = len(content) / 1000
        lines = [f"- a day's delta (1% gone, 1% new) on 1,000,000 hosts: {size:.0f} KB, applied in {alone:.2f} s"]
        settings = Settings(folder / "run", folder / "state")
        listener = await bind(settings)
        assert not isinstance(listener, AlreadyRunning)
        runner = web.AppRunner(build_web_app(settings, listener), access_log=None)
        await runner.setup()
        await web.SockSite(runner, listener.sock).start()
        client = await asyncio.create_subprocess_exec(
            sys.executable, __file__, "client", str(settings.socket_path), stdout=subprocess.PIPE
        )
        assert client.stdout is not None
        await client.stdout.readline()  # the idle half is done
        # As the daemon does it: in a process of its own, at low priority.
        worker = await asyncio.create_subprocess_exec(sys.executable, __file__, "apply", str(folder))
        await worker.wait()
        said, _ = await client.communicate()
        lines.append(said.decode().strip())
        await runner.cleanup()
        listener.close()
    return lines


def apply_again(folder: Path) -> None:
    """The worker's part: four seconds of applying the day's delta."""
    os.nice(10)
    view = ListView(CompiledList(folder / "base.list"))
    content = (folder / "day.delta").read_bytes()
    until = time.perf_counter() + 4
    while time.perf_counter() < until:
        delta.apply(view, content, folder / "again")


async def client(path: str) -> None:
    """Another process that asks for verdicts: first while the daemon is idle, then while it applies deltas."""
    body = b'{"url":"https://www.jardin-de-mamie.example/recettes","lang":"fr"}'
    shares: list[tuple[float, float]] = []
    async with aiohttp.ClientSession("http://localhost", connector=aiohttp.UnixConnector(path)) as session:
        for _ in range(2):
            times, until = [], time.perf_counter() + 3
            while time.perf_counter() < until:
                start = time.perf_counter()
                async with session.post(
                    "/v1/check/url", data=body, headers={"Content-Type": "application/json"}
                ) as reply:
                    await reply.read()
                times.append(time.perf_counter() - start)
                await asyncio.sleep(0.002)
            shares.append((percentile(times, 0.5) * 1e6, percentile(times, 0.99) * 1e6))
            if len(shares) == 1:
                print("idle measured", flush=True)
    (idle50, idle99), (busy50, busy99) = shares
    print(
        f"- checks meanwhile: p50 {busy50:.0f} µs, p99 {busy99:.0f} µs; idle p50 {idle50:.0f} µs, p99 {idle99:.0f} µs"
        f" ({busy99 / idle99:.1f}× at p99)"
    )


async def main() -> None:
    """Print the figures and keep them."""
    lines = ["# Renewal of the lists", "", "Measured by `make bench-lists`.", ""]
    lines += await compile_mixed()
    lines += await apply_day()
    lines.append(f"- peak memory of this run: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    print("\n".join(lines))
    (ROOT / "docs/reference/performance-renewal.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["apply"]:
        apply_again(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["client"]:
        asyncio.run(client(sys.argv[2]))
    else:
        asyncio.run(main())
