"""Texts in the manner of swindlers follow the script they are written after, above all others."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from guetteur.config import PACKAGE_DATA
from guetteur.core.scripts import ScriptReader
from guetteur.core.similarity import Folder
from guetteur.lists.knowledge import load_knowledge

KNOWLEDGE = load_knowledge(PACKAGE_DATA)
READER = ScriptReader(KNOWLEDGE.scripts, KNOWLEDGE.page.reporting, Folder(KNOWLEDGE.confusables))
SCAMS = tomllib.loads((Path(__file__).parent / "scam_texts.toml").read_text("utf-8"))
_FEWEST = 5


@pytest.mark.parametrize("script", SCAMS)
def test_every_wording_follows_its_script(script: str) -> None:
    firsts = {text: next((seen.script.id for seen in READER.read(text)), None) for text in SCAMS[script]["texts"]}
    assert {text: first for text, first in firsts.items() if first != script} == {}


def test_every_script_has_several_wordings() -> None:
    assert set(SCAMS) == {script.id for script in KNOWLEDGE.scripts}
    assert all(len(set(wordings["texts"])) >= _FEWEST for wordings in SCAMS.values())
