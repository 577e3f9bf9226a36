"""A thousand visits, and nothing leaves: every connection, name look-up and program this process begins is noted."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from guetteur.config import Settings
from support.served import daemon

_noted: list[tuple[str, str]] | None = None


def _note(event: str, args: tuple[Any, ...]) -> None:
    if _noted is None:
        return
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen", "os.posix_spawn", "os.exec"):
        _noted.append((event, repr(args)))
    # The unix socket has a path for an address; everything else has a host and a port.
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg") and not isinstance(args[1], (str, bytes)):
        _noted.append((event, repr(args[1])))


@contextmanager
def noted() -> Iterator[list[tuple[str, str]]]:
    """What leaves meanwhile. An audit hook cannot be taken off again; it sleeps."""
    global _noted  # noqa: PLW0603
    if not getattr(sys, "_guetteur_hooked", False):
        sys.addaudithook(_note)
        sys._guetteur_hooked = True  # type: ignore[attr-defined]
    _noted = []
    try:
        yield _noted
    finally:
        _noted = None


HOSTS = (
    "www.ameli.fr", "impots.gouv.fr", "example.org", "impots-gouv-fr.web.app", "remboursement-ameli.info",
    "colis-laposte.top", "xn--mnchen-3ya.de", "93.184.216.34", "credit-agricole-immo.com", "lcl-securite.com",
)  # fmt: skip


async def test_a_thousand_visits_send_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Good, bad and doubtful addresses, what their pages show, and mails with links to them."""
    monkeypatch.delenv("GUETTEUR_LISTS_URL", raising=False)
    settings = Settings(tmp_path / "run", tmp_path / "state")
    connector = aiohttp.UnixConnector(str(settings.socket_path))
    async with daemon(settings), aiohttp.ClientSession("http://localhost", connector=connector) as session:
        with noted() as left:
            levels = set()
            for number in range(1000):
                host = HOSTS[number % len(HOSTS)]
                url = f"https://{host}/page/{number}?to=https%3A%2F%2F{HOSTS[number % 7]}"
                path, body = _question(number, url)
                async with session.post(path, json=body) as reply:
                    assert reply.status == 200, await reply.text()
                    levels.add((await reply.json())["level"])
        assert left == []
        assert levels >= {"OFFICIAL", "DANGER", "NO_KNOWN_RISK"}


def _question(number: int, url: str) -> tuple[str, dict[str, Any]]:
    match number % 4:
        case 0:
            return "/v1/check/page", {"url": url, "page": {"title": "Connexion", "fields": [{"kind": "password"}]}}
        case 1:
            shown = {"from_name": "Ameli", "from_address": "a@example.net", "links": [{"url": url, "text": "ici"}]}
            return "/v1/check/mail", {"shown": shown}
        case _:
            return "/v1/check/url", {"url": url, "visit": True}


async def test_the_recorder_sees_what_leaves(tmp_path: Path) -> None:
    """Were it blind, the test above would prove nothing."""
    with noted() as left:
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientError):
                await session.get("http://127.0.0.1:9/")
    assert any(event == "socket.connect" for event, _ in left), json.dumps(left)
