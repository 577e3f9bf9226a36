"""A thousand visits, hundreds of mails, and nothing leaves.

Every connection, name look-up and program this process begins is noted.
"""

import base64
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from guetteur.config import Settings
from support.mails import mails
from support.recorder import noted
from support.served import daemon

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
        async with session.get("/v1/egress") as reply:
            assert await reply.json() == {"entries": [], "kept_days": 90, "complete": True}
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


async def test_hundreds_of_mails_send_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole messages: links, pictures, QR codes and archives are what another program would look up."""
    monkeypatch.delenv("GUETTEUR_LISTS_URL", raising=False)
    settings = Settings(tmp_path / "run", tmp_path / "state")
    connector = aiohttp.UnixConnector(str(settings.socket_path))
    async with daemon(settings), aiohttp.ClientSession("http://localhost", connector=connector) as session:
        with noted() as left:
            levels = set()
            for mail in mails():
                raw = base64.b64encode(mail.raw()).decode("ascii")
                async with session.post("/v1/check/mail", json={"raw": raw}) as reply:
                    assert reply.status == 200, await reply.text()
                    levels.add((await reply.json())["level"])
        assert left == []
        async with session.get("/v1/egress") as reply:
            assert await reply.json() == {"entries": [], "kept_days": 90, "complete": True}
        assert len(mails()) >= 200
        assert levels >= {"DANGER", "CAUTION", "NO_KNOWN_RISK"}


async def test_the_recorder_sees_what_leaves(tmp_path: Path) -> None:
    """Were it blind, the test above would prove nothing."""
    with noted() as left:
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientError):
                await session.get("http://127.0.0.1:9/")
    assert any(event == "socket.connect" for event, _ in left), json.dumps(left, default=repr)
