"""What a check costs in process and over the socket, beside the floor: an empty aiohttp handler in the same run.

`make bench` prints the figures and writes them to docs/reference/performance.md.
"""

from __future__ import annotations

import asyncio
import csv
import gzip
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
from aiohttp import web

from guetteur.app import build_checker, build_web_app, now_utc
from guetteur.config import PACKAGE_DATA, Settings
from guetteur.core.subject import parse_host_or_url
from guetteur.lists.compiled import CompiledList
from guetteur.transport.endpoint import AlreadyRunning, bind

ROOT = Path(__file__).parents[2]
ROUNDS, REQUESTS = 5, 2000
JSON = {"Content-Type": "application/json"}
HOSTS = (
    "www.example.org",
    "impots.gouv.fr.verif-dossier.com",
    "www.impots.gouv.fr",
    "a.b.shop-online-2024.com",
    "camelia.fr",
)


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def in_process() -> list[str]:
    """Median cost of parse and check for each kind of host, and throughput over popular names."""
    start = time.perf_counter()
    checker = build_checker(PACKAGE_DATA)
    loaded = (time.perf_counter() - start) * 1000
    lines = [
        f"Loading everything a check needs: {loaded:.0f} ms",
        "",
        "| host | parse + check, µs (median) |",
        "|---|---|",
    ]
    for host in HOSTS:
        url = f"https://{host}/"
        times = timed(lambda url=url: checker.check(parse_host_or_url(url), now=now_utc()), 3000)
        lines.append(f"| {host} | {statistics.median(times) * 1e6:.0f} |")
    with gzip.open(ROOT / "blocklists/popular.txt.gz", "rt") as file:
        names = [line.strip() for line in file][::2]
    start = time.perf_counter()
    for name in names:
        checker.check(parse_host_or_url("sub." + name), now=now_utc())
    each = (time.perf_counter() - start) / len(names)
    lines += [
        "",
        f"{len(names):,} sub-domains of popular names: {each * 1e6:.0f} µs each, {1 / each:,.0f} a second on one core",
    ]
    with gzip.open(ROOT / "blocklists/starter.csv.gz", "rt") as file:
        listed = [row["host"] for row in csv.DictReader(file)][:20_000]
    blocklist = checker.blocklist
    assert blocklist is not None
    found = timed_all(blocklist.find, listed)
    missed = timed_all(blocklist.find, ["www.a.b.example-" + name for name in listed])
    plain = frozenset(listed)
    floor = timed_all(plain.__contains__, listed)
    lines.append(
        f"List look-up: {found * 1e9:.0f} ns listed, {missed * 1e9:.0f} ns not listed"
        f" (a bare frozenset membership in the same run: {floor * 1e9:.0f} ns)"
    )
    return lines


def timed(call: Callable[[], object], count: int) -> list[float]:
    """Seconds of each of ``count`` calls."""
    times = []
    for _ in range(count):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return times


def timed_all(call: Callable[[str], object], values: list[str]) -> float:
    """Seconds a call, over all ``values``."""
    start = time.perf_counter()
    for value in values:
        call(value)
    return (time.perf_counter() - start) / len(values)


async def over_the_socket() -> list[str]:
    """Round trips of a verdict beside an empty handler that reads the same body, in interleaved rounds."""
    with tempfile.TemporaryDirectory(prefix="gb-") as folder:
        settings = Settings(Path(folder) / "run", Path(folder) / "state")
        listener = await bind(settings)
        assert not isinstance(listener, AlreadyRunning)
        runner = web.AppRunner(build_web_app(settings, listener), access_log=None)
        await runner.setup()
        await web.SockSite(runner, listener.sock).start()

        async def empty(request: web.Request) -> web.Response:
            await request.read()
            return web.Response(body=b"{}", content_type="application/json")

        floor_app = web.Application()
        floor_app.router.add_post("/v1/check/url", empty)
        floor = web.AppRunner(floor_app, access_log=None)
        await floor.setup()
        floor_path = str(Path(folder) / "floor.sock")
        await web.UnixSite(floor, floor_path).start()

        listed = next(iter(CompiledList(PACKAGE_DATA / "starter.bin").front(60_000)))
        unlisted = b'{"url":"https://www.jardin-de-mamie.example/recettes","lang":"fr"}'
        questions = {
            "an empty handler that reads the same body": (floor_path, unlisted),
            "a full verdict on an unlisted host": (str(settings.socket_path), unlisted),
            "a listed host": (str(settings.socket_path), b'{"url":"https://%s/","lang":"fr"}' % listed.encode()),
        }
        results: dict[str, list[float]] = {name: [] for name in questions}
        for _ in range(ROUNDS):
            for name, (path, body) in questions.items():
                async with aiohttp.ClientSession("http://localhost", connector=aiohttp.UnixConnector(path)) as session:
                    for _ in range(REQUESTS):
                        start = time.perf_counter()
                        async with session.post("/v1/check/url", data=body, headers=JSON) as reply:
                            await reply.read()
                        results[name].append(time.perf_counter() - start)
        await runner.cleanup()
        await floor.cleanup()
        listener.close()
    lines = [
        "",
        "| over the unix socket, one client | p50 µs | p99 µs | p50 ÷ empty | p99 ÷ empty |",
        "|---|---|---|---|---|",
    ]
    floor50, floor99 = (percentile(next(iter(results.values())), share) for share in (0.5, 0.99))
    for name, values in results.items():
        p50, p99 = percentile(values, 0.5), percentile(values, 0.99)
        lines.append(f"| {name} | {p50 * 1e6:.0f} | {p99 * 1e6:.0f} | {p50 / floor50:.2f} | {p99 / floor99:.2f} |")
    return lines


def main() -> None:
    """Print the figures and keep them."""
    lines = ["# Performance", "", f"Measured by `make bench`, Python on {os.cpu_count()} cores.", "", *in_process()]
    lines += asyncio.run(over_the_socket())
    text = "\n".join(lines) + "\n"
    print(text)
    (ROOT / "docs/reference/performance.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
