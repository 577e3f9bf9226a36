"""Honest mails that share the words of scams follow no script."""

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
HONEST = tomllib.loads((Path(__file__).parent / "honest_texts.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", HONEST)
def test_no_script_is_seen_in_honest_words(name: str) -> None:
    assert [(seen.script.id, seen.phrases) for seen in READER.read(HONEST[name])] == []
