"""What every signal owes: an id, sentences in both languages for each code, purity."""

import re
import string
import tomllib
from pathlib import Path

import pytest

from guetteur.config import LOCALES
from guetteur.core.verdict import Level
from guetteur.signals import load_mail_signals, load_signals

FOLDER = Path(__file__).parents[2] / "daemon/guetteur/signals"
SIGNALS = [(FOLDER, signal) for signal in load_signals()] + [(FOLDER / "mail", one) for one in load_mail_signals()]
TABLES = {lang: tomllib.loads((LOCALES / f"{lang}.toml").read_text("utf-8")) for lang in ("fr", "en")}


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_each_file_is_one_signal() -> None:
    files = {path for folder in (FOLDER, FOLDER / "mail") for path in folder.glob("*.py") if path.stem != "__init__"}
    assert {folder / f"{signal.id}.py" for folder, signal in SIGNALS} == files


@pytest.mark.parametrize(("folder", "signal"), SIGNALS, ids=lambda one: getattr(one, "id", ""))
def test_codes_have_sentences_and_stand_in_the_source(folder, signal) -> None:  # type: ignore[no-untyped-def]
    source = (folder / f"{signal.id}.py").read_text("utf-8")
    assert signal.codes
    for code in signal.codes:
        assert f'"{code}"' in source
        for lang in TABLES:
            assert code in TABLES[lang]["reason"], (lang, code)


def test_no_sentence_without_a_signal() -> None:
    codes = {code for _, signal in SIGNALS for code in signal.codes}
    assert set(TABLES["fr"]["reason"]) == codes


def test_both_languages_have_the_same_keys_and_parameters() -> None:
    assert TABLES["fr"].keys() == TABLES["en"].keys()
    for section, sentences in TABLES["fr"].items():
        assert sentences.keys() == TABLES["en"][section].keys()
        for code, sentence in sentences.items():
            assert fields(sentence) == fields(TABLES["en"][section][code]), (section, code)


def test_every_level_has_a_word_and_a_summary() -> None:
    for table in TABLES.values():
        for level in Level:
            assert table["level"][level.value]
            assert table["summary"][level.value]
            assert table["mail"][level.value]


def test_sentences_are_short_and_french_ones_typeset() -> None:
    for lang, table in TABLES.items():
        for section, sentences in table.items():
            for code, sentence in sentences.items():
                assert len(sentence) <= 150, (lang, section, code)
                if lang == "fr":
                    assert "'" not in sentence, (section, code)
                    assert not re.search(r"\w[:?!;»](?:\s|$)", sentence), (section, code)
