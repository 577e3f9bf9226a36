"""One renewal of the lists in a process of its own: ``python -m guetteur.sync_worker DATA STATE``.

Verifying and applying hold Python's lock for milliseconds at a time and need memory that a daemon need not keep; here
they cost the daemon's answers nothing. Speaks JSON lines on standard output: ``{"progress": …}`` for each step, at the
end ``{"result": …}``. Without a repository to renew from the result is null.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from guetteur.app import build_checker, never_block_floor, now_utc, open_egress
from guetteur.egress import errand
from guetteur.errors import GuetteurError
from guetteur.lists.format import CompiledFormat
from guetteur.lists.source import load_source
from guetteur.lists.store import Store
from guetteur.lists.sync import Progress, SyncResult, failed, sync

NICE = 10
"""The person's own work comes first."""


def renew(data_dir: Path, state_dir: Path, *, accept_size: bool = False, report: bool = False) -> SyncResult | None:
    """Renew the lists below ``state_dir`` here and now; None without a repository to renew from."""
    store = Store(state_dir / "lists")
    try:
        setup = load_source(data_dir, never_block_floor(build_checker(data_dir, with_lists=False)))
    except GuetteurError as error:  # the package's data or the root of trust cannot be read
        return failed(store, error, now_utc())
    if setup is None:
        return None
    progress = _tell if report else _ignore
    with closing(open_egress(state_dir)) as egress, errand(egress, "lists"):
        return sync(setup, store, CompiledFormat(), now_utc(), progress=progress, accept_size=accept_size)


def main() -> None:
    """Renew and tell."""
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(NICE)
    data_dir, state_dir = map(Path, sys.argv[1:])
    _say({"result": renew(data_dir, state_dir, report=True)})


def _tell(event: Progress) -> None:
    _say({"progress": event})


def _ignore(_event: Progress) -> None:
    pass


def _say(message: dict[str, Progress | SyncResult | None]) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
