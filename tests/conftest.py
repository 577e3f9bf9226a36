"""What all tests share: the real shipped data, built once a run."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from guetteur.app import build_checker
from guetteur.checker import Checker
from guetteur.config import PACKAGE_DATA
from guetteur.egress import errand
from guetteur.lists.knowledge import Knowledge, load_knowledge
from support.egress import Unkept

# Nobody's own keyring is read or written, here or by the daemons that tests start.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

# A pattern that blows up is found; a busy machine, or a first call that loads what it needs, is no failure.
settings.register_profile("guetteur", deadline=5_000)
settings.load_profile("guetteur")

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
VECTORS = Path(__file__).parent / "vectors"


@pytest.fixture(scope="session", autouse=True)
def an_errand() -> Iterator[None]:
    """Nothing opens a connection that nobody said the purpose of."""
    with errand(Unkept(), "lookup"):
        yield


@pytest.fixture(scope="session")
def checker() -> Checker:
    """The checker as shipped, lists included."""
    return build_checker(PACKAGE_DATA)


@pytest.fixture(scope="session")
def checker_without_lists() -> Checker:
    """The checker as `--no-lists` has it: names alone."""
    return build_checker(PACKAGE_DATA, with_lists=False)


@pytest.fixture
def now() -> datetime:
    """A moment that does not move."""
    return NOW


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """What the package knows when it starts."""
    return load_knowledge(PACKAGE_DATA)
