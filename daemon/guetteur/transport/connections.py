"""How long and how many: what aiohttp leaves open, closed around each of its connections.

    connected ──▶ waits for a head, HEAD_S at most ──▶ asked: the guard's deadlines ──▶ idle ──▶ first byte: HEAD_S …
                                                          └─ an answer nobody takes: WRITE_S at most

aiohttp has one timer, for idle connections; a head that never ends looks idle to it, and an answer that nobody takes
has no timer at all. A connection that has been let in once may stay idle as long as aiohttp allows (`LIMITS`): the
relay keeps its own. When too many are open, strangers go first.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_OPEN = 128
"""A browser's relay has eight; the least number of open files a system grants a program is 256 (macOS)."""

HEAD_S = 5.0
WRITE_S = 10.0

LIMITS: dict[str, Any] = {
    # Of an idle connection, and of a head begun behind a whole request, which only those who may ask can do.
    "keepalive_timeout": 300.0,
    # Of what still arrives after an answer: long enough for the answer to be read before the connection is cut.
    "lingering_time": 1.0,
    "max_line_size": 2048,
    "max_field_size": 2048,
    "max_headers": 32,
    # A body is taken as it is: a few bytes never become many.
    "auto_decompress": False,
}
"""For ``web.AppRunner``."""

_BODY = b'{"error":{"code":"head_too_slow","message":"the request did not come in time","hint":"ask again"}}'
_TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    % len(_BODY)
) + _BODY


class Connections:
    """Makes the protocol of each connection, and knows those that are open.

    Args:
        make: makes aiohttp's own protocol, ``web.Server``.
    """

    def __init__(self, make: Callable[[], asyncio.Protocol]) -> None:
        self._make = make
        self._open: dict[Watched, None] = {}  # the oldest first

    def __call__(self) -> Watched:
        """For ``loop.create_server``."""
        return Watched(self._make(), self)

    def admit(self, one: Watched) -> bool:
        """Whether there is room for one more; another may have to go for it."""
        if len(self._open) >= MAX_OPEN:
            strangers = (other for other in self._open if not other.let_in)
            idle = sorted((other for other in self._open if not other.asking), key=lambda other: other.idle_since)
            victim = next(strangers, None) or next(iter(idle), None)
            if victim is None:
                return False
            self.forget(victim)
            victim.cut()
        self._open[one] = None
        return True

    def forget(self, one: Watched) -> None:
        """It is closed."""
        self._open.pop(one, None)


class Watched(asyncio.Protocol):
    """Stands between a transport and aiohttp's protocol, and passes everything on.

    Attributes:
        let_in: whether the guard has let a request of it pass.
        asking: whether a request is being answered.
        idle_since: when the last one was, on the loop's clock.
    """

    def __init__(self, inner: asyncio.Protocol, connections: Connections) -> None:
        self._inner = inner
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._head: asyncio.TimerHandle | None = None
        self._write: asyncio.TimerHandle | None = None
        self._refused = False
        self._last = False
        self.let_in = False
        self.asking = False
        self.idle_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        self._transport = cast("asyncio.Transport", transport)
        self._refused = not self._connections.admit(self)
        if self._refused:
            self._transport.abort()
            return
        # Not a byte waits here unseen: what the system does not take at once is on the clock.
        self._transport.set_write_buffer_limits(high=0)
        self._await_head()
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        if self._head is None and not self.asking and not self._last:
            self._await_head()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """See asyncio."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """See asyncio."""
        if self._write is None:
            self._write = self._loop.call_later(WRITE_S, self.cut)
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """See asyncio."""
        if self._write is not None:
            self._write.cancel()
            self._write = None
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self._connections.forget(self)
        for timer in (self._head, self._write):
            if timer is not None:
                timer.cancel()
        self._head = self._write = None
        if not self._refused:
            self._inner.connection_lost(exc)

    def asked(self) -> None:
        """A whole head has come."""
        self.asking = True
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def answered(self, *, last: bool) -> None:
        """The answer is made; aiohttp writes it next, and then hangs up when it is the ``last``."""
        self.asking, self._last = False, last
        self.idle_since = self._loop.time()

    def cut(self) -> None:
        """End it at once, whatever was still to be written."""
        if self._transport is not None:
            self._transport.abort()

    def _await_head(self) -> None:
        self._head = self._loop.call_later(HEAD_S, self._head_too_slow)

    def _head_too_slow(self) -> None:
        self._head = None
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_TOO_SLOW)
            self._transport.close()
        else:
            self.cut()
