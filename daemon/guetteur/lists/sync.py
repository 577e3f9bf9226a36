"""The lists' client: fetch, verify, check, adopt.

::

    lock -> TUF refresh -> never-block list -> index -> deltas, else the full list -> digest -> poison check
         -> a new generation beside the old one -> flip -> sweep

Whatever fails leaves the generation in use as it was and becomes a coded error in the result and the status. All of
it blocks, so the daemon runs it in a process of its own (`guetteur.sync_worker`), whose end ends the downloads.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from filelock import FileLock, Timeout

from guetteur.errors import GuetteurError
from guetteur.lists.fetcher import ListFetcher
from guetteur.lists.renewal import Progress, Renewal, SyncSetup, Via
from guetteur.lists.status import (
    Failure,
    SyncRecord,
    SyncStatus,
    failure,
    make_status,
    read_record,
    write_record,
)
from guetteur.lists.store import store_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from guetteur.lists.listformat import ListFormat
    from guetteur.lists.store import Store

__all__ = ["Outcome", "Progress", "SyncResult", "SyncSetup", "failed", "read_status", "sync"]

Outcome = Literal["updated", "up_to_date", "held", "busy", "failed"]


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a sync came to.

    Attributes:
        outcome: ``held``: the published version was rolled back from; ``busy``: another daemon is at it.
        version: version in use afterwards, None when only the shipped list is there.
        generation: its number.
        via: how a new version came.
        received: bytes that came over the network.
        error: why it failed.
    """

    outcome: Outcome
    version: str | None
    generation: int | None
    via: Via | None = None
    received: int = 0
    error: Failure | None = None


def sync(  # noqa: PLR0913 -- the parts it works on
    setup: SyncSetup,
    store: Store,
    fmt: ListFormat,
    now: datetime,
    *,
    progress: Callable[[Progress], None] = lambda _event: None,
    accept_size: bool = False,
) -> SyncResult:
    """Renew the lists; never raises for what the network, the server or the disk does.

    Args:
        setup: where from.
        store: where to.
        fmt: the lists' file format.
        now: the clock's time.
        progress: told of each step, from this thread.
        accept_size: take a list whose size changed beyond reason.
    """
    received = 0
    try:
        store.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(store.folder / "sync.lock", timeout=0):
            scratch = _scratch(store.folder)
            fetcher = ListFetcher(
                scratch, setup.limits, lambda done, total: progress(Progress("downloading", done, total))
            )
            renewal = Renewal(setup, store, fmt, now, fetcher, scratch, progress, accept_size)
            try:
                with closing(fetcher):
                    outcome, via = renewal.run()
            finally:
                received = fetcher.received
                shutil.rmtree(scratch, ignore_errors=True)
                _tidy(store)
            _keep(store.folder, SyncRecord(now, None))
    except Timeout:
        return _result(store, "busy")
    except GuetteurError as error:
        return failed(store, error, now, received)
    except OSError as error:
        return failed(store, store_error(error, store.folder), now, received)
    progress(Progress("done"))
    return _result(store, outcome, via=via, received=received)


def read_status(store: Store, now: datetime, next_try: datetime | None = None) -> SyncStatus:
    """What is in use and how fresh it is, from the disk alone; see `SyncStatus`."""
    return make_status(store.current(), read_record(store.folder), store.held(), now, next_try)


def _scratch(folder: Path) -> Path:
    """An empty folder on the lists' disk; what a killed sync left is removed (we hold the sync lock)."""
    incoming = folder / "incoming"
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=incoming))


def _tidy(store: Store) -> None:
    with suppress(GuetteurError):  # not worth failing for; the next one tries again
        store.sweep()


def _keep(folder: Path, record: SyncRecord) -> None:
    with suppress(OSError):  # a full disk: the result says so already
        write_record(folder, record)


def failed(store: Store, error: GuetteurError, now: datetime, received: int = 0) -> SyncResult:
    """The result of a sync that ``error`` ended, also before it began; kept for the status."""
    said = failure(error, now)
    _keep(store.folder, SyncRecord(read_record(store.folder).last_success, said))
    return _result(store, "failed", received=received, error=said)


def _result(
    store: Store, outcome: Outcome, *, via: Via | None = None, received: int = 0, error: Failure | None = None
) -> SyncResult:
    current = store.current()
    return SyncResult(
        outcome,
        None if current is None else current.version,
        None if current is None else current.number,
        via,
        received,
        error,
    )
