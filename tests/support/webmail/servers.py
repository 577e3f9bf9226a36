"""What the servers under test share: a user without rights, a folder of its own, a port, an end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from support.browser import until

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HINT = "apt-get install --no-install-recommends {packages}"
ADDRESS = "127.0.0.1"


class NotInstalledError(Exception):
    """A server these tests need is missing: they fail, so that nobody takes silence for success."""


def need(packages: str, *paths: str) -> None:
    """Check that files of some Debian packages are there; ``*`` stands for a version.

    Raises:
        NotInstalledError: one is not; the message says what to install.
    """
    if missing := [path for path in paths if not any(Path("/").glob(path.lstrip("/")))]:
        raise NotInstalledError(f"{missing[0]} is missing: {HINT.format(packages=packages)}")


@cache
def account(instead_of_root: str = "nobody") -> pwd.struct_passwd:
    """Return who runs a server: ourselves, or another where we are root (Dovecot, PostgreSQL and SOGo refuse root)."""
    return pwd.getpwuid(os.getuid()) if os.getuid() else pwd.getpwnam(instead_of_root)


def private_folder(name: str, who: pwd.struct_passwd) -> Path:
    """Make a folder that belongs to an account; the path is short because unix sockets lie in it."""
    return give(Path(tempfile.mkdtemp(prefix=f"guet-{name}-", dir="/tmp")), who)


def give(path: Path, who: pwd.struct_passwd) -> Path:
    """Make a path, and all below it, the property of an account."""
    if os.getuid() == 0:
        for one in (path, *path.rglob("*")):
            os.chown(one, who.pw_uid, who.pw_gid, follow_symlinks=False)
    return path


def free_port() -> int:
    """Return a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Server:
    """A process in a session of its own, run by an account; what it says is kept in ``log``."""

    name: str
    log: Path
    who: pwd.struct_passwd
    process: subprocess.Popen[bytes] | None = None

    def run(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        """Start it; returns at once."""
        root = os.getuid() == 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.log.parent), **(env or {})},
                cwd=self.log.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=self.who.pw_uid if root else None,
                group=self.who.pw_gid if root else None,
                extra_groups=[] if root else None,
            )

    async def answers(self, port: int, timeout: float = 20) -> None:
        """Wait until it listens on a port."""

        async def connects() -> bool:
            if self.process and self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended: {self.log.read_text('utf-8', 'replace')[-2000:]}")
            try:
                _, writer = await asyncio.open_connection(ADDRESS, port)
            except ConnectionError:
                return False
            writer.close()
            return True

        await until(connects, f"{self.name} on port {port}", timeout)

    async def ended(self) -> None:
        """Wait until it ends by itself, with success."""
        assert self.process
        code = await asyncio.to_thread(self.process.wait, 30)
        assert code == 0, f"{self.name}: {self.log.read_text('utf-8', 'replace')[-2000:]}"

    async def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and everything it started."""
        process, self.process = self.process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(process.wait, 1)  # nothing of it is kept: no need to wait for its clients
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def forget(folder: Path) -> None:
    """Delete a private folder."""
    shutil.rmtree(folder, ignore_errors=True)
