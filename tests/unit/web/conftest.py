"""A running daemon and a way to ask it."""

import json
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import keyring
import keyring.backends.fail
import pytest
import pytest_asyncio

from guetteur.config import Settings
from guetteur.reports.credentials import Credentials
from support.report_doubles import CREDENTIALS, Doubles
from support.report_scene import Scene
from support.served import daemon


@pytest_asyncio.fixture
async def ask(tmp_path: Path) -> AsyncIterator[Any]:
    settings = Settings(tmp_path / "run", tmp_path / "state")
    connector = aiohttp.UnixConnector(str(settings.socket_path))
    async with daemon(settings), aiohttp.ClientSession("http://localhost", connector=connector) as session:

        async def call(
            path: str, body: object | bytes | BytesIO | None = None, method: str = "", **headers: str
        ) -> tuple[int, Any]:
            data = body if isinstance(body, (bytes, BytesIO)) or body is None else json.dumps(body).encode()
            method = method or ("GET" if body is None else "POST")
            sent = {"Content-Type": "application/json"} | {
                name.replace("_", "-"): text for name, text in headers.items()
            }
            async with session.request(method, path, data=data, headers=sent) as reply:
                return reply.status, await reply.json()

        yield call


@pytest.fixture
async def doubles() -> AsyncIterator[Doubles]:
    made = Doubles()
    for name in ("netcraft", "spamhaus", "signal-spam"):
        await made.add(name)
    yield made
    await made.close()


@pytest.fixture
async def scene(tmp_path: Path, doubles: Doubles, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    made = Scene(Settings(tmp_path / "run", tmp_path / "state"), doubles)
    Credentials(made.settings.state_dir).set("email", CREDENTIALS["email"])
    async with made.running():
        yield made
