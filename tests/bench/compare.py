"""Peers and Guetteur on the same hosts in one run: recall, false alarms, cost, and our recall at each peer's rate.

Hosts on a body's own domain are passed by all (a peer without such a list would warn of the real site). Peers that need
milliseconds a host are asked about a fixed random sample of the benign hosts; Guetteur about all of them.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from peers.contract import Peer

from guetteur.core.hostwalk import parents
from guetteur.evaluate.judging import Judgement
from guetteur.evaluate.tables import Table, alarm_cell
from guetteur.evaluate.tally import Collection

SAMPLE, SEED, TIMED = 20_000, 20_260_101, 300


@dataclass(frozen=True, slots=True)
class Hosts:
    """The hosts to ask, wrong labels taken out."""

    confirmed: list[str]
    suspicious: list[str]
    benign: list[str]

    @classmethod
    def of(cls, collection: Collection) -> Hosts:
        """Split a collection by label."""
        wrong = {row.host for row in (*collection.wrong.lookalike, *collection.wrong.benign)}
        looks = [row for row in collection.lookalikes if row.host not in wrong]
        return cls(
            [row.host for row in looks if row.label == "confirmed"],
            [row.host for row in looks if row.label == "suspicious"],
            [row.host for row in collection.benign if row.host not in wrong],
        )


@dataclass(frozen=True, slots=True)
class Ours:
    """What Guetteur says of every host, and which Guetteur: as shipped, cross-validated."""

    name: str
    told: dict[str, Judgement]


class Ranking:
    """Guetteur's points as a ranking: what it would catch if it warned of as many benign hosts as somebody else."""

    def __init__(self, hosts: Hosts, told: dict[str, Judgement]) -> None:
        self._benign = sorted((told[host].points for host in hosts.benign), reverse=True)
        self._looks = {
            "confirmed": [told[host].points for host in hosts.confirmed],
            "suspicious": [told[host].points for host in hosts.suspicious],
        }

    def recall(self, label: str, false_alarm_rate: float) -> float:
        """Share of ``label`` with more points than all but so many of the benign hosts; no points, no warning."""
        allowed = int(false_alarm_rate * len(self._benign) + 1e-9)
        bar = max(0.0, self._benign[allowed]) if allowed < len(self._benign) else 0.0
        points = self._looks[label]
        return sum(value > bar for value in points) / len(points)


def compare(
    hosts: Hosts,
    ours: Sequence[Ours],
    ask_us: Callable[[str], object],
    peers: Iterable[Peer],
    own: frozenset[str],
) -> Table:
    """The table, ours on top; the last of ``ours`` is what is set against the peers."""
    source = random.Random(SEED)
    sample = source.sample(hosts.benign, min(SAMPLE, len(hosts.benign)))
    timed_on = sample[:TIMED]
    cost = microseconds(ask_us, timed_on)
    rows = [row for mine in ours for row in _our_rows(hosts, mine, cost)]
    ranking = Ranking(hosts, ours[-1].told)
    notes = []
    for peer in peers:
        asked = sample[: peer.sample] if peer.sample else hosts.benign
        start = time.perf_counter()
        cost = microseconds(peer.clock or peer.score, timed_on)
        scores = [_scores(peer, names, own) for names in (hosts.confirmed, hosts.suspicious, asked)]
        print(f"{peer.name}: {time.perf_counter() - start:.0f} s", flush=True)
        sampled = f", {len(asked):,} benign hosts at random" if peer.sample else ""
        notes.append(f"- {peer.name}: {peer.note}{sampled}.")
        for name, bar in peer.warns_at.items():
            confirmed, suspicious, benign = (share([score >= bar for score in found]) for found in scores)
            there = [ranking.recall(label, benign) for label in ("confirmed", "suspicious")]
            rows.append(
                (
                    f"{peer.name}, {name}",
                    percent(confirmed),
                    percent(suspicious),
                    alarm_cell(round(benign * len(asked)), len(asked)),
                    f"{cost:,.0f}" if cost >= 10 else f"{cost:.1f}",
                    percent(there[0]),
                    percent(there[1]),
                    times(there[0], confirmed),
                )
            )
    columns = (
        "method",
        "confirmed %",
        "suspicious %",
        "false alarms per 100,000",
        "µs a host",
        "Guetteur there: confirmed %",
        "suspicious %",
        "times the peer's confirmed",
    )
    asked_us = f"µs a host: median over {len(timed_on)} benign hosts, one process."
    number = (
        f"{len(hosts.confirmed):,} confirmed and {len(hosts.suspicious):,} suspicious look-alikes,"
        f" {len(hosts.benign):,} benign hosts. {asked_us} *Guetteur there* ({ours[-1].name}): share of look-alikes with"
        " more points than all but as many benign hosts as the peer warns of; a host without points is never"
        " warned of, so at high rates this is a lower bound."
    )
    note = "\n".join([number, "", *notes])
    return Table("Peers on the same hosts, in one run", columns, tuple(rows), note)


def _our_rows(hosts: Hosts, mine: Ours, cost: float) -> Iterator[tuple[str, ...]]:
    told = mine.told
    for level in ("CAUTION or above", "DANGER"):
        flagged = {
            host for host, judgement in told.items() if judgement.danger or (level != "DANGER" and judgement.warns)
        }
        caught = (share([host in flagged for host in names]) for names in (hosts.confirmed, hosts.suspicious))
        alarms = alarm_cell(sum(host in flagged for host in hosts.benign), len(hosts.benign))
        yield (f"**Guetteur**, {mine.name}, {level}", *map(percent, caught), alarms, f"{cost:,.0f}", "", "", "")


def _scores(peer: Peer, hosts: Sequence[str], own: frozenset[str]) -> list[float]:
    passed = -float("inf")
    return [passed if any(name in own for name in parents(host)) else peer.score(host) for host in hosts]


def microseconds(ask: Callable[[str], object], hosts: Sequence[str]) -> float:
    """Median cost of one question."""
    times = []
    for host in hosts:
        start = time.perf_counter()
        ask(host)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


def share(found: Sequence[bool]) -> float:
    """How many of them are true."""
    return sum(found) / len(found) if found else 0.0


def percent(part: float) -> str:
    """``13.4``."""
    return f"{100 * part:.1f}"


def times(ours: float, theirs: float) -> str:
    """``2.1×``."""
    return f"{ours / theirs:.1f}×" if theirs else "–"
