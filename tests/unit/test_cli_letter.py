"""The letter from a file of answers."""

import hashlib
import json
import stat
from pathlib import Path

import msgspec
import pytest
from pypdf import PdfReader

from guetteur.cli_letter import FIELDS, make_letter, print_template
from guetteur.errors import InvalidInputError
from guetteur.reports.letters.answers import LetterAnswers


def test_the_template_is_a_file_of_answers_and_every_field_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    names = [field.name for field in msgspec.structs.fields(LetterAnswers)]
    assert list(FIELDS) == names
    for lang in ("fr", "en"):
        print_template(lang)
        shown = capsys.readouterr()
        assert msgspec.json.decode(shown.out.encode(), type=LetterAnswers) == LetterAnswers()
        assert all(name in shown.err for name in names)


def test_a_letter_with_an_annex(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers, proof, out = tmp_path / "a.json", tmp_path / "capture.png", tmp_path / "letter.pdf"
    answers.write_text(json.dumps({"name": "Éloïse"}), "utf-8")
    proof.write_bytes(b"png")
    assert make_letter(answers, [proof], out, "fr") == 0
    assert str(out) in capsys.readouterr().out
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    text = "".join(page.extract_text() for page in PdfReader(out).pages).replace("\n", "")
    assert "Éloïse" in text
    assert hashlib.sha256(b"png").hexdigest() in text


def test_refusals(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text("{}")
    for content, code in (("{", "invalid_json"), ('{"x": 1}', "invalid_request"), (" " * 1_048_577, "file_too_large")):
        bad.write_text(content)
        with pytest.raises(InvalidInputError) as refused:
            make_letter(bad, [], tmp_path / "o.pdf", "en")
        assert refused.value.code == code
    for arguments, code in (
        ((tmp_path / "none.json", [], tmp_path / "o.pdf"), "file_unreadable"),
        ((good, [tmp_path / "none.png"], tmp_path / "o.pdf"), "file_unreadable"),
        ((good, [], good / "o.pdf"), "file_unwritable"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            make_letter(*arguments, "fr")
        assert refused.value.code == code
