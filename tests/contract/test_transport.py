"""What the transport promises elsewhere: in the wire document, in texts, in its start-up cost."""

import ast
import importlib.util
import json
import os
import re
import shutil
import socket
import string
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import get_args

import pytest
import pytest_socket

from guetteur.config import load_settings
from guetteur.transport import browsers, doctor, frames, native_host
from guetteur.transport.browsers import Places, load_browsers
from guetteur.transport.client import DaemonClient
from guetteur.transport.findings import Level, texts
from guetteur.transport.launcher import ensure_daemon

ROOT = Path(__file__).parents[2]
TRANSPORT = ROOT / "daemon/guetteur/transport"
WIRE = (ROOT / "docs/reference/wire.md").read_text("utf-8")


def test_the_relay_lets_through_the_paths_of_the_wire_document() -> None:
    documented = set(re.findall(r"^\| `(?:GET|POST) (/v1/[^`]+)`", WIRE, re.MULTILINE))
    assert documented == native_host.ALLOWED_PATHS
    assert "at most 1 MiB" in WIRE
    assert frames.MAX_FRAME == 1024 * 1024


def test_the_relay_imports_nothing_heavy() -> None:
    code = "import sys, guetteur.transport.native_host as _; print(*sorted(sys.modules))"
    # Measured, the relay would also load what measures it.
    env = {name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_")}
    env["PYTHONPATH"] = str(ROOT / "daemon")
    loaded = set(subprocess.check_output([sys.executable, "-P", "-c", code], env=env, text=True).split())
    heavy = {"aiohttp", "asyncio", "click", "rich", "filelock", "msgspec", "http.client", "ssl", "email", "subprocess"}
    assert not loaded & (heavy | {"tomllib", "logging", "ada_url", "tldextract", "concurrent.futures"})


def test_doctor_texts_match_its_codes() -> None:
    files = (TRANSPORT / "doctor.py", TRANSPORT.parent / "state_checks.py")
    source = ast.parse("\n".join(file.read_text("utf-8").partition("annotations\n")[2] for file in files))
    strings = {
        node.value for node in ast.walk(source) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    unused = set(texts()) - strings - {"socket_path_too_long"}
    assert not unused
    calls = [
        node.args[0].value
        for node in ast.walk(source)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "finding"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert len(calls) > 15
    assert set(calls) <= set(texts())


@pytest.mark.parametrize("code", sorted(texts()))
def test_doctor_texts_are_whole_in_both_languages(code: str) -> None:
    row = texts()[code]
    assert row["level"] in get_args(Level)
    for kind in ("text", "remedy"):
        french, english = row.get(f"{kind}_fr", ""), row.get(f"{kind}_en", "")
        assert bool(french) == bool(english)
        assert fields(french) == fields(english)
        assert len(french) < 240
    assert row["text_fr"]
    assert bool(row.get("remedy_fr")) == (row["level"] != "ok")


def fields(text: str) -> set[str]:
    found = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return {name.removesuffix("_fr").removesuffix("_en") for name in found}


@pytest.mark.parametrize("platform", get_args(browsers.Platform))
def test_browser_table_is_whole(platform: browsers.Platform) -> None:
    table = load_browsers(Places(platform, Path("/h"), Path("/h/.config")))
    assert len({browser.id for browser in table}) == len(table)
    wanted = {"chromium", "chrome", "chrome-beta", "chrome-dev", "brave", "edge", "vivaldi", "opera"}
    assert wanted | {"firefox", "librewolf", "thunderbird"} <= {browser.id for browser in table}
    for browser in table:
        assert browser.kind in get_args(browsers.Kind)
        assert (browser.manifests is None) == (platform == "windows")
        assert (browser.registry is None) == (platform != "windows")
        assert browser.found_by or browser.executables
        assert bool(browser.note_fr) == bool(browser.note_en)
        assert browser.reachable or browser.note_fr
        assert all("{" not in str(path) for path in (*browser.found_by, *browser.executables, browser.manifests))


def test_doctor_knows_the_data_files_the_package_ships() -> None:
    bundle = pytest.importorskip("guetteur.publish.bundle")
    tables = {bundle.FILE_NAME, bundle.MODEL_FILE_NAME, bundle.REGISTRIES_FILE, bundle.STARTER_FILE}
    shipped = tables | {bundle.REPOSITORY_FILE} | {bundle.PUBLIC_HOSTS, bundle.POPULAR, bundle.STARTER}
    assert shipped == set(doctor.DATA_FILES)


@pytest.mark.skipif(importlib.util.find_spec("guetteur.app") is None, reason="the real daemon is not written yet")
@pytest.mark.parametrize("transport", ["unix", "loopback"])
def test_the_real_daemon_answers_through_the_relay(monkeypatch: pytest.MonkeyPatch, transport: str) -> None:
    home = Path(tempfile.mkdtemp(prefix="guet-"))
    monkeypatch.setenv("GUETTEUR_TRANSPORT", transport)
    monkeypatch.setenv("GUETTEUR_HOME", str(home))
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "daemon"))
    settings = load_settings()
    try:
        ensure_daemon(settings, 20)
        asked = json.dumps({"id": 1, "path": "/v1/check/url", "body": {"url": "https://impots.gouv.fr/", "lang": "fr"}})
        with subprocess.Popen(
            [sys.executable, "-P", "-m", "guetteur.transport.native_host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as relay:
            assert relay.stdin
            assert relay.stdout
            relay.stdin.write(frames.pack(asked.encode()))
            relay.stdin.flush()
            answer = json.loads(frames.read_frame(relay.stdout) or b"")
        assert answer["status"] == 200
        assert answer["body"]["host"] == "impots.gouv.fr"
    finally:
        with DaemonClient(settings) as client:
            pid = json.loads(client.request("/v1/status")[1])["pid"]
        os.kill(pid, 15)
        deadline = time.monotonic() + 5
        while (settings.runtime_dir / "daemon.pid").exists():  # it tidies up, then goes
            assert time.monotonic() < deadline
            time.sleep(0.01)
        shutil.rmtree(home, ignore_errors=True)


def test_no_test_reaches_beyond_loopback() -> None:
    refused = (pytest_socket.SocketConnectBlockedError, UserWarning)  # the warning comes first, and is an error here
    with pytest.raises(refused), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))
