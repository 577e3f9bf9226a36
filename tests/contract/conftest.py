"""The scene of the attacks on lists."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.lists import (
    Publisher,
)
from support.tuf_scene import V1, Scene


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    publisher = Publisher(tmp_path_factory.mktemp("published") / "home").begin()
    publisher.release("v1", V1)
    return publisher


@pytest.fixture
def scene(tmp_path: Path, published: Publisher) -> Iterator[Scene]:
    made = Scene(tmp_path, published.copy_to(tmp_path / "publisher"))
    result = made.user.sync()
    assert (result.outcome, result.version, result.via) == ("updated", "v1", "full"), result
    yield made
    made.server.close()
