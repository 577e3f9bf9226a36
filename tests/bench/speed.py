"""What judging costs: µs a host, hosts a second of a whole scan, memory; the floor only parses the address."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import ada_url

from guetteur.checker import Checker
from guetteur.evaluate.judging import judge_url
from guetteur.evaluate.tables import Table

ROUNDS, TIMED, SCANNED, WORKERS = 3, 5_000, 100_000, 2

# Processes of their own, which read hosts from standard input and print their peak memory in KB. The kernel's figure
# for a child that a bigger process started (ru_maxrss) is never below its parent's: VmHWM is the program's own.
_CHECKER = """
import sys
from guetteur.app import build_checker
from guetteur.config import PACKAGE_DATA
from guetteur.evaluate.judging import judge_url
checker = build_checker(PACKAGE_DATA)
for line in sys.stdin:
    judge_url(checker, f"https://{line.strip()}/")
"""
_PARSER = """
import sys
import ada_url
for line in sys.stdin:
    ada_url.URL(f"https://{line.strip()}/").hostname
"""
_PEAK = """
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def measure(checker: Checker, benign: Sequence[str], lookalikes: Sequence[str]) -> list[Table]:
    """Both tables; the floor is measured in the same run, in turn with ours."""
    source = random.Random(5)
    honest = source.sample(list(benign), min(TIMED, len(benign)))
    fake = source.sample(list(lookalikes), min(TIMED, len(lookalikes)))

    def ours(host: str) -> object:
        return judge_url(checker, f"https://{host}/")

    rows = []
    for name, hosts in (("benign hosts", honest), ("look-alikes", fake)):
        spent = [(_each(ours, hosts), _each(_parse, hosts)) for _ in range(ROUNDS)]
        full = [statistics.median(values) for values in zip(*(pair[0] for pair in spent), strict=True)]
        floor = statistics.median(statistics.median(pair[1]) for pair in spent)
        middle = statistics.median(full)
        cells = (middle, statistics.fmean(full), sorted(full)[int(0.99 * len(full))], floor)
        rows.append((name, *(f"{value:.1f}" for value in cells), f"{middle / floor:.0f}"))
    columns = ("asked", "median µs", "mean µs", "p99 µs", "parse only (floor), median µs", "median ÷ floor")
    note = f"Parse and judge, one process, {ROUNDS} rounds over {TIMED:,} hosts, lists off."
    return [Table("Cost of one host", columns, tuple(rows), note), _whole(source, list(benign))]


def _whole(source: random.Random, benign: list[str]) -> Table:
    many = [benign[source.randrange(len(benign))] for _ in range(SCANNED)]
    with tempfile.TemporaryDirectory(prefix="gs-") as folder:
        feed, one = Path(folder) / "feed.txt", Path(folder) / "one.txt"
        feed.write_text("\n".join(many) + "\n", encoding="utf-8")
        one.write_text("example.org\n", encoding="utf-8")
        started = min(_scan(one) for _ in range(3))
        whole = _scan(feed)
        rows = [
            (f"`guetteur scan`, {WORKERS} workers, start-up included", f"{SCANNED / whole:,.0f} hosts/s"),
            (f"the same without start-up ({started:.2f} s)", f"{SCANNED / (whole - started):,.0f} hosts/s"),
        ]
        for name, code in (("checker with lists, 20,000 hosts", _CHECKER), ("parse only (floor)", _PARSER)):
            seconds, peak = _child(code, many[:20_000])
            rows.append((f"peak memory: {name}", f"{peak:.0f} MB ({seconds:.2f} s)"))
    return Table(f"A feed of {SCANNED:,} hosts", ("", ""), tuple(rows))


def _each(ask: Callable[[str], object], hosts: Sequence[str]) -> list[float]:
    times = []
    for host in hosts:
        start = time.perf_counter()
        ask(host)
        times.append((time.perf_counter() - start) * 1e6)
    return times


def _parse(host: str) -> str:
    return str(ada_url.URL(f"https://{host}/").hostname)


def _scan(feed: Path) -> float:
    command = [sys.executable, "-P", "-m", "guetteur", "scan", str(feed), "--no-lists", "--workers", str(WORKERS)]
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)  # status 1: something was found
    return time.perf_counter() - start


def _child(code: str, hosts: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of a process of its own (Linux)."""
    command = [sys.executable, "-P", "-c", code + _PEAK]
    start = time.perf_counter()
    done = subprocess.run(command, input="\n".join(hosts), capture_output=True, text=True, check=True)
    return time.perf_counter() - start, int(done.stdout) / 1024
