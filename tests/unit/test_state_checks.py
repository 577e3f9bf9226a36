"""Doctor's look at the disk, the keyring and the clock: each thing is broken for real, and said with a remedy."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring.errors
import pytest
from keyring.backend import KeyringBackend

from guetteur.config import PACKAGE_DATA, Settings
from guetteur.lists.compiled import CompiledList
from guetteur.lists.store import ListState, Store
from guetteur.reports.outbox import Outbox
from guetteur.reports.signing import load_key
from guetteur.state_checks import look_at_state
from guetteur.store.person import PersonStore
from guetteur.transport import host_script
from guetteur.transport.findings import Finding
from support.lists import small_disk

NOW = CompiledList(PACKAGE_DATA / "starter.bin").meta.built_at.astimezone(UTC) + timedelta(days=30)


class Ring(KeyringBackend):
    priority = 0.5  # type: ignore[assignment]  # works, and is chosen by nobody who looks for a keyring

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked and username != "guetteur-probe":
            raise keyring.errors.KeyringLocked("locked")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.held.pop((service, username), None)


class NoRing(Ring):
    priority = 0  # type: ignore[assignment]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "state").mkdir()
    return Settings(runtime_dir=tmp_path / "run", state_dir=tmp_path / "state")


def look(
    settings: Settings, now: datetime = NOW, backend: KeyringBackend | None = None, path: str = ""
) -> dict[str, Finding]:
    found = look_at_state(settings, now=now, backend=backend or Ring(), search_path=path)
    assert all(finding.remedy_fr and finding.remedy_en for finding in found if finding.level != "ok")
    return {finding.code: finding for finding in found}


def test_all_is_well(settings: Settings) -> None:
    Outbox(settings.state_dir / "outbox.db").close()
    PersonStore(settings.state_dir, lambda: NOW).close()
    load_key(settings.state_dir)
    host_script.write(settings, "linux", {})
    found = look(settings)
    assert set(found) == {"state_ok", "database_ok", "keyring_ok", "clock_ok"}
    assert {finding.level for finding in found.values()} == {"ok"}
    assert not list(settings.state_dir.glob("tmp*"))


def test_before_the_first_start(settings: Settings) -> None:
    settings.state_dir.rmdir()
    assert set(look(settings)) == {"state_ok", "keyring_ok", "clock_ok"}
    assert not settings.state_dir.exists()


@pytest.mark.parametrize("name", ["outbox.db", "guetteur.db"])
def test_databases(settings: Settings, name: str) -> None:
    file = settings.state_dir / name
    file.write_bytes(b"no database, whatever it says\n" * 300)
    finding = look(settings)["database_damaged"]
    assert name in finding.text_fr
    assert file.read_bytes().startswith(b"no database")
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("pragma user_version = 99")
    finding = look(settings)["database_newer"]
    assert finding.level == "fail"
    assert "N’effacez pas" in finding.remedy_fr


def test_a_page_of_the_outbox_is_overwritten(settings: Settings) -> None:
    file = settings.state_dir / "outbox.db"
    Outbox(file).close()
    with file.open("r+b") as raw:
        raw.seek(4096)
        raw.write(os.urandom(4096))
    assert "database_damaged" in look(settings)


def test_choices_set_aside(settings: Settings) -> None:
    (settings.state_dir / "guetteur.db").write_bytes(b"x" * 5000)
    PersonStore(settings.state_dir, lambda: NOW).close()
    found = look(settings)
    assert "guetteur.db.damaged" in found["choices_lost"].text_fr
    assert "database_ok" in found


def test_report_key(settings: Settings) -> None:
    (settings.state_dir / "report-key.pem").write_text("no key")
    assert look(settings)["report_key_damaged"].level == "fail"


def test_keyrings(settings: Settings) -> None:
    assert "keyring_absent" in look(settings, backend=NoRing())
    (settings.state_dir / "credentials.json").write_text('{"signal-spam-login": "me"}')
    assert look(settings, backend=NoRing())["keys_in_file"].level == "warn"
    (settings.state_dir / "credentials.json").write_text("{")
    assert look(settings, backend=NoRing())["credentials_unreadable"].level == "fail"
    ring = Ring()
    ring.locked = True
    assert look(settings, backend=ring)["credentials_unreadable"].level == "fail"


def test_damaged_lists(settings: Settings, tmp_path: Path) -> None:
    store = Store(settings.lists_dir)
    source = tmp_path / "base"
    for number in (1, 2):
        source.write_bytes(bytes([number]) * 100)
        store.add(ListState(f"v{number}", "", NOW, 1), {"base": source}, NOW)
    assert "lists_damaged" not in look(settings)
    current = store.current()
    assert current
    current.path("base").write_bytes(b"\0" * 100)
    assert "lists sync" in look(settings)["lists_damaged"].remedy_fr
    current.path("base").unlink()
    assert "lists_damaged" in look(settings)


def test_clock(settings: Settings) -> None:
    found = look(settings, now=NOW - timedelta(days=60))
    assert found["clock_behind"].level == "fail"
    assert (NOW - timedelta(days=30)).date().isoformat() in found["clock_behind"].text_fr
    assert look(settings, now=NOW + timedelta(days=4000))["clock_ahead"].level == "warn"
    assert "clock_behind" not in look(settings, now=NOW - timedelta(days=30, hours=20))


def test_two_copies(settings: Settings, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b", "c", "d")]
    for folder in folders:
        folder.mkdir()
    for folder in folders[:2]:
        (folder / "guetteur").write_text("#!/bin/sh\n")
        (folder / "guetteur").chmod(0o755)
    (folders[2] / "guetteur").symlink_to(folders[0] / "guetteur")
    (folders[3] / "guetteur").write_text("not to be run")
    alone = os.pathsep.join(map(str, (folders[0], *folders[2:], "", tmp_path / "none")))
    assert "two_copies" not in look(settings, path=alone)
    finding = look(settings, path=os.pathsep.join(map(str, folders)))["two_copies"]
    assert f"{folders[0] / 'guetteur'}, {folders[1] / 'guetteur'}" in finding.text_fr


def test_launcher_of_another_copy(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/guetteur/bin/python")
    host_script.write(settings, "linux", {})
    monkeypatch.undo()
    finding = look(settings)["launcher_other_copy"]
    assert "/opt/guetteur/bin/python" in finding.text_fr
    assert sys.executable in finding.text_fr


def test_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "64k") as disk:
        (disk / "filler").write_bytes(bytes(40 * 1024))
        settings = Settings(runtime_dir=tmp_path / "run", state_dir=disk)
        assert look(settings)["disk_full"].level == "fail"
        (disk / "filler").unlink()


def test_disk_nearly_full(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "8m") as disk:
        finding = look(Settings(runtime_dir=tmp_path / "run", state_dir=disk))["disk_nearly_full"]
        assert "8" in finding.text_fr


def test_read_only_home(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "8m") as disk:
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        finding = look(Settings(runtime_dir=tmp_path / "run", state_dir=disk / "state"))["state_unwritable"]
        assert finding.level == "fail"
        assert "the disk is read-only" in finding.text_en
        assert "le disque n’accepte pas l’écriture" in finding.text_fr


def test_damaged_channels(settings: Settings, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(PACKAGE_DATA, data)
    broken = Settings(runtime_dir=settings.runtime_dir, state_dir=settings.state_dir, data_dir=data)
    for damage in (b"{", (data / "channels.json").read_bytes().replace(b'":"', b'":"\xff', 1)):
        (data / "channels.json").write_bytes(damage)
        assert "data_damaged" in look(broken)
