"""Delivery: what is due goes out once, a receipt before and after, one failing channel does not stop the others."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from filelock import FileLock

from guetteur.reports.channels.interface import Channel, Draft, Receipt
from guetteur.reports.channels.registry import build_channels
from guetteur.reports.delivery import Delivery
from guetteur.reports.outbox import Outbox, OutboxError, Waits
from guetteur.reports.table import ChannelTable
from support.report_cases import PAGE, PLACE
from support.report_doubles import CREDENTIALS, Doubles

QUICK = Waits(first=timedelta(), gap=timedelta(), poll=timedelta(), busy=timedelta())
NAMES = ("netcraft", "spamhaus", "intake")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Outbox]:
    with closing(Outbox(tmp_path / "outbox.db", waits=QUICK)) as box:
        yield box


async def ready(doubles: Doubles, table: ChannelTable, box: Outbox) -> tuple[Delivery, dict[str, Channel]]:
    for name in NAMES:
        await doubles.add(name)
    channels = {name: channel for name, channel in build_channels(table, doubles.bases).items() if name in NAMES}
    box.queue(PAGE, [channel.draft(PAGE, (), PLACE) for channel in channels.values()])
    return Delivery(box, channels, lambda: CREDENTIALS), channels


def states(box: Outbox) -> dict[str, str]:
    return {entry.channel: entry.state for entry in box.entries()}


async def test_what_is_due_goes_out_once(doubles: Doubles, table: ChannelTable, box: Outbox) -> None:
    delivery, _ = await ready(doubles, table, box)
    changed = await delivery.run()
    assert {entry.channel for entry in changed} == set(NAMES)
    assert states(box) == dict.fromkeys(NAMES, "accepted")
    await delivery.run()
    assert [len(double.taken) for double in doubles.by_channel.values()] == [1, 1, 1]


async def test_a_report_is_followed_to_its_end(doubles: Doubles, table: ChannelTable, box: Outbox) -> None:
    delivery, _ = await ready(doubles, table, box)
    await delivery.run()
    double = doubles.by_channel["netcraft"]
    await delivery.run()
    assert [entry.code for entry in box.entries() if entry.channel == "netcraft"] == ["processing"]
    double.state = "unavailable"
    changed = await delivery.run()
    assert [(entry.channel, entry.state) for entry in changed] == [("netcraft", "gone")]
    asked = double.asked
    assert await delivery.run() == ()
    assert double.asked == asked


async def test_one_channel_in_trouble(
    doubles: Doubles, table: ChannelTable, box: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery, channels = await ready(doubles, table, box)

    async def broken(_draft: Draft, _session: aiohttp.ClientSession, _credentials: Mapping[str, str]) -> Receipt:
        raise ZeroDivisionError

    monkeypatch.setattr(channels["spamhaus"], "send", broken)
    doubles.by_channel["intake"].mode = "500"
    await delivery.run()
    assert states(box) == {"netcraft": "accepted", "spamhaus": "queued", "intake": "queued"}
    assert {entry.code for entry in box.entries()} == {"", "internal", "server_error"}


async def test_the_receipt_is_on_the_disk_before_the_first_byte(
    doubles: Doubles, table: ChannelTable, box: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery, channels = await ready(doubles, table, box)
    seen = []

    async def look(_draft: Draft, *_rest: Any) -> Receipt:
        seen.append(states(box)["spamhaus"])
        return Receipt("sent")

    monkeypatch.setattr(channels["spamhaus"], "send", look)
    await delivery.run()
    assert seen == ["sending"]


async def test_nothing_leaves_that_could_not_be_noted(
    doubles: Doubles, table: ChannelTable, box: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery, _ = await ready(doubles, table, box)

    def full(_channel: str) -> None:
        raise OutboxError("outbox_unwritable", "disk full", "free some space")

    monkeypatch.setattr(box, "begin", full)
    with pytest.raises(OutboxError):
        await delivery.run()
    assert all(not double.asked for double in doubles.by_channel.values())


async def test_two_processes_do_not_deliver_at_once(doubles: Doubles, table: ChannelTable, box: Outbox) -> None:
    delivery, _ = await ready(doubles, table, box)
    with FileLock(box.path.with_suffix(".lock")):
        assert await delivery.run() == ()
    assert set(states(box).values()) == {"queued"}


async def test_a_retracted_report_stays(doubles: Doubles, table: ChannelTable, box: Outbox) -> None:
    delivery, _ = await ready(doubles, table, box)
    assert box.retract(PAGE.id, "intake")
    await delivery.run()
    assert doubles.by_channel["intake"].asked == 0


async def test_after_the_gap_the_next_one_goes(doubles: Doubles, table: ChannelTable, box: Outbox) -> None:
    delivery, channels = await ready(doubles, table, box)
    other = msgspec.structs.replace(PAGE, id="other", url="https://other.example-scam.com/")
    box.queue(other, [channels["spamhaus"].draft(other, (), PLACE)])
    await delivery.run()
    assert len(doubles.by_channel["spamhaus"].taken) == 1
    await delivery.run()
    assert len(doubles.by_channel["spamhaus"].taken) == 2
