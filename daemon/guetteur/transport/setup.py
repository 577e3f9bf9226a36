"""All that ``guetteur install`` sets up and ``guetteur uninstall`` removes, the running daemon included."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import time
from typing import TYPE_CHECKING

from guetteur.durable import write_durably
from guetteur.errors import DaemonUnreachableError
from guetteur.transport import autostart, host_script, manifests, menu_entry
from guetteur.transport.browsers import places
from guetteur.transport.client import DaemonClient
from guetteur.transport.endpoint import is_held, noted_pid
from guetteur.transport.install_notes import InstallNotes
from guetteur.transport.manifests import InstallResult, failed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from guetteur.config import Settings
    from guetteur.transport.browsers import Places
    from guetteur.transport.registry import Registry

_STATUS_TIMEOUT_S = 3.0
_PAUSE_S = 0.05


def set_up(  # noqa: PLR0913 - what the command line can say, and three seams
    settings: Settings,
    browsers: Sequence[str] | None = None,
    *,
    user_data_dir: Path | None = None,
    with_autostart: bool = False,
    where: Places | None = None,
    registry: Registry | None = None,
    environ: Mapping[str, str] | None = None,
    run: Callable[[Sequence[str]], bool] = autostart.run_quietly,
) -> list[InstallResult]:
    """Tell the browsers, add the menu entry, and start with the session when asked to.

    Args:
        settings: this copy.
        browsers: as `manifests.install`.
        user_data_dir: as `manifests.install`.
        with_autostart: also start the daemon with the session; once set up it is kept current by every later run.
        where: platform and folders, for tests.
        registry: instead of the Windows registry.
        environ: instead of this process's.
        run: runs a program of the system.

    Returns:
        One result for each thing done or found done. A second run says ``unchanged``.

    Raises:
        InstallError: see `manifests.install`.
    """
    where = where or places()
    environ = host_script.with_earlier(settings, where.platform, os.environ if environ is None else environ)
    results = manifests.install(
        settings, browsers, user_data_dir=user_data_dir, where=where, registry=registry, environ=environ
    )
    notes = InstallNotes(settings)
    entry = menu_entry.file(where)
    if entry is not None and browsers is None and user_data_dir is None:
        results.append(_put("menu", entry, menu_entry.content(environ), notes))
    unit = autostart.files(where, settings)[0]
    if with_autostart or os.path.exists(unit):  # noqa: PTH110 - False, no exception, where a name is too long
        results.append(_autostart(where, settings, environ, notes, run))
    notes.save()
    return results


def tear_down(  # noqa: PLR0913 - as set_up()
    settings: Settings,
    browsers: Sequence[str] | None = None,
    *,
    user_data_dir: Path | None = None,
    where: Places | None = None,
    registry: Registry | None = None,
    run: Callable[[Sequence[str]], bool] = autostart.run_quietly,
) -> list[InstallResult]:
    """Undo `set_up`; with no browser and no profile named, everything: the daemon is ended too.

    Raises:
        InstallError: ``unknown_browser``.
    """
    where = where or places()
    everything = browsers is None and user_data_dir is None
    results = []
    if everything:
        results += _without_autostart(where, settings, run)
        results += _removed("menu", menu_entry.file(where))
    results += manifests.uninstall(settings, browsers, user_data_dir=user_data_dir, where=where, registry=registry)
    if everything:
        # Last, when nothing is left that would start it again: not even the relay of an open browser, whose launcher
        # has gone.
        results += stop_daemon(settings)
        if all(result.ok for result in results):
            results += _without_working_files(settings)
    return results


def stop_daemon(settings: Settings, timeout_s: float = 10.0) -> list[InstallResult]:
    """End the daemon of this copy and wait until it has let its lock go.

    Returns:
        Nothing only where no daemon holds the lock. One that holds it and cannot be asked or ended is a failure: what
        is erased under it, it writes again.
    """
    asked = False
    try:
        with DaemonClient(settings) as client:
            pid = int(json.loads(client.request("/v1/status", None, _STATUS_TIMEOUT_S)[1])["pid"])
        os.kill(pid, signal.SIGTERM)  # on Windows it ends at once, and removes nothing
        asked = True
    except (DaemonUnreachableError, ValueError, KeyError, TypeError, OSError):
        timeout_s = 0
    deadline = time.monotonic() + timeout_s
    try:
        # It lets the lock go last of all, after it has written what it still had to write.
        while is_held(settings):
            if time.monotonic() >= deadline:
                return [_goes_on(settings)]
            time.sleep(_PAUSE_S)
    except OSError as error:
        return [failed("daemon", str(settings.runtime_dir), error)]
    return [InstallResult("daemon", str(settings.runtime_dir), "stopped", ok=True)] if asked else []


def _goes_on(settings: Settings) -> InstallResult:
    pid = noted_pid(settings)
    who, who_fr = (
        ("another process", "un autre processus") if pid is None else (f"process {pid}", f"le processus {pid}")
    )
    why, why_fr = f"{who} still holds {settings.state_dir}", f"{who_fr} tient encore {settings.state_dir}"
    return InstallResult("daemon", str(settings.runtime_dir), "failed", False, why, why_fr)


def _autostart(
    where: Places,
    settings: Settings,
    environ: Mapping[str, str],
    notes: InstallNotes,
    run: Callable[[Sequence[str]], bool],
) -> InstallResult:
    unit, *links = autostart.files(where, settings)
    if where.platform == "windows" and (chosen := ", ".join(host_script.chosen(environ))):
        # Started without them it would be another copy, or one that knows no lists, and the browser's would find it.
        why, why_fr = f"a task cannot carry {chosen}", f"une tâche ne peut pas porter {chosen}"
        return InstallResult("autostart", str(unit), "skipped", True, why, why_fr)
    result = _put("autostart", unit, autostart.description(where, settings, environ), notes)
    if not result.ok:
        return result
    try:
        # The service may only write where a folder is already there.
        settings.runtime_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        for link in links:
            notes.make_folder(link.parent)
        enabled = autostart.enable(where, settings, run)
    except OSError as error:
        return failed("autostart", str(unit), error)
    if not enabled:
        return InstallResult("autostart", str(unit), "failed", False, "Windows refuses the task", "Windows refuse")
    return result


def _without_autostart(where: Places, settings: Settings, run: Callable[[Sequence[str]], bool]) -> list[InstallResult]:
    unit, *links = autostart.files(where, settings)
    if not os.path.exists(unit) and not any(map(os.path.islink, links)):  # noqa: PTH110 - as above
        return []
    if not autostart.disable(where, run):
        return [InstallResult("autostart", str(unit), "failed", False, "Windows refuses", "Windows refuse")]
    for link in links:
        with contextlib.suppress(OSError):
            link.unlink()
    return _removed("autostart", unit)


def _without_working_files(settings: Settings) -> list[InstallResult]:
    """What is nobody's: socket folder, log, lists received. What the person decided and reported stays."""
    results = []
    ours = (settings.runtime_dir, settings.state_lock_path, settings.whereabouts_path)
    for path in (*ours, settings.log_path, settings.lists_dir):
        try:
            if path.is_dir():
                shutil.rmtree(path)
            elif path.exists():
                path.unlink()
            else:
                continue
        except OSError as error:
            return [failed("working-files", str(path), error)]
        results = [InstallResult("working-files", str(settings.state_dir), "removed", ok=True)]
    with contextlib.suppress(OSError):
        settings.state_dir.rmdir()
    return results


def _put(what: str, file: Path, content: bytes, notes: InstallNotes) -> InstallResult:
    try:
        if file.is_file() and file.read_bytes() == content:
            return InstallResult(what, str(file), "unchanged", ok=True)
        notes.make_folder(file.parent)
        write_durably(file, content)
    except OSError as error:
        return failed(what, str(file), error)
    return InstallResult(what, str(file), "written", ok=True)


def _removed(what: str, file: Path | None) -> list[InstallResult]:
    if file is None or not os.path.isfile(file):  # noqa: PTH113 - as above
        return []
    try:
        file.unlink()
    except OSError as error:
        return [failed(what, str(file), error)]
    return [InstallResult(what, str(file), "removed", ok=True)]
