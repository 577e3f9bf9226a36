"""All that is remembered for one person, opened together and written on the clock."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from guetteur.core.verdict import Level
from guetteur.store.database import StateDatabase
from guetteur.store.egress import EgressLog
from guetteur.store.exceptions import Exceptions
from guetteur.store.history import History
from guetteur.store.visits import Visits

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from guetteur.core.verdict import Verdict

FILE_NAME = "guetteur.db"
FLUSH_EVERY_S = 30.0


class PersonStore:
    """One person's exceptions, visits, contacts with other computers, and warnings.

    Attributes:
        database: the file, for `guetteur.store.ages` and for the status.
        exceptions: sites the person does not want to be warned of.
        visits: which doubtful names are familiar.
        egress: what left this computer.
        history: warnings, where the person wants them kept.
    """

    def __init__(self, state_dir: Path, clock: Callable[[], datetime], *, owner: bool = True) -> None:
        """Open ``guetteur.db`` in ``state_dir``; what is wrong with it is in ``database.fault``.

        ``owner`` is as for `StateDatabase`.
        """
        self._clock = clock
        self.database = StateDatabase(state_dir / FILE_NAME, owner=owner)
        self.exceptions = Exceptions(self.database)
        self.visits = Visits(self.database, clock)
        self.egress = EgressLog(self.database, clock)
        self.history = History(self.database, clock)

    def note_visit(self, host: str, verdict: Verdict) -> None:
        """The person opened ``host``, and this was said of it: remember the visit if it was doubted, yet not warned of.

        A site that is familiar already stays so by being visited, though a newer rule warns of it.
        """
        quiet = verdict.level not in (Level.DANGER, Level.CAUTION)
        if verdict.points > 0 and (quiet or (verdict.level is Level.CAUTION and self.visits.familiar(host))):
            self.visits.note(host)

    async def run(self) -> None:
        """Write visits and what is owed now and then, look at the file and forget what is old once a day, for ever."""
        day = None
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            await asyncio.to_thread(self.database.settle)
            await self.visits.flush()
            today = self._clock().date()
            if today != day:
                day = today
                await asyncio.to_thread(self.database.check)
                await asyncio.to_thread(self.egress.forget_old)
                await asyncio.to_thread(self.history.forget_old)

    def close(self) -> None:
        """Write what is still to be written and close the file."""
        self.database.check()
        self.database.settle()
        self.visits.flush_now()
        self.egress.close()
        self.database.close()
