"""The blocking client the relay and the command line ask the daemon with.

Before a byte of a request leaves, the other end must be ours: the socket file belongs to our user, and so does the
process the kernel says is listening. A stranger's socket in its place (a squatter) would learn addresses and could
answer "no known risk". On a loopback port, where not every system can say who listens, all that is sent and believed is
sealed besides (`guetteur.transport.seal`).
"""

from __future__ import annotations

import contextlib
import json
import socket
import stat
import time
from typing import TYPE_CHECKING, Self

from guetteur.errors import DaemonUnreachableError
from guetteur.transport.http1 import Connection, ExchangeError
from guetteur.transport.ownership import (
    UNIX_HOST,
    EndpointError,
    check_socket_path,
    loopback_listener_uid,
    own_uid,
    peer_uid,
    read_private_file,
)
from guetteur.transport.whereabouts import elsewhere

if TYPE_CHECKING:
    from guetteur.config import Settings

_START_HINT = "start it with: guetteur serve"
_MESSAGES = {
    "closed": ("daemon_unreachable", "the daemon hung up before it answered", _START_HINT),
    "timeout": ("daemon_timeout", "the daemon did not answer in time", "try again; if it stays so: guetteur doctor"),
    "bad_answer": ("bad_answer", "what answered does not speak the daemon's protocol", "run: guetteur doctor"),
    "not_sealed": (
        "answer_not_verified",
        "what answered does not hold this daemon's key: nothing it said was believed",
        "another program may have taken the daemon's port; if it stays so: guetteur doctor",
    ),
    "too_large": ("answer_too_large", "the daemon's answer is too large", "ask for less at once"),
}
_MAX_KEY_FILE = 4096

PORT_TAKEN = frozenset({"socket_not_ours", "answer_not_verified", "bad_answer"})
"""How a stranger on the loopback port is told: the daemon that had it is gone, and a new one takes another port."""


class DaemonClient:
    """Asks one daemon over one kept-alive connection. Not for use by two threads at once.

    Nothing is opened before the first request; a connection the daemon has closed meanwhile is replaced silently.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connection: Connection | None = None

    def request(self, path: str, body: object | None = None, timeout_s: float = 10.0) -> tuple[int, bytes]:
        """Ask once and wait for the whole answer.

        Args:
            path: as in ``docs/reference/wire.md``, for example ``/v1/status``.
            body: anything ``json.dumps`` takes, or JSON as bytes, sent by POST; None asks by GET.
            timeout_s: for connecting, sending and receiving together.

        Returns:
            HTTP status (errors of the daemon are answers too) and the body, JSON as the daemon wrote it.

        Raises:
            DaemonUnreachableError: ``daemon_unreachable`` (nobody there, or it hung up without a byte of an answer),
                ``daemon_timeout``, ``answer_cut`` (it hung up in the middle), ``bad_answer``, ``answer_not_verified``,
                ``answer_too_large``, ``socket_not_ours``, ``key_file_unsafe`` or ``socket_path_too_long``.
        """
        payload = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        deadline = time.monotonic() + timeout_s
        connection, fresh = self._connected(deadline)
        try:
            return connection.exchange(path, payload, deadline)
        except ExchangeError as error:
            # The daemon closes idle connections; ours may cross that on the way. Only an answer of no bytes at all on a
            # connection that had served before looks like that, and only then is it asked again, once.
            if fresh or error.begun or error.why != "closed":
                raise _told(error) from None
        self.close()
        connection, _ = self._connected(deadline)
        try:
            return connection.exchange(path, payload, deadline)
        except ExchangeError as error:
            raise _told(error) from None

    def close(self) -> None:
        """Hang up; the next request connects anew."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _connected(self, deadline: float) -> tuple[Connection, bool]:
        if self._connection is not None:
            if self._connection.idle():
                return self._connection, False
            self.close()
        connect = _connect_unix if self._settings.transport == "unix" else _connect_loopback
        try:
            self._connection = connect(self._settings, max(deadline - time.monotonic(), 0.001))
        except DaemonUnreachableError as error:
            other = elsewhere(self._settings) if error.code == "daemon_unreachable" else None
            if other is None:
                raise
            self._connection = connect(other, max(deadline - time.monotonic(), 0.001))
        return self._connection, True


def _told(error: ExchangeError) -> DaemonUnreachableError:
    if error.why == "closed" and error.begun:
        return DaemonUnreachableError("answer_cut", "the daemon hung up in the middle of its answer", "try again")
    return DaemonUnreachableError(*_MESSAGES[error.why])


def _connect_unix(settings: Settings, timeout_s: float) -> Connection:
    path, uid = settings.socket_path, own_uid()
    try:
        check_socket_path(path)
        info = path.lstat()
    except EndpointError as error:
        raise DaemonUnreachableError(error.code, error.message, error.hint, **error.params) from None
    except OSError as error:
        raise _nobody(error) from None
    if not stat.S_ISSOCK(info.st_mode) or info.st_uid != uid:
        raise _squatted(f"{path} belongs to uid {info.st_uid}")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout_s)
        sock.connect(str(path))
        listener = peer_uid(sock)
    except OSError as error:
        sock.close()
        raise _nobody(error) from None
    if listener not in (None, uid):
        sock.close()
        raise _squatted(f"uid {listener} listens on {path}")
    return Connection(sock, UNIX_HOST, None)


def _connect_loopback(settings: Settings, timeout_s: float) -> Connection:
    port, key = _read_key_file(settings)
    listener = loopback_listener_uid(port)
    if listener is not None and listener != own_uid():
        raise _squatted(f"uid {listener} listens on port {port}")
    try:
        sock = socket.create_connection(("127.0.0.1", port), timeout_s)
    except OSError as error:
        raise _nobody(error) from None
    # Small requests must not wait for the acknowledgement of the previous ones.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    from guetteur.transport.seal import Seal  # noqa: PLC0415 - 20 ms that a unix socket does without

    return Connection(sock, f"127.0.0.1:{port}", Seal(key))


def _read_key_file(settings: Settings) -> tuple[int, str]:
    path = settings.loopback_file
    try:
        content = read_private_file(path, _MAX_KEY_FILE)
    except OSError as error:
        raise _nobody(error) from None
    if content is None:
        raise DaemonUnreachableError(
            "key_file_unsafe", f"{path} can be read or was written by others", "remove it, then start the daemon again"
        )
    with contextlib.suppress(ValueError, KeyError, TypeError):
        found = json.loads(content)
        port, key = int(found["port"]), str(found["key"])
        # The key goes into a header: a line end in it would start another one.
        if 0 < port < 65536 and key.isascii() and key.isprintable():
            return port, key
    raise DaemonUnreachableError("key_file_unsafe", f"{path} is damaged", "remove it, then start the daemon again")


def _nobody(error: OSError) -> DaemonUnreachableError:
    if isinstance(error, TimeoutError):
        return DaemonUnreachableError(*_MESSAGES["timeout"])
    return DaemonUnreachableError("daemon_unreachable", "no daemon answers", _START_HINT)


def _squatted(what: str) -> DaemonUnreachableError:
    return DaemonUnreachableError(
        "socket_not_ours",
        f"{what}, which is not this user: nothing was sent",
        "another user of this computer may be posing as the daemon; remove the file or restart, then: guetteur doctor",
    )
