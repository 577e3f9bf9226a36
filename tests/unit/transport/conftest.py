import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from guetteur.config import Settings, load_settings

ROOT = Path(__file__).parents[3]
STUB = Path(__file__).with_name("stub")


@contextmanager
def made_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A GUETTEUR_HOME with a short path (a unix socket's may have 107 bytes); its daemon ends with it."""
    folder = Path(tempfile.mkdtemp(prefix="guet-"))
    monkeypatch.setenv("GUETTEUR_HOME", str(folder))
    monkeypatch.delenv("GUETTEUR_TRANSPORT", raising=False)
    monkeypatch.setenv("GUETTEUR_STUB", "1")
    monkeypatch.setenv("PYTHONPATH", f"{STUB}{os.pathsep}{ROOT / 'daemon'}")
    yield folder
    # Not by the pid file alone: one that lost the race may still be loading, and would win once the winner is gone.
    while started := processes_of(folder):
        for pid in started:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
    shutil.rmtree(folder, ignore_errors=True)


def processes_of(folder: Path) -> list[int]:
    """Living processes, other than this one, that were started with this GUETTEUR_HOME."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        pid = int(environ.parent.name)
        with suppress(OSError):
            if f"GUETTEUR_HOME={folder}".encode() in environ.read_bytes().split(b"\0") and pid != os.getpid():
                found.append(pid)
    return found


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of the test's own."""
    with made_home(monkeypatch) as folder:
        yield folder


@pytest.fixture
def settings(home: Path) -> Settings:
    return load_settings()


@pytest.fixture
def loopback(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GUETTEUR_TRANSPORT", "loopback")
    return load_settings()


def daemon_pid(folder: Path) -> int | None:
    try:
        return int((folder / "run/daemon.pid").read_text())
    except (OSError, ValueError):
        return None


def end_daemon(folder: Path, with_signal: int = signal.SIGKILL) -> None:
    """Kill the daemon of a home by its own pid file and wait until it is gone."""
    pid = daemon_pid(folder)
    if pid is None or pid == os.getpid():
        return
    with suppress(ProcessLookupError):
        os.kill(pid, with_signal)
    wait_for(lambda: not alive(pid))


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_for(condition, timeout_s: float = 5.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can act as another user"
)
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
OTHER_UID = 65534
