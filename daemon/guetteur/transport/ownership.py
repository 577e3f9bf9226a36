"""Who owns a folder, a file or the other end of a socket: the questions that keep other users of the machine out.

Kept free of heavy imports: the relay a browser starts needs it too.
"""

from __future__ import annotations

import os
import socket
import stat
import struct
import sys
from pathlib import Path

from guetteur.errors import GuetteurError

# sizeof(sun_path) minus the closing zero byte: 108 on Linux, 104 on macOS and the BSDs.
MAX_SOCKET_PATH = 107 if sys.platform == "linux" else 103

AUTH_SCHEME = "Guetteur"
# A unix socket has no name of its own; clients send this one so that the guard can compare exactly there too.
UNIX_HOST = "localhost"

_LISTENING = "0A"


class EndpointError(GuetteurError):
    """The runtime folder, the socket or the key file cannot be used safely."""


def own_uid() -> int | None:
    """Our effective user id, or None where the platform has no such thing (Windows)."""
    return os.geteuid() if hasattr(os, "geteuid") else None


def peer_uid(sock: socket.socket) -> int | None:
    """User id of the process at the other end of a connected unix socket.

    Returns:
        The uid the kernel noted when the connection was made; None where the platform cannot say, and for anything
        that is not a unix socket.
    """
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None or sock.family != getattr(socket, "AF_UNIX", None):
        return None
    _pid, uid, _gid = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i")))
    return int(uid)


def loopback_listener_uid(port: int, table: Path = Path("/proc/net/tcp")) -> int | None:
    """User id of whoever listens on ``127.0.0.1:port``, from Linux's table of sockets; None where it cannot be read.

    A loopback port has no owner a client could ask for. After a crash of the daemon any user may take its port and
    wait for the addresses we would send, so we look before we send.
    """
    try:
        lines = table.read_text("ascii").splitlines()[1:]
    except OSError:
        return None
    wanted = {f"0100007F:{port:04X}", f"00000000:{port:04X}"}
    for line in lines:
        fields = line.split()
        if len(fields) > 7 and fields[1] in wanted and fields[3] == _LISTENING:
            return int(fields[7])
    return None


def check_socket_path(path: Path) -> None:
    """Refuse a path the kernel would cut or reject with a message nobody understands.

    Raises:
        EndpointError: code ``socket_path_too_long``.
    """
    length = len(os.fsencode(path))
    if length > MAX_SOCKET_PATH:
        raise EndpointError(
            "socket_path_too_long",
            f"the socket path has {length} bytes, a unix socket allows {MAX_SOCKET_PATH}: {path}",
            "set GUETTEUR_HOME to a folder with a shorter path, or GUETTEUR_TRANSPORT=loopback",
        )


def check_private_dir(path: Path) -> None:
    """Refuse a folder in which another user could put a socket or key file in our place.

    Raises:
        EndpointError: ``runtime_dir_missing``, ``runtime_dir_not_a_folder`` (a symlink counts),
            ``runtime_dir_foreign`` (it, or the folder it lies in, is another user's), ``runtime_dir_open``
            (its group or everyone may write) or ``runtime_dir_unreachable`` (a file in the way, a name too long).
    """
    try:
        info = path.lstat()
        parent = path.parent.stat()
    except FileNotFoundError:
        raise EndpointError(
            "runtime_dir_missing", f"there is no folder {path}", "start the daemon: guetteur serve", path=path
        ) from None
    except OSError as error:
        raise EndpointError(
            "runtime_dir_unreachable",
            f"{path} cannot be reached: {error.strerror}",
            "set GUETTEUR_HOME to a folder of your own",
            path=path,
            reason=error,
        ) from None
    if not stat.S_ISDIR(info.st_mode):
        raise EndpointError(
            "runtime_dir_not_a_folder",
            f"{path} is not a folder of its own",
            "remove or rename it, then start again",
            path=path,
        )
    uid = own_uid()
    if uid is None:
        return  # Windows: the folder lies in the user's profile, whose access list already shuts others out
    # root may own the parent (/run/user, /tmp); anyone else could rename our folder away and put theirs there.
    if info.st_uid != uid or parent.st_uid not in (uid, 0):
        raise EndpointError(
            "runtime_dir_foreign",
            f"{path} or its parent belongs to another user (uid {info.st_uid}, parent {parent.st_uid})",
            "ask who made it; set GUETTEUR_HOME to a folder of your own",
            path=path,
        )
    if info.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise EndpointError(
            "runtime_dir_open",
            f"others may write in {path} (mode {stat.S_IMODE(info.st_mode):o})",
            f"chmod 700 {path}",
            path=path,
        )


def read_private_file(path: Path, most: int) -> bytes | None:
    """The first ``most`` bytes of a file of ours that nobody else can read or write; None when it is not such a file.

    Raises:
        OSError: there is none, or it is a link.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        info, uid = os.fstat(file.fileno()), own_uid()
        if uid is not None and (info.st_uid != uid or info.st_mode & 0o077 or not stat.S_ISREG(info.st_mode)):
            return None
        return file.read(most)
