"""List look-ups beside peers in one run: `python tests/bench/lists.py [MILLIONS …]`, five interleaved rounds each.

Peers: `adblock` 0.6.0 (PyPI: Brave's adblock-rust of 2022), uBlock Origin's HNTrie (npm @gorhill/ubo-core, where
GUETTEUR_UBO names its folder), a Python frozenset, SQLite as Pi-hole has it. A question is "is this host or any
parent of it listed"; no engine parses a URL except adblock, which takes only URLs (about 4 µs of its time). Prints
medians and ratios, and writes docs/reference/performance-lists.md.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from guetteur.lists.compiled import NOT_LISTED, CompiledList
from guetteur.lists.writer import ListedKey, compile_list

ROOT = Path(__file__).parents[2]
ROUNDS, ASKED = 5, 20_000
OPEN = """
import os, sys, time
from pathlib import Path
from guetteur.lists.compiled import CompiledList
def private():
    rows = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(row.split()[1]) for row in rows if row.startswith("Private_Dirty")) / 1000
if sys.argv[3:] == ["cold"]:
    with open(sys.argv[1], "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
before, start = private(), time.perf_counter()
opened = CompiledList(Path(sys.argv[1]))
assert opened.find_id(sys.argv[2]) >= 0
print((time.perf_counter() - start) * 1000, private() - before)
"""


def make_names(count: int, seed: int = 2026, without: frozenset[str] = frozenset()) -> list[str]:
    """Distinct host names, the same at every run: words and suffixes of really listed hosts, put together anew."""
    source = random.Random(seed)
    with gzip.open(ROOT / "blocklists/starter.csv.gz", "rt", encoding="utf-8") as file:
        hosts = [row["host"] for row in csv.DictReader(file)]
    heads, tails = [host.split(".")[0] for host in hosts], [host.partition(".")[2] for host in hosts]
    words = [word for head in heads for word in head.split("-") if len(word) > 2 and word != "www"]
    names: dict[str, None] = {}
    while len(names) < count:
        label = "-".join(source.choices(words, k=source.choice((1, 2, 2, 3))))[:50]
        name = f"{label}{source.choice(('', source.randint(0, 99)))}.{source.choice(tails)}"
        if name not in without:
            names[name] = None
    return list(names)


def parents(host: str) -> Iterator[str]:
    """The host and its parents, longest first: what a plain set has to be asked."""
    yield host
    at = host.find(".")
    while at >= 0:
        yield host[at + 1 :]
        at = host.find(".", at + 1)


def timed(ask: Callable[[str], bool], hosts: list[str]) -> tuple[float, int]:
    """Nanoseconds a question, and how many were answered "listed"."""
    found = 0
    start = time.perf_counter_ns()
    for host in hosts:
        if ask(host):
            found += 1
    return (time.perf_counter_ns() - start) / len(hosts), found


class Node:
    """The HNTrie peer, a Node process that runs one round when asked."""

    def __init__(self, core: str, folder: Path) -> None:
        files = [str(folder / name) for name in ("list.txt", "hit.txt", "miss.txt")]
        script = str(Path(__file__).with_name("peers") / "hntrie.mjs")
        command = ["node", "--max-old-space-size=8192", script, core, *files]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = self._read()

    def round(self) -> dict[str, dict[str, float]]:
        """Time hits and misses once."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)

    def _read(self) -> dict[str, dict[str, float]]:
        assert self._process.stdout is not None
        answer: dict[str, dict[str, float]] = json.loads(self._process.stdout.readline())
        return answer


def sqlite_engine(folder: Path, names: list[str]) -> Callable[[str], bool]:
    """Pi-hole's way: one indexed table, asked for each parent."""
    database = sqlite3.connect(folder / "gravity.db")
    database.execute("CREATE TABLE gravity (domain TEXT PRIMARY KEY) WITHOUT ROWID")
    database.executemany("INSERT INTO gravity VALUES (?)", ((name,) for name in sorted(names)))
    database.commit()
    select = "SELECT 1 FROM gravity WHERE domain = ?"
    return lambda host: any(database.execute(select, (name,)).fetchone() for name in parents(host))


def measure(millions: float) -> list[str]:
    """All engines at one size, as a Markdown table."""
    names = make_names(int(millions * 1_000_000))
    source = random.Random(7)
    hits = source.sample(names, ASKED)
    # Unlisted hosts of four labels, of the same making as the listed ones.
    fresh = make_names(4 * ASKED, seed=11, without=frozenset(names))
    misses = [
        host
        for host in (f"www.{name}" if name.count(".") == 2 else f"www.a.{name}" for name in fresh)
        if host.count(".") == 3
    ]
    misses = misses[:ASKED]
    lines = [f"## {millions:g} million hosts", ""]
    with tempfile.TemporaryDirectory(prefix="gl-") as place:
        folder = Path(place)
        plain = sum(len(name) + 1 for name in names)
        start = time.perf_counter()
        compile_list(
            folder / "c.list",
            map(ListedKey, names),
            version="v",
            built_at=datetime(2026, 1, 1, tzinfo=UTC),
            sources=("s",),
        )
        built = time.perf_counter() - start
        size = (folder / "c.list").stat().st_size
        (folder / "list.txt").write_text("\n".join(names))
        (folder / "hit.txt").write_text("\n".join(hits))
        (folder / "miss.txt").write_text("\n".join(misses))
        fresh = [sys.executable, "-c", OPEN, str(folder / "c.list"), hits[0]]
        opened, grown = map(float, subprocess.check_output(fresh).split())
        os.sync()
        cold = float(subprocess.check_output([*fresh, "cold"]).split()[0])
        compiled = CompiledList(folder / "c.list")
        lines += [
            f"- compile (names to file): {built:.1f} s; disk {size / 1e6:.1f} MB, {size / plain:.2f}× the text",
            f"- open to first answer, page cache warm: {opened:.2f} ms, cold: {cold:.1f} ms; private {grown:+.2f} MB",
            "",
        ]
        frozen = frozenset(names)
        find_id = compiled.find_id
        engines: dict[str, Callable[[str], bool]] = {
            "guetteur": lambda host: find_id(host) != NOT_LISTED,
            "frozenset": lambda host: any(name in frozen for name in parents(host)),
            "SQLite (Pi-hole)": sqlite_engine(folder, names),
        }
        adblock = adblock_engine(names) if millions <= 5 else None
        if adblock is not None:
            engines["adblock 0.6.0 (adblock-rust, 2022)"] = adblock
        core = os.environ.get("GUETTEUR_UBO")
        node = Node(core, folder) if core and shutil.which("node") and millions <= 1 else None
        lines += table(engines, node, hits, misses)
        if node is not None:
            node.close()
    return lines


def adblock_engine(names: list[str]) -> Callable[[str], bool] | None:
    """Brave's engine, when the package is installed."""
    try:
        import adblock
    except ImportError:
        return None
    filters = adblock.FilterSet(debug=False)
    filters.add_filters([f"||{name}^" for name in names])
    engine = adblock.Engine(filters)
    return lambda host: bool(engine.check_network_urls(f"https://{host}/", "https://example.org/", "script").matched)


def table(
    engines: dict[str, Callable[[str], bool]], node: Node | None, hits: list[str], misses: list[str]
) -> list[str]:
    """Interleaved rounds, medians, and our ratio to each."""
    rounds: dict[str, dict[str, list[float]]] = {}
    for _ in range(ROUNDS):
        for name, ask in engines.items():
            for kind, hosts, expected in (("hit", hits, len(hits)), ("miss", misses, 0)):
                nanoseconds, found = timed(ask, hosts)
                rounds.setdefault(name, {}).setdefault(kind, []).append(nanoseconds)
                if found != expected:
                    print(f"note: {name} answered {found} of {expected} on {kind}")
        if node is not None:
            answer = node.round()
            for kind in ("hit", "miss"):
                rounds.setdefault("uBlock Origin HNTrie", {}).setdefault(kind, []).append(answer[kind]["ns"])
    ours = {kind: statistics.median(values) for kind, values in rounds["guetteur"].items()}
    lines = ["| engine | hit ns | miss4 ns | ours ÷ it, hit | ours ÷ it, miss4 |", "|---|---|---|---|---|"]
    for name, kinds in rounds.items():
        hit, miss = (statistics.median(kinds[kind]) for kind in ("hit", "miss"))
        lines.append(f"| {name} | {hit:,.0f} | {miss:,.0f} | {ours['hit'] / hit:.2f} | {ours['miss'] / miss:.3f} |")
    return [*lines, ""]


def main() -> None:
    """Measure each size asked for, print, keep."""
    sizes = [float(text) for text in sys.argv[1:]] or [1.0]
    lines = [
        "# List look-ups beside peers",
        "",
        "Measured by `make bench-lists`; medians of five interleaved rounds, one run.",
        "",
    ]
    for size in sizes:
        lines += measure(size)
        print("\n".join(lines))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    lines.append(f"Peak memory of the run, all engines together: {peak} MB")
    (ROOT / "docs/reference/performance-lists.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
