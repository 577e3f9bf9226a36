"""On the evaluation data (GUETTEUR_DATA): nothing official or much visited is DANGER, and the rates are printed."""

import csv
import gzip
import os
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from guetteur.checker import Checker
from guetteur.core.subject import parse_host_or_url
from guetteur.core.verdict import Level
from guetteur.errors import InvalidInputError

DATA = Path(os.environ.get("GUETTEUR_DATA", Path(__file__).parents[3] / "shared/data"))
TOP_STRATA = ("cf100k", "tophist", "umbrella_fqdn", "fr_public", "bank", "univ")

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="no evaluation data: set GUETTEUR_DATA"),
    pytest.mark.timeout(300),
]


def level(checker: Checker, host: str, now: datetime) -> Level | None:
    try:
        return checker.check(parse_host_or_url(f"https://{host}/"), now=now).level
    except InvalidInputError:
        return None


def test_nothing_official_or_popular_is_danger(checker_without_lists: Checker, now: datetime) -> None:
    counts: Counter[tuple[str, Level | None]] = Counter()
    wrong = []
    with gzip.open(DATA / "hosts/benign.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found = level(checker_without_lists, row["host"], now)
            counts[row["stratum"], found] += 1
            if found is Level.DANGER and (row["stratum"] in TOP_STRATA or row["note"] == "official"):
                wrong.append(row["host"])
    total = sum(counts.values())
    for alarm, most in ((Level.DANGER, 1), (Level.CAUTION, 10)):
        number = sum(count for (_, found), count in counts.items() if found is alarm)
        print(f"benign {alarm.value}: {number} of {total} = {1e5 * number / total:.1f} per 100,000")
        assert 1e5 * number / total <= most
    assert not wrong


def test_lookalikes_are_caught_more_often_than_by_any_peer(checker_without_lists: Checker, now: datetime) -> None:
    """A floor under hosts that the model has seen; docs/reference/detection.md has the figures on unseen ones."""
    caught: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    with (DATA / "hosts/lookalike_fr.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            asked[row["label"]] += 1
            if level(checker_without_lists, row["host"], now) in (Level.DANGER, Level.CAUTION):
                caught[row["label"]] += 1
    for label, number in asked.items():
        print(f"{label}: {caught[label]} of {number} = {100 * caught[label] / number:.1f}% at CAUTION or above")
    assert caught["confirmed"] / asked["confirmed"] > 0.97
    assert caught["suspicious"] / asked["suspicious"] > 0.99


def test_official_hosts_abroad(checker: Checker, now: datetime) -> None:
    with gzip.open(DATA / "hosts/benign.csv.gz", "rt", encoding="utf-8") as file:
        official = [row["host"] for row in csv.DictReader(file) if row["note"] == "official"]
    flagged = [host for host in official if level(checker, host, now) in (Level.DANGER, Level.CAUTION)]
    assert not flagged
