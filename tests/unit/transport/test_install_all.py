"""What `guetteur install` sets up besides manifests, and that `uninstall` leaves nothing of it."""

import configparser
import os
import plistlib
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from guetteur.config import Settings
from guetteur.transport import autostart, host_script, menu_entry
from guetteur.transport.browsers import Places, Platform
from guetteur.transport.install_words import OTHERS, said, sentence, texts
from guetteur.transport.launcher import ensure_daemon
from guetteur.transport.manifests import InstallResult
from guetteur.transport.setup import set_up, stop_daemon, tear_down

from .conftest import alive, daemon_pid


@pytest.fixture(autouse=True)
def browsers_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "guetteur.transport.browsers.Browser.is_found",
        lambda browser: any(folder.exists() for folder in browser.found_by),
    )


@pytest.fixture
def person(tmp_path: Path) -> Path:
    folder = tmp_path / 'Zoé "50%" $HOME'
    (folder / ".mozilla/firefox").mkdir(parents=True)
    return folder


@pytest.fixture
def linux(person: Path) -> Places:
    return Places("linux", person, person / ".config")


@pytest.fixture
def quiet(person: Path) -> Settings:
    """Nobody listens there."""
    return Settings(runtime_dir=person / "run", state_dir=person / "state")


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def actions(results: list[InstallResult]) -> dict[str, str]:
    return {result.browser: result.action for result in results}


def test_all_is_set_up_once_and_removed_whole(quiet: Settings, person: Path, linux: Places) -> None:
    before = files_below(person)
    first = actions(set_up(quiet, with_autostart=True, where=linux, environ={}))
    assert first == {"launcher": "written", "firefox": "written", "menu": "written", "autostart": "written"}
    again = actions(set_up(quiet, with_autostart=True, where=linux, environ={}))
    assert set(again.values()) == {"unchanged"}
    removed = actions(tear_down(quiet, where=linux))
    assert removed == {
        "autostart": "removed",
        "menu": "removed",
        "firefox": "removed",
        "launcher": "removed",
        "working-files": "removed",
    }
    assert files_below(person) == before
    assert tear_down(quiet, where=linux) == []


def test_autostart_only_when_asked_then_kept_current(quiet: Settings, linux: Places) -> None:
    unit = autostart.files(linux, quiet)[0]
    assert "autostart" not in actions(set_up(quiet, where=linux, environ={}))
    assert not unit.exists()
    set_up(quiet, with_autostart=True, where=linux, environ={})
    unit.write_text("of an older version")
    assert actions(set_up(quiet, where=linux, environ={}))["autostart"] == "written"
    assert "ExecStart=" in unit.read_text()


def test_one_browser_alone_leaves_menu_and_autostart(quiet: Settings, linux: Places) -> None:
    assert "menu" not in actions(set_up(quiet, ["chromium"], where=linux, environ={}))
    set_up(quiet, with_autostart=True, where=linux, environ={})
    assert actions(tear_down(quiet, ["chromium"], where=linux)) == {"chromium": "removed"}
    assert menu_entry.file(linux).is_file()  # type: ignore[union-attr]
    assert all(path.exists() for path in autostart.files(linux, quiet))


def test_the_persons_data_stays(quiet: Settings, linux: Places) -> None:
    set_up(quiet, where=linux, environ={})
    (quiet.state_dir / "outbox.db").write_bytes(b"reports")
    quiet.lists_dir.mkdir()
    quiet.log_path.write_text("log")
    tear_down(quiet, where=linux)
    assert files_below(quiet.state_dir) == {"outbox.db"}


def test_uninstalling_ends_the_daemon(settings: Settings, home: Path, linux: Places) -> None:
    ensure_daemon(settings)
    pid = daemon_pid(home)
    assert pid
    results = tear_down(settings, where=linux)
    assert actions(results)["daemon"] == "stopped"
    assert not settings.runtime_dir.exists()
    assert not alive(pid)
    assert stop_daemon(settings) == []


def test_a_daemon_that_cannot_be_ended_keeps_its_files(
    settings: Settings, home: Path, linux: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guetteur.transport.setup._STATUS_TIMEOUT_S", 0.3)
    ensure_daemon(settings)
    pid = daemon_pid(home)
    assert pid
    os.kill(pid, signal.SIGSTOP)
    results = tear_down(settings, where=linux)
    assert actions(results) == {"daemon": "failed"}
    assert f"process {pid} " in sentence(results[0], {}, "en")
    assert f"processus {pid} " in sentence(results[0], {}, "fr")
    assert settings.socket_path.exists()


def test_a_daemon_that_answers_nobody_is_no_end(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its socket has gone, or it listens on a port: what tells is the lock."""
    ensure_daemon(settings)
    settings.socket_path.unlink()
    assert actions(stop_daemon(settings)) == {"daemon": "failed"}


def test_a_folder_that_cannot_be_made_fails_alone(quiet: Settings, person: Path, linux: Places) -> None:
    (person / ".config").write_text("a file where a folder should be")
    results = set_up(quiet, with_autostart=True, where=linux, environ={})
    assert {one.browser: one.ok for one in results} == {
        "launcher": True,
        "firefox": True,
        "menu": True,
        "autostart": False,
    }


def unit_of(settings: Settings, **given: str) -> dict[str, list[str]]:
    session_dir = given.pop("session_dir", None)
    text = autostart.unit(settings, [sys.executable, "-P", "-m", "guetteur", "serve"], given, session_dir)
    lines: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, _, value = line.partition("=")
        lines.setdefault(name, []).append(value)
    return lines


def test_the_service_is_hardened() -> None:
    settings = Settings(runtime_dir=Path("/run/user/1000/guetteur"), state_dir=Path("/home/z/.local/state/guetteur"))
    text = autostart.unit(settings, ["/usr/bin/python3", "-P", "-m", "guetteur", "serve"], {}, "/run/user/1000")
    for line in (
        "NoNewPrivileges=yes",
        "PrivateUsers=yes",
        "PrivateTmp=yes",
        "ProtectSystem=strict",
        "ProtectHome=read-only",
        "CapabilityBoundingSet=",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
        "SystemCallFilter=@system-service",
        "MemoryMax=1G",
        "ReadWritePaths=%t",
        'ReadWritePaths="/home/z/.local/state/guetteur"',
        "WantedBy=default.target",
    ):
        assert line in text.splitlines()
    assert text.count("ReadWritePaths") == 2


@pytest.mark.parametrize("inside", ["state", "run", "python", "source"])
def test_no_other_tmp_when_anything_lies_in_tmp(inside: str) -> None:
    places = {one: Path("/tmp/x" if one == inside else "/home/x") for one in ("state", "run", "python", "source")}
    settings = Settings(runtime_dir=places["run"], state_dir=places["state"])
    text = autostart.unit(settings, [str(places["python"])], {"PYTHONPATH": str(places["source"])}, None)
    assert "PrivateTmp" not in text


def test_names_are_quoted_for_systemd(person: Path) -> None:
    settings = Settings(runtime_dir=person / "run", state_dir=person / "state")
    unit = unit_of(settings, GUETTEUR_HOME=r'C:\a "b" 100% $x')
    assert unit["Environment"] == [r'"GUETTEUR_HOME=C:\\a \"b\" 100%% $x"']
    assert r"Zoé \"50%%\" $HOME/state" in unit["ReadWritePaths"][0]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_accepts_the_unit(person: Path, quiet: Settings, linux: Places, tmp_path: Path) -> None:
    set_up(quiet, with_autostart=True, where=linux, environ={})
    unit = autostart.files(linux, quiet)[0]
    env = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(person)}
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", unit], env=env, capture_output=True, text=True, check=False, timeout=50
    )
    assert (done.returncode, done.stderr) == (0, "")
    command = ["systemd-analyze", "--offline=true", "--threshold=25", "security", unit]
    assert subprocess.run(command, env=env, capture_output=True, check=False, timeout=50).returncode == 0


def test_launchd_agent(person: Path, quiet: Settings) -> None:
    where = Places("macos", person, person / ".config")
    set_up(quiet, with_autostart=True, where=where, environ={"GUETTEUR_HOME": "/x"})
    (file,) = autostart.files(where, quiet)
    agent = plistlib.loads(file.read_bytes())
    assert file.name == "org.guetteur.daemon.plist"
    assert agent["Label"] == "org.guetteur.daemon"
    assert agent["ProgramArguments"] == [sys.executable, "-P", "-m", "guetteur", "serve"]
    assert agent["EnvironmentVariables"]["GUETTEUR_HOME"] == "/x"
    assert agent["RunAtLoad"]
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert menu_entry.file(where) is None
    assert actions(tear_down(quiet, where=where))["autostart"] == "removed"
    assert not file.exists()


class Registry:
    def read(self, key: str) -> str | None:
        return None

    def write(self, key: str, value: str) -> None:
        """Forgets it."""

    def remove(self, key: str) -> None:
        """Has none."""


def test_windows_task(person: Path, quiet: Settings) -> None:
    where = Places("windows", person, person)
    ran: list[list[str]] = []

    def run(command: list[str]) -> bool:
        ran.append(command)
        return True

    environ = {"USERDOMAIN": "PC", "USERNAME": "Zoé & co"}
    set_up(quiet, with_autostart=True, where=where, registry=Registry(), environ=environ, run=run)
    (file,) = autostart.files(where, quiet)
    assert ran == [["schtasks", "/Create", "/TN", "Guetteur", "/XML", str(file), "/F"]]
    content = file.read_bytes()
    assert content.startswith(b"\xff\xfe")
    root = ET.fromstring(content)
    named = {node.tag.rpartition("}")[2]: node.text for node in root.iter()}
    assert root.tag.startswith("{http://schemas.microsoft.com/windows/2004/02/mit/task}")
    assert (named["Command"], named["Arguments"]) == (sys.executable, "-P -m guetteur serve")
    assert named["UserId"] == "PC\\Zoé & co"
    assert named["RunLevel"] == "LeastPrivilege"
    assert named["ExecutionTimeLimit"] == "PT0S"
    assert actions(tear_down(quiet, where=where, registry=Registry(), run=run))["autostart"] == "removed"
    assert ran[1] == ["schtasks", "/Delete", "/TN", "Guetteur", "/F"]
    assert not file.exists()


def test_windows_refusals_are_said(person: Path, quiet: Settings) -> None:
    where = Places("windows", person, person)

    def refuses(_command: list[str]) -> bool:
        return False

    common = {"where": where, "registry": Registry()}
    results = set_up(quiet, with_autostart=True, environ={"GUETTEUR_HOME": "D:\\x"}, run=refuses, **common)
    assert actions(results)["autostart"] == "skipped"
    assert "GUETTEUR_HOME" in sentence(results[-1], {}, "fr")
    listed = {"GUETTEUR_LISTS_URL": "https://listes.example/"}
    results = set_up(quiet, with_autostart=True, environ=listed, run=refuses, **common)
    assert "GUETTEUR_LISTS_URL" in sentence(results[-1], {}, "en")
    results = set_up(quiet, with_autostart=True, environ={"GUETTEUR_LISTS_URL": ""}, run=refuses, **common)
    assert actions(results)["autostart"] == "failed"
    assert "Windows" in sentence(results[-1], {}, "fr")


def test_menu_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/home/a b/$x/100%/python")
    monkeypatch.setattr(host_script, "_is_site", lambda _root: True)
    entry = configparser.RawConfigParser(delimiters=("=",))
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read_string(menu_entry.content({"GUETTEUR_HOME": '/a"b'}).decode())
    section = entry["Desktop Entry"]
    assert section["Type"] == "Application"
    assert section["Terminal"] == "true"
    assert section["Comment[fr]"].startswith("Voir si")
    home, python = r'"GUETTEUR_HOME=/a\\"b"', r'"/home/a b/\\$x/100%%/python"'
    assert section["Exec"] == f'"/usr/bin/env" {home} {python} "-P" "-m" "guetteur" "doctor" "--wait"'


def test_menu_entry_follows_xdg_data_home(person: Path) -> None:
    where = Places("linux", person, person / ".config", person / "data")
    assert menu_entry.file(where) == person / "data/applications/guetteur.desktop"


def test_interpreter_is_read_back_from_both_launchers(quiet: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/a b'c 100%/python")
    for platform in ("linux", "windows"):
        script = host_script.write(quiet, platform, {})  # type: ignore[arg-type]
        assert host_script.interpreter(script, platform) == "/opt/a b'c 100%/python"  # type: ignore[arg-type]
    assert host_script.interpreter(quiet.state_dir / "none", "linux") is None


def test_what_was_set_at_install_time_holds_for_what_browsers_start(
    quiet: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {
        "GUETTEUR_HOME": "home",
        "GUETTEUR_LISTS_URL": "https://listes.example/a%20b?c='d'",
        "GUETTEUR_LISTS_ROOT": "root.json",
        "GUETTEUR_TIMESTAMP_URL": "https://tsa.example/",
        "GUETTEUR_SOMETHING": "else",
        "XDG_STATE_HOME": "/srv/états",
    }
    assert set(environ) - {"GUETTEUR_SOMETHING"} == set(host_script.KEPT) - {"GUETTEUR_TRANSPORT"}
    expected = environ | {"GUETTEUR_HOME": f"{tmp_path}/home", "GUETTEUR_LISTS_ROOT": f"{tmp_path}/root.json"}
    del expected["GUETTEUR_SOMETHING"]
    monkeypatch.setattr(sys, "executable", "/usr/bin/env")
    script = host_script.write(quiet, "linux", environ).read_text()
    started = script[: script.index(" -P ")] + "\n"
    said = subprocess.run(["/bin/sh", "-c", started], env={}, capture_output=True, text=True, check=True, timeout=10)
    heard = dict(line.split("=", 1) for line in said.stdout.splitlines())
    assert {
        name: value for name, value in heard.items() if name in {*host_script.KEPT, "GUETTEUR_SOMETHING"}
    } == expected
    assert host_script.chosen({"XDG_STATE_HOME": "relative", "GUETTEUR_HOME": ""}) == {}


@pytest.mark.parametrize("platform", ["linux", "windows"])
def test_installing_again_keeps_what_the_first_time_was_told(quiet: Settings, person: Path, platform: Platform) -> None:
    where = Places(platform, person, person / ".config")
    told = {"GUETTEUR_LISTS_URL": "https://listes.example/a%20b?c='d'", "GUETTEUR_LISTS_ROOT": f"{person}/root.json"}

    def launcher(environ: dict[str, str]) -> str:
        set_up(quiet, where=where, registry=Registry(), environ=environ, run=lambda _: True)
        return host_script.path(quiet, platform).read_text("utf-8")

    first = launcher(told)
    assert launcher({}) == launcher({"GUETTEUR_LISTS_URL": told["GUETTEUR_LISTS_URL"]}) == first
    other = launcher({"GUETTEUR_LISTS_URL": "https://autre.example/"})
    assert "autre.example" in other
    assert "root.json" in other
    assert "GUETTEUR_LISTS" not in launcher(dict.fromkeys(told, ""))
    host_script.path(quiet, platform).write_bytes(b"export GUETTEUR_LISTS_URL='\n\xff")
    assert "GUETTEUR_LISTS" not in launcher({})


def test_the_service_and_the_menu_keep_it_too(quiet: Settings, linux: Places) -> None:
    for environ in ({"GUETTEUR_LISTS_URL": "https://listes.example/"}, {}):
        set_up(quiet, with_autostart=True, where=linux, registry=Registry(), environ=environ, run=lambda _: True)
        unit, entry = autostart.files(linux, quiet)[0], menu_entry.file(linux)
        assert entry is not None
        assert "https://listes.example/" in unit.read_text()
        assert "https://listes.example/" in entry.read_text()


def test_the_service_and_the_menu_use_the_folders_of_the_shell_that_installed(quiet: Settings, person: Path) -> None:
    environ = {"XDG_STATE_HOME": "/srv/state"}
    unit = autostart.description(Places("linux", person, person / ".config"), quiet, environ).decode()
    assert 'Environment="XDG_STATE_HOME=/srv/state"' in unit.splitlines()
    agent = plistlib.loads(autostart.description(Places("macos", person, person / ".config"), quiet, environ))
    assert agent["EnvironmentVariables"]["XDG_STATE_HOME"] == "/srv/state"
    assert '"XDG_STATE_HOME=/srv/state"' in menu_entry.content(environ).decode()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_result_has_a_sentence(lang: str) -> None:
    done = {code.rpartition("_")[::2] for code in texts() if code.rpartition("_")[0] in (*OTHERS, "manifest")}
    for about, action in done:
        result = InstallResult(about, "/p", action, True, "why.", "parce que.")  # type: ignore[arg-type]
        told = sentence(result, {"manifest": "Firefox"}, lang)
        assert told.endswith(".")
        assert "{" not in told
    assert set(texts()["installed"]) == {"fr", "en"}
    assert all(row.keys() == {"fr", "en"} for row in texts().values())
    assert said("data_stays", lang, path="/p").count("/p") == 1
