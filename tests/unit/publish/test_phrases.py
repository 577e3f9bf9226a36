"""Phrases with alternatives: everything they stand for, and what cannot be read is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from guetteur.errors import DataFileError
from guetteur.publish.phrases import read_forms, ready

FORMS = {"is": ("est", "a été"), "off": ("bloqué", "gelée")}


@pytest.mark.parametrize(
    ("written", "phrase"),
    [
        ("Votre colis", "votre colis"),
        ("[Votre|ta] carte", "[votre|ta] carte"),
        ("carte {is} [{off}|refusée]", "carte [est|a ete] [bloque|gelee|refusee]"),
        ("[a|{off}|]", "[a|bloque|gelee|]"),
        ("# eur [à|a] payer", "# eur [a|a] payer"),
    ],
)
def test_forms_are_put_in_full(written: str, phrase: str) -> None:
    assert ready(written, FORMS) == phrase


@pytest.mark.parametrize(
    "written", ["[a|b", "a]", "{unknown} a", "[{unknown}|]", "[[a]]", "{is", " ".join(["[a|b]"] * 10)]
)
def test_what_cannot_be_read_is_told(written: str) -> None:
    with pytest.raises(DataFileError) as told:
        ready(written, FORMS)
    assert told.value.code == "phrase_invalid"


def test_broken_forms_are_told(tmp_path: Path) -> None:
    (tmp_path / "forms.toml").write_text('[forms]\nis = "est"\n', "utf-8")
    with pytest.raises(DataFileError) as told:
        read_forms(tmp_path / "forms.toml")
    assert told.value.code == "forms_invalid"
