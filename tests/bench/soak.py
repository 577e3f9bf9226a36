"""A heavy day of one person in an hour, on the real daemon: what it holds of memory, files, threads and disk meanwhile.

``python tests/bench/soak.py HOURS``; `make soak` calls it. The samples and the plot go to build/soak/; a run of an hour
or more also writes its section of docs/reference/load.md and docs/images/soak.svg.
"""

from __future__ import annotations

import asyncio
import base64
import csv
import json
import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp
from aiohttp.test_utils import TestServer
from page import write_section
from plot import Panel, svg

from guetteur.evaluate.tables import Table, markdown
from guetteur.publish.sync_blocklists import PUBLISHED

sys.path.insert(0, str(Path(__file__).parents[1]))
from support import traffic
from support.daemon import Daemon
from support.maintainer import PASSPHRASE, Maintainer
from support.report_doubles import Doubles
from support.vitals import Vitals, machine, vitals

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build/soak"
PAGE, IMAGE = ROOT / "docs/reference/load.md", ROOT / "docs/images/soak.svg"
LOOK_EVERY_S = 5.0
SESSIONS = 6
"""How often the browser is opened in a run."""
DAY = {"visit": 3000, "page": 900, "mail": 250, "exception": 30, "report": 12, "publish": 8, "status": 600}
"""Events in a run of an hour: some ten times an ordinary day's."""
WARM = 0.2
"""Share of the run after which everything has been used once and growth counts."""
DOWN_S, SETTLED_S = 90.0, 300.0
MB = 1e6


class Sample(NamedTuple):
    """One look: seconds since the start, the process, bytes on disk and in its databases."""

    at: float
    process: Vitals
    disk: int
    databases: int


@dataclass(slots=True)
class Day:
    """One person's day.

    Attributes:
        daemon: theirs.
        maintainer: of the lists it renews, at ``server``.
        done: events that went as they should, by kind.
        wrong: what did not.
    """

    daemon: Daemon
    maintainer: Maintainer
    server: TestServer
    doubles: Doubles
    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    session: aiohttp.ClientSession | None = None
    _numbers: count[int] = field(default_factory=count)
    _pages: Any = field(default_factory=lambda: cycle(traffic.pages()))
    _mails: Any = field(default_factory=lambda: cycle(traffic.long_mails()))

    async def open_browser(self) -> None:
        """As the relay does: a few connections that are kept; those of the browser before are hung up."""
        if self.session is not None:
            await self.session.close()
        connector = aiohttp.UnixConnector(str(self.daemon.settings.socket_path), limit=8, keepalive_timeout=240)
        self.session = aiohttp.ClientSession("http://localhost", connector=connector)

    async def ask(self, path: str, body: bytes | None = None, **parts: Any) -> Any:
        """One call that has to be answered with 200."""
        assert self.session is not None
        body = body if body is not None else json.dumps(parts).encode()
        async with self.session.post(path, data=body, headers={"Content-Type": "application/json"}) as reply:
            told = await reply.json()
            if reply.status != 200:
                raise AssertionError(f"{path}: {reply.status} {told['error']['code']}")
            return told

    async def visit(self) -> None:
        """A page is opened: mostly known names, sometimes a new one, now and then a trap."""
        number = next(self._numbers)
        if number % 50 == 7:
            host, wanted = traffic.FAKE_HOSTS[number % len(traffic.FAKE_HOSTS)], "DANGER"
        else:
            names, wanted = traffic.popular(), ""
            host = names[random.randrange(len(names))]
            if number % 5 == 0:  # doubted a little, so that the visit is kept
                host = f"boutique-orange-{number}.fr"
        told = await self.ask("/v1/check/url", url=f"https://{host}/page/{number}", lang="fr", visit=True)
        assert not wanted or told["level"] == wanted, (host, told["level"])

    async def page(self) -> None:
        """A page is described."""
        question = next(self._pages)
        await self.ask(question.path, question.body)

    async def mail(self) -> None:
        """A mail is read."""
        question = next(self._mails)
        await self.ask(question.path, question.body)

    async def status(self) -> None:
        """The popup is opened."""
        assert self.session is not None
        async with self.session.get("/v1/status") as reply:
            told = await reply.json()
        assert told["store"]["ok"], told["store"]

    async def exception(self) -> None:
        """An exception is made and taken back."""
        host = f"exception-{next(self._numbers)}.example"
        await self.ask("/v1/exceptions", action="add", host=host)
        await self.ask("/v1/exceptions", action="remove", host=host)

    async def report(self) -> None:
        """A page with picture and source is reported to two services."""
        number = next(self._numbers)
        url = f"https://impots-gouv-remboursement-{number}.com/fr/login"
        case = (await self.ask("/v1/report/begin", what="page", url=url, browser="Firefox 145"))["case"]
        pieces = {"screenshot": b"\x89PNG\r\n\x1a\n" + random.randbytes(400_000), "html": b"<p>Votre colis</p>" * 3000}
        for name, data in pieces.items():
            parts = [data[at : at + 300_000] for at in range(0, len(data), 300_000)]
            for part, piece in enumerate(parts):
                coded = base64.b64encode(piece).decode()
                await self.ask("/v1/report/evidence", case=case, name=name, part=part, parts=len(parts), data=coded)
        await self.ask("/v1/report/preview", case=case)
        if len(self.cases) % 3 == 1:  # a service is down for a while: the report waits and is sent again
            intake = self.doubles.by_channel["intake"]
            intake.mode = "503"
            asyncio.get_running_loop().call_later(DOWN_S, setattr, intake, "mode", "ok")
        await self.ask("/v1/report/send", case=case, channels=["netcraft", "intake"])
        self.cases.append(case)
        await self.ask("/v1/report/receipts", case=case)

    async def publish(self) -> None:
        """The maintainer publishes; the daemon renews its lists, and judges by them."""
        number = next(self._numbers)
        host = f"nouveau-piege-{number}.com"
        self.maintainer.feeds["one"] += f"{host}\n"
        status, said = await self.maintainer.publish(str(self.server.make_url("/mirror/")))
        assert status == PUBLISHED, said
        told = await self.ask("/v1/lists/sync")
        assert told["outcome"] == "updated", told
        assert (await self.ask("/v1/check/url", url=f"https://{host}/", lang="fr"))["level"] == "DANGER"

    async def settle(self) -> None:
        """Whatever still waits is sent; every service has to have everything in the end."""
        until = time.monotonic() + SETTLED_S
        states: Counter[str] = Counter()
        while time.monotonic() < until:
            states.clear()
            for case in self.cases:
                (found,) = (await self.ask("/v1/report/receipts", case=case))["cases"]
                states.update(one["state"] for one in found["receipts"])
            if set(states) <= {"accepted"}:
                break
            await asyncio.sleep(2)
        else:
            self.wrong.append(f"reports that are not with the services: {dict(states)}")
        self.done.update({f"receipt {state}": number for state, number in states.items()})


def look(daemon: Daemon, pid: int, begun: float) -> Sample:
    """One sample."""
    sizes = {path: path.stat().st_size for path in daemon.settings.state_dir.rglob("*") if path.is_file()}
    databases = sum(size for path, size in sizes.items() if ".db" in path.name)
    return Sample(time.monotonic() - begun, vitals(pid), sum(sizes.values()), databases)


async def live(day: Day, pid: int, hours: float) -> list[Sample]:
    """Spread the day's events over the hours, one after the other, and look meanwhile."""
    length = hours * 3600
    rng = random.Random(20)
    plan = [
        (length * (number + rng.random()) / total, kind)
        for kind, total in ((kind, max(3, round(hours * number))) for kind, number in DAY.items())
        for number in range(total)
    ]
    plan += [(length * number / SESSIONS, "open_browser") for number in range(1, SESSIONS)]
    samples: list[Sample] = []
    begun = time.monotonic()

    async def watch() -> None:
        while True:
            samples.append(look(day.daemon, pid, begun))
            await asyncio.sleep(LOOK_EVERY_S)

    watching = asyncio.create_task(watch())
    await day.open_browser()
    for at, kind in sorted(plan):
        await asyncio.sleep(max(0.0, at - (time.monotonic() - begun)))
        step: Callable[[], Awaitable[None]] = getattr(day, kind)
        try:
            await step()
            day.done[kind] += 1
        except (AssertionError, aiohttp.ClientError, TimeoutError) as error:
            day.wrong.append(f"{kind}: {error!r}")
            print(day.wrong[-1], flush=True)
    await asyncio.sleep(max(0.0, length - (time.monotonic() - begun)))
    await day.settle()
    watching.cancel()
    return samples


def rows(daemon: Daemon) -> dict[str, int]:
    """How many rows each table of the databases has at the end."""
    found = {}
    for path in sorted(daemon.settings.state_dir.rglob("*.db")):
        with closing(sqlite3.connect(path)) as db:
            tables = [name for (name,) in db.execute("select name from sqlite_master where type = 'table'")]
            for table in tables:
                if not table.startswith("sqlite_"):
                    found[f"{path.name} {table}"] = db.execute(f'select count(*) from "{table}"').fetchone()[0]
    return found


async def soak(hours: float, folder: Path) -> tuple[Day, list[Sample]]:
    """Start everything, live the day, stop everything."""
    os.environ["GUETTEUR_KEY_PASSPHRASE"] = PASSPHRASE
    maintainer, doubles = Maintainer(folder), Doubles()
    for channel in ("netcraft", "intake"):
        await doubles.add(channel)
    async with TestServer(maintainer.app(), host="127.0.0.1") as server:
        maintainer.feeds = {"one": "".join(f"{host}\n" for host in traffic.listed()), "two": "http://other.com/x\n"}
        status, said = await maintainer.publish(str(server.make_url("/mirror/")))
        assert status == PUBLISHED, said
        bases = folder / "bases.json"
        bases.write_text(json.dumps(doubles.bases), "utf-8")
        daemon = Daemon(
            {
                "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
                "GUETTEUR_LISTS_URL": str(server.make_url("/published/")),
                "GUETTEUR_LISTS_ROOT": str(maintainer.root),
            },
            command=(str(ROOT / "tests/support/report_daemon.py"), str(bases)),
        )
        await daemon.start()
        try:
            for name, value in (
                ("email", "claire@exemple.fr"),
                ("intake_url", "https://intake.exemple/"),
                ("intake_token", "in-token"),
            ):
                await daemon.ask("/v1/report/channels", {"id": name, "value": value})
            day = Day(daemon, maintainer, server, doubles)
            status_now = await daemon.status()
            assert status_now
            samples = await live(day, status_now["pid"], hours)
            day.done.update({f"rows of {name}": number for name, number in rows(daemon).items()})
            if day.session is not None:
                await day.session.close()
        finally:
            await daemon.close()
            await doubles.close()
    return day, samples


def save(samples: list[Sample]) -> None:
    """The samples as CSV."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "samples.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["s", *Vitals._fields, "disk", "databases"])
        for one in samples:
            writer.writerow([f"{one.at:.1f}", *one.process, one.disk, one.databases])


def draw(samples: list[Sample]) -> str:
    """Memory, descriptors, threads and disk over the minutes."""
    minutes = [one.at / 60 for one in samples]
    panels = [
        Panel("memory, MB", {
            "resident": [one.process.rss / MB for one in samples],
            "of it private": [one.process.private / MB for one in samples],
        }),
        Panel("open files and threads", {
            "file descriptors": [one.process.files for one in samples],
            "threads": [one.process.threads for one in samples],
        }),
        Panel("on disk, MB", {
            "whole state folder": [one.disk / MB for one in samples],
            "databases": [one.databases / MB for one in samples],
        }),
    ]  # fmt: skip
    return svg(minutes, panels, "minutes")


def tell(day: Day, samples: list[Sample], hours: float) -> str:
    """The section of the page."""
    late = [one for one in samples if one.at >= WARM * hours * 3600]
    part = max(1, len(late) // 6)
    first, last = late[:part], late[-part:]

    def row(name: str, value: Callable[[Sample], float], digits: int = 1) -> tuple[str, ...]:
        before, after = statistics.median(map(value, first)), statistics.median(map(value, last))
        most = max(map(value, samples))
        return (
            name,
            f"{before:.{digits}f}",
            f"{after:.{digits}f}",
            f"{after - before:+.{digits}f}",
            f"{most:.{digits}f}",
        )

    table = Table(
        "Before and after",
        ("of the daemon", "after the warm-up", "at the end", "change", "most"),
        (
            row("resident memory, MB", lambda one: one.process.rss / MB),
            row("private memory, MB", lambda one: one.process.private / MB),
            row("file descriptors", lambda one: one.process.files, 0),
            row("threads", lambda one: one.process.threads, 0),
            row("databases, MB", lambda one: one.databases / MB, 2),
            row("state folder, MB", lambda one: one.disk / MB, 2),
        ),
        f"Medians of the first and last sixth of the samples after {WARM:.0%} of the run.",
    )
    events = Table("What happened", ("event", "times"), tuple((kind, f"{n:,}") for kind, n in sorted(day.done.items())))
    used = samples[-1].process.cpu_s - samples[0].process.cpu_s
    said = (
        f"{hours:g} hours, {len(samples)} looks; the daemon used {used:.0f} s of a processor."
        f" Gone wrong: {len(day.wrong)}. {machine()}"
    )
    return said + "\n\n" + markdown([table, events], heading="###")


def main() -> None:
    """Run for the hours asked; leave with status 1 when anything went wrong."""
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    with tempfile.TemporaryDirectory(prefix="gs-", ignore_cleanup_errors=True) as folder:
        day, samples = asyncio.run(soak(hours, Path(folder)))
    save(samples)
    (BUILD / "soak.svg").write_text(draw(samples), "utf-8")
    text = tell(day, samples, hours)
    (BUILD / "soak.md").write_text(text + "\n", "utf-8")
    print(text)
    if day.wrong:
        print(*day.wrong, sep="\n")
        sys.exit(1)
    if hours >= 1:
        shutil.copy(BUILD / "soak.svg", IMAGE)
        write_section(PAGE, "soak", text)


if __name__ == "__main__":
    main()
