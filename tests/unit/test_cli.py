"""The commands as a person runs them, in a real process."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guetteur.lists.format import BASE
from guetteur.lists.store import ListState, Store
from guetteur.lists.writer import ListedKey, compile_list

FAKE, GOOD = "impots.gouv.fr.verif-dossier.com", "www.example.org"


def run(*arguments: str, home: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "guetteur", *arguments],
        env=os.environ | {"GUETTEUR_HOME": str(home), "LANG": "fr_FR.UTF-8"},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_check_says_why_and_where_the_real_site_is(tmp_path: Path) -> None:
    done = run("check", FAKE, home=tmp_path)
    assert done.returncode == 1
    assert "Danger" in done.stdout
    assert "https://www.impots.gouv.fr/" in done.stdout
    english = run("check", "--lang", "en", FAKE, home=tmp_path)
    assert "This page imitates" in english.stdout


def test_check_exit_status_and_json(tmp_path: Path) -> None:
    assert run("check", GOOD, home=tmp_path).returncode == 0
    done = run("check", "--json", GOOD, FAKE, "http://[", home=tmp_path)
    assert done.returncode == 2
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["level"], second["level"]) == ("NO_KNOWN_RISK", "DANGER")
    assert third["error"]["code"] == "not_a_url"
    assert not done.stderr


LISTED = "quiet-name.example"


@pytest.fixture
def renewed(tmp_path: Path) -> Path:
    """A home whose renewed lists have `LISTED`."""
    now = datetime.now(UTC)
    meta = compile_list(tmp_path / "l.bin", [ListedKey(LISTED)], version="v9", built_at=now, sources=("test",))
    Store(tmp_path / "state/lists").add(ListState("v9", meta.digest, now, 1), {BASE: tmp_path / "l.bin"}, now)
    return tmp_path


def test_renewed_lists_serve_in_place_of_the_shipped_one(
    renewed: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    mail = renewed / "a.eml"
    mail.write_text(f"From: a@example.org\nSubject: x\n\nhttps://{LISTED}/page\n")
    for arguments in (
        ("check", "--json", LISTED),
        ("check-mail", "--json", str(mail)),
        ("scan", "-", "--workers", "1"),
    ):
        stdin = LISTED if arguments[0] == "scan" else ""
        done = run(*arguments, home=renewed, stdin=stdin)
        assert (json.loads(done.stdout)["level"], done.returncode) == ("DANGER", 1), arguments
        bare = run(*arguments, home=tmp_path_factory.mktemp("bare"), stdin=stdin)
        assert json.loads(bare.stdout)["level"] not in ("DANGER", "CAUTION"), arguments
    left_out = json.loads(run("check", "--json", "--no-lists", LISTED, home=renewed).stdout)
    assert (left_out["level"], left_out["list_version"]) == ("UNKNOWN", None)


def test_damaged_renewed_lists_leave_the_shipped_one(renewed: Path) -> None:
    current = Store(renewed / "state/lists").current()
    assert current is not None
    current.path(BASE).write_bytes(b"\0" * current.path(BASE).stat().st_size)
    done = run("check", "--json", LISTED, FAKE, home=renewed)
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first["list_version"] not in (None, "v9")
    assert second["level"] == "DANGER"


def test_hostile_text_is_shown_as_text(tmp_path: Path) -> None:
    done = run("check", "http://[bold red]x[/]/", "https://example.org/[link=file:///]x[/link]", home=tmp_path)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_scan_answers_line_by_line_in_order(tmp_path: Path, workers: str) -> None:
    lines = [FAKE if n % 3 == 0 else f"h{n}.example.org" for n in range(1200)]
    done = run(
        "scan", "-", "--no-lists", "--workers", workers, home=tmp_path, stdin="\n".join([*lines, "", "http://["])
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [answer["input"] for answer in answers] == [*lines, "http://["]
    assert set(answers[0]) == {"input", "level", "points", "body", "signals", "reasons"}
    assert (answers[0]["level"], answers[0]["body"]) == ("DANGER", "impots")
    assert answers[0]["reasons"][0]["text"]
    assert answers[-1]["error"]["code"] == "not_a_url"


def test_judging_loads_no_network_client() -> None:
    code = "import guetteur.scan, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "guetteur.checker" in loaded
    assert not {"tldextract", "requests", "asyncio", "aiohttp", "ssl"} & set(loaded)


def test_scan_of_a_missing_file_says_so(tmp_path: Path) -> None:
    done = run("scan", str(tmp_path / "none"), home=tmp_path)
    assert done.returncode == 2
    assert "none" in done.stderr


def test_status_without_a_daemon_hints(tmp_path: Path) -> None:
    done = run("status", home=tmp_path)
    assert done.returncode == 2
    assert "→" in done.stderr


def test_an_unknown_transport_is_said(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "guetteur", "status"],
        env=os.environ | {"GUETTEUR_HOME": str(tmp_path), "GUETTEUR_TRANSPORT": "pigeon"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "pigeon" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "french", "english"),
    [
        (("status",), "Guetteur ne tourne pas", "Guetteur is not running"),
        (("check", "http://"), "http:// : ce n’est pas une adresse web", "http://: this is not a web address"),
        (("check-mail", "none.eml"), "none.eml : ce fichier n’existe pas", "none.eml: there is no such file"),
        (("install", "--browser", "nope"), "« nope » n’est pas un navigateur", "“nope” is no browser"),
        (("egress", "--clear"), "l’écriture sur le disque échoue", "writing to the disk fails"),
        (("lists", "sync"), "aucune adresse de listes", "no address of lists"),
        (("lists", "rollback"), "pas de liste plus ancienne", "no older list"),
        (("letter", "none.json"), "none.json ne peut pas être lu : il n’existe", "none.json cannot be read: it does"),
        (("report", "send", "--channel", "nope", FAKE), "« nope » n’est pas un", "“nope” is no known recipient"),
        (("report", "verify", "none.zip"), "none.zip ne peut pas être lu", "none.zip cannot be read"),
        (("report", "retract", "abc"), "rien n’attend d’être envoyé", "nothing is waiting"),
    ],
)
def test_errors_are_told_in_the_language_asked_for(
    tmp_path: Path, arguments: tuple[str, ...], french: str, english: str
) -> None:
    if arguments[0] == "egress":
        (tmp_path / "state/guetteur.db").mkdir(parents=True)
    said = {lang: run(*arguments, "--lang", lang, home=tmp_path) for lang in ("fr", "en")}
    assert {done.returncode for done in said.values()} == {2}
    ours, theirs = (said[lang].stderr.replace("\u00a0", " ") for lang in ("fr", "en"))
    assert french in ours
    assert english in theirs
    assert ours.startswith("guetteur : ")
    assert len(set(ours.splitlines()) & set(theirs.splitlines())) == 0


def test_the_language_of_the_system_tells_errors_too(tmp_path: Path) -> None:
    assert "Guetteur ne tourne pas" in run("status", home=tmp_path).stderr
