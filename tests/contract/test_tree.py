"""What holds for the tree as a whole: short files, settings that somebody reads."""

import dataclasses
import re
from pathlib import Path

from guetteur.config import Settings

ROOT = Path(__file__).parents[2]
MOST_LINES = 400
LONGER: dict[str, str] = {}
"""Source files with more lines than that, and why they are one file."""
SOURCES = {".py", ".js", ".mjs", ".ts", ".css", ".html"}
FOLDERS = ("daemon", "extension", "blocklists", "tests")


def sources() -> list[Path]:
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in SOURCES)
    ours = (path for path in found if not {"node_modules", "__pycache__", ".work"}.intersection(path.parts))
    return sorted(ours)


def test_files_are_short_or_say_why_not() -> None:
    lines = {str(path.relative_to(ROOT)): path.read_text("utf-8").count("\n") for path in sources()}
    assert len(lines) > 500
    long = {name for name, count in lines.items() if count > MOST_LINES}
    assert long == set(LONGER)
    assert all(LONGER.values())


def test_every_setting_is_read_by_somebody() -> None:
    code = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "daemon/guetteur").rglob("*.py")))
    for field in dataclasses.fields(Settings):
        assert re.search(rf"(?:settings|self)\.{field.name}\b", code), field.name
