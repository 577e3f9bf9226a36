"""Every connection, name look-up and program that this process begins, as Python's audit hooks tell them."""

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

_noted: list[tuple[str, Any]] | None = None
_servers: Collection[int] = ()


def _note(event: str, args: tuple[Any, ...]) -> None:
    if _noted is None:
        return
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen", "os.posix_spawn", "os.exec"):
        _noted.append((event, repr(args)))
    # The unix socket has a path for an address, what goes on over a connection none; the rest has a host and a port.
    if (
        event in ("socket.connect", "socket.sendto", "socket.sendmsg")
        and isinstance(args[1], tuple)
        and (not _servers or args[0].getsockname()[1] not in _servers)
    ):
        _noted.append((event, args[1]))


@contextmanager
def noted(servers: Collection[int] = ()) -> Iterator[list[tuple[str, Any]]]:
    """What leaves meanwhile, but for what the test's own servers on these ports answer.

    An audit hook cannot be taken off again; it sleeps.
    """
    global _noted, _servers
    if not getattr(sys, "_guetteur_hooked", False):
        sys.addaudithook(_note)
        sys._guetteur_hooked = True  # type: ignore[attr-defined]
    _noted, _servers = [], servers
    try:
        yield _noted
    finally:
        _noted, _servers = None, ()
