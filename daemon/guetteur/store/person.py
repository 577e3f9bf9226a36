"""All that is remembered for one person, opened together and written on the clock."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from guetteur.core.verdict import Level
from guetteur.store.database import StateDatabase
from guetteur.store.exceptions import Exceptions
from guetteur.store.visits import Visits

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from guetteur.core.verdict import Verdict

FILE_NAME = "guetteur.db"
FLUSH_EVERY_S = 30.0


class PersonStore:
    """One person's exceptions and visits.

    Attributes:
        database: the file, for `guetteur.store.ages` and for the status.
        exceptions: sites the person does not want to be warned of.
        visits: which doubtful names are familiar.
    """

    def __init__(self, state_dir: Path, clock: Callable[[], datetime]) -> None:
        """Open ``guetteur.db`` in ``state_dir``; what is wrong with it is in ``database.fault``."""
        self.database = StateDatabase(state_dir / FILE_NAME)
        self.exceptions = Exceptions(self.database)
        self.visits = Visits(self.database, clock)

    def note_visit(self, host: str, verdict: Verdict) -> None:
        """The person opened ``host``, and this was said of it: remember the visit if it was doubted, yet not warned of.

        A site that is familiar already stays so by being visited, though a newer rule warns of it.
        """
        quiet = verdict.level not in (Level.DANGER, Level.CAUTION)
        if verdict.points > 0 and (quiet or (verdict.level is Level.CAUTION and self.visits.familiar(host))):
            self.visits.note(host)

    async def run(self) -> None:
        """Write visits now and then, until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            await self.visits.flush()

    def close(self) -> None:
        """Write what is still to be written and close the file."""
        self.visits.flush_now()
        self.database.close()
