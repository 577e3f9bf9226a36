"""Just enough HTTP/1.1 for one client and one server we know: our own daemon.

``http.client`` would do but for three things that its tests here ask for: one deadline over the whole exchange (a
head that drips in byte by byte resets its per-read time-out), a too large answer refused by its head, and a plain word
on whether a byte of an answer had been read, after which nothing may be sent again. See docs/adr/0004.
"""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

    from guetteur.transport.seal import Head, Seal

MAX_HEAD = 32 * 1024
# The largest answer is a page of listed hosts, about 1 MiB; beyond this something is wrong.
MAX_ANSWER = 16 * 1024 * 1024
_CHUNK = 64 * 1024


class ExchangeError(Exception):
    """No whole answer came.

    Attributes:
        why: ``closed`` (the other side hung up), ``timeout``, ``bad_answer``, ``too_large`` or ``not_sealed`` (whoever
            answered has not the key).
        begun: whether any byte of an answer was read.
    """

    def __init__(self, why: str, *, begun: bool) -> None:
        super().__init__(why)
        self.why = why
        self.begun = begun


class Connection:
    """One connected socket, asked one thing at a time; sealed both ways where there is a ``seal``."""

    def __init__(self, sock: socket.socket, host: str, seal: Seal | None) -> None:
        self._sock = sock
        self._host = host
        self._seal = seal
        self._begun = False
        self.reusable = True

    def idle(self) -> bool:
        """Whether the connection still stands with nothing waiting to be read; False when the server has hung up."""
        return self.reusable and not select.select([self._sock], [], [], 0)[0]

    def exchange(self, path: str, body: bytes | None, deadline: float) -> tuple[int, bytes]:
        """Send one request (GET without a body, else POST of JSON) and read its answer.

        Args:
            path: starts with a slash; ASCII without blanks or line ends.
            body: JSON, or None.
            deadline: on the clock of ``time.monotonic``; covers sending and the last byte of the answer.

        Raises:
            ExchangeError: afterwards the connection is of no more use.
        """
        answer = bytearray()
        self._begun = False
        try:
            head, request = self._request(path, body)
            self._sock.settimeout(_left(deadline))
            self._sock.sendall(request)
            status, length = self._read_head(answer, deadline)
            while len(answer) < length:
                self._receive(answer, deadline)
        except TimeoutError:
            raise self._broken("timeout") from None
        except OSError:
            raise self._broken("closed") from None
        except ValueError:
            raise self._broken("bad_answer") from None
        if len(answer) > length:
            raise self._broken("bad_answer")
        return status, self._opened(head, status, bytes(answer))

    def close(self) -> None:
        """Hang up."""
        self.reusable = False
        self._sock.close()

    def _request(self, path: str, body: bytes | None) -> tuple[Head | None, bytes]:
        method, kind, head, authorization = ("GET" if body is None else "POST"), "application/json", None, ""
        if self._seal is not None:
            from guetteur.transport.seal import SEALED_TYPE  # noqa: PLC0415 - loaded already, with the seal

            head, told = self._seal.begin(method, path, self._host)
            kind, authorization = SEALED_TYPE, f"Authorization: {told}\r\n"
            body = body if body is None else self._seal.close_body(head, body)
        first = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\n{authorization}"
        if body is None:
            return head, f"{first}Accept: {kind}\r\n\r\n".encode("ascii")
        return head, f"{first}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode("ascii") + body

    def _opened(self, head: Head | None, status: int, answer: bytes) -> bytes:
        if self._seal is None or head is None:
            return answer
        try:
            return self._seal.open_answer(head, status, answer)
        except ValueError:
            raise self._broken("not_sealed") from None

    def _read_head(self, answer: bytearray, deadline: float) -> tuple[int, int]:
        """Read up to the end of the head; leaves in ``answer`` what already came of the body."""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            if len(answer) > MAX_HEAD:
                raise ValueError
            self._receive(answer, deadline)
        first, *lines = answer[:end].decode("latin-1").split("\r\n")
        version, status, *_ = first.split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = headers.get("content-length", "")
        if version != "HTTP/1.1" or not status.isdecimal() or not length.isdecimal() or "transfer-encoding" in headers:
            raise ValueError
        if int(length) > MAX_ANSWER:
            raise self._broken("too_large")
        if headers.get("connection", "").lower() == "close":
            self.reusable = False
        del answer[: end + 4]
        return int(status), int(length)

    def _receive(self, answer: bytearray, deadline: float) -> None:
        self._sock.settimeout(_left(deadline))
        received = self._sock.recv(_CHUNK)
        if not received:
            raise ConnectionResetError
        self._begun = True
        answer += received

    def _broken(self, why: str) -> ExchangeError:
        self.close()
        return ExchangeError(why, begun=self._begun)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
