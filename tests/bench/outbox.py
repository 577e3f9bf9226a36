"""What the outbox puts on the disk, beside the least that SQLite does for the same bytes: in turns, in one run."""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec

from guetteur.config import PACKAGE_DATA
from guetteur.evaluate.tables import Table
from guetteur.reports.channels.interface import Receipt
from guetteur.reports.channels.registry import build_channels
from guetteur.reports.outbox import FILE_NAME, Outbox, Waits
from guetteur.reports.table import load_channels

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.report_cases import PAGE, PLACE

SEED, REPORTS = 20_261_129, 2_000


def commits(disk: Path) -> Table:
    """Time of every commit that a report needs, on the disk of the folder ``disk``."""
    source = random.Random(SEED)
    channel = build_channels(load_channels(PACKAGE_DATA))["netcraft"]
    spent: defaultdict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    sizes = Counter[str]()
    with tempfile.TemporaryDirectory(prefix="gr-", dir=disk) as folder:
        # All are sent at once, so there is no pause between two; the rest is as shipped.
        outbox = Outbox(Path(folder) / FILE_NAME, waits=Waits(gap=timedelta()))
        bare = _bare(Path(folder) / "bare.db")
        for number in range(REPORTS):
            id_ = uuid.UUID(int=source.getrandbits(128))
            case = msgspec.structs.replace(PAGE, id=str(id_), url=f"{PAGE.url}&n={number}")
            draft = channel.draft(case, (), PLACE)
            receipt = Receipt("accepted", reference=id_.hex)
            calls: dict[str, tuple[Callable[[], object], object]] = {
                "queue a report": (partial(outbox.queue, case, [draft]), (case, draft)),
                "begin to send it": (partial(outbox.begin, draft.channel), Receipt("sending")),
                "keep the answer": (partial(outbox.finish, draft, receipt), receipt),
            }
            for call, (ours, kept) in calls.items():
                data = msgspec.json.encode(kept)
                sizes[call] = max(sizes[call], len(data))
                pair = [ours, partial(bare.execute, "insert into kept values (?)", (data,))]
                for which in source.sample((0, 1), 2):
                    began = time.perf_counter()
                    pair[which]()
                    spent[call][which].append(time.perf_counter() - began)
        states = Counter(entry.state for entry in outbox.entries())
        outbox.close()
        bare.close()
    if states != {"accepted": REPORTS}:
        sys.exit(f"the outbox holds {dict(states)}")
    columns = ("call", "bytes", "p50, ms", "bare, ms", "times", "p99, ms", "bare, ms", "times")
    note = f"{REPORTS:,} reports, one after the other; each call and its bare insert in random order."
    return Table("Commits", columns, tuple(_row(call, sizes[call], *both) for call, both in spent.items()), note)


def _bare(path: Path) -> sqlite3.Connection:
    """A file of one table with the settings of the outbox."""
    bare = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode = wal", "synchronous = full", "secure_delete = on"):
        bare.execute(f"pragma {setting}")
    bare.execute("create table kept (content blob not null)")
    return bare


def _row(call: str, size: int, ours: Sequence[float], bare: Sequence[float]) -> tuple[str, ...]:
    cells = [call, f"{size:,}"]
    for percent in (50, 99):
        mine, least = (statistics.quantiles(times, n=100)[percent - 1] for times in (ours, bare))
        cells += [f"{mine * 1e3:.2f}", f"{least * 1e3:.2f}", f"{mine / least:.2f}"]
    return tuple(cells)
