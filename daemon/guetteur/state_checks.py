"""Doctor's other half: what lies on the disk, the keyring, the clock, and whether there are two copies of Guetteur."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing, suppress
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from guetteur.durable import is_disk_full
from guetteur.errors import DataFileError
from guetteur.lists.compiled import CompiledList
from guetteur.lists.status import CLOCK_SLACK, read_record
from guetteur.lists.store import Store
from guetteur.reports.credentials import CredentialError, Credentials
from guetteur.reports.outbox import FILE_NAME as OUTBOX
from guetteur.reports.outbox_file import MIGRATIONS as OUTBOX_MIGRATIONS
from guetteur.reports.signing import FILE_NAME as REPORT_KEY
from guetteur.reports.signing import own_public
from guetteur.reports.table import load_channels
from guetteur.store.database import DAMAGED_SUFFIX
from guetteur.store.migrations import MIGRATIONS
from guetteur.store.person import FILE_NAME as PERSON
from guetteur.texts import reasons, told_in_both
from guetteur.transport import host_script
from guetteur.transport.browsers import this_platform
from guetteur.transport.findings import Finding, finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from keyring.backend import KeyringBackend

    from guetteur.config import Settings

_TRIED = 64 * 1024
_LITTLE_ROOM = 100 * 1024 * 1024
_NEVER_SO_OLD = timedelta(days=3 * 365)
"""Nobody uses a copy this old: the clock is more likely wrong."""


def look_at_state(
    settings: Settings, *, now: datetime, backend: KeyringBackend | None = None, search_path: str | None = None
) -> list[Finding]:
    """Look at everything once; a file is written and removed at once to see whether there is room.

    Args:
        settings: the copy to look at.
        now: the moment, in UTC.
        backend: instead of the system's keyring.
        search_path: instead of ``$PATH``.

    Returns:
        Findings; problems are findings, not exceptions.
    """
    state = settings.state_dir
    return [
        _room(state),
        *_database(state / PERSON, len(MIGRATIONS)),
        *_database(state / OUTBOX, len(OUTBOX_MIGRATIONS)),
        *_set_aside(state / (PERSON + DAMAGED_SUFFIX)),
        *_report_key(state),
        *_credentials(settings, backend),
        *_lists(state / "lists"),
        *_clock(settings, now),
        *_copies(settings, os.environ.get("PATH", "") if search_path is None else search_path),
    ]


def _room(state: Path) -> Finding:
    # os.path: False, no exception, where we may not look or a name is too long.
    folder = next(path for path in (state, *state.absolute().parents) if os.path.exists(path))  # noqa: PTH110
    try:
        with suppress(FileNotFoundError):
            state.stat()  # could it be made: a file in the way, a name too long
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_TRIED))
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        if is_disk_full(error):
            return finding("disk_full", path=folder)
        return finding("state_unwritable", path=state, **reasons(error))
    if free < _LITTLE_ROOM:
        return finding("disk_nearly_full", path=folder, free=free // (1024 * 1024))
    return finding("state_ok", path=folder)


def _database(path: Path, known: int) -> list[Finding]:
    if not os.path.exists(path):  # noqa: PTH110 -- as in _room
        return []
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            whole = connection.execute("pragma quick_check(1)").fetchone()[0]
            version = connection.execute("pragma user_version").fetchone()[0]
    except sqlite3.Error:
        return [finding("database_damaged", path=path)]
    if whole != "ok":
        return [finding("database_damaged", path=path)]
    return [finding("database_newer" if version > known else "database_ok", path=path)]


def _set_aside(path: Path) -> list[Finding]:
    return [finding("choices_lost", path=path)] if os.path.exists(path) else []  # noqa: PTH110 -- as in _room


def _report_key(state: Path) -> list[Finding]:
    path = state / REPORT_KEY
    is_there = os.path.exists(path)  # noqa: PTH110 -- as in _room
    return [finding("report_key_damaged", path=path)] if is_there and own_public(state) is None else []


def _credentials(settings: Settings, backend: KeyringBackend | None) -> list[Finding]:
    credentials = Credentials(settings.state_dir, backend)
    try:
        credentials.all(need.id for need in load_channels(settings.data_dir).needs)
    except CredentialError:
        return [finding("credentials_unreadable", path=credentials.path)]
    except DataFileError as error:
        return [finding("data_damaged", path=settings.data_dir, **told_in_both(error))]
    if credentials.kept_in == "keyring":
        return [finding("keyring_ok")]
    if os.path.exists(credentials.path):  # noqa: PTH110 -- as in _room
        return [finding("keys_in_file", path=credentials.path)]
    return [finding("keyring_absent", path=credentials.path)]


def _lists(folder: Path) -> list[Finding]:
    store = Store(folder)
    current = store.current()
    try:
        pointed = int((folder / "current").read_text("ascii"))
    except (OSError, ValueError):
        return []
    whole = current is not None and current.damaged() is None
    if whole and current is not None and (current.number == pointed or store.held()):
        return []
    return [finding("lists_damaged", path=folder)]


def _clock(settings: Settings, now: datetime) -> list[Finding]:
    """The lists were made, and the server reached, at moments that are past for sure."""
    moments = []
    generation = Store(settings.lists_dir).current()
    if generation is not None:
        moments.append(generation.manifest.built_at)
    reached = read_record(settings.lists_dir).last_success
    if reached is not None:
        moments.append(reached)
    with suppress(DataFileError):  # said already, about the data
        moments.append(CompiledList(settings.data_dir / "starter.bin").meta.built_at)
    if not moments:
        return []
    past = max(moment.astimezone(UTC) for moment in moments)
    if now < past - CLOCK_SLACK:
        return [finding("clock_behind", now=_day(now), past=_day(past))]
    if now > past + _NEVER_SO_OLD:
        return [finding("clock_ahead", now=_day(now), past=_day(past))]
    return [finding("clock_ok")]


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _copies(settings: Settings, search_path: str) -> list[Finding]:
    found = []
    commands = _commands(search_path.split(os.pathsep))
    if len(commands) > 1:
        found.append(finding("two_copies", paths=", ".join(commands)))
    platform = this_platform()
    python = host_script.interpreter(host_script.path(settings, platform), platform)
    if python is not None and os.path.abspath(python) != os.path.abspath(sys.executable):  # noqa: PTH100 - links count
        found.append(finding("launcher_other_copy", python=python, own=sys.executable))
    return found


def _commands(folders: Sequence[str]) -> list[str]:
    """Every `guetteur` of the search path, links that lead to the same one once."""
    names = ("guetteur", "guetteur.exe")
    candidates = (Path(folder) / name for folder in folders if folder for name in names)
    found = (path for path in candidates if os.path.isfile(path) and os.access(path, os.X_OK))  # noqa: PTH113
    return sorted({os.path.realpath(path) for path in found})
