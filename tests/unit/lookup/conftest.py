"""Registries on loopback for every test of this folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

TESTS = str(Path(__file__).parents[2])
sys.path[:0] = [TESTS] if TESTS not in sys.path else []

from support.certs import Authority  # noqa: E402
from support.registries import Net  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("lookup-ca"))


@pytest.fixture
async def net(authority: Authority) -> AsyncIterator[Net]:
    made = Net(authority)
    yield made
    await made.close()


@pytest.fixture(autouse=True)
def _proxy_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """It must not matter; if it did, every request would be lost."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
