"""The pages of ``tests/pages``: what is served where, and what must be said there."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from support.sites import Site

FOLDER = Path(__file__).parents[1] / "pages"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One page of the manifest.

    Attributes:
        file: path below ``tests/pages``.
        url: where it is served.
        expect: the level a person must see there.
        why: what is special about it.
        parts: other paths of the same host, with their files.
    """

    file: str
    url: str
    expect: str
    why: str = ""
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def is_fake(self) -> bool:
        """Whether it imitates somebody."""
        return self.file.startswith("fake/")

    def text(self, file: str = "") -> str:
        """The HTML of the page or of one of its parts."""
        return (FOLDER / (file or self.file)).read_text("utf-8")

    def serve(self, site: Site) -> None:
        """Put it on the test's web."""
        at = urlsplit(self.url)
        host = at.hostname or ""
        site.page(host, at.path or "/", self.text())
        for path, file in self.parts.items():
            site.page(host, path, self.text(file))


def recorded() -> list[Recorded]:
    """All pages, in the manifest's order."""
    return [Recorded(**entry) for entry in tomllib.loads((FOLDER / "pages.toml").read_text("utf-8"))["page"]]
