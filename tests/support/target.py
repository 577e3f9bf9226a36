"""A real daemon of one's own to be attacked, on either transport, and what every refusal must look like."""

import asyncio
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from guetteur.app import build_web_app
from guetteur.config import Settings, load_settings
from guetteur.transport.endpoint import UNIX_HOST, AlreadyRunning, bind
from guetteur.transport.launcher import ensure_daemon
from guetteur.transport.seal import Seal
from support.raw import Address, Answer, Asked, exchange

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Target:
    """A daemon that runs, and how it is asked rightly."""

    settings: Settings
    address: Address
    host: str
    seal: Seal | None

    def asked(self, route: str, path: str, **odd: object) -> Asked:
        return Asked(self.seal, route, path, self.host, **odd)  # type: ignore[arg-type]

    def send(self, sent: bytes, *, to_the_end: bool = True) -> Answer:
        return exchange(self.address, sent, to_the_end=to_the_end)


def running(patch: pytest.MonkeyPatch, transport: str, home: Path) -> Iterator[Target]:
    """A daemon in a process of its own."""
    patch.setenv("GUETTEUR_TRANSPORT", transport)
    patch.setenv("GUETTEUR_HOME", str(home))
    patch.setenv("PYTHONPATH", str(ROOT / "daemon"))
    settings = load_settings()
    ensure_daemon(settings, 30)
    yield target(settings)
    pid_file = settings.runtime_dir / "daemon.pid"
    if pid_file.exists():
        os.kill(int(pid_file.read_text()), 15)
        until(lambda: not pid_file.exists())


def target(settings: Settings) -> Target:
    """The one that answers there now."""
    if settings.transport == "unix":
        return Target(settings, str(settings.socket_path), UNIX_HOST, None)
    told = json.loads(settings.loopback_file.read_text())
    return Target(settings, ("127.0.0.1", told["port"]), f"127.0.0.1:{told['port']}", Seal(told["key"]))


def until(true: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def all_routes() -> list[tuple[str, str]]:
    """Every route of the application, whatever was added since, and a path that is none."""

    async def walk(settings: Settings) -> list[tuple[str, str]]:
        listener = await bind(settings)
        assert not isinstance(listener, AlreadyRunning)
        app = build_web_app(settings, listener)
        found = [
            (route.method, route.resource.canonical)
            for route in app.router.routes()
            if route.method != "HEAD" and route.resource is not None
        ]
        listener.close()
        return found

    with tempfile.TemporaryDirectory(prefix="guet-") as folder:
        return [*asyncio.run(walk(Settings(Path(folder) / "run", Path(folder) / "state"))), ("POST", "/v1/none")]


def refused(answer: Answer, *status: int) -> str | None:
    """What is wrong with a refusal; None when nothing is."""
    if answer.status not in status:
        return f"{answer.status}, wanted {status}"
    if not answer.closed:
        return "the connection was left open"
    return careless(answer)


def statuses(answer: Answer) -> list[int]:
    """Of all answers that came; aiohttp repeats a request line it does not like, which is no answer."""
    found = re.findall(rb"HTTP/1\.[01] ([2-5][0-9]{2}) [A-Z]", answer.whole)
    return [int(status) for status in found]


def careless(answer: Answer) -> str | None:
    """What no answer may have, whatever it says."""
    if any(name.startswith("access-control") or name in ("set-cookie", "location") for name in answer.headers):
        return f"headers: {answer.headers}"
    if len(statuses(answer)) > 1:
        return "what was smuggled in was answered too"
    return None
