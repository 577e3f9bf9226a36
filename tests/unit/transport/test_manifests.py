import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from guetteur.config import Settings
from guetteur.errors import InstallError
from guetteur.transport import browsers, host_script
from guetteur.transport.browsers import Places, load_browsers, load_identities, places
from guetteur.transport.manifests import InstallResult, install, uninstall

HOST = load_identities().host_name
CHROMIUM_ORIGINS = [f"chrome-extension://{number}/" for number in load_identities().chromium_extension_ids]
GECKO_IDS = list(load_identities().gecko_extension_ids)


@pytest.fixture(autouse=True)
def nothing_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browsers of the machine that runs the tests must not count."""
    monkeypatch.setattr("guetteur.transport.browsers.Browser.is_found", found_by_folder)


def found_by_folder(browser: browsers.Browser) -> bool:
    return any(folder.exists() for folder in browser.found_by)


@pytest.fixture
def person(tmp_path: Path) -> Path:
    folder = tmp_path / "Zoé d'Été 100% $HOME"
    folder.mkdir()
    return folder


@pytest.fixture
def settings(person: Path) -> Settings:
    return Settings(runtime_dir=person / "run", state_dir=person / "état")


class FakeRegistry:
    def __init__(self) -> None:
        self.keys: dict[str, str] = {}

    def read(self, key: str) -> str | None:
        return self.keys.get(key)

    def write(self, key: str, value: str) -> None:
        self.keys[key] = value

    def remove(self, key: str) -> None:
        self.keys.pop(key, None)


def actions(results: list[InstallResult]) -> dict[str, str]:
    return {result.browser: result.action for result in results}


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_both_kinds_of_manifest(settings: Settings, person: Path) -> None:
    (person / ".config/chromium").mkdir(parents=True)
    (person / ".mozilla/firefox").mkdir(parents=True)
    results = install(settings, home=person, environ={})
    assert actions(results) == {"launcher": "written", "chromium": "written", "firefox": "written"}
    assert all(result.ok for result in results)
    script = host_script.path(settings, "linux")
    chromium = json.loads((person / f".config/chromium/NativeMessagingHosts/{HOST}.json").read_text("utf-8"))
    firefox = json.loads((person / f".mozilla/native-messaging-hosts/{HOST}.json").read_text("utf-8"))
    assert chromium["name"] == firefox["name"] == HOST
    assert chromium["type"] == firefox["type"] == "stdio"
    assert chromium["path"] == firefox["path"] == str(script)
    assert script.is_absolute()
    assert chromium["allowed_origins"] == CHROMIUM_ORIGINS
    assert "allowed_extensions" not in chromium
    assert firefox["allowed_extensions"] == GECKO_IDS
    assert "allowed_origins" not in firefox
    assert actions(install(settings, home=person, environ={})) == {
        "launcher": "unchanged",
        "chromium": "unchanged",
        "firefox": "unchanged",
    }


def test_chosen_browsers_are_served_though_not_found(settings: Settings, person: Path) -> None:
    results = install(settings, ["vivaldi", "edge"], home=person, environ={})
    assert actions(results) == {"launcher": "written", "vivaldi": "written", "edge": "written"}
    assert (person / f".config/vivaldi/NativeMessagingHosts/{HOST}.json").is_file()
    with pytest.raises(InstallError) as caught:
        install(settings, ["netscape"], home=person, environ={})
    assert caught.value.code == "unknown_browser"
    assert "firefox" in caught.value.hint


def test_profile_given_with_user_data_dir(settings: Settings, person: Path) -> None:
    (person / ".config/chromium").mkdir(parents=True)
    profile = person / "profile"
    results = install(settings, home=person, user_data_dir=profile, environ={})
    assert actions(results) == {"launcher": "written", "user-data-dir": "written"}
    written = json.loads((profile / f"NativeMessagingHosts/{HOST}.json").read_text("utf-8"))
    assert written["allowed_origins"] == CHROMIUM_ORIGINS
    assert actions(uninstall(settings, home=person)) == {"user-data-dir": "removed", "launcher": "removed"}
    assert not profile.exists()


def test_uninstalling_one_profile_leaves_the_rest(settings: Settings, person: Path) -> None:
    install(settings, ["chromium"], home=person, user_data_dir=person / "profile", environ={})
    assert actions(uninstall(settings, home=person, user_data_dir=person / "profile")) == {"user-data-dir": "removed"}
    assert host_script.path(settings, "linux").is_file()
    assert actions(uninstall(settings, ["chromium"], home=person)) == {"chromium": "removed"}
    assert actions(uninstall(settings, home=person)) == {"launcher": "removed"}


def test_uninstall_leaves_everything_as_it_was(settings: Settings, person: Path) -> None:
    (person / ".config/chromium").mkdir(parents=True)
    (person / ".mozilla/native-messaging-hosts").mkdir(parents=True)
    settings.state_dir.mkdir()
    before = files_below(person)
    install(settings, ["chromium", "firefox", "brave", "thunderbird"], home=person, environ={})
    results = uninstall(settings, home=person)
    assert actions(results) == {
        "chromium": "removed",
        "firefox": "removed",
        "brave": "removed",
        "launcher": "removed",
    }
    assert files_below(person) == before


def test_what_is_not_ours_is_kept(settings: Settings, person: Path) -> None:
    install(settings, ["chromium", "firefox", "edge"], home=person, environ={})
    foreign = person / f".config/chromium/NativeMessagingHosts/{HOST}.json"
    foreign.write_text(json.dumps({"name": HOST, "path": "/opt/other/host", "type": "stdio"}))
    broken = person / f".mozilla/native-messaging-hosts/{HOST}.json"
    broken.write_text("{")
    neighbour = person / ".config/microsoft-edge/NativeMessagingHosts/org.keepassxc.json"
    neighbour.write_text("{}")
    results = actions(uninstall(settings, home=person))
    assert (results["chromium"], results["firefox"], results["edge"]) == ("kept", "kept", "removed")
    assert foreign.is_file()
    assert broken.is_file()
    assert neighbour.is_file()


def test_replacing_another_copys_manifest_is_said(settings: Settings, person: Path) -> None:
    target = person / f".config/chromium/NativeMessagingHosts/{HOST}.json"
    target.parent.mkdir(parents=True)
    target.write_text(json.dumps({"name": HOST, "path": "/old/host"}))
    (result,) = [one for one in install(settings, home=person, environ={}) if one.browser == "chromium"]
    assert result.action == "written"
    assert "/old/host" in result.detail


def test_folder_that_cannot_be_written_fails_alone(settings: Settings, person: Path) -> None:
    (person / ".config").mkdir()
    (person / ".config/chromium").write_text("a file where a folder should be")
    results = install(settings, ["chromium", "firefox"], home=person, environ={})
    assert [(one.browser, one.action, one.ok) for one in results[1:]] == [
        ("chromium", "failed", False),
        ("firefox", "written", True),
    ]
    assert results[1].detail


def test_launcher_that_cannot_be_written(person: Path) -> None:
    (person / "file").touch()
    with pytest.raises(InstallError) as caught:
        install(Settings(runtime_dir=person, state_dir=person / "file"), home=person, environ={})
    assert caught.value.code == "launcher_not_written"


def test_sandboxed_browsers_are_skipped_with_a_reason(settings: Settings, person: Path) -> None:
    (person / ".var/app/org.mozilla.firefox").mkdir(parents=True)
    (person / "snap/chromium").mkdir(parents=True)
    (person / "snap/firefox").mkdir(parents=True)
    (person / "snap/thunderbird").mkdir()
    (person / ".var/app/org.mozilla.thunderbird").mkdir()
    results = install(settings, home=person, environ={})
    assert actions(results) == {
        "launcher": "written",
        "firefox-snap": "written",
        "firefox-flatpak": "skipped",
        "thunderbird-snap": "unchanged",  # the same folder as Firefox
        "thunderbird-flatpak": "skipped",
        "chromium-snap": "skipped",
    }
    assert all("Flatpak" in one.detail or "snap" in one.detail for one in results if one.action == "skipped")
    assert (person / f".mozilla/native-messaging-hosts/{HOST}.json").is_file()


def test_thunderbird_on_linux_reads_the_folder_of_firefox(settings: Settings, person: Path) -> None:
    (person / ".thunderbird").mkdir()
    results = install(settings, home=person, environ={})
    assert actions(results) == {"launcher": "written", "thunderbird": "written"}
    content = json.loads((person / f".mozilla/native-messaging-hosts/{HOST}.json").read_text("utf-8"))
    assert content["allowed_extensions"] == GECKO_IDS
    assert actions(uninstall(settings, ["thunderbird"], home=person)) == {"thunderbird": "removed"}


def test_thunderbird_goes_and_firefox_keeps_what_they_share(settings: Settings, person: Path) -> None:
    install(settings, ["firefox", "thunderbird", "firefox-snap"], home=person, environ={})
    shared = person / f".mozilla/native-messaging-hosts/{HOST}.json"
    (result,) = uninstall(settings, ["thunderbird"], home=person)
    assert (result.action, result.ok) == ("kept", True)
    assert result.detail == "for Firefox, Firefox (snap)"
    assert result.detail_fr == "pour Firefox, Firefox (snap)"
    assert shared.is_file()
    assert actions(uninstall(settings, ["firefox-snap"], home=person)) == {"firefox-snap": "kept"}
    assert actions(uninstall(settings, ["firefox"], home=person)) == {"firefox": "removed"}
    assert not shared.exists()


def test_on_windows_they_share_a_key(settings: Settings, person: Path) -> None:
    registry, where = FakeRegistry(), Places("windows", person, person)
    install(settings, ["firefox", "thunderbird", "chrome"], where=where, registry=registry, environ={})
    assert actions(uninstall(settings, ["thunderbird"], where=where, registry=registry)) == {"thunderbird": "kept"}
    assert len(registry.keys) == 2
    assert actions(uninstall(settings, ["firefox"], where=where, registry=registry)) == {"firefox": "removed"}
    assert actions(uninstall(settings, where=where, registry=registry)) == {"chrome": "removed", "launcher": "removed"}


def test_xdg_config_home_moves_chromium_but_not_firefox(
    settings: Settings, person: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(person))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(person / "conf"))
    install(settings, ["chromium", "firefox"], environ={})
    assert (person / f"conf/chromium/NativeMessagingHosts/{HOST}.json").is_file()
    assert (person / f".mozilla/native-messaging-hosts/{HOST}.json").is_file()


LIBRARY = "Library/Application Support"


@pytest.mark.parametrize(
    ("browser", "folder"),
    [
        ("chromium", f"{LIBRARY}/Chromium/NativeMessagingHosts"),
        ("chrome", f"{LIBRARY}/Google/Chrome/NativeMessagingHosts"),
        ("chrome-beta", f"{LIBRARY}/Google/Chrome Beta/NativeMessagingHosts"),
        ("edge", f"{LIBRARY}/Microsoft Edge/NativeMessagingHosts"),
        ("brave", f"{LIBRARY}/BraveSoftware/Brave-Browser/NativeMessagingHosts"),
        ("vivaldi", f"{LIBRARY}/Vivaldi/NativeMessagingHosts"),
        ("opera", f"{LIBRARY}/Google/Chrome/NativeMessagingHosts"),
        ("firefox", f"{LIBRARY}/Mozilla/NativeMessagingHosts"),
        ("librewolf", f"{LIBRARY}/LibreWolf/NativeMessagingHosts"),
        ("thunderbird", "Library/Mozilla/NativeMessagingHosts"),
    ],
)
def test_macos_paths(settings: Settings, person: Path, browser: str, folder: str) -> None:
    where = Places("macos", person, person / ".config")
    results = install(settings, [browser], where=where, environ={})
    assert results[1].path == str(person / folder / f"{HOST}.json")
    assert Path(results[1].path).is_file()


@pytest.mark.parametrize(
    ("browser", "key"),
    [
        ("chromium", r"Software\Chromium\NativeMessagingHosts"),
        ("chrome", r"Software\Google\Chrome\NativeMessagingHosts"),
        ("brave", r"Software\Google\Chrome\NativeMessagingHosts"),
        ("vivaldi", r"Software\Google\Chrome\NativeMessagingHosts"),
        ("opera", r"Software\Google\Chrome\NativeMessagingHosts"),
        ("edge", r"Software\Microsoft\Edge\NativeMessagingHosts"),
        ("firefox", r"Software\Mozilla\NativeMessagingHosts"),
        ("thunderbird", r"Software\Mozilla\NativeMessagingHosts"),
    ],
)
def test_windows_keys(settings: Settings, person: Path, browser: str, key: str) -> None:
    registry = FakeRegistry()
    where = Places("windows", person, person / ".config")
    results = install(settings, [browser], where=where, registry=registry, environ={})
    assert results[1].path == rf"{key}\{HOST}"
    file = Path(registry.keys[rf"{key}\{HOST}"])
    content = json.loads(file.read_text("utf-8"))
    assert ("allowed_extensions" in content) is (browser in ("firefox", "thunderbird"))
    assert content["path"] == str(host_script.path(settings, "windows"))
    assert content["path"].endswith(".bat")
    again = install(settings, [browser], where=where, registry=registry, environ={})
    assert actions(again) == {"launcher": "unchanged", browser: "unchanged"}
    uninstall(settings, where=where, registry=registry)
    assert registry.keys == {}
    assert not host_script.folder(settings).exists()


def test_windows_keys_of_others_and_shared_files_stay(settings: Settings, person: Path) -> None:
    registry, where = FakeRegistry(), Places("windows", person, person)
    install(settings, ["chrome", "edge", "firefox"], where=where, registry=registry, environ={})
    firefox = rf"Software\Mozilla\NativeMessagingHosts\{HOST}"
    registry.keys[firefox] = r"C:\other.json"
    assert actions(uninstall(settings, ["edge"], where=where, registry=registry)) == {"edge": "removed"}
    chrome = registry.keys[rf"Software\Google\Chrome\NativeMessagingHosts\{HOST}"]
    assert Path(chrome).is_file()
    results = actions(uninstall(settings, where=where, registry=registry))
    assert results["firefox"] == "kept"
    assert registry.keys == {firefox: r"C:\other.json"}


def test_windows_batch_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", r"C:\Users\Zoé 100%\python.exe")
    monkeypatch.setattr(host_script, "_is_site", lambda _root: True)
    script = host_script.write(settings, "windows", {"GUETTEUR_HOME": "/d/50%", "PATH": "no"})
    lines = script.read_bytes().decode("utf-8").split("\r\n")
    assert lines == [
        "@chcp 65001 >nul <nul",
        '@set "GUETTEUR_HOME=/d/50%%"',
        r'@"C:\Users\Zoé 100%%\python.exe" -P -m guetteur.transport.native_host "%~f0" %*',
        "",
    ]


def test_launcher_runs_from_a_bare_environment(settings: Settings, person: Path) -> None:
    """A browser started from the desktop has none of the shell's variables, and any current folder."""
    script = host_script.write(settings, "linux", {"GUETTEUR_HOME": str(person / "a b'c"), "PATH": "no"})
    assert stat.S_IMODE(script.stat().st_mode) == 0o700
    assert stat.S_IMODE(script.parent.stat().st_mode) == 0o700
    text = script.read_text("utf-8")
    assert text.startswith("#!/bin/sh\n")
    assert "PATH=no" not in text.replace("PYTHONPATH", "")
    (person / "json.py").write_text("raise SystemExit('hijacked')")
    done = subprocess.run(
        [script, "manifest.json", "an-extension-id"],
        env={},
        cwd=person,
        input=b"\x02\x00\x00\x00{}",
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"bad_frame" in done.stdout


def test_installed_package_needs_no_pythonpath(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_script, "_is_site", lambda _root: True)
    assert "PYTHONPATH" not in host_script.write(settings, "linux", {}).read_text()


def test_found_by_folder_name_or_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    table = {browser.id: browser for browser in load_browsers(places(tmp_path, "linux"))}

    def nothing(_name: str) -> None:
        return None

    assert not table["firefox"].is_found(nothing)
    assert table["firefox"].is_found(lambda name: "/usr/bin/" + name if name == "firefox-esr" else None)
    (tmp_path / ".mozilla/firefox").mkdir(parents=True)
    assert table["firefox"].is_found(nothing)
    assert not table["thunderbird"].is_found(nothing)
    assert not table["chromium-snap"].is_found(lambda name: name) or os.path.exists("/snap/bin/chromium")  # noqa: PTH110
