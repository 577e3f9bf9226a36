import json
import os
import shutil
import signal
import socket
import sys
from pathlib import Path

import pytest

import guetteur
from guetteur.config import PACKAGE_DATA, Settings
from guetteur.transport import browsers, doctor, host_script
from guetteur.transport.browsers import Places
from guetteur.transport.doctor import DATA_FILES, diagnose
from guetteur.transport.findings import Finding
from guetteur.transport.launcher import ensure_daemon
from guetteur.transport.manifests import install

from .conftest import OTHER_UID, STUB, daemon_pid, end_daemon, needs_root


@pytest.fixture(autouse=True)
def browsers_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(browser: browsers.Browser) -> bool:
        return any(folder.exists() for folder in browser.found_by)

    monkeypatch.setattr("guetteur.transport.browsers.Browser.is_found", found)


@pytest.fixture
def person(home: Path, tmp_path: Path) -> Path:
    (tmp_path / ".mozilla/firefox").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def installed(person: Path, settings: Settings) -> Settings:
    data = person / "data"
    data.mkdir()
    for name in DATA_FILES:
        shutil.copyfile(PACKAGE_DATA / name, data / name)
    settings = Settings(runtime_dir=settings.runtime_dir, state_dir=settings.state_dir, data_dir=data)
    install(settings, home=person)
    # The stand-in daemon must be found from a launcher that sets PYTHONPATH itself.
    script = host_script.path(settings, "linux")
    script.write_text(script.read_text().replace("PYTHONPATH=", f"PYTHONPATH={STUB}:"))
    return settings


def by_code(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.code: finding for finding in findings}


def test_all_is_well(installed: Settings, person: Path) -> None:
    findings = by_code(diagnose(installed, home=person))
    assert set(findings) == {
        "runtime_dir_ok",
        "socket_ok",
        "daemon_ok",
        "lists_fresh",
        "data_ok",
        "launcher_ok",
        "manifest_ok",
    }
    assert {finding.level for finding in findings.values()} == {"ok"}
    assert guetteur.__version__ in findings["daemon_ok"].text_fr
    assert "Firefox" in findings["manifest_ok"].text_fr


def test_nothing_is_installed(settings: Settings, person: Path) -> None:
    findings = by_code(diagnose(settings, home=person))
    assert findings["runtime_dir_missing"].level == "warn"
    assert findings["daemon_not_running"].level == "warn"
    assert findings["launcher_missing"].level == "fail"
    assert findings["manifest_missing"].level == "fail"
    assert "guetteur install" in findings["manifest_missing"].remedy_fr
    assert not settings.runtime_dir.exists()


def test_no_browser(settings: Settings, home: Path, tmp_path: Path) -> None:
    assert by_code(diagnose(settings, home=tmp_path))["no_browser_found"].level == "warn"


def test_unsafe_folder(installed: Settings, person: Path) -> None:
    installed.runtime_dir.mkdir()
    installed.runtime_dir.chmod(0o777)
    findings = by_code(diagnose(installed, home=person))
    assert "chmod 700" in findings["runtime_dir_unsafe"].remedy_fr
    assert findings["launcher_fails"].level == "fail"


@needs_root
def test_squatter(installed: Settings, person: Path) -> None:
    installed.runtime_dir.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as squatter:
        squatter.bind(str(installed.socket_path))
        os.chown(installed.socket_path, OTHER_UID, OTHER_UID)
        findings = by_code(diagnose(installed, home=person))
    assert findings["socket_not_ours"].level == "fail"
    assert "belongs to another user" in findings["launcher_fails"].text_en
    assert not any(code.startswith("daemon") for code in findings)


def test_other_version_and_bad_answer(installed: Settings, person: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUB_VERSION", "0.0.9")
    ensure_daemon(installed)
    finding = by_code(diagnose(installed, home=person))["daemon_other_version"]
    assert "0.0.9" in finding.text_fr
    assert guetteur.__version__ in finding.text_fr


def status_after(code: str | None) -> bytes:
    """What a daemon with old lists says after a renewal that ended so."""
    error = None if code is None else {"code": code, "message": "it failed", "hint": "mend it"}
    lists = {"version": "v", "age_days": 40, "stale": True, "error": error}
    return json.dumps({"product": "guetteur", "version": "1", "pid": 1, "lists": lists}).encode()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, b"<p>"), "daemon_bad_answer"),
        ((200, b"{}"), "daemon_bad_answer"),
        ((500, b'{"product": "guetteur", "version": "1", "pid": 1, "lists": null}'), "daemon_bad_answer"),
        ((200, b'{"product": "guetteur", "version": "1", "pid": 1, "lists": null}'), "lists_missing"),
        ((200, status_after(None)), "lists_stale"),
        ((200, status_after("sync_failed")), "lists_not_renewed"),
        ((200, status_after("repository_unreadable")), "lists_without_root"),
    ],
)
def test_statuses(settings: Settings, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, bytes], code: str) -> None:
    monkeypatch.setattr(doctor.DaemonClient, "request", lambda *_: answer)
    assert code in by_code(doctor._daemon(settings))


def manifest_of(person: Path) -> Path:
    (file,) = (person / ".mozilla/native-messaging-hosts").glob("*.json")
    return file


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"path": "/opt/else"}, "manifest_wrong_launcher"),
        ({"allowed_extensions": ["other@x"]}, "manifest_wrong_ids"),
        ({"name": "x"}, "manifest_wrong_ids"),
        ({"description": "older words"}, "manifest_ok"),
    ],
)
def test_changed_manifest(
    installed: Settings, person: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], code: str
) -> None:
    monkeypatch.setattr(doctor, "_start_launcher", lambda *_: None)
    file = manifest_of(person)
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    assert code in by_code(diagnose(installed, home=person))


def test_broken_manifest_and_missing_launcher(
    installed: Settings, person: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_start_launcher", lambda *_: None)
    host_script.path(installed, "linux").chmod(0o600)
    findings = by_code(diagnose(installed, home=person))
    assert {"manifest_wrong_launcher", "launcher_not_executable"} <= set(findings)
    manifest_of(person).write_text("{")
    assert "manifest_broken" in by_code(diagnose(installed, home=person))


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("#!/bin/sh\nexit 3\n", "without an answer"),
        ("#!/bin/sh\nprintf '\\001\\000\\000\\000x'\n", "cannot be read"),
        ("#!/bin/sh\necho 'a traceback'; sleep 9\n", "cannot be read"),
        ("#!/bin/sh\nexec sleep 9\n", "in time"),
        ("#!/nonexistent\n", "does not exist"),
    ],
)
def test_launcher_that_is_no_relay(installed: Settings, script: str, why: str) -> None:
    path = host_script.path(installed, "linux")
    path.write_text(script)
    finding = doctor._launcher(installed, path, "linux", 0.3)
    assert finding.code == "launcher_fails"
    assert why in finding.text_en


def test_missing_data(installed: Settings) -> None:
    (installed.data_dir / DATA_FILES[1]).unlink()
    (installed.data_dir / DATA_FILES[2]).write_bytes(b"")
    finding = doctor._data(installed.data_dir)
    assert finding.code == "data_missing"
    assert f"{DATA_FILES[1]}, {DATA_FILES[2]}" in finding.text_fr


@pytest.mark.parametrize("name", DATA_FILES)
def test_damaged_data(installed: Settings, name: str) -> None:
    with (installed.data_dir / name).open("r+b") as file:
        file.write(b"\xff" * 40)
    finding = doctor._data(installed.data_dir)
    assert finding.code == "data_damaged"
    assert name in finding.text_fr


@pytest.mark.parametrize("name", [name for name in DATA_FILES if name.endswith(".json")])
def test_one_byte_of_a_text_is_damaged(installed: Settings, name: str) -> None:
    path = installed.data_dir / name
    data = bytearray(path.read_bytes())
    data[data.index(b'":"') + 3] = 0xFF  # within a string, where the JSON itself stays whole
    path.write_bytes(data)
    finding = doctor._data(installed.data_dir)
    assert finding.code == "data_damaged"
    assert name in finding.text_fr


def test_manifest_that_is_no_text(installed: Settings, person: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_start_launcher", lambda *_: None)
    manifest_of(person).write_bytes(b"\xff\xfe\x00")
    assert "manifest_broken" in by_code(diagnose(installed, home=person))


def test_python_that_is_gone(installed: Settings, person: Path) -> None:
    script = host_script.path(installed, "linux")
    script.write_text(script.read_text().replace(sys.executable, "/opt/python3.9/bin/python3"))
    finding = by_code(diagnose(installed, home=person))["python_gone"]
    assert "/opt/python3.9/bin/python3" in finding.text_fr
    assert "guetteur install" in finding.remedy_en


def test_a_daemon_that_hangs(installed: Settings, person: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_STATUS_TIMEOUT_S", 0.3)
    ensure_daemon(installed)
    pid = daemon_pid(home)
    assert pid
    os.kill(pid, signal.SIGSTOP)
    finding = by_code(diagnose(installed, home=person, launcher_timeout_s=0.3))["daemon_hung"]
    assert f"kill -9 {pid}" in finding.remedy_fr


def test_what_a_killed_daemon_leaves(installed: Settings, person: Path, home: Path) -> None:
    ensure_daemon(installed)
    pid = daemon_pid(home)
    end_daemon(home)
    assert installed.socket_path.exists()
    host_script.path(installed, "linux").unlink()  # else looking would start the next one
    finding = by_code(diagnose(installed, home=person))["daemon_crashed"]
    assert str(pid) in finding.text_en
    assert finding.level == "warn"
    install(installed, home=person)
    ensure_daemon(installed)
    assert "daemon_ok" in by_code(diagnose(installed, home=person))


def test_packages_that_cannot_reach_the_daemon(
    installed: Settings, person: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_start_launcher", lambda *_: None)
    (person / ".var/app/org.mozilla.firefox").mkdir(parents=True)
    (person / "snap/firefox").mkdir(parents=True)
    findings = by_code(diagnose(installed, home=person))
    assert "Flatpak" in findings["browser_unreachable"].remedy_fr
    assert "permission" in findings["browser_note"].text_fr


def test_thunderbird_is_looked_at_like_a_browser(
    installed: Settings, person: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_start_launcher", lambda *_: None)
    (person / ".var/app/org.mozilla.Thunderbird").mkdir(parents=True)
    (person / ".thunderbird").mkdir()
    found = [finding for finding in diagnose(installed, home=person) if "Thunderbird" in finding.text_fr]
    assert [finding.code for finding in found] == ["manifest_ok", "browser_unreachable"]


class FakeRegistry:
    def __init__(self) -> None:
        self.keys: dict[str, str] = {}

    def read(self, key: str) -> str | None:
        return self.keys.get(key)

    def write(self, key: str, value: str) -> None:
        self.keys[key] = value

    def remove(self, key: str) -> None:
        del self.keys[key]


def test_windows_registry_is_looked_at(settings: Settings, person: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_start_launcher", lambda *_: None)
    (person / "AppData/Roaming/Mozilla/Firefox").mkdir(parents=True)
    registry, where = FakeRegistry(), Places("windows", person, person)
    install(settings, where=where, registry=registry)
    assert "manifest_ok" in by_code(diagnose(settings, where=where, registry=registry))
    registry.keys.clear()
    assert "manifest_missing" in by_code(diagnose(settings, where=where, registry=registry))
