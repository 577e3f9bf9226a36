"""What is generated into docs/reference is current (`make docs` renews it), and every link leads somewhere."""

import re
from pathlib import Path

import pytest

from guetteur.publish.reference import PAGES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/reference"
WRITTEN = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "blocklists").rglob("*.md"))]


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_current(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == PAGES[name](), "run: make docs"


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(path: Path) -> None:
    targets = re.findall(r"\]\(([^()\s#]+)(?:#[^()\s]*)?\)", path.read_text("utf-8"))
    assert [one for one in targets if "://" not in one and not (path.parent / one).exists()] == []
