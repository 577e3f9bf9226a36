"""What is generated into docs/reference is current: `make docs` renews it."""

from pathlib import Path

import pytest

from guetteur.publish.reference import PAGES

FOLDER = Path(__file__).parents[2] / "docs/reference"


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_current(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == PAGES[name](), "run: make docs"
