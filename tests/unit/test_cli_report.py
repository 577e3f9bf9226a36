"""``guetteur report``, with no command and with ``bundle`` and ``verify``, as a person runs it."""

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from guetteur.cli import main
from guetteur.cli_report import report
from support.leaks import all_texts
from support.tsa import Authority

SCAM = b"""\
Delivered-To: jean.dupont@free.fr
From: "AMELI - Assurance Maladie" <contact@gite-du-moulin-vert.fr>
To: Jean Dupont <jean.dupont@free.fr>
Subject: Votre carte Vitale
Content-Type: text/html; charset=utf-8

<p>Bonjour Jean, <a href="https://ameli-renouvellement-vitale.fr/x?e=jean.dupont@free.fr">renouveler ma carte</a></p>
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GUETTEUR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scam.eml").write_bytes(SCAM)
    return tmp_path


def run(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(report, arguments, input=stdin)


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_mail_is_sealed_untouched_and_proven(folder: Path) -> None:
    done = run("bundle", "scam.eml", "--out", "a.zip")
    assert done.exit_code == 0, done.output
    assert "il est pour la police" in done.output
    files = files_of(folder / "a.zip")
    assert files["mail/original.eml"] == SCAM
    case = json.loads(files["case.json"])
    assert (case["kind"], case["level"], case["body"]) == ("mail", "DANGER", "ameli")
    assert case["url"].startswith("https://ameli-renouvellement-vitale.fr/")
    proven = run("verify", "a.zip")
    assert proven.exit_code == 0
    assert "Dossier intact" in proven.output
    assert "cette installation" in proven.output
    assert "Unaltered" in run("verify", "--lang", "en", "a.zip").output


def test_the_redacted_copy_shows_what_it_hid_and_holds_nothing_of_it(folder: Path) -> None:
    done = run("bundle", "--redacted", "scam.eml", "--out", "a.zip")
    assert "Voici ce qui a changé" in done.output
    assert "jean.dupont@free.fr" in done.output
    files = files_of(folder / "a.zip")
    assert sorted(files) == ["case.json", "mail/redacted.eml", "manifest.json", "signature.json"]
    texts = {text for content in files.values() for text in all_texts(content)}
    assert not any("dupont" in text for text in texts)
    assert json.loads(files["case.json"])["level"] == "DANGER"


def test_an_address_is_sealed_with_its_verdict(folder: Path) -> None:
    url = "https://ameli-renouvellement-vitale.fr/x?token=8Xk29fQz71mLpA"
    told = json.loads(run("bundle", url, "--out", "a.zip", "--json").output)
    assert told["manifest"]["files"][1]["path"] == "page/verdict.json"
    assert json.loads(files_of(folder / "a.zip")["case.json"])["url"] == url
    run("bundle", url, "--redacted", "--out", "b.zip")
    assert b"8Xk29" not in (folder / "b.zip").read_bytes()
    run("bundle", url, "--redacted", "--keep-exact", "--out", "c.zip")
    assert b"8Xk29" in (folder / "c.zip").read_bytes()


def test_without_a_name_it_gets_one_here(folder: Path) -> None:
    assert run("bundle", "-", stdin=SCAM).exit_code == 0
    assert len(list(folder.glob("guetteur-*.zip"))) == 1


def test_what_was_changed_is_named(folder: Path) -> None:
    run("bundle", "scam.eml", "--out", "a.zip")
    data = (folder / "a.zip").read_bytes()
    (folder / "a.zip").write_bytes(data.replace(b"gite-du-moulin", b"gite-du-jardin"))
    done = run("verify", "a.zip")
    assert done.exit_code == 1
    assert "modifié\u00a0: mail/original.eml" in done.output
    found = json.loads(run("verify", "--json", "a.zip").output)
    assert (found["unaltered"], found["signature"]) == (False, "good")


def test_a_time_stamp_is_asked_for_only_when_wanted(folder: Path) -> None:
    authority = Authority(folder / "tsa")
    with authority.served() as url:
        assert run("bundle", "scam.eml", "--out", "a.zip").exit_code == 0
        assert authority.requests == []
        assert run("bundle", "scam.eml", "--out", "b.zip", "--timestamp", url).exit_code == 0
    assert "Sans horodatage" in run("verify", "a.zip").output
    assert "autorité vérifiée" in run("verify", "b.zip", "--authority", str(authority.root)).output


@pytest.mark.parametrize(
    "arguments",
    [
        ("bundle", "none.eml"), ("bundle", "folder/none"), ("bundle", "noise.eml"), ("bundle", "http://"),
        ("bundle", "scam.eml", "--out", "scam.eml/a.zip"), ("verify", "none.zip"), ("verify", "scam.eml"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_gets_a_hint_and_status_two(folder: Path, arguments: tuple[str, ...]) -> None:
    (folder / "noise.eml").write_bytes(b"\x00" * 50)
    done = run(*arguments)
    assert done.exit_code == 2, done.output
    assert "→" in done.output
    assert json.loads(run(*arguments, "--json").output)["error"]["hint"]


@pytest.mark.parametrize(
    "what", ["scam.eml", "-", "https://ameli-renouvellement-vitale.fr/x", "ameli-renouvellement.fr"]
)
def test_with_no_command_it_is_reported(folder: Path, what: str) -> None:
    told = CliRunner().invoke(main, ["report", what, "--yes", "--json"], input=SCAM)
    assert told.exit_code == 0, told.output
    asked = CliRunner().invoke(main, ["report", "send", what, "--yes", "--json"], input=SCAM)
    channels = [[offer["channel"] for offer in json.loads(one.stdout)["offers"]] for one in (told, asked)]
    assert channels[0] == channels[1]
    assert "netcraft" in channels[0]


def test_options_may_come_before_what_is_reported(folder: Path) -> None:
    (folder / "bank").write_bytes(SCAM)  # a file needs no dot in its name
    told = CliRunner().invoke(main, ["report", "--yes", "--channel", "netcraft", "bank", "--json"])
    assert told.exit_code == 0, told.output
    assert "netcraft" in told.stdout
    assert "No such option '--maybe'" in CliRunner().invoke(main, ["report", "--maybe", "bank"]).output


@pytest.mark.parametrize(
    ("word", "hint"),
    [("sned", "guetteur report send"), ("verifi", "guetteur report verify"), ("impots", "guetteur report --help")],
)
def test_a_slip_of_the_pen_is_not_sent_as_an_address(folder: Path, word: str, hint: str) -> None:
    done = CliRunner().invoke(main, ["report", word, "--yes"])
    assert done.exit_code == 2
    assert f"«\u00a0{word}\u00a0» n’est ni une commande" in done.output
    assert hint in done.output
    assert not (folder / "home").exists()


def test_the_help_says_the_short_way_first() -> None:
    shown = CliRunner().invoke(main, ["report", "--help"]).output
    assert "Usage: main report [OPTIONS] FILE.eml|URL|-" in shown
    assert shown.index("guetteur report URL") < shown.index("Commands:")
