"""Sixty days of a feed, one after the other."""

import gzip
import os
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from guetteur.publish.state import State, day_of

pytestmark = pytest.mark.enable_socket


SAMPLES = Path(__file__).parents[2] / "samples/feeds"


DATA = Path(os.environ.get("GUETTEUR_DATA", Path(__file__).parents[4] / "shared/data"))


FEEDS = ("red_flag_domains.csv.gz", "phishing_database_domains.csv.gz")


def days(feed: str) -> list[tuple[date, list[str]]]:
    """Sixty days of a feed: the real one where it is, a made one else."""
    real = DATA / "feeds" / feed
    text = gzip.decompress(real.read_bytes()).decode() if real.exists() else (SAMPLES / "daily.csv").read_text("utf-8")
    rows = [line.split(",") for line in text.splitlines() if line.startswith("2")]
    by_day = [
        (date.fromisoformat(day), [host for _, host in group])
        for day, group in groupby(sorted(rows), lambda row: row[0])
    ]
    return by_day[-60:]


@pytest.mark.parametrize("name", FEEDS)
def test_replay_of_sixty_days(desk: Any, name: str) -> None:
    """Every host is listed from its day on with that day, nothing is lost, a dead day changes nothing."""
    desk.source("a", 0, max_growth=9.0)
    desk.source("new", kind="newly-registered", url="https://lists.example/{YYYYMMDD}")
    feed: list[str] = []
    expected: dict[str, date | None] = {}
    for number, (day, hosts) in enumerate(days(name)):
        desk.now = desk.now.replace(year=day.year, month=day.month, day=day.day)
        feed += hosts
        dead = number in {17, 18, 40}
        desk.served["a"] = 503 if dead else "\n".join(feed).encode()
        desk.serve(f"new/{day}", *hosts)
        before = len(remembered(desk)) if number else 0
        with desk.run() as snapshot:
            report = snapshot.report
            assert report.faults == []
            assert report.gone == 0
            if dead:
                assert (report.new, report.rows[0].serves) == (0, "last good")
            else:
                expected = dict.fromkeys(feed, day if number else None) | expected
            assert report.entries == before + report.new
            snapshot.commit()
    # Names with accents are listed in their ASCII form, and a page that strayed into a feed of hosts as a page: other
    # tests hold both.
    listed = {host: day for host, day in remembered(desk).items() if "xn--" not in host and "/" not in host}
    expected = {
        host: day for host, day in expected.items() if host.isascii() and "xn--" not in host and "/" not in host
    }
    assert {host: expected[host] for host in listed} == listed
    refused = set(expected) - set(listed)
    assert len(refused) <= 0.01 * len(expected)
    assert not {"google.com", "github.com"} & set(listed)
    assert not list((desk.work / "sources").glob("*/????-??-??"))[1:]


def remembered(desk: Any) -> dict[str, date | None]:
    state = State(desk.work)
    try:
        return {key: day_of(number) for key, _, number in state.previous()}
    finally:
        state.close()
