"""Homes that are no ordinary folder: what cannot be is said, and nothing ends in a traceback."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from guetteur.config import Settings
from guetteur.transport.client import DaemonClient
from guetteur.transport.launcher import ensure_daemon

LATIN_1 = b"\xe9ric"


@pytest.fixture
def home() -> Iterator[Path]:
    with TemporaryDirectory(dir="/tmp") as folder:  # a socket path must be short
        yield Path(folder)


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.environ["PATH"], "LANG": "fr_FR.UTF-8", "PYTHONIOENCODING": "utf-8"}
    kept |= {name: text for name, text in os.environ.items() if name.startswith(("COVERAGE_", "PYTHONPATH"))}
    return subprocess.run(
        [sys.executable, "-m", "guetteur", *arguments],
        env=kept | variables,
        capture_output=True,
        encoding="utf-8",
        timeout=50,
        check=False,
    )


@pytest.mark.parametrize("odd", ["file/x", "n" * 300])
@pytest.mark.parametrize("variable", ["GUETTEUR_HOME", "HOME"])
def test_doctor_says_what_is_odd(home: Path, odd: str, variable: str) -> None:
    (home / "file").touch()
    looked = run("doctor", "--json", **{"HOME": str(home)} | {variable: str(home / odd)})
    assert (looked.returncode, looked.stderr) == (1, "")
    found = {one["code"]: one for one in json.loads(looked.stdout)}
    assert found["state_unwritable"]["level"] == found["runtime_dir_unsafe"]["level"] == "fail"
    reason = "un fichier est à la place d’un dossier" if "/" in odd else "le nom est trop long"
    assert reason in found["runtime_dir_unsafe"]["text_fr"]
    assert reason in found["state_unwritable"]["text_fr"]


@pytest.mark.parametrize("odd", ["file/x", "n" * 300])
@pytest.mark.parametrize("variable", ["GUETTEUR_HOME", "HOME"])
def test_other_commands_say_it_too(home: Path, odd: str, variable: str) -> None:
    (home / "file").touch()
    where = {"HOME": str(home)} | {variable: str(home / odd)}
    installed = run("install", "--lang", "en", **where)
    assert (installed.returncode, installed.stdout) == (2, "")
    assert "cannot be written: " in installed.stderr
    assert "→" in installed.stderr
    for command in (("uninstall",), ("status",), ("serve",), ("egress", "--clear"), ("lists", "rollback")):
        done = run(*command, **where)
        assert "Traceback" not in done.stderr, (command, done.stderr)
        assert done.returncode in (0, 2), command


def test_a_home_that_is_no_utf8_is_refused_before_anything_is_written(home: Path) -> None:
    odd = os.fsdecode(os.fsencode(home) + b"/" + LATIN_1)
    Path(odd, ".mozilla/firefox").mkdir(parents=True)
    before = sorted(Path(odd).rglob("*"))
    refused = run("install", "--browser", "firefox", "--autostart", HOME=odd)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "/\\xe9ric/" in refused.stderr
    assert "GUETTEUR_HOME" in refused.stderr
    assert sorted(Path(odd).rglob("*")) == before
    looked = run("doctor", HOME=odd)
    assert (looked.returncode, looked.stderr) == (1, "")
    assert "/\\xe9ric/" in looked.stdout


def test_with_a_state_of_its_own_such_a_home_is_served(home: Path) -> None:
    odd = os.fsdecode(os.fsencode(home) + b"/" + LATIN_1)
    Path(odd, ".mozilla/firefox").mkdir(parents=True)
    where = {"HOME": odd, "GUETTEUR_HOME": str(home / "g")}
    done = run("install", "--browser", "firefox", **where)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(odd, ".mozilla/native-messaging-hosts/org.guetteur.host.json").is_file()
    (told,) = [one for one in json.loads(run("install", "--json", **where).stdout) if one["browser"] == "firefox"]
    assert "/\\xe9ric/" in told["path"]
    assert run("uninstall", **where).returncode == 0
    assert not Path(odd, ".mozilla/native-messaging-hosts").exists()


def test_a_fault_below_such_a_home_is_answered_as_json(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = os.fsdecode(os.fsencode(home) + b"/" + LATIN_1)
    Path(odd, "state/guetteur.db").mkdir(parents=True)
    monkeypatch.setenv("GUETTEUR_HOME", odd)
    settings = Settings(Path(odd, "run"), Path(odd, "state"))
    ensure_daemon(settings, 30)
    try:
        with DaemonClient(settings) as client:
            code, body = client.request("/v1/status")
        fault = json.loads(body)["store"]["error"]
        assert (code, fault["code"]) == (200, "store_unwritable")
        assert "/\\xe9ric/" in fault["message"]
        said = run("status", "--lang", "fr", GUETTEUR_HOME=odd, HOME=str(home))
        assert "Vos choix ne peuvent pas être gardés\u00a0: l’écriture sur le disque échoue (" in said.stdout
        assert "directory" not in said.stdout
    finally:
        run("uninstall", GUETTEUR_HOME=odd, HOME=str(home))


def test_a_relative_xdg_folder_is_ignored(home: Path) -> None:
    (home / ".mozilla/firefox").mkdir(parents=True)
    (home / ".config/chromium").mkdir(parents=True)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        done = run("install", "--json", HOME=str(home), **{name: "relative"})
        assert done.returncode == 0, done.stderr
        assert all(one["path"].startswith(str(home)) for one in json.loads(done.stdout)), name
    assert (home / ".config/chromium/NativeMessagingHosts").is_dir()
    assert (home / ".local/share/applications").is_dir()
    assert not Path("relative").exists()
