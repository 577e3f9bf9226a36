"""`guetteur install`, `doctor` and `uninstall` as a person runs them, in a home of their own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from keyring.backends import null

from guetteur import cli_install
from guetteur.config import Settings
from guetteur.transport import frames


@pytest.fixture
def home() -> Iterator[Path]:
    with TemporaryDirectory(prefix="guet-") as folder:
        (Path(folder) / ".mozilla/firefox").mkdir(parents=True)
        yield Path(folder)


def variables(home: Path, lang: str = "fr_FR.UTF-8") -> dict[str, str]:
    kept = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "LANG": lang, "PATH": "/nonexistent"}
    kept |= {name: text for name, text in os.environ.items() if name.startswith("COVERAGE_")}
    return kept | {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.environ.get("PYTHONPATH", "")}


def run(
    home: Path, *arguments: str, lang: str = "fr_FR.UTF-8", stdin: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "guetteur", *arguments],
        env=variables(home, lang) | more,
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


class OpenBrowser:
    """The relay that a browser keeps until it is closed."""

    def __init__(self, home: Path) -> None:
        launcher = home / ".local/state/guetteur/native-host/guetteur-native-host"
        env = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PATH": "/usr/bin:/bin"}
        self.relay = subprocess.Popen([launcher], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, path: str) -> bytes | None:
        assert self.relay.stdin
        assert self.relay.stdout
        self.relay.stdin.write(frames.pack(json.dumps({"id": 1, "path": path}).encode()))
        self.relay.stdin.flush()
        return frames.read_frame(self.relay.stdout)

    def close(self) -> int:
        assert self.relay.stdin
        assert self.relay.stdout
        self.relay.stdin.close()
        self.relay.stdout.close()
        return self.relay.wait(10)


def test_an_open_browser_does_not_bring_it_back(home: Path) -> None:
    run(home, "install", "--browser", "firefox")
    browser = OpenBrowser(home)
    assert b'"product":"guetteur"' in (browser.ask("/v1/status") or b"")
    assert run(home, "uninstall", "--forget", "--yes").returncode == 0
    assert not (home / ".local/state/guetteur").exists()
    assert browser.ask("/v1/status") is None  # it has ended: the browser will find no program, and says so
    assert browser.close() == 0
    assert not (home / ".local/state/guetteur").exists()


def test_nothing_is_forgotten_under_a_daemon_that_hangs(home: Path) -> None:
    run(home, "install", "--browser", "firefox")
    assert run(home, "doctor").returncode == 0  # starts it
    state = home / ".local/state/guetteur"
    pid = int((home / "guetteur/daemon.pid").read_text())
    os.kill(pid, signal.SIGSTOP)
    try:
        done = run(home, "uninstall", "--forget", "--yes")
        assert done.returncode == 2
        assert f"processus {pid} " in done.stdout
        assert "effacées" not in done.stdout
        assert "puis fermez-le" not in done.stdout
        assert (state / "guetteur.db").exists()
    finally:
        os.kill(pid, signal.SIGCONT)
    assert run(home, "uninstall", "--forget", "--yes").returncode == 0
    assert not state.exists()


def test_every_session_of_a_person_finds_the_one_daemon(home: Path) -> None:
    """A shell of ssh, su or cron has no session folder, or another one."""
    run(home, "install", "--browser", "firefox")
    assert run(home, "doctor").returncode == 0
    pid = (home / "guetteur/daemon.pid").read_text().strip()
    try:
        for folder in ("", str(home / "other")):
            told = run(home, "serve", XDG_RUNTIME_DIR=folder)
            assert (told.returncode, pid in told.stderr) == (0, True)
            assert run(home, "status", XDG_RUNTIME_DIR=folder).returncode == 0
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
        ring.set_password("guetteur", name, "secret")  # no address, no port: these go too
    settings.state_dir.mkdir()
    (settings.state_dir / "outbox.db").touch()
    assert len(ring.held) == len(names)
    results = cli_install.forget_person(settings)
    assert {(one.browser, one.action) for one in results} == {("keys", "removed"), ("data", "removed")}
    assert ring.held == {}
    assert not settings.state_dir.exists()
