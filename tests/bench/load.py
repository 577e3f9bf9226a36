"""64 checks at once for MINUTES on the real daemon, while slow and half-open clients come and go; beside the floor.

``python tests/bench/load.py [MINUTES]``; `make load` calls it. Each minute is shared out: the mix and then addresses
alone, each asked of the daemon and then of an empty aiohttp handler in a process of its own that reads the same bodies.
The daemon's memory is looked at all the while. Writes its section of docs/reference/load.md; leaves with status 1
when a check was not answered or memory grew beyond the bound.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import aiohttp
from check import percentile
from page import write_section

from guetteur.evaluate.tables import Table, markdown

sys.path.insert(0, str(Path(__file__).parents[1]))
from support import traffic
from support.daemon import Daemon
from support.strangers import Strangers
from support.traffic import AT_ONCE
from support.vitals import Vitals, machine, vitals

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from support.traffic import Question

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/load.md"
SHORTEST = 10
"""Minutes of a run whose figures are kept."""
WARM_S = 60.0
LOOK_EVERY_S = 2.0
MOST_GROWTH = 0.05
#: What the limits answer to more than is taken at once: stated, no fault.
LIMITED = {"503 too_busy", "503 check_too_slow"}
#: Seconds of each minute: what is asked, of whom.
MINUTE = (("mix", "daemon", 42.0), ("mix", "empty", 8.0), ("addresses", "daemon", 6.0), ("addresses", "empty", 4.0))
MB = 1e6


class Look(NamedTuple):
    """The daemon at a moment, in seconds since the load began."""

    at: float
    process: Vitals


@dataclass(slots=True)
class Asking:
    """What came of all questions.

    Attributes:
        times: seconds by phase, who was asked, kind.
        refused: answers that were no verdict, by status and code.
        broken: connections that ended without an answer.
    """

    times: dict[tuple[str, str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)


async def ask_at_once(asking: Asking, phase: str, whom: str, session: aiohttp.ClientSession, seconds: float) -> None:
    """64 clients, each with the next question as soon as it has its answer."""
    until = time.perf_counter() + seconds

    async def one(questions: Iterator[Question]) -> None:
        for question in questions:
            start = time.perf_counter()
            if start > until:
                return
            try:
                async with session.post(question.path, data=question.body, headers=traffic.JSON) as reply:
                    told = await reply.read()
            except (aiohttp.ClientError, OSError) as error:
                asking.broken[f"{whom}: {type(error).__name__}"] += 1
                continue
            if reply.status != 200:
                asking.refused[f"{reply.status} {json.loads(told)['error']['code']}"] += 1
                continue
            asking.times[phase, whom, question.kind].append(time.perf_counter() - start)

    shares = traffic.SHARES if phase == "mix" else {"address": 1}
    await asyncio.gather(*(one(traffic.mixed(number, shares)) for number in range(AT_ONCE)))


@contextlib.asynccontextmanager
async def empty_handler(path: str) -> AsyncIterator[None]:
    """The floor, in a process of its own."""
    process = await asyncio.create_subprocess_exec(sys.executable, __file__, "--empty", path)
    while not Path(path).exists():
        await asyncio.sleep(0.05)
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


def serve_empty(path: str) -> None:
    """Read the body, answer ``{}``."""
    from aiohttp import web

    async def empty(request: web.Request) -> web.Response:
        with contextlib.suppress(ConnectionError):
            await request.read()
        return web.Response(body=b"{}", content_type="application/json")

    app = web.Application(client_max_size=1024 * 1024)
    app.router.add_post("/{path:.*}", empty)
    web.run_app(app, path=path, access_log=None, print=lambda *_: None)


async def run(minutes: int, folder: Path) -> tuple[Asking, list[Look], Strangers]:
    """The load; the warm-up's times are dropped, its looks are before zero."""
    daemon, floor = Daemon(), str(folder / "floor.sock")
    await daemon.start()
    try:
        status = await daemon.status()
        assert status
        pid, looks = status["pid"], []
        sockets = {"daemon": str(daemon.settings.socket_path), "empty": floor}
        strangers = {whom: Strangers(path) for whom, path in sockets.items()}
        begun = time.perf_counter() + WARM_S

        async def look() -> None:
            while True:
                looks.append(Look(time.perf_counter() - begun, vitals(pid)))
                await asyncio.sleep(LOOK_EVERY_S)

        async with empty_handler(floor):
            asking, looking = Asking(), asyncio.create_task(look())

            async def phase(into: Asking, name: str, whom: str, seconds: float) -> None:
                connector = aiohttp.UnixConnector(sockets[whom], limit=AT_ONCE)
                async with (
                    strangers[whom].about(),
                    aiohttp.ClientSession("http://localhost", connector=connector) as session,
                ):
                    await ask_at_once(into, name, whom, session, seconds)

            await phase(Asking(), "mix", "daemon", WARM_S)
            for minute in range(minutes):
                for name, whom, seconds in MINUTE:
                    await phase(asking, name, whom, seconds)
                print(f"minute {minute + 1}: {looks[-1].process}", flush=True)
            looking.cancel()
    finally:
        await daemon.close()
    return asking, looks, strangers["daemon"]


def growth(looks: list[Look], part_s: float = 60.0) -> tuple[float, float]:
    """By what share memory grew: medians of first and last minute; and by the slope (Theil–Sen) over all."""
    told = [(one.at, one.process.rss) for one in looks if one.at >= 0]
    end = told[-1][0]
    first = statistics.median(rss for at, rss in told if at <= part_s)
    last = statistics.median(rss for at, rss in told if at >= end - part_s)
    thin = told[:: max(1, len(told) // 200)]
    slopes = [(b - a) / (t - s) for n, (s, a) in enumerate(thin) for t, b in thin[n + 1 :]]
    return last / first - 1, statistics.median(slopes) * end / first


def tell(asking: Asking, looks: list[Look], strangers: Strangers, minutes: int) -> str:
    """The section of the page."""
    rows, names = [], {"mix": "in the mix", "addresses": "alone"}
    for (phase, whom, kind), times in asking.times.items():
        if whom != "daemon":
            continue
        floor = asking.times[phase, "empty", kind]
        own, bare = ([percentile(values, share) * 1e3 for share in (0.5, 0.99)] for values in (times, floor))
        rows.append(
            (
                f"{kind}, {names[phase]}", f"{len(times):,}", f"{own[0]:.1f}", f"{own[1]:.1f}", f"{bare[0]:.1f}",
                f"{bare[1]:.1f}", f"{own[0] / bare[0]:.1f}", f"{own[1] / bare[1]:.1f}",
            )
        )  # fmt: skip
    columns = ("check", "answered", "p50, ms", "p99, ms", "empty p50", "empty p99", "p50 ÷ empty", "p99 ÷ empty")
    seconds = {(phase, whom): each * minutes for phase, whom, each in MINUTE}
    rates = {
        key: sum(len(times) for (phase, whom, _), times in asking.times.items() if (phase, whom) == key) / spent
        for key, spent in seconds.items()
    }
    note = (
        f"Answers a second: the mix {rates['mix', 'daemon']:,.0f} (empty {rates['mix', 'empty']:,.0f}), addresses alone"
        f" {rates['addresses', 'daemon']:,.0f} (empty {rates['addresses', 'empty']:,.0f})."
    )
    checks = Table(f"{AT_ONCE} checks at once for {minutes} minutes", columns, tuple(rows), note)
    late = [one.process for one in looks if one.at >= 0]
    grew, slope = growth(looks)
    held = Table(
        "The daemon meanwhile",
        ("", "first minute", "last minute", "most"),
        tuple(
            (name, *(f"{value / by:,.{digits}f}" for value in _before_and_after(looks, which)))
            for name, which, by, digits in (
                ("resident memory, MB", "rss", MB, 1), ("private memory, MB", "private", MB, 1),
                ("file descriptors", "files", 1, 0), ("threads", "threads", 1, 0),
            )
        ),
        f"Resident memory: {grew:+.1%} from first to last minute, {slope:+.1%} by its slope ({len(late)} looks).",
    )  # fmt: skip
    refused = ", ".join(f"{what} × {times}" for what, times in asking.refused.items()) or "none"
    broken = ", ".join(f"{what} × {times}" for what, times in asking.broken.items()) or "none"
    said = (
        f"Checks refused: {refused}. Connections of those who ask broken off: {broken}."
        f" Strangers' connections: {strangers.came:,}, of the lasting ones ended by the daemon: {strangers.cut:,}."
        f" {machine()}"
    )
    return f"{markdown([checks, held], heading='###').strip()}\n\n{said}"


def _before_and_after(looks: list[Look], which: str) -> tuple[float, float, float]:
    end = looks[-1].at
    values = [(one.at, float(getattr(one.process, which))) for one in looks if one.at >= 0]
    first = statistics.median(value for at, value in values if at <= 60)
    last = statistics.median(value for at, value in values if at >= end - 60)
    return first, last, max(value for _, value in values)


def main() -> None:
    """Run, print, write."""
    if sys.argv[1:2] == ["--empty"]:
        serve_empty(sys.argv[2])
        return
    minutes = int(sys.argv[1]) if len(sys.argv) > 1 else SHORTEST
    with tempfile.TemporaryDirectory(prefix="gl-") as folder:
        asking, looks, strangers = asyncio.run(run(minutes, Path(folder)))
    text = tell(asking, looks, strangers, minutes)
    print(text)
    grew, _ = growth(looks)
    if minutes >= SHORTEST:
        write_section(PAGE, "load", text)
    if set(asking.refused) - LIMITED or asking.broken or grew > MOST_GROWTH:
        sys.exit("a check was not answered, or memory grew beyond the bound")


if __name__ == "__main__":
    main()
