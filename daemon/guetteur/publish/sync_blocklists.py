"""``make sync-blocklists``: fetch, judge, show, publish: ``python -m guetteur.publish.sync_blocklists --help``."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from guetteur.config import PACKAGE_DATA
from guetteur.errors import GuetteurError
from guetteur.lists.knowledge import load_knowledge
from guetteur.publish.keys import KeyRing, read_passphrase
from guetteur.publish.pipeline import REPORT_FILE, Setup, run
from guetteur.publish.progress import Bars
from guetteur.publish.release import release
from guetteur.publish.report import table
from guetteur.publish.repository import check_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from guetteur.publish.snapshot import Snapshot

ROOT = Path(__file__).parents[3]
WORK = ".work"
PUBLISHED, REFUSED, FAILED = 0, 1, 2


def publisher(blocklists: Path, work: Path, keys: Sequence[Path], console: Console) -> Callable[[Snapshot], None]:
    """The last step of a run: compile, sign and publish.

    Raises:
        GuetteurError: ``no_keys``, or as `check_keys`: better before the lists are fetched than after.
    """
    if not keys:
        hint = "make sync-blocklists KEYS=DIR, --keys DIR, or GUETTEUR_KEYS"
        raise GuetteurError("no_keys", "no folder with keys was named", hint)
    ring = KeyRing(keys, read_passphrase(os.environ, ask_passphrase if sys.stdin.isatty() else None))
    check_keys(blocklists / "repository", ring)

    def finish(snapshot: Snapshot) -> None:
        knowledge = load_knowledge(PACKAGE_DATA)
        lexicon = knowledge.lexicon(knowledge.registry())

        def relevant(host: str) -> bool:
            return host.endswith(".fr") or lexicon.names_somebody(host)

        done = release(snapshot, blocklists / "repository", work, ring, datetime.now(UTC), relevant=relevant)
        console.print(f"published in {blocklists / 'repository'}: targets {done.targets}, timestamp {done.timestamp}")

    return finish


def ask_passphrase() -> str:
    """Ask the maintainer at the terminal."""
    return getpass.getpass("Passphrase of the keys: ")


def sync(
    setup: Setup,
    *,
    console: Console,
    now: Callable[[], datetime],
    finish: Callable[[Snapshot], None] | None,
) -> int:
    """One whole run, a dry one without ``finish``; return the exit status.

    A dry run keeps what it fetched and read, which saves the next run the download, and nothing else.

    Raises:
        DataFileError: a file of ``blocklists`` breaks its schema.
    """
    with run(setup, now) as snapshot:
        report = snapshot.report
        console.print(table(report))
        held = [row.slot_id for row in report.rows if row.held]
        if held:
            names = " ".join(dict.fromkeys(slot_id.partition("/")[0] for slot_id in held))
            said = f'held back until a maintainer says otherwise: {", ".join(held)} (ACCEPT="{names}")'
            console.print(said, soft_wrap=True)
        console.print(f"every refusal: {setup.work / REPORT_FILE}", soft_wrap=True)
        if report.faults:
            for fault in report.faults:
                console.print(f"not published: {fault}", style="bold red", soft_wrap=True)
            return REFUSED
        if finish is not None:
            finish(snapshot)
            snapshot.commit()
        verb = "would be" if finish is None else "are"
        console.print(
            f"version {snapshot.version}: {report.entries:,} entries {verb} listed, {report.new:,} new,"
            f" {report.gone:,} gone; {report.newly:,} newly registered hosts",
            soft_wrap=True,
        )
    return PUBLISHED


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="sync_blocklists", description="Fetch the lists, judge them, publish them.")
    parser.add_argument("--dry", action="store_true", help="show the change, sign nothing")
    parser.add_argument("--blocklists", type=Path, default=ROOT / "blocklists", help="the folder maintainers edit")
    parser.add_argument("--work", type=Path, help="where copies and state are kept (default: .work in it)")
    parser.add_argument("--keys", type=Path, action="append", default=[], help="folder with signing keys (repeatable)")
    parser.add_argument("--mirror", help="base address that serves every source under its id")
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="SOURCE",
        help="take its held copy, or publish without it (repeatable; 'list': let the whole list shrink)",
    )
    parser.add_argument("--force", action="store_true", help="ask also the sources that are not due yet")
    given = parser.parse_args(arguments)
    # Where nobody watches (a log), the table still wants room for its reasons.
    console = Console() if sys.stdout.isatty() else Console(width=160)
    try:
        work = given.work or given.blocklists / WORK
        keys = given.keys or [Path(name) for name in os.environ.get("GUETTEUR_KEYS", "").split(os.pathsep) if name]
        finish = None if given.dry else publisher(given.blocklists, work, keys, console)
        with Bars(console) as bars:
            setup = Setup(
                given.blocklists,
                work,
                mirror=given.mirror,
                accept=frozenset(given.accept),
                force=given.force,
                progress=bars,
            )
            return sync(setup, console=console, now=lambda: datetime.now(UTC), finish=finish)
    except GuetteurError as error:
        console.print(f"{error.message}\nhint: {error.hint}", style="red", markup=False)
        return FAILED


if __name__ == "__main__":
    sys.exit(main())
