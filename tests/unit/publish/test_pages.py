"""The files pages are read with: schema, and faults that are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from guetteur.errors import DataFileError
from guetteur.publish.pages import read_page_words, read_scripts

ROOT = Path(__file__).parents[3] / "blocklists"
SCRIPT = """
id = "x"
label = "a"
label_en = "a"
theme = "a"
advice = "a"
advice_en = "a"
bodies = ["caf"]
threshold = 2.0
source = "test"
checked = 2026-11-24
cues = [{ phrase = "a", weight = 1.0 }, { phrase = "b", weight = 1.0 }, { phrase = "c", weight = 1.0 }]
"""


def test_the_shipped_files_pass() -> None:
    words = read_page_words(ROOT / "lexicon/page.toml")
    assert words.drops
    everybody = type("All", (), {"__contains__": lambda *_: True})()
    scripts = read_scripts(ROOT / "scripts", everybody)
    assert len(scripts) >= 12
    assert len({script.id for script in scripts}) == len(scripts)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id = "x"', 'id = "y"', "not the file's name"),
        ('label = "a"', 'label = ""', "is empty"),
        ('phrase = "b"', 'phrase = "a"', "stands twice"),
        (', { phrase = "c", weight = 1.0 }', "", "fewer than 3"),
        ('phrase = "c", weight = 1.0', 'phrase = "c", weight = 2.0', "one cue alone"),
        ('phrase = "c", weight = 1.0', 'phrase = "c", weight = 0.0', "without words or weight"),
        ('bodies = ["caf"]', 'bodies = ["nobody"]', "not in the registry"),
        ('advice = "a"', f'advice = "{"a" * 141}"', "1 to 140"),
        ('theme = "a"', 'theme = "a"\nmore = 1', "unknown field"),
    ],
)
def test_faults_are_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    (tmp_path / "x.toml").write_text(SCRIPT.replace(old, new), "utf-8")
    with pytest.raises(DataFileError) as caught:
        read_scripts(tmp_path, {"caf"})
    assert fault in caught.value.message


def test_page_words_must_be_whole(tmp_path: Path) -> None:
    text = (ROOT / "lexicon/page.toml").read_text("utf-8").replace("card_part", "card_parts")
    (tmp_path / "page.toml").write_text(text, "utf-8")
    with pytest.raises(DataFileError, match="card_part"):
        read_page_words(tmp_path / "page.toml")
