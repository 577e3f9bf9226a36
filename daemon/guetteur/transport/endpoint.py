"""The daemon's end of the transport: one socket, held by one daemon, that only its own user can reach.

    locks (daemon.lock) ── held ──▶ AlreadyRunning(pid)
         │ both free: the runtime folder's, whose socket it is, and the state folder's, whatever session asks
         ▼
    unix:      daemon.sock, 0600 in a folder 0700; the peer's uid is checked per connection (web/guard.py)
    loopback:  127.0.0.1, a port the system picks; port and key in loopback.json, 0600

Everything that is removed (a stale socket, an old key file) is removed only while the lock is held.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import socket
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from guetteur.durable import write_durably
from guetteur.transport.ownership import (
    UNIX_HOST,
    EndpointError,
    check_private_dir,
    check_socket_path,
    own_uid,
    peer_uid,
)
from guetteur.transport.whereabouts import elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from filelock import BaseFileLock

    from guetteur.config import Settings

__all__ = ["UNIX_HOST", "AlreadyRunning", "EndpointError", "Listener", "bind", "own_uid", "peer_uid"]

_BACKLOG = 128
_PID_TRIES = 10
_PID_WAIT_S = 0.05


@dataclass(frozen=True, slots=True)
class AlreadyRunning:
    """Another daemon of this user holds one of the locks.

    Attributes:
        pid: its process id; None when it has only just started and has not written it yet.
    """

    pid: int | None


@dataclass(frozen=True, slots=True)
class Listener:
    """A bound socket and what a request through it must carry.

    Attributes:
        sock: bound and listening, for ``web.SockSite``.
        host: the exact ``Host`` header a client sends.
        key: what requests and answers are sealed with (`guetteur.transport.seal`); None on a unix socket, where the
            peer's uid decides.
    """

    sock: socket.socket
    host: str
    key: str | None
    _left_behind: tuple[tuple[Path, int], ...]
    _locks: tuple[BaseFileLock, ...]

    def is_reachable(self) -> bool:
        """Whether the files by which clients find it still lie there: the end of a session empties its folder."""
        return all(_inode(path) == inode for path, inode in self._left_behind)

    def close(self) -> None:
        """Close the socket, remove socket, key and pid file, then let the next daemon start. Twice does no harm."""
        self.sock.close()
        for path, inode in self._left_behind:
            _remove_own(path, inode)
        _release(self._locks)


async def bind(settings: Settings) -> Listener | AlreadyRunning:
    """Take the daemon's locks and bind the socket.

    Returns:
        The listener; or AlreadyRunning when another daemon holds a lock, in which case nothing was touched.

    Raises:
        EndpointError: the runtime folder is unsafe, the socket path too long, or something that is no socket of ours
            lies where the socket goes.
    """
    make_runtime_dir(settings.runtime_dir)
    if settings.transport == "unix":
        check_socket_path(settings.socket_path)
    locks: list[BaseFileLock] = []
    try:
        locks.append(_locked(settings.lock_path))
        # Where nothing can be written two daemons do no harm, and one must be: a full disk ends no protection.
        with contextlib.suppress(_CannotLockError):
            locks.append(_locked(settings.state_lock_path))
        return _bind_locked(settings, tuple(locks))
    except Timeout:
        _release(locks)
        return AlreadyRunning(await _first_pid(settings))
    except (OSError, _CannotLockError) as error:
        _release(locks)
        raise EndpointError(
            "bind_failed", f"the daemon's socket could not be made: {error}", f"look at {settings.runtime_dir}"
        ) from error
    except BaseException:
        _release(locks)
        raise


class _CannotLockError(Exception):
    """The lock file can be neither made nor opened."""


def _locked(path: Path) -> BaseFileLock:
    # thread_local=False: close() may be called from another thread than bind().
    lock = FileLock(path, timeout=0, mode=0o600, thread_local=False)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise
    except OSError as error:
        raise _CannotLockError(str(error)) from error
    return lock


def _release(locks: Iterable[BaseFileLock]) -> None:
    for lock in locks:
        lock.release(force=True)


def make_runtime_dir(path: Path) -> None:
    """Make the folder with mode 0700, or check the one that is there.

    Raises:
        EndpointError: see ``check_private_dir``; or ``runtime_dir_not_made``.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
    except OSError as error:
        raise EndpointError(
            "runtime_dir_not_made",
            f"the folder {path} could not be made: {error}",
            "set GUETTEUR_HOME to your own",
            path=path,
            reason=error,
        ) from error
    check_private_dir(path)


def is_held(settings: Settings) -> bool:
    """Whether a daemon holds a lock, in whatever state it is; nothing is made where there is none.

    Raises:
        OSError: that cannot be known.
    """
    for path in (settings.lock_path, settings.state_lock_path):
        if path.exists():
            try:
                _release([_locked(path)])
            except Timeout:
                return True
            except _CannotLockError as error:
                raise OSError(str(error)) from error
    return False


def noted_pid(settings: Settings) -> int | None:
    """The process id that the last daemon noted, here or where it holds the state from; None when none did."""
    for place in (settings, elsewhere(settings)):
        if place is not None:
            with contextlib.suppress(OSError, ValueError):
                return int(pid_path(place).read_text("ascii"))
    return None


def pid_path(settings: Settings) -> Path:
    """File with the running daemon's process id; a hint for people, the lock is what decides."""
    # Not inside the lock file: Windows does not let others read a locked range.
    return settings.lock_path.with_suffix(".pid")


def _bind_locked(settings: Settings, locks: tuple[BaseFileLock, ...]) -> Listener:
    pid_file = pid_path(settings)
    write_durably(pid_file, f"{os.getpid()}\n".encode(), 0o600)
    left_behind = [(pid_file, pid_file.lstat().st_ino)]
    if len(locks) > 1:
        with contextlib.suppress(OSError):  # a full disk: the session's own programs find it all the same
            write_durably(settings.whereabouts_path, os.fsencode(settings.runtime_dir.absolute()), 0o600)
            left_behind.append((settings.whereabouts_path, settings.whereabouts_path.lstat().st_ino))
    if settings.transport == "unix":
        sock = _unix_socket(settings.socket_path)
        left_behind.append((settings.socket_path, settings.socket_path.lstat().st_ino))
        return Listener(sock, UNIX_HOST, None, tuple(left_behind), locks)
    sock, key = _loopback_socket(settings.loopback_file)
    left_behind.append((settings.loopback_file, settings.loopback_file.lstat().st_ino))
    return Listener(sock, f"127.0.0.1:{sock.getsockname()[1]}", key, tuple(left_behind), locks)


def _unix_socket(path: Path) -> socket.socket:
    _remove_stale(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # bind() creates the file: only the umask can give it its mode without a moment in between.
    before = os.umask(0o177)
    try:
        sock.bind(str(path))
    except BaseException:
        sock.close()
        raise
    finally:
        os.umask(before)
    return _listening(sock)


def _loopback_socket(key_file: Path) -> tuple[socket.socket, str]:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    key = secrets.token_urlsafe(32)
    try:
        # Windows lets another program share a port that is bound without this.
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        if exclusive is not None:
            sock.setsockopt(socket.SOL_SOCKET, exclusive, 1)
        sock.bind(("127.0.0.1", 0))
        _listening(sock)
        # Written once the port is ours: a client that reads the file can connect at once.
        content = json.dumps({"port": sock.getsockname()[1], "key": key}).encode()
        write_durably(key_file, content, 0o600)
    except BaseException:
        sock.close()
        raise
    return sock, key


def _listening(sock: socket.socket) -> socket.socket:
    sock.setblocking(False)
    sock.listen(_BACKLOG)
    return sock


def _remove_stale(path: Path) -> None:
    try:
        info = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(info.st_mode) or own_uid() not in (None, info.st_uid):
        raise EndpointError(
            "socket_path_taken",
            f"{path} is not a socket of ours",
            "find out who made it, remove it, then start the daemon again",
            path=path,
        )
    path.unlink()


def _inode(path: Path) -> int | None:
    try:
        return path.lstat().st_ino
    except OSError:
        return None


def _remove_own(path: Path, inode: int) -> None:
    # A successor may have put its own file there if the runtime folder was wiped under us: leave that one alone.
    with contextlib.suppress(OSError):
        if path.lstat().st_ino == inode:
            path.unlink()


async def _first_pid(settings: Settings) -> int | None:
    for _ in range(_PID_TRIES):
        if (pid := noted_pid(settings)) is not None:
            return pid
        await asyncio.sleep(_PID_WAIT_S)
    return None
