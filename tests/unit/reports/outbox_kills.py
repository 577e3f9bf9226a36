"""Kills a process that queues and delivers, at random moments; run by `test_outbox_kills`.

One process imports everything once; each point is a fork of it that opens the outbox, queues two reports, says so, and
delivers to a server that honours the idempotency key, until SIGKILL. In the end everything that was said to be queued
must have been taken, once, and have its receipt.
"""

import asyncio
import os
import random
import signal
import sys
import time
import traceback
from datetime import timedelta
from pathlib import Path

import msgspec
from aiohttp import web

sys.path.insert(0, str(Path(__file__).parents[2]))
from guetteur.egress import errand
from guetteur.reports.channels.intake import Channel
from guetteur.reports.delivery import Delivery
from guetteur.reports.outbox import Outbox, Waits
from guetteur.reports.table import ChannelFacts
from support.egress import Unkept
from support.report_cases import PAGE

WAITS = Waits(first=timedelta(), gap=timedelta(), offline=timedelta(), poll=timedelta(days=1), attempts=10_000)
FACTS = msgspec.convert(
    {
        "id": "intake", "kind": "api", "name": "x", "name_en": "x", "accepts": ["page"], "privacy": "x", "source": "x",
        "privacy_en": "x", "sent": "x", "sent_en": "x", "checked": "2026-11-24", "settings": {"host": "x"},
    },
    ChannelFacts,
)  # fmt: skip


def serve(log: Path, ready: int) -> None:
    """The other side: writes down every request, then answers; the same key gets the same answer."""
    taken: dict[str, str] = {}

    async def take(request: web.Request) -> web.Response:
        key = request.headers["Idempotency-Key"]
        await request.read()
        new = key not in taken
        taken.setdefault(key, f"id-{len(taken)}")
        with log.open("a") as file:
            file.write(f"{'new' if new else 'again'} {key} {taken[key]}\n")
        await asyncio.sleep(random.random() * 0.01)
        return web.json_response({"id": taken[key]}, status=201)

    async def run() -> None:
        app = web.Application()
        app.router.add_post("/", take)
        runner = web.AppRunner(app, handle_signals=False)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        os.write(ready, str(runner.addresses[0][1]).encode())
        await asyncio.Event().wait()

    asyncio.run(run())


def work(home: Path, base: str, point: int, said: int) -> None:
    """What is killed."""
    box = Outbox(home / "outbox.db", waits=WAITS)
    channel = Channel(FACTS, base)
    for number in range(2):
        url = f"https://scam-{point}-{number}.example-scam.com/"
        case = msgspec.structs.replace(PAGE, id=f"case-{point}-{number}", url=url)
        box.queue(case, [channel.draft(case, ())])
        os.write(said, f"{case.id}\n".encode())
    delivery = Delivery(box, {"intake": channel}, dict)

    async def deliver() -> None:
        waiting = "select 1 from reports where state in ('queued', 'sending') limit 1"
        while box.file.read(waiting):
            await delivery.run()

    with errand(Unkept(), "report"):
        asyncio.run(deliver())
    box.close()


def fork(run: object, *arguments: object) -> int:
    if pid := os.fork():
        return pid
    try:
        run(*arguments)  # type: ignore[operator]
        os._exit(0)
    except BaseException:  # noqa: BLE001 -- the child must end here, whatever happened
        traceback.print_exc()
        os._exit(1)


def timed(run: object, *arguments: object) -> float:
    began = time.monotonic()
    assert os.waitpid(fork(run, *arguments), 0)[1] == 0
    return time.monotonic() - began


def main() -> None:
    home, points, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)
    log, said = home / "server.log", home / "said"
    ready, tell = os.pipe()
    server = fork(serve, log, tell)
    base = f"http://127.0.0.1:{os.read(ready, 20).decode()}/"
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    killed = 0
    try:
        whole = min(timed(work, home, base, point, out) for point in (-3, -2, -1))
        point = 0
        while killed < points:
            # A run that ends before its moment comes is no kill: the next one counts.
            pid = fork(work, home, base, point, out)
            time.sleep(chance.random() * whole)
            os.kill(pid, signal.SIGKILL)
            killed += os.WIFSIGNALED(os.waitpid(pid, 0)[1])
            point += 1
            assert point < 3 * points + 20
        assert os.waitpid(fork(work, home, base, point, out), 0)[1] == 0
    finally:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
    check(home / "outbox.db", log, said)
    print(killed)


def check(path: Path, log: Path, said: Path) -> None:
    lines = [line.split() for line in log.read_text().splitlines()]
    taken = {key.removesuffix(".intake"): reference for kind, key, reference in lines if kind == "new"}
    assert len(taken) == sum(kind == "new" for kind, _, _ in lines), "a key was taken twice"
    box = Outbox(path)
    entries = {entry.case: entry for entry in box.entries()}
    queued = set(said.read_text().split())
    assert queued <= set(entries), "a report that was said to be queued is lost"
    assert set(taken) == set(entries), "what is in the outbox and what was taken differ"
    for case, entry in entries.items():
        assert (entry.state, entry.reference) == ("accepted", taken[case]), entry
    print(len(entries), "reports,", sum(kind == "again" for kind, _, _ in lines), "sent again", file=sys.stderr)


if __name__ == "__main__":
    main()
