"""Starts the daemon in the background when none answers.

Any number of relays may do this at once: each may start a process, the daemon's own lock lets one of them stay.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from guetteur.errors import DaemonUnreachableError
from guetteur.transport.client import PORT_TAKEN, DaemonClient

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence

    from guetteur.config import Settings

MAX_LOG_BYTES = 1024 * 1024

_FIRST_PAUSE_S = 0.02
_LONGEST_PAUSE_S = 0.25
_PROBE_TIMEOUT_S = 2.0
# A failed child may have lost to one that is still loading; how long that one is waited for.
_GRACE_S = 1.0

# Windows process flags, by number because other platforms lack the names. Firefox runs the relay inside a job that ends
# everything in it with the browser: the daemon must break away.
_DETACHED_PROCESS = 0x00000008
_CREATE_NEW_PROCESS_GROUP = 0x00000200
_CREATE_BREAKAWAY_FROM_JOB = 0x01000000


def ensure_daemon(settings: Settings, timeout_s: float = 10.0, command: Sequence[str] | None = None) -> bool:
    """Return once a daemon answers, starting one when none does.

    Args:
        settings: where it should answer. The child reads its own settings from the environment it inherits.
        timeout_s: for the whole of starting and waiting.
        command: what to start instead of ``python -m guetteur serve`` (tests).

    Returns:
        True when a process was started, False when one answered already.

    Raises:
        DaemonUnreachableError: ``daemon_start_failed`` (it ended at once, or could not be run),
            ``daemon_start_timeout``, or what the client raises when the endpoint is not ours.
    """
    deadline = time.monotonic() + timeout_s
    with DaemonClient(settings) as client:
        if _answers(settings, client, deadline):
            return False
        child = _start(settings, command or serve_command())
        pause, gave_up_at = _FIRST_PAUSE_S, None
        while not _answers(settings, client, deadline):
            now = time.monotonic()
            if gave_up_at is None and child.poll() not in (None, 0):
                gave_up_at = now + _GRACE_S
            if gave_up_at is not None and now >= min(gave_up_at, deadline):
                raise DaemonUnreachableError(
                    "daemon_start_failed", "the daemon ended as soon as it was started", f"see {settings.log_path}"
                )
            if now >= deadline:
                raise DaemonUnreachableError(
                    "daemon_start_timeout", f"no daemon answered within {timeout_s:g} s", f"see {settings.log_path}"
                )
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_S)
    return True


def serve_command() -> list[str]:
    """How the daemon is started: this interpreter, without the current folder on its path (``-P``)."""
    # A browser's current folder may be Downloads; without -P a json.py lying there would run as us.
    return [sys.executable, "-P", "-m", "guetteur", "serve"]


def spawn_options(platform: str) -> dict[str, Any]:
    """Keyword arguments of ``Popen`` that cut a child loose from us on a ``sys.platform``."""
    if platform == "win32":
        return {"creationflags": _DETACHED_PROCESS | _CREATE_NEW_PROCESS_GROUP | _CREATE_BREAKAWAY_FROM_JOB}
    return {"start_new_session": True}


def _answers(settings: Settings, client: DaemonClient, deadline: float) -> bool:
    left = max(deadline - time.monotonic(), 0.05)
    try:
        client.request("/v1/status", None, min(_PROBE_TIMEOUT_S, left))
    except DaemonUnreachableError as error:
        # Anything but silence (a squatter's socket, a key file others can read) is not cured by starting a daemon.
        silent = error.code in ("daemon_unreachable", "daemon_timeout", "answer_cut")
        if not silent and not (settings.transport == "loopback" and error.code in PORT_TAKEN):
            raise
        return False
    return True


def _start(settings: Settings, command: Sequence[str]) -> subprocess.Popen[bytes]:
    options = spawn_options(sys.platform)
    try:
        log = _open_log(settings)
        try:
            child = _popen(command, log, options)
        finally:
            os.close(log)
    except OSError as error:
        raise DaemonUnreachableError(
            "daemon_start_failed", f"the daemon could not be started: {error}", f"look at {settings.state_dir}"
        ) from error
    # Collects the exit status should it end before us, so that no zombie stays.
    threading.Thread(target=child.wait, name="daemon-child", daemon=True).start()
    return child


def _popen(command: Sequence[str], log: int, options: dict[str, Any]) -> subprocess.Popen[bytes]:
    import subprocess  # noqa: PLC0415 - 10 ms the relay pays only when it has to start something

    # stdin, stdout and stderr all replaced: a child holding the browser's pipes would keep the browser waiting.
    common: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "close_fds": True}
    try:
        return subprocess.Popen(command, **common, **options)  # noqa: S603 - our own interpreter and module
    except PermissionError:
        if not options.get("creationflags", 0) & _CREATE_BREAKAWAY_FROM_JOB:
            raise
        # A job that forbids breaking away: a daemon that ends with the browser is better than none.
        flags = options["creationflags"] & ~_CREATE_BREAKAWAY_FROM_JOB
        return subprocess.Popen(command, **common, creationflags=flags)  # noqa: S603 - the same


def _open_log(settings: Settings) -> int:
    settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = os.open(settings.log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    if os.fstat(log).st_size > MAX_LOG_BYTES:
        os.ftruncate(log, 0)
    return log
