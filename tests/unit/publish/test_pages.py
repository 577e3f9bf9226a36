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
todo = ["a"]
todo_en = ["a"]
route = "here"
presses = ["soon"]
bodies = ["caf"]
threshold = 2.0
source = "test"
checked = 2026-11-24
cues = [{ weight = 1.0, phrases = ["a", "b"] }, { weight = 0.5, phrases = ["c"] }]
"""
PRESSURE = '[soon]\nweight = 0.5\nphrases = ["now"]\n'
FORMS = '[forms]\nis = ["est"]\n'
ROUTES = '[here]\nname = "a"\ntext = "a"\ntext_en = "a"\nurl = "https://a.fr/"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "scripts").mkdir()
    (tmp_path / "lexicon/pressure.toml").write_text(PRESSURE, "utf-8")
    (tmp_path / "lexicon/routes.toml").write_text(ROUTES, "utf-8")
    (tmp_path / "lexicon/forms.toml").write_text(FORMS, "utf-8")
    return tmp_path / "scripts"


def test_the_shipped_files_pass() -> None:
    words = read_page_words(ROOT / "lexicon/page.toml")
    assert words.drops
    everybody = type("All", (), {"__contains__": lambda *_: True})()
    scripts = read_scripts(ROOT / "scripts", everybody)
    assert len(scripts) >= 29
    assert len({script.id for script in scripts}) == len(scripts)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id = "x"', 'id = "y"', "not the file's name"),
        ('label = "a"', 'label = ""', "is empty"),
        ('["a", "b"]', '["a", "a"]', "stands twice"),
        (', { weight = 0.5, phrases = ["c"] }', "", "fewer than 3"),
        ("weight = 1.0", "weight = 2.0", "one cue alone"),
        ("weight = 0.5", "weight = 0.0", "without words or weight"),
        ('todo_en = ["a"]', "todo_en = []", "1 to 3 sentences"),
        ('todo = ["a"]', f'todo = ["{"a" * 141}"]', "1 to 140"),
        ('presses = ["soon"]', 'presses = ["late"]', "pressure.toml lacks"),
        ('route = "here"', 'route = "there"', "not in routes.toml"),
        ('bodies = ["caf"]', 'bodies = ["nobody"]', "not in the registry"),
        ('advice = "a"', f'advice = "{"a" * 141}"', "1 to 140"),
        ('theme = "a"', 'theme = "a"\nmore = 1', "unknown field"),
    ],
)
def test_faults_are_named(folder: Path, old: str, new: str, fault: str) -> None:
    assert old in SCRIPT
    (folder / "x.toml").write_text(SCRIPT.replace(old, new, 1), "utf-8")
    with pytest.raises(DataFileError) as caught:
        read_scripts(folder, {"caf"})
    assert fault in caught.value.message


def test_a_script_is_shipped_with_the_pressures_it_names(folder: Path) -> None:
    (folder / "x.toml").write_text(SCRIPT, "utf-8")
    (script,) = read_scripts(folder, {"caf"})
    assert [pressure.phrases for pressure in script.pressures] == [("now",)]
    assert {cue.phrase: cue.weight for cue in script.cues} == {"a": 1.0, "b": 1.0, "c": 0.5}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pressure", PRESSURE.replace("0.5", "0")),
        ("pressure", PRESSURE.replace('["now"]', '["now", "now"]')),
        ("pressure", PRESSURE.replace("phrases", "words")),
        ("routes", ROUTES.replace("https", "http")),
        ("routes", ROUTES.replace('text = "a"', 'text = ""')),
        ("routes", ROUTES.replace('name = "a"', "")),
    ],
)
def test_faults_of_the_lexicon_are_named(folder: Path, name: str, text: str) -> None:
    (folder.parent / f"lexicon/{name}.toml").write_text(text, "utf-8")
    with pytest.raises(DataFileError, match=f"{name}.toml"):
        read_scripts(folder, ())


def test_page_words_must_be_whole(tmp_path: Path) -> None:
    text = (ROOT / "lexicon/page.toml").read_text("utf-8").replace("card_part", "card_parts")
    (tmp_path / "page.toml").write_text(text, "utf-8")
    with pytest.raises(DataFileError, match="card_part"):
        read_page_words(tmp_path / "page.toml")
