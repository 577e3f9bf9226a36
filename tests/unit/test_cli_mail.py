"""``guetteur check-mail`` as a person runs it, in a real process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCAM = b"""\
From: "AMELI - Assurance Maladie" <contact@gite-du-moulin-vert.fr>
To: <moi@exemple-asso.fr>
Subject: Votre carte Vitale
Content-Type: text/html; charset=utf-8

<p>Bonjour, <a href="https://ameli-renouvellement-vitale.fr/x">renouveler ma carte</a></p>
"""
PLAIN = b"From: Claire <claire@exemple-asso.fr>\nTo: moi@exemple-asso.fr\nSubject: Dimanche\n\nOn se voit dimanche ?\n"


def run(*arguments: str, home: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "guetteur", "check-mail", *arguments],
        env=os.environ | {"GUETTEUR_HOME": str(home), "LANG": "fr_FR.UTF-8"},
        input=stdin,
        capture_output=True,
        timeout=50,
        check=False,
    )


@pytest.fixture
def scam(tmp_path: Path) -> Path:
    path = tmp_path / "scam.eml"
    path.write_bytes(SCAM)
    return path


def test_says_what_it_claims_to_be_why_and_what_to_do(tmp_path: Path, scam: Path) -> None:
    done = run(str(scam), home=tmp_path)
    told = done.stdout.decode()
    assert done.returncode == 1
    assert "Ce message se fait passer pour" in told
    assert "gite-du-moulin-vert.fr" in told
    assert "ameli-renouvellement-vitale.fr" in told
    assert "Que faire" in told
    assert "Signaler" in told
    assert "What to do" in run("--lang", "en", str(scam), home=tmp_path).stdout.decode()


def test_folders_mbox_files_and_standard_input(tmp_path: Path, scam: Path) -> None:
    box = tmp_path / "box"
    box.write_bytes(b"From x Mon Nov 23 10:00:00 2026\n" + PLAIN + b"\nFrom y Mon Nov 23 11:00:00 2026\n" + SCAM)
    folder = tmp_path / "maildir"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
        (folder / name / "1.mail").write_bytes(PLAIN)
    done = run("--json", str(scam), str(box), str(folder), "-", home=tmp_path, stdin=SCAM)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["input"].removeprefix(str(tmp_path)) for one in found] == [
        "/scam.eml", "/box#1", "/box#2", "/maildir/cur/1.mail", "/maildir/new/1.mail", "-",
    ]  # fmt: skip
    assert [one["level"] == "DANGER" for one in found] == [True, False, True, False, False, True]
    assert set(found[0]) == {
        "input", "level", "summary", "sender", "sender_name", "subject", "body", "script", "reasons", "todo", "route",
        "links", "skipped", "list_version", "checked_at",
    }  # fmt: skip
    assert found[0]["body"]["id"] == "ameli"
    assert found[0]["links"][0]["level"] == "DANGER"


def test_ordinary_mail_says_that_nothing_was_found(tmp_path: Path) -> None:
    done = run("-", home=tmp_path, stdin=PLAIN)
    assert done.returncode == 0
    assert "Rien de suspect" in done.stdout.decode()


def test_what_is_no_mail_gets_a_hint_and_the_rest_is_judged(tmp_path: Path, scam: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    done = run(str(picture), str(tmp_path / "nowhere.eml"), str(scam), home=tmp_path)
    assert done.returncode == 2
    told = done.stderr.decode()
    assert "a.png\u00a0: ce n’est pas un courriel" in told
    assert "→" in told
    assert "nowhere.eml\u00a0: ce fichier n’existe pas" in told
    assert "Ce message se fait passer pour" in done.stdout.decode()
    assert "Traceback" not in told
