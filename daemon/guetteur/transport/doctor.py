"""Looks at every link between a browser and the daemon, and says what is wrong and what to do."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import guetteur
from guetteur.errors import DaemonUnreachableError, DataFileError, GuetteurError
from guetteur.lists.compiled import CompiledList
from guetteur.lists.knowledge import load_knowledge, load_model
from guetteur.lists.source import load_repository
from guetteur.lists.sources import STARTER_FILE, starter_sources
from guetteur.lookup.registries import load_registries
from guetteur.texts import reasons, told_in_both
from guetteur.transport import frames, host_script
from guetteur.transport.browsers import load_browsers, load_identities, places
from guetteur.transport.client import DaemonClient
from guetteur.transport.endpoint import noted_pid
from guetteur.transport.findings import Finding, finding
from guetteur.transport.ownership import EndpointError, check_private_dir, check_socket_path, own_uid
from guetteur.transport.processes import lives
from guetteur.transport.registry import WindowsRegistry
from guetteur.transport.targets import manifest, read_manifest, targets
from guetteur.transport.whereabouts import elsewhere

if TYPE_CHECKING:
    from pathlib import Path

    from guetteur.config import Settings
    from guetteur.transport.browsers import Browser, Identities, Places, Platform
    from guetteur.transport.registry import Registry
    from guetteur.transport.targets import Target

__all__ = ["DATA_FILES", "Finding", "diagnose"]

_READERS = {
    "knowledge.json": load_knowledge,
    "model.json": load_model,
    "registries.json": load_registries,
    "repository.json": load_repository,
    STARTER_FILE: starter_sources,
}
# What ``guetteur.publish.bundle`` compiles into the package; a contract test compares.
DATA_FILES = (*_READERS, "public_hosts.bin", "popular.bin", "starter.bin")

_STATUS_TIMEOUT_S = 3.0
_ROOT_GONE = frozenset({"repository_unreadable", "root_damaged"})
"""No later try heals these."""


def diagnose(
    settings: Settings,
    *,
    home: Path | None = None,
    where: Places | None = None,
    registry: Registry | None = None,
    launcher_timeout_s: float = 20.0,
) -> list[Finding]:
    """Look at everything once; nothing is changed, except that the launcher starts the daemon as a browser would.

    Args:
        settings: the copy to look at.
        home: instead of the person's own folder.
        where: platform and folders, for tests; ``home`` is then ignored.
        registry: instead of the Windows registry.
        launcher_timeout_s: how long the launcher may take to bring an answer, starting the daemon included.

    Returns:
        Findings in the order of the path from the daemon to the browser. Problems are findings, not exceptions.
    """
    where = where or places(home)
    # The launcher first: it may start the daemon, which everything after it looks at.
    script = host_script.path(settings, where.platform)
    launcher = _launcher(settings, script, where.platform, launcher_timeout_s)
    is_there = os.path.exists(settings.runtime_dir)  # noqa: PTH110 - as in _launcher
    listening = settings if is_there else elsewhere(settings) or settings
    return [
        *_endpoint(listening),
        *_daemon(settings),
        _data(settings.data_dir),
        launcher,
        *_browsers(settings, where, registry),
    ]


def _endpoint(settings: Settings) -> list[Finding]:
    try:
        check_private_dir(settings.runtime_dir)
    except EndpointError as error:
        if error.code == "runtime_dir_missing":
            return [finding("runtime_dir_missing", path=settings.runtime_dir)]
        return [finding("runtime_dir_unsafe", **told_in_both(error))]
    return [finding("runtime_dir_ok", path=settings.runtime_dir), _socket(settings)]


def _socket(settings: Settings) -> Finding:
    unix = settings.transport == "unix"
    path = settings.socket_path if unix else settings.loopback_file
    try:
        if unix:
            check_socket_path(path)
        info = path.lstat()
    except EndpointError as error:
        return finding(error.code, path=path)
    except OSError:
        return finding("socket_missing", path=path)
    wanted = stat.S_ISSOCK if unix else stat.S_ISREG
    uid = own_uid()
    if not wanted(info.st_mode) or (uid is not None and (info.st_uid != uid or info.st_mode & 0o077)):
        return finding("socket_not_ours", path=path)
    return finding("socket_ok", path=path)


def _daemon(settings: Settings) -> list[Finding]:
    try:
        with DaemonClient(settings) as client:
            code, raw = client.request("/v1/status", None, _STATUS_TIMEOUT_S)
    except DaemonUnreachableError as error:
        return _silence(settings, error)
    try:
        status: dict[str, Any] = json.loads(raw)
        running, pid, lists = status["version"], status["pid"], status["lists"]
        if code != 200 or status["product"] != "guetteur":
            return [finding("daemon_bad_answer", **_untranslated(f"HTTP {code}"), log=settings.log_path)]
        told = _lists(lists)
    except (ValueError, KeyError, TypeError) as error:
        return [finding("daemon_bad_answer", **_untranslated(type(error).__name__), log=settings.log_path)]
    installed = guetteur.__version__
    if running != installed:
        return [finding("daemon_other_version", running=running, installed=installed, pid=pid), *told]
    return [finding("daemon_ok", version=running), *told]


def _untranslated(why: str) -> dict[str, str]:
    return {"why_fr": why, "why_en": why}


def _silence(settings: Settings, error: DaemonUnreachableError) -> list[Finding]:
    match error.code:
        case "socket_not_ours" | "key_file_unsafe" | "socket_path_too_long":
            return []  # said already, about the socket
        case "bad_answer" | "answer_not_verified" | "answer_too_large" | "answer_cut":
            return [finding("daemon_bad_answer", **told_in_both(error), log=settings.log_path)]
    pid = noted_pid(settings)
    if pid is not None and not lives(pid):
        return [finding("daemon_crashed", pid=pid, log=settings.log_path)]
    if pid is not None and error.code == "daemon_timeout":
        return [finding("daemon_hung", pid=pid, log=settings.log_path)]
    return [finding("daemon_not_running", log=settings.log_path)]


def _lists(lists: dict[str, Any] | None) -> list[Finding]:
    if not lists or not lists["version"]:
        return [finding("lists_missing")]
    code = "lists_stale" if lists["stale"] else "lists_fresh"
    told = [finding(code, version=lists["version"], days=lists["age_days"])]
    if error := lists["error"]:
        code = "lists_without_root" if error["code"] in _ROOT_GONE else "lists_not_renewed"
        told.append(finding(code, **told_in_both(GuetteurError(**error))))
    return told


def _launcher(settings: Settings, script: Path, platform: Platform, timeout_s: float) -> Finding:
    if not os.path.isfile(script):  # noqa: PTH113 - False, no exception, where we may not look or the name is too long
        return finding("launcher_missing", path=script)
    if not _runnable(script):
        return finding("launcher_not_executable", path=script)
    python = host_script.interpreter(script, platform)
    if python is not None and not os.path.exists(python):  # noqa: PTH110 - False too where we may not look
        return finding("python_gone", python=python)
    began = time.monotonic()
    try:
        failure = _start_launcher(script, timeout_s)
        why = told_in_both(failure) if failure is not None else None
    except subprocess.TimeoutExpired:
        why = told_in_both(GuetteurError("relay_slow", f"no answer within {timeout_s:g} s"))
    except OSError as error:
        why = reasons(error)
    if why is not None:
        return finding("launcher_fails", path=script, **why, log=settings.log_path)
    return finding("launcher_ok", path=script, ms=round((time.monotonic() - began) * 1000))


def _start_launcher(script: Path, timeout_s: float) -> GuetteurError | None:
    """Ask the status through the relay as a browser does; what is wrong, if anything is."""
    asked = frames.pack(json.dumps({"id": 1, "path": "/v1/status"}).encode())
    with subprocess.Popen(  # noqa: S603 - our own script, by its absolute path
        [str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as relay:
        stdin, stdout = cast("BinaryIO", relay.stdin), cast("BinaryIO", relay.stdout)
        try:
            try:
                stdin.write(asked)
                stdin.flush()
            except BrokenPipeError:  # it has ended; closing tries to write once more
                with contextlib.suppress(BrokenPipeError):
                    stdin.close()
            # The relay has deadlines of its own, yet a script that is no relay may say nothing for ever.
            frame = _read_within(relay, stdout, timeout_s)
        finally:
            relay.kill()
    try:
        answer = json.loads(frame) if frame else None
        if answer is None:
            return GuetteurError("relay_ended", "it ended without an answer")
        return None if answer["status"] == 200 else GuetteurError(**answer["body"]["error"])
    except (ValueError, KeyError, TypeError):
        return GuetteurError("relay_garbled", "its answer is no frame")


def _read_within(relay: subprocess.Popen[bytes], stdout: BinaryIO, timeout_s: float) -> bytes | None:
    # A pipe has no timeout of its own; killing the other end is what ends a read everywhere.
    timer = threading.Timer(timeout_s, relay.kill)
    began = time.monotonic()
    timer.start()
    try:
        frame = frames.read_frame(stdout)
    except frames.FrameTooLargeError:
        frame = b"-"
    finally:
        timer.cancel()
    if frame is None and time.monotonic() - began >= timeout_s:
        raise subprocess.TimeoutExpired(relay.args, timeout_s)
    return frame


def _browsers(settings: Settings, where: Places, registry: Registry | None) -> list[Finding]:
    if registry is None and where.platform == "windows":
        registry = WindowsRegistry()
    identities = load_identities()
    script = host_script.path(settings, where.platform)
    found = [browser for browser in load_browsers(where) if browser.is_found()]
    if not found:
        return [finding("no_browser_found")]
    told: list[Finding] = []
    for browser in found:
        notes = {"note_fr": browser.note_fr, "note_en": browser.note_en}
        if not browser.reachable:
            told.append(finding("browser_unreachable", browser=browser.name, **notes))
            continue
        here = targets(settings, [browser], identities)
        told += [_manifest(browser, target, identities, script, registry) for target in here]
        if browser.note_en:
            told.append(finding("browser_note", **notes))
    return told


def _manifest(
    browser: Browser, target: Target, identities: Identities, script: Path, registry: Registry | None
) -> Finding:
    shown = {"browser": browser.name, "path": target.key or target.file}
    if target.key is not None and registry is not None and registry.read(target.key) != str(target.file):
        return finding("manifest_missing", **shown)
    if not os.path.isfile(target.file):  # noqa: PTH113 - as in _launcher
        return finding("manifest_missing", **shown)
    content = read_manifest(target.file)
    if content is None:
        return finding("manifest_broken", **shown)
    wanted = manifest(target.kind, identities, script)
    if content.get("path") != wanted["path"] or not _runnable(script):
        return finding("manifest_wrong_launcher", browser=browser.name, found=content.get("path"))
    if any(content.get(name) != value for name, value in wanted.items() if name != "description"):
        return finding("manifest_wrong_ids", **shown)
    return finding("manifest_ok", **shown)


def _runnable(script: Path) -> bool:
    return os.path.isfile(script) and os.access(script, os.X_OK)  # noqa: PTH113 - as in _launcher


def _data(data_dir: Path) -> Finding:
    missing = [name for name in DATA_FILES if not _has_content(data_dir / name)]
    if missing:
        return finding("data_missing", path=data_dir, names=", ".join(missing))
    for name in DATA_FILES:
        try:
            if name in _READERS:
                _READERS[name](data_dir)
            else:
                CompiledList(data_dir / name)
        except DataFileError as error:
            return finding("data_damaged", path=data_dir / name, **told_in_both(error))
    return finding("data_ok", count=len(DATA_FILES))


def _has_content(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except OSError:
        return False
