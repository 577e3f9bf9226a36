"""The letter from a file of answers."""

import hashlib
import json
import stat
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from guetteur.cli import main
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


def test_the_template_is_asked_for_or_given_where_no_answers_are_named() -> None:
    for arguments in (["letter", "--template", "--lang", "fr"], ["letter", "--lang", "fr"]):
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 0
        assert msgspec.json.decode(done.stdout.encode(), type=LetterAnswers) == LetterAnswers()


def test_a_letter_with_an_annex(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers, proof, out = tmp_path / "a.json", tmp_path / "capture.png", tmp_path / "letter.pdf"
    answers.write_text(json.dumps({"name": "Éloïse"}), "utf-8")
    proof.write_bytes(b"png")
    assert make_letter(answers, [proof], [], out, "fr") == 0
    assert str(out) in capsys.readouterr().out
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    text = "".join(page.extract_text() for page in PdfReader(out).pages).replace("\n", "")
    assert "Éloïse" in text
    assert hashlib.sha256(b"png").hexdigest() in text


def test_a_sealed_report_is_listed_file_by_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUETTEUR_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answers.json").write_text("{}")
    mail = b"From: a@exemple.fr\r\nSubject: x\r\n\r\nVotre colis"
    (tmp_path / "scam.eml").write_bytes(mail)
    run = CliRunner().invoke
    assert run(main, ["report", "bundle", "scam.eml", "--out", "sealed.zip"]).exit_code == 0
    arguments = ["letter", "answers.json", "--annex", "scam.eml", "--bundle", "sealed.zip", "--lang", "fr"]
    done = run(main, arguments)
    assert done.exit_code == 0, done.output
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "lettre-de-plainte.pdf").pages)
    joined = text.replace("\n", "")
    assert "Pièces numériques : 5, énumérées en annexe" in text  # the mail, the bundle, the three files in it
    assert joined.count(hashlib.sha256(mail).hexdigest()) == 2
    assert hashlib.sha256((tmp_path / "sealed.zip").read_bytes()).hexdigest() in joined
    assert joined.index("sealed.zip") < joined.index("mail/original.eml")
    sealed = (tmp_path / "sealed.zip").read_bytes()
    (tmp_path / "sealed.zip").write_bytes(sealed.replace(b"Votre colis", b"Votre carte"))
    refused = run(main, arguments)
    assert refused.exit_code == 2
    assert "a été modifié depuis qu’il a été scellé" in refused.output


def test_refusals(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text("{}")
    for content, code in (
        ("{", "answers_malformed"),
        ('{"x": 1}', "answers_unfit"),
        (" " * 1_048_577, "file_too_large"),
    ):
        bad.write_text(content)
        with pytest.raises(InvalidInputError) as refused:
            make_letter(bad, [], [], tmp_path / "o.pdf", "en")
        assert refused.value.code == code
    for arguments, code in (
        ((tmp_path / "none.json", [], [], tmp_path / "o.pdf"), "file_unreadable"),
        ((good, [tmp_path / "none.png"], [], tmp_path / "o.pdf"), "file_unreadable"),
        ((good, [], [tmp_path / "none.zip"], tmp_path / "o.pdf"), "unreadable_file"),
        ((good, [], [], good / "o.pdf"), "file_unwritable"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            make_letter(*arguments, "fr")
        assert refused.value.code == code
