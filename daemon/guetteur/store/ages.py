"""How old a domain is: what is remembered, what the lists know, else one question to the registry within a budget.

::

    remembered? -> among the newly registered of the lists? -> somebody to ask? -> question left today? -> ask

Only the name of the domain leaves the computer, never more than `per_day` times a day, and only what could be counted
on the disk is asked: a full disk and a restart must not make more of them.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from guetteur.core.facts import Fact, Known, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlite_utils import Database

    from guetteur.store.database import StateDatabase

LOG = logging.getLogger(__name__)

KEEP_KNOWN = timedelta(days=30)
KEEP_UNKNOWN = timedelta(days=1)
AT_ONCE = 2
DEADLINE_S = 8.0
"""Waiting for a turn included; the relay gives up after ten seconds."""

OFFLINE = Unavailable("age_offline")
"""Says something of this computer's moment, nothing of the domain: not remembered."""

_KEEP_BUDGET_DAYS = 64


class AgeLookup(Protocol):
    """Asks the network for the day a domain was registered; see `guetteur.lookup`."""

    def nobody(self, domain: str) -> Unavailable | None:
        """Why there is nobody to ask about ``domain``; None when there is somebody."""
        ...

    async def created(self, domain: str) -> Known[date] | Unavailable:
        """The day, or why it cannot be had; never raises for what a server does."""
        ...


class Ages:
    """The days domains were registered, asked for as seldom as can be."""

    def __init__(
        self,
        database: StateDatabase,
        lookup: AgeLookup | None,
        newly: Callable[[str], date | None] = lambda _domain: None,
        *,
        per_day: int,
    ) -> None:
        """Nothing is asked yet.

        Args:
            database: where answers and the number of questions are kept.
            lookup: asks the network; None never does.
            newly: the lists' newly registered domains.
            per_day: most questions in one day (UTC).
        """
        self._database = database
        self._lookup = lookup
        self._newly = newly
        self._per_day = per_day
        self._known: dict[str, Known[date]] = database.read(_known, {})
        self._running: dict[str, asyncio.Task[Fact[date]]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    def recall(self, domain: str, *, now: datetime) -> Known[date] | None:
        """The day ``domain`` was registered if that was asked before: no disk, no network, for every check."""
        known = self._known.get(domain)
        return known if known is not None and _is_fresh(known.as_of, now, KEEP_KNOWN) else None

    async def created(self, domain: str, *, now: datetime) -> Fact[date]:
        """The day ``domain`` (a registrable domain in ASCII) was registered, or why it is not known.

        Questions for one domain at the same time share one look-up. Besides the look-up's own codes: ``age_budget``
        (no question left today, or none that could be counted), ``age_timeout``.
        """
        running = self._running.get(domain)
        if running is None:
            running = self._running[domain] = asyncio.create_task(self._find(domain, now))
            running.add_done_callback(lambda _task: self._running.pop(domain, None))
        # Whoever asked first may hang up; the answer is for the others too, and for the next time.
        return await asyncio.shield(running)

    async def close(self) -> None:
        """End the look-ups that run."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _find(self, domain: str, now: datetime) -> Fact[date]:
        known = self.recall(domain, now=now)
        if known is not None:
            return known
        published = self._newly(domain)
        if published is not None:
            return Known(published)
        failed = await asyncio.to_thread(self._failed, domain, now)
        if failed is not None:
            return failed
        if self._lookup is None:
            return Unavailable("age_not_asked")
        # A question that does not leave costs none of the day's.
        return self._lookup.nobody(domain) or await self._ask(self._lookup, domain, now)

    async def _ask(self, lookup: AgeLookup, domain: str, now: datetime) -> Fact[date]:
        if not await asyncio.to_thread(self._count, now):
            return Unavailable("age_budget")
        try:
            async with asyncio.timeout(DEADLINE_S), self._turns:
                answer = await lookup.created(domain)
        except TimeoutError:
            answer = Unavailable("age_timeout")
        if answer != OFFLINE:
            await asyncio.to_thread(self._remember, domain, answer, now)
        return answer

    def _failed(self, domain: str, now: datetime) -> Unavailable | None:
        row = self._database.read(
            lambda db: db.execute("select why, fetched_at from ages where domain = ?", (domain,)).fetchone(), None
        )
        if row is None or row[0] is None or not _is_fresh(_read(row[1]), now, KEEP_UNKNOWN):
            return None
        return Unavailable(row[0])

    def _remember(self, domain: str, answer: Fact[date], now: datetime) -> None:
        created = answer.value.isoformat() if isinstance(answer, Known) else None
        why = answer.why if isinstance(answer, Unavailable) else None
        row = (domain, created, why, _moment(now))
        if isinstance(answer, Known):
            self._known[domain] = Known(answer.value, now)

        def change(db: Database) -> None:
            # Which doubtful sites were opened is not kept for longer than it is of use.
            db.execute(
                "delete from ages where fetched_at < case when created is null then ? else ? end",
                (_moment(now - KEEP_UNKNOWN), _moment(now - KEEP_KNOWN)),
            )
            db.execute("insert or replace into ages values (?, ?, ?, ?)", row)

        self._database.write(change)

    def _count(self, now: datetime) -> bool:
        """Count one question of today; False when there is none left."""
        day, allowed = now.astimezone(UTC).date().isoformat(), False

        def change(db: Database) -> None:
            nonlocal allowed
            row = db.execute("select asked from questions where day = ?", (day,)).fetchone()
            allowed = (row[0] if row else 0) < self._per_day
            if not allowed:
                return
            db.execute("insert into questions values (?, 1) on conflict (day) do update set asked = asked + 1", (day,))
            # The last days by when they were begun, not by name: a clock that jumps there and back finds its counts.
            db.execute(
                "delete from questions where rowid not in (select rowid from questions order by rowid desc limit ?)",
                (_KEEP_BUDGET_DAYS,),
            )

        counted = self._database.write(change)
        if allowed and not counted:
            LOG.warning("no question about the age of a domain: it could not be counted")
        return allowed and counted


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _read(moment: str) -> datetime | None:
    try:
        return datetime.fromisoformat(moment)
    except ValueError:
        return None


def _is_fresh(fetched: datetime | None, now: datetime, keep: timedelta) -> bool:
    # A moment in the future is from a clock that has since been put right: how old the answer is, nobody knows.
    return fetched is not None and timedelta(0) <= now - fetched < keep


def _known(db: Database) -> dict[str, Known[date]]:
    found: dict[str, Known[date]] = {}
    for row in db.query("select domain, created, fetched_at from ages where created is not null"):
        with suppress(ValueError):
            found[row["domain"]] = Known(date.fromisoformat(row["created"]), _read(row["fetched_at"]))
    return found
