"""What is to be sent, what was sent, and what became of it: ``outbox.db``, which outlives a kill and a power cut.

::

    queued -> sending -> sent | accepted | known | refused      gone: later, when they found nothing there any more
      ^  |       |
      |  v       | no answer, or "later"
      |  retracted
      +----------+

``sending`` is on the disk before the first byte leaves, the answer before anything else is sent. A process that dies
in between leaves ``sending``: the next one sends again under the same idempotency key, so a report is never lost, and
never doubled where the other side honours the key. After a long absence all waits have ended; each channel still sends
one report at a time, with a pause between (see `guetteur.reports.waiting`).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from guetteur.reports.case import Case
from guetteur.reports.channels.interface import TAKEN, Draft, Receipt, State
from guetteur.reports.outbox_entry import SELECT_ENTRIES, SELECT_STEPS, Entry, Step, entries, steps
from guetteur.reports.outbox_file import OutboxError, OutboxFile
from guetteur.reports.waiting import Clocks, Span, Waits, moment, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from sqlite_utils import Database

__all__ = ["FILE_NAME", "Entry", "Outbox", "OutboxError", "Step", "Waits"]

FILE_NAME = "outbox.db"
STANDING = frozenset({*TAKEN, "queued", "sending"})
"""States of a report that need not be made again."""
OPEN_CODES = frozenset({"", "processing", "suspicious"})
"""Codes of accepted reports that more may become of."""
_MAY_HAVE_ARRIVED = (
    "select 1 from receipts where case_id = ? and channel = ? and state = 'queued' and code not in ('', 'offline')"
)


class Outbox:
    """The file and its clocks; calls block for as long as the disk takes. All raise `OutboxError`.

    Attributes:
        path: where the file is.
        waits: how long is waited for what.
        file: the open file, for what else is kept of reports.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        waits: Waits | None = None,
    ) -> None:
        """Open it, bring its tables up to date.

        Raises:
            OutboxError: ``outbox_unreadable``, ``outbox_newer``.
        """
        self.path = path
        self.waits = waits or Waits()
        self._clocks = Clocks(clock, monotonic)
        self.file = OutboxFile(path)

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def queue(self, case: Case, drafts: Iterable[Draft], *, again: bool = False) -> tuple[Entry, ...]:
        """Take drafts in to be sent; all or none.

        A draft that is there already stays as it is, unless it was refused or retracted. Of what was reported through
        the same channel before, in another case, the earlier report stands, unless ``again``.

        Returns:
            for each draft the entry that stands for it; its ``case`` is another one where an earlier report stands.
        """
        with self.file.change() as db:
            return tuple(self._take(db, case, draft, "queued", again=again) for draft in drafts)

    def hand_over(self, case: Case, draft: Draft) -> Entry:
        """Note that the person was given ``draft`` to send."""
        with self.file.change() as db:
            return self._take(db, case, draft, "handed", again=True)

    def retract(self, case: str, channel: str) -> bool:
        """Take a report back; False when it is on its way, gone out, or not there.

        The code says ``may_have_arrived`` when an attempt reached somebody, whatever was answered.
        """
        with self.file.change() as db:
            entry = _entry(db, case, channel)
            if entry is None or entry.state != "queued":
                return False
            begun = db.execute(_MAY_HAVE_ARRIVED, (case, channel)).fetchone() is not None
            self._note(db, case, channel, Receipt("retracted", code="may_have_arrived" if begun else "by_person"))
            return True

    def earlier(self, subject: str) -> tuple[Entry, ...]:
        """Reports of the same thing that stand: taken, or to be sent; the first first."""
        rows = self.file.read(SELECT_ENTRIES + " where subject = ? order by queued_at", (subject,))
        return tuple(entry for entry in entries(rows) if entry.state in STANDING)

    def entries(self, *, case: str | None = None, limit: int = 10_000) -> tuple[Entry, ...]:
        """Reports, the latest first; of one case when asked."""
        if case is not None:
            return entries(self.file.read(SELECT_ENTRIES + " where case_id = ? order by rowid limit ?", (case, limit)))
        return entries(self.file.read(SELECT_ENTRIES + " order by queued_at desc, rowid desc limit ?", (limit,)))

    def history(self, case: str, channel: str) -> tuple[Step, ...]:
        """All receipts of a report, in order."""
        return steps(self.file.read(SELECT_STEPS + " where case_id = ? and channel = ? order by id", (case, channel)))

    def case(self, case: str) -> Case | None:
        """The case as it was sent."""
        rows = self.file.read("select content from cases where id = ?", (case,))
        return msgspec.json.decode(rows[0][0], type=Case) if rows else None

    def draft(self, case: str, channel: str) -> Draft | None:
        """What was, or will be, sent."""
        rows = self.file.read("select draft from reports where case_id = ? and channel = ?", (case, channel))
        return msgspec.json.decode(rows[0][0], type=Draft) if rows else None

    def begin(self, channel: str) -> tuple[Draft, int] | None:
        """The next report due through a channel and the number of this attempt, now ``sending`` on the disk.

        When it raises, nothing may be sent.
        """
        with self.file.change() as db:
            row = self._due(db, channel, "queued")
            if row is None:
                return None
            case, attempt = row["case_id"], row["attempts"] + 1
            db.execute("update reports set attempts = ? where case_id = ? and channel = ?", (attempt, case, channel))
            self._note(db, case, channel, Receipt("sending"))
            self._pause(db, channel, self.waits.gap)
            return msgspec.json.decode(row["draft"], type=Draft), attempt

    def finish(self, draft: Draft, receipt: Receipt) -> Entry:
        """Keep what became of an attempt; when it raises, the report stays ``sending`` and is sent again."""
        with self.file.change() as db:
            case, channel = draft.case, draft.channel
            if receipt.state == "queued":
                receipt = self._postpone(db, case, channel, receipt)
            elif receipt.state == "accepted":
                self._wait(db, case, channel, self.waits.poll)
            self._note(db, case, channel, receipt)
            return _found(db, case, channel)

    def recover(self) -> int:
        """Put back what a dead process left ``sending``; only call while nobody else delivers."""
        with self.file.change() as db:
            rows = db.execute("select case_id, channel from reports where state = 'sending'").fetchall()
            for case, channel in rows:
                receipt = self._postpone(db, case, channel, Receipt("queued", code="interrupted"))
                self._note(db, case, channel, receipt)
            return len(rows)

    def to_ask(self, channel: str) -> Entry | None:
        """The next accepted report of a channel that may be asked after; it is not offered again for a while."""
        with self.file.change() as db:
            row = self._due(db, channel, "accepted")
            if row is None:
                return None
            self._wait(db, row["case_id"], channel, self.waits.poll)
            self._pause(db, channel, self.waits.gap)
            return _found(db, row["case_id"], channel)

    def answered(self, entry: Entry, receipt: Receipt) -> Entry:
        """Keep what a channel says of an accepted report, when that is news."""
        with self.file.change() as db:
            if (receipt.state, receipt.code) != (entry.state, entry.code):
                self._note(db, entry.case, entry.channel, receipt)
            return _found(db, entry.case, entry.channel)

    def _take(self, db: Database, case: Case, draft: Draft, state: State, *, again: bool) -> Entry:
        entry = _entry(db, draft.case, draft.channel)
        # A form may be opened before the last preview: then the person is to send what that one shows.
        replaces = entry is not None and entry.state == state == "handed" and _draft(db, draft) != draft
        if entry is not None and entry.state in STANDING and not replaces:
            return entry
        if not again:
            query = SELECT_ENTRIES + " where subject = ? and channel = ? order by queued_at"
            before = entries(db.execute(query, (draft.subject, draft.channel)).fetchall())
            standing = next((one for one in before if one.state in STANDING), None)
            if standing is not None:
                return standing
        put_case(db, case)
        span = self._clocks.begin(draft.key, timedelta())
        db.execute(
            "insert or replace into reports (case_id, channel, state, recipient, subject, url, draft, attempts,"
            " queued_at, updated_at, wait_from, wait_until) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (draft.case, draft.channel, state, draft.to, draft.subject, draft.url, msgspec.json.encode(draft),
             entry.attempts if entry else 0, span.begun, span.begun, *span),
        )  # fmt: skip
        self._note(db, draft.case, draft.channel, Receipt(state))
        return _found(db, draft.case, draft.channel)

    def _due(self, db: Database, channel: str, state: State) -> dict[str, Any] | None:
        lane = db.execute("select wait_from, wait_until from lanes where channel = ?", (channel,)).fetchone()
        if lane is not None:
            length = self._clocks.put_back(Span(*lane))
            if length is not None:
                self._pause(db, channel, length)
            if length is not None or not self._clocks.is_over(channel, Span(*lane)):
                return None
        query = "select * from reports where state = ? and channel = ? order by queued_at, rowid"
        for row in list(db.query(query, (state, channel))):
            if state == "accepted" and not self._may_ask(row):
                continue
            span, case = Span(row["wait_from"], row["wait_until"]), row["case_id"]
            length = self._clocks.put_back(span)
            if length is not None:
                self._wait(db, case, channel, length)
            elif self._clocks.is_over(f"{case}.{channel}", span):
                return row
        return None

    def _may_ask(self, row: dict[str, Any]) -> bool:
        return row["code"] in OPEN_CODES and self._clocks.now() - moment(row["queued_at"]) <= self.waits.age

    def _postpone(self, db: Database, case: str, channel: str, receipt: Receipt) -> Receipt:
        """Set the time of the next attempt, or give up."""
        if receipt.code != "offline":
            db.execute("update reports set failures = failures + 1 where case_id = ? and channel = ?", (case, channel))
        query = "select attempts, failures, queued_at from reports where case_id = ? and channel = ?"
        attempts, failures, queued_at = db.execute(query, (case, channel)).fetchone()
        if failures >= self.waits.attempts or self._clocks.now() - moment(queued_at) > self.waits.age:
            return Receipt("refused", receipt.reference, "gave_up", receipt.code)
        if receipt.code == "rate_limited":
            self._pause(db, channel, max(self.waits.asked(receipt), self.waits.gap))
        self._wait(db, case, channel, self.waits.after(receipt, attempts))
        return receipt

    def _wait(self, db: Database, case: str, channel: str, wait: timedelta) -> None:
        span = self._clocks.begin(f"{case}.{channel}", wait)
        db.execute(
            "update reports set wait_from = ?, wait_until = ? where case_id = ? and channel = ?", (*span, case, channel)
        )

    def _pause(self, db: Database, channel: str, wait: timedelta) -> None:
        span = self._clocks.begin(channel, wait)
        db.execute("insert or replace into lanes values (?, ?, ?)", (channel, *span))

    def _note(self, db: Database, case: str, channel: str, receipt: Receipt) -> None:
        now = stamp(self._clocks.now())
        said = (receipt.state, receipt.reference, receipt.code, receipt.detail)
        db.execute(
            "update reports set state = ?, reference = ?, code = ?, detail = ?, updated_at = ?"
            " where case_id = ? and channel = ?",
            (*said, now, case, channel),
        )
        db.execute(
            "insert into receipts (case_id, channel, state, reference, code, detail, at) values (?, ?, ?, ?, ?, ?, ?)",
            (case, channel, *said, now),
        )


def put_case(db: Database, case: Case) -> None:
    """Keep the case; one that is there stays once something of it may have gone out."""
    db.execute(
        "insert into cases values (?, ?) on conflict (id) do update set content = excluded.content where not exists"
        " (select 1 from reports where case_id = excluded.id"
        " and (state not in ('handed', 'retracted') or code = 'may_have_arrived'))",
        (case.id, msgspec.json.encode(case)),
    )


def _entry(db: Database, case: str, channel: str) -> Entry | None:
    rows = db.execute(SELECT_ENTRIES + " where case_id = ? and channel = ?", (case, channel)).fetchall()
    return entries(rows)[0] if rows else None


def _draft(db: Database, like: Draft) -> Draft:
    query = "select draft from reports where case_id = ? and channel = ?"
    return msgspec.json.decode(db.execute(query, (like.case, like.channel)).fetchone()[0], type=Draft)


def _found(db: Database, case: str, channel: str) -> Entry:
    entry = _entry(db, case, channel)
    if entry is None:
        raise OutboxError("not_in_outbox", f"{case} was never queued for {channel}", "queue it first")
    return entry
