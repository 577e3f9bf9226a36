"""Reference pages of which some sections are measured: the text between two marks is replaced, the rest stays."""

from __future__ import annotations

import re
from pathlib import Path


def write_section(path: Path, section: str, text: str) -> None:
    """Put ``text`` between the section's two marks."""
    marks = (f"<!-- generated: {section} -->", f"<!-- end: {section} -->")
    pattern = re.compile(f"{re.escape(marks[0])}.*?{re.escape(marks[1])}", re.DOTALL)
    page = path.read_text("utf-8")
    if not pattern.search(page):
        raise SystemExit(f"{path.name} has no marks for the section {section}")
    path.write_text(pattern.sub(lambda _: f"{marks[0]}\n\n{text.strip()}\n\n{marks[1]}", page), encoding="utf-8")
