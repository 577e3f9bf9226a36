"""The outbox: idempotent, never twice by itself, waits by two clocks, gives up, can be taken back."""

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from guetteur.reports.case import Case
from guetteur.reports.channels.interface import Draft, Receipt
from guetteur.reports.outbox import Outbox, OutboxError, Waits
from support.report_cases import PAGE, URL

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Clock:
    """Two clocks that only move when told."""

    def __init__(self) -> None:
        self.wall, self.steady = NOW, 1_000.0

    def tick(self, step: timedelta) -> None:
        self.wall += step
        self.steady += step.total_seconds()


@pytest.fixture
def clock() -> Clock:
    return Clock()


_OPENED: list[Outbox] = []


@pytest.fixture(autouse=True)
def close_all() -> Iterator[None]:
    yield
    while _OPENED:
        _OPENED.pop().close()


@pytest.fixture
def box(tmp_path: Path, clock: Clock) -> Outbox:
    return opened(tmp_path, clock)


def opened(folder: Path, clock: Clock, waits: Waits | None = None) -> Outbox:
    _OPENED.append(Outbox(folder / "state" / "outbox.db", lambda: clock.wall, lambda: clock.steady, waits))
    return _OPENED[-1]


def case(number: int = 1) -> Case:
    return msgspec.structs.replace(PAGE, id=f"case-{number}")


def draft(number: int = 1, channel: str = "netcraft", subject: str = "") -> Draft:
    return Draft(
        channel=channel,
        case=f"case-{number}",
        to="x.test",
        subject=subject or f"url:{number}",
        fields=(),
        url=URL,
        content={"url": URL},
    )


def later(box: Outbox, receipt: Receipt, channel: str = "netcraft") -> None:
    begun = box.begin(channel)
    assert begun is not None
    box.finish(begun[0], receipt)


def test_a_report_from_queue_to_receipt(box: Outbox, clock: Clock) -> None:
    (entry,) = box.queue(case(), [draft()])
    assert (entry.state, entry.attempts, entry.queued_at) == ("queued", 0, NOW)
    begun = box.begin("netcraft")
    assert begun == (draft(), 1)
    assert box.entries()[0].state == "sending"
    clock.tick(MINUTE)
    assert box.finish(draft(), Receipt("accepted", "uuid-1")).reference == "uuid-1"
    assert [(step.state, step.reference) for step in box.history("case-1", "netcraft")] == [
        ("queued", ""),
        ("sending", ""),
        ("accepted", "uuid-1"),
    ]
    assert box.begin("netcraft") is None
    assert (box.case("case-1"), box.draft("case-1", "netcraft")) == (case(), draft())


def test_queued_twice_is_sent_once(box: Outbox) -> None:
    first = box.queue(case(), [draft()])
    assert box.queue(case(), [draft()]) == first
    later(box, Receipt("sent"))
    assert box.queue(case(), [draft()])[0].state == "sent"
    assert len(box.entries()) == 1


def test_the_same_thing_to_the_same_channel_is_not_reported_twice(box: Outbox, clock: Clock) -> None:
    box.queue(case(1), [draft(1, subject="url:same")])
    clock.tick(MINUTE)
    (entry,) = box.queue(case(2), [draft(2, subject="url:same")])
    assert (entry.case, entry.queued_at) == ("case-1", NOW)
    (other,) = box.queue(case(2), [draft(2, "spamhaus", subject="url:same")])
    assert other.case == "case-2"
    assert [one.channel for one in box.earlier("url:same")] == ["netcraft", "spamhaus"]
    (again,) = box.queue(case(2), [draft(2, subject="url:same")], again=True)
    assert again.case == "case-2"


def test_a_refused_report_may_be_sent_again(box: Outbox, clock: Clock) -> None:
    box.queue(case(), [draft()])
    later(box, Receipt("refused", code="credentials"))
    assert box.earlier("url:1") == ()
    clock.tick(MINUTE)
    assert box.queue(case(), [draft()])[0].state == "queued"
    assert box.begin("netcraft") == (draft(), 2)


def test_retract_while_queued(box: Outbox, clock: Clock) -> None:
    box.queue(case(), [draft(), draft(channel="spamhaus")])
    assert box.retract("case-1", "netcraft")
    assert not box.retract("case-1", "netcraft")
    assert not box.retract("case-9", "netcraft")
    assert box.begin("netcraft") is None
    assert box.begin("spamhaus") is not None
    assert not box.retract("case-1", "spamhaus")
    box.finish(draft(channel="spamhaus"), Receipt("queued", code="timeout"))
    assert box.retract("case-1", "spamhaus")
    clock.tick(timedelta(days=2))
    assert box.begin("spamhaus") is None


def test_handed_over_counts_as_told(box: Outbox) -> None:
    assert box.hand_over(case(), draft(channel="pharos")).state == "handed"
    assert [entry.channel for entry in box.earlier("url:1")] == ["pharos"]
    assert box.begin("pharos") is None


def test_waits_grow_and_end(box: Outbox, clock: Clock) -> None:
    box.queue(case(), [draft()])
    waited = []
    while True:
        begun = box.begin("netcraft")
        assert begun is not None
        entry = box.finish(begun[0], Receipt("queued", code="timeout"))
        if entry.state != "queued":
            break
        waited.append(entry.wait_until - clock.wall)
        clock.tick(waited[-1] - timedelta(seconds=1))
        assert box.begin("netcraft") is None
        clock.tick(timedelta(seconds=1))
    assert [wait // MINUTE for wait in waited] == [1, 4, 16, 64, 256, 1024, 1440, 1440, 1440]
    assert (entry.state, entry.code, entry.detail) == ("refused", "gave_up", "timeout")


def test_without_a_network_nothing_is_given_up_for_a_month(box: Outbox, clock: Clock) -> None:
    box.queue(case(), [draft()])
    for _ in range(100):
        later(box, Receipt("queued", code="offline"))
        clock.tick(timedelta(hours=1))
    assert box.entries()[0].state == "queued"
    clock.tick(timedelta(days=30))
    later(box, Receipt("queued", code="offline"))
    assert (box.entries()[0].state, box.entries()[0].code) == ("refused", "gave_up")


@pytest.mark.parametrize("code", ["timeout", "server_error", "answer_broken", "internal"])
def test_what_may_have_arrived_is_not_said_to_have_stayed(box: Outbox, clock: Clock, code: str) -> None:
    box.queue(case(), [draft()])
    later(box, Receipt("queued", code="offline"))
    clock.tick(timedelta(hours=1))
    later(box, Receipt("queued", code=code))
    clock.tick(timedelta(hours=1))
    later(box, Receipt("queued", code="offline"))
    assert box.retract("case-1", "netcraft")
    assert (box.entries()[0].state, box.entries()[0].code) == ("retracted", "may_have_arrived")
    # What somebody may have stays as it was sent.
    box.queue(msgspec.structs.replace(case(), url=URL + "&later=1"), [draft()])
    assert box.case("case-1") == case()
    assert box.retract("case-1", "netcraft")
    assert box.entries()[0].code == "may_have_arrived"


def test_what_was_cut_off_may_have_arrived(box: Outbox) -> None:
    box.queue(case(), [draft()])
    assert box.begin("netcraft")
    box.recover()
    assert box.retract("case-1", "netcraft")
    assert box.entries()[0].code == "may_have_arrived"


def test_without_a_network_nothing_was_sent(box: Outbox) -> None:
    box.queue(case(), [draft()])
    later(box, Receipt("queued", code="offline"))
    assert box.retract("case-1", "netcraft")
    assert box.entries()[0].code == "by_person"


def test_a_channel_that_has_enough_is_left_alone(box: Outbox, clock: Clock) -> None:
    box.queue(case(1), [draft(1)])
    box.queue(case(2), [draft(2)])
    later(box, Receipt("queued", code="rate_limited", retry_after_s=3600))
    clock.tick(timedelta(minutes=59))
    assert box.begin("netcraft") is None
    clock.tick(MINUTE)
    assert box.begin("netcraft") is not None


def test_a_clock_put_back_sends_nothing_early_and_forgets_nothing(tmp_path: Path, clock: Clock) -> None:
    box = opened(tmp_path, clock)
    box.queue(case(), [draft()])
    later(box, Receipt("queued", code="timeout", retry_after_s=600))
    clock.wall -= timedelta(days=365)
    box = opened(tmp_path, clock)  # a new process: only the wall clock is left
    assert box.begin("netcraft") is None  # the pause of the channel begins anew
    clock.tick(timedelta(seconds=10))
    assert box.begin("netcraft") is None  # and so does the wait of the report
    clock.tick(timedelta(seconds=599))
    assert box.begin("netcraft") is None
    clock.tick(timedelta(seconds=1))
    assert box.begin("netcraft") is not None


def test_a_clock_that_jumps_ahead_sends_nothing_early(box: Outbox, clock: Clock) -> None:
    box.queue(case(), [draft()])
    later(box, Receipt("queued", code="timeout", retry_after_s=600))
    clock.wall += timedelta(days=365)
    clock.steady += 599
    assert box.begin("netcraft") is None
    clock.steady += 1
    assert box.begin("netcraft") is not None


def test_a_new_report_goes_out_whatever_the_clock_does(tmp_path: Path, clock: Clock) -> None:
    opened(tmp_path, clock).queue(case(), [draft()])
    clock.wall -= timedelta(days=365)
    assert opened(tmp_path, clock).begin("netcraft") is not None


def test_a_long_absence_makes_no_burst(tmp_path: Path, clock: Clock) -> None:
    box = opened(tmp_path, clock)
    for number in range(50):
        box.queue(case(number), [draft(number)])
    clock.tick(timedelta(days=20))
    box = opened(tmp_path, clock)
    for number in range(50):
        begun = box.begin("netcraft")
        assert begun is not None
        box.finish(begun[0], Receipt("sent"))
        assert box.begin("netcraft") is None, number
        clock.tick(box.waits.gap)


def test_what_a_dead_process_left_is_sent_again_under_the_same_key(tmp_path: Path, clock: Clock) -> None:
    box = opened(tmp_path, clock)
    box.queue(case(), [draft()])
    first = box.begin("netcraft")
    assert first is not None
    box.close()
    box = opened(tmp_path, clock)
    assert box.begin("netcraft") is None
    assert box.recover() == 1
    assert box.recover() == 0
    assert box.begin("netcraft") is None
    clock.tick(MINUTE)
    again = box.begin("netcraft")
    assert again is not None
    assert (again[0].key, again[1]) == (first[0].key, 2)


def test_an_accepted_report_is_asked_after_until_that_is_the_end(box: Outbox, clock: Clock) -> None:
    box.queue(case(), [draft()])
    later(box, Receipt("accepted", "u"))
    assert box.to_ask("netcraft") is None
    clock.tick(timedelta(hours=1))
    entry = box.to_ask("netcraft")
    assert entry is not None
    assert box.to_ask("netcraft") is None
    entry = box.answered(entry, Receipt("accepted", "u", "processing"))
    assert box.answered(entry, Receipt("accepted", "u", "processing")) == entry
    clock.tick(timedelta(hours=1))
    entry = box.to_ask("netcraft")
    assert entry is not None
    assert box.answered(entry, Receipt("gone", "u", "unavailable")).state == "gone"
    clock.tick(timedelta(hours=1))
    assert box.to_ask("netcraft") is None


def test_an_old_report_is_no_longer_asked_after(box: Outbox, clock: Clock) -> None:
    box.queue(case(), [draft()])
    later(box, Receipt("accepted", "u"))
    clock.tick(timedelta(days=31))
    assert box.to_ask("netcraft") is None


def test_all_or_nothing(box: Outbox) -> None:
    bad = msgspec.structs.replace(draft(channel="spamhaus"), to=None)
    with pytest.raises(OutboxError):
        box.queue(case(), [draft(), bad])
    assert box.entries() == ()


@pytest.mark.skipif(os.name == "nt", reason="POSIX rights")
def test_the_file_is_the_persons_own(box: Outbox) -> None:
    assert stat.S_IMODE(box.path.stat().st_mode) == 0o600


def test_every_commit_reaches_the_disk(box: Outbox) -> None:
    connection = box.file._db.conn
    assert connection.execute("pragma synchronous").fetchone()[0] == 2
    assert connection.execute("pragma journal_mode").fetchone()[0] == "wal"


def test_a_file_of_a_later_version(tmp_path: Path, clock: Clock) -> None:
    opened(tmp_path, clock).close()
    with sqlite3.connect(tmp_path / "state/outbox.db") as connection:
        connection.execute("pragma user_version = 99")
    connection.close()
    with pytest.raises(OutboxError) as caught:
        opened(tmp_path, clock)
    assert caught.value.code == "outbox_newer"


def test_a_damaged_file_is_said_and_left(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state/outbox.db").write_bytes(b"no database " * 1000)
    with pytest.raises(OutboxError) as caught:
        opened(tmp_path, clock)
    assert caught.value.code == "outbox_unreadable"
    assert (tmp_path / "state/outbox.db").read_bytes().startswith(b"no database")


def test_ten_thousand_reports_are_listed_in_a_second(box: Outbox) -> None:
    for first in range(0, 10_000, 1000):
        box.queue(case(first), [draft(number) for number in range(first, first + 1000)])
    began = time.perf_counter()
    assert len(box.entries()) == 10_000
    assert len(box.earlier("url:77")) == 1
    assert time.perf_counter() - began < 1.0


def test_a_form_opened_before_the_last_preview_gives_way_to_it(box: Outbox) -> None:
    """The address was to be left as it is, then was not: nothing of the first choice stays."""
    exact = msgspec.structs.replace(case(), url=URL + "&mine=1")
    box.hand_over(exact, msgspec.structs.replace(draft(channel="google"), url=exact.url or ""))
    box.queue(case(), [draft()])
    box.hand_over(case(), draft(channel="google"))
    assert box.case("case-1") == case()
    kept = box.draft("case-1", "google")
    assert kept
    assert kept.url == URL
    # From then on the case is as it was sent.
    box.hand_over(exact, draft(channel="google"))
    assert box.case("case-1") == case()


def test_a_form_opened_again_is_noted_once(box: Outbox, clock: Clock) -> None:
    first = box.hand_over(case(), draft(channel="google"))
    clock.tick(MINUTE)
    assert box.hand_over(case(), draft(channel="google")) == first
    assert len(box.history("case-1", "google")) == 1


def test_what_belongs_together_is_kept_together(box: Outbox) -> None:
    def breaks() -> None:
        with box.file.change():
            box.queue(case(), [draft()])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks()
    assert box.entries() == ()
    assert box.case("case-1") is None
    with box.file.change():
        box.queue(case(), [draft()])
        box.queue(case(2), [draft(2)])
    assert {entry.case for entry in box.entries()} == {"case-1", "case-2"}
