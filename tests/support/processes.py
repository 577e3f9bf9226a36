"""The processes of one daemon's home or one browser's profile: found by what they were started with, stopped, ended."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def relays(home: Path) -> list[int]:
    """The relays that browsers started for the daemon below ``home``."""
    return [pid for pid, words in _started() if "guetteur.transport.native_host" in words and _home(pid) == str(home)]


def daemons(home: Path) -> list[int]:
    """Every ``guetteur serve`` below ``home``, those included that are about to give way to another."""
    return [pid for pid, words in _started() if "serve" in words and "guetteur" in words and _home(pid) == str(home)]


def browser(profile: Path) -> list[int]:
    """Every process of the browser that has this profile open."""
    return [pid for pid, words in _started() if any(str(profile) in word for word in words)]


@contextmanager
def frozen(*pids: int) -> Iterator[None]:
    """Stop processes as a debugger, a swap storm or a laptop's lid would; they go on at the end, those that live."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def kill(pids: list[int]) -> None:
    """End them at once (SIGKILL)."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _started() -> Iterator[tuple[int, list[str]]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                yield int(folder.name), (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")


def _home(pid: int) -> str | None:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            if line.startswith(b"GUETTEUR_HOME="):
                return os.fsdecode(line.removeprefix(b"GUETTEUR_HOME="))
    return None
