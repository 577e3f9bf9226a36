"""`guetteur install`, `doctor` and `uninstall` as a person runs them, in a home of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from keyring.backends import null

from guetteur import cli_install
from guetteur.config import Settings
from guetteur.reports.credentials import Credentials


@pytest.fixture
def home() -> Iterator[Path]:
    with TemporaryDirectory(prefix="guet-") as folder:
        (Path(folder) / ".mozilla/firefox").mkdir(parents=True)
        yield Path(folder)


def run(home: Path, *arguments: str, lang: str = "fr_FR.UTF-8", stdin: str = "") -> subprocess.CompletedProcess[str]:
    kept = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "LANG": lang, "PATH": "/nonexistent"}
    kept |= {name: text for name, text in os.environ.items() if name.startswith("COVERAGE_")}
    return subprocess.run(
        [sys.executable, "-m", "guetteur", *arguments],
        env=kept | {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_from_install_to_nothing_left(home: Path) -> None:
    done = run(home, "install", "--browser", "firefox")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Firefox connaît maintenant Guetteur." in done.stdout
    assert "guetteur doctor" in done.stdout
    done = run(home, "install", "--autostart", "--lang", "en")
    assert "Firefox knew Guetteur already." in done.stdout
    assert "Guetteur will start with your session" in done.stdout
    looked = run(home, "doctor")
    assert looked.returncode == 0, looked.stdout
    assert "✗" not in looked.stdout
    codes = {found["code"]: found for found in json.loads(run(home, "doctor", "--json").stdout)}
    assert {"daemon_ok", "launcher_ok", "manifest_ok", "state_ok", "clock_ok"} <= set(codes)
    assert codes["manifest_ok"]["text_en"] == "Firefox knows Guetteur."

    done = run(home, "uninstall")
    assert done.returncode == 0
    assert "Guetteur est arrêté." in done.stdout
    assert "guetteur uninstall --forget" in done.stdout
    state = home / ".local/state/guetteur"
    assert {path.name for path in state.iterdir()} == {"guetteur.db"}
    refused = run(home, "uninstall", "--forget", stdin="n\n")
    assert refused.returncode == 1
    assert "pour toujours" in refused.stderr
    assert state.exists()
    assert run(home, "uninstall", "--forget", stdin="y\n").returncode == 0
    left = {str(path.relative_to(home)) for path in home.rglob("*")}
    assert left <= {".mozilla", ".mozilla/firefox", ".local", ".local/state", ".cache"}
    assert "rien à retirer" in run(home, "uninstall").stdout


def test_a_fault_is_said_with_its_remedy(home: Path) -> None:
    run(home, "install", "--browser", "firefox")
    (manifest,) = (home / ".mozilla/native-messaging-hosts").iterdir()
    manifest.unlink()
    done = run(home, "doctor", lang="en_GB.UTF-8")
    try:
        assert done.returncode == 1
        assert "Firefox does not know Guetteur yet" in done.stdout
        assert "→ Run: guetteur install." in done.stdout
    finally:
        run(home, "uninstall")


def test_nobody_to_tell(home: Path) -> None:
    (home / ".mozilla/firefox").rmdir()
    done = json.loads(run(home, "install", "--json").stdout)
    assert {one["browser"] for one in done} == {"launcher", "menu"}
    assert "--browser firefox" in run(home, "install").stdout


class Ring(null.Keyring):
    priority = 0.5  # type: ignore[assignment]  # works, and is chosen by nobody who looks for a keyring
    held: dict[str, str]

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.held.pop(username, None)


def test_forgetting_empties_the_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring()
    ring.held = {}
    monkeypatch.setattr("keyring.get_keyring", lambda: ring)
    settings = Settings(runtime_dir=tmp_path / "run", state_dir=tmp_path / "state")
    names = [need.id for need in cli_install.load_channels(settings.data_dir).needs]
    for name in names:
        Credentials(settings.state_dir).set(name, "secret")
    settings.state_dir.mkdir()
    (settings.state_dir / "outbox.db").touch()
    assert len(ring.held) == len(names)
    results = cli_install.forget_person(settings)
    assert {(one.browser, one.action) for one in results} == {("keys", "removed"), ("data", "removed")}
    assert ring.held == {}
    assert not settings.state_dir.exists()
