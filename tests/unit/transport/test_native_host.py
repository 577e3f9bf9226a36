import itertools
import json
import os
import signal
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guetteur.config import Settings
from guetteur.errors import DaemonUnreachableError
from guetteur.transport import native_host
from guetteur.transport.launcher import ensure_daemon
from guetteur.transport.native_host import Reviver

from .conftest import daemon_pid, end_daemon, made_home

COMMAND = [sys.executable, "-P", "-m", "guetteur.transport.native_host"]


class Browser:
    """Talks to a relay in a process of its own as a browser does."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def send_raw(self, data: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: object) -> None:
        payload = json.dumps(message).encode()
        self.send_raw(struct.pack("=I", len(payload)) + payload)

    def read(self) -> dict[str, Any]:
        assert self.process.stdout
        (length,) = struct.unpack("=I", self.process.stdout.read(4))
        return json.loads(self.process.stdout.read(length))

    def ask(self, number: int, path: str, body: object = None) -> dict[str, Any]:
        self.send({"id": number, "path": path, "body": body})
        return self.read()

    def check(self, number: int, url: str) -> dict[str, Any]:
        return self.ask(number, "/v1/check/url", {"url": url})

    def end(self) -> tuple[int, bytes, bytes]:
        """Close stdin: exit status, what else came on stdout, stderr."""
        out, err = self.process.communicate(timeout=5)
        return self.process.returncode, out, err


@pytest.fixture
def browser(home: Path) -> Iterator[Browser]:
    relay = Browser()
    yield relay
    relay.process.kill()
    relay.process.communicate()


@pytest.fixture(scope="module")
def shared_home() -> Iterator[Path]:
    """One home, and so one daemon, for the tests that do it no harm."""
    with pytest.MonkeyPatch.context() as patch, made_home(patch) as folder:
        yield folder


@pytest.fixture
def relayed(shared_home: Path) -> Iterator[Browser]:
    relay = Browser()
    yield relay
    relay.process.kill()
    relay.process.communicate()


def code_of(answer: dict[str, Any]) -> tuple[int | None, int, str]:
    return answer["id"], answer["status"], answer["body"]["error"]["code"]


def test_starts_the_daemon_and_relays(browser: Browser) -> None:
    assert browser.ask(1, "/v1/status")["body"]["product"] == "guetteur"
    answer = browser.check(7, "https://exämple.fr/")
    assert answer["id"] == 7
    assert answer["status"] == 200
    assert answer["body"]["url"] == "https://exämple.fr/"
    assert browser.end() == (0, b"", b"")


def test_errors_of_the_daemon_pass_unchanged(relayed: Browser) -> None:
    assert relayed.check(1, "error") == {
        "id": 1,
        "status": 400,
        "body": {"error": {"code": "not_a_url", "message": "no", "hint": ""}},
    }


def test_answers_come_as_they_are_ready(relayed: Browser) -> None:
    relayed.check(1, "warm")
    relayed.send({"id": 2, "path": "/v1/check/url", "body": {"url": "sleep:0.3"}})
    for number in range(3, 20):
        relayed.send({"id": number, "path": "/v1/check/url", "body": {"url": "x"}})
    order = [relayed.read()["id"] for _ in range(18)]
    assert sorted(order) == list(range(2, 20))
    assert order[-1] == 2


def test_slow_checks_run_side_by_side(relayed: Browser) -> None:
    relayed.check(1, "warm")
    began = time.monotonic()
    for number in range(2, 2 + native_host.WORKERS):
        relayed.send({"id": number, "path": "/v1/check/url", "body": {"url": "sleep:0.2"}})
    for _ in range(native_host.WORKERS):
        relayed.read()
    assert time.monotonic() - began < 1


BAD_FRAMES: list[tuple[bytes, int | None]] = [
    (b"", None),
    (b"{", None),
    (b"\xff\xfe", None),
    (b"[" * 100_000, None),
    (b"[]", None),
    (b"null", None),
    (b'{"path": "/v1/status"}', None),
    (b'{"id": 0, "path": "/v1/status"}', None),
    (b'{"id": -4, "path": "/v1/status"}', None),
    (b'{"id": true, "path": "/v1/status"}', None),
    (b'{"id": 1.5, "path": "/v1/status"}', None),
    (b'{"id": "1", "path": "/v1/status"}', None),
    (b'{"id": ' + b"9" * 5000 + b', "path": "/v1/status"}', None),
    (b'{"id": 5}', 5),
    (b'{"id": 5, "path": 3}', 5),
    (b'{"id": 5, "path": "/v1/status", "body": []}', 5),
    (b'{"id": 5, "path": "/v1/check/url", "body": "x"}', 5),
    (b'{"id": 5, "path": "/v1/check/url", "body": {"url": NaN}}', None),
]


def test_bad_frames_are_answered_and_the_stream_goes_on(home: Path, browser: Browser) -> None:
    for frame, number in BAD_FRAMES:
        browser.send_raw(struct.pack("=I", len(frame)) + frame)
        assert code_of(browser.read()) == (number, 0, "bad_frame"), frame[:80]
    assert browser.process.poll() is None
    assert daemon_pid(home) is None


def test_other_paths_are_refused_without_asking_the_daemon(home: Path, browser: Browser) -> None:
    for path in (
        "/",
        "/v1/reports",
        "/v1/status?x",
        "/v1/status/",
        "/v1/check/url\r\nHost: x",
        "http://evil/v1/status",
        "/V1/STATUS",
    ):
        assert code_of(browser.ask(3, path)) == (3, 0, "path_refused"), path
    assert daemon_pid(home) is None


def test_frame_too_large_ends_the_relay(relayed: Browser) -> None:
    relayed.send_raw(struct.pack("=I", native_host.frames.MAX_FRAME + 1))
    assert code_of(relayed.read()) == (None, 0, "frame_too_large")
    assert relayed.process.wait(5) == 1


def test_largest_frame_passes(relayed: Browser) -> None:
    start, end = b'{"id": 2, "path": "/v1/check/url", "body": {"url": "', b'"}}'
    fill = native_host.frames.MAX_FRAME - len(start) - len(end)
    frame = start + b"y" * (fill - 200) + end + b" " * 200
    relayed.send_raw(struct.pack("=I", len(frame)) + frame)
    assert relayed.read()["status"] == 200


def test_answer_too_large_for_a_frame(relayed: Browser) -> None:
    overhead = len(b'{"id":1,"status":200,"body":{"fill": ""}}')
    fits = native_host.frames.MAX_FRAME - overhead
    assert len(relayed.check(1, f"big:{fits}")["body"]["fill"]) == fits
    assert code_of(relayed.check(1, f"big:{fits + 1}")) == (1, 0, "answer_too_large")
    assert relayed.check(2, "still there")["status"] == 200


def test_answer_that_is_no_json(relayed: Browser) -> None:
    assert code_of(relayed.check(1, "html")) == (1, 0, "bad_answer")


@pytest.mark.parametrize("cut", [b"", b"\x05", b"\x05\x00\x00\x00{"])
def test_end_of_stdin_ends_the_relay_promptly(relayed: Browser, cut: bytes) -> None:
    relayed.check(1, "warm")
    relayed.send({"id": 2, "path": "/v1/check/url", "body": {"url": "sleep:3"}})
    relayed.send_raw(cut)
    began = time.monotonic()
    assert relayed.end() == (0, b"", b"")
    assert time.monotonic() - began < 1


def test_browser_that_stops_reading_ends_the_relay(relayed: Browser) -> None:
    relayed.check(1, "warm")
    assert relayed.process.stdout
    relayed.process.stdout.close()
    relayed.send({"id": 2, "path": "/v1/status"})
    assert relayed.process.wait(5) == 0
    relayed.process.stdout = None


def test_daemon_killed_between_two_requests_is_started_again(home: Path, browser: Browser) -> None:
    first = browser.check(1, "a")["body"]["pid"]
    end_daemon(home)
    assert browser.check(2, "b")["body"]["pid"] != first


def test_daemon_killed_during_a_request_is_asked_again(home: Path, browser: Browser) -> None:
    first = browser.check(1, "a")["body"]["pid"]
    browser.send({"id": 2, "path": "/v1/check/url", "body": {"url": "sleep:0.4"}})
    time.sleep(0.1)
    os.kill(first, signal.SIGKILL)
    answer = browser.read()
    assert (answer["id"], answer["status"]) == (2, 200)
    assert answer["body"]["pid"] != first


def test_request_that_kills_every_daemon_is_given_up(browser: Browser) -> None:
    browser.check(1, "warm")
    assert code_of(browser.check(2, "die")) == (2, 0, "daemon_unreachable")
    # No storm: within the pause nothing is started, whatever is asked.
    began = time.monotonic()
    assert code_of(browser.check(3, "x")) == (3, 0, "daemon_unreachable")
    assert time.monotonic() - began < 0.5
    time.sleep(1.1)
    assert browser.check(4, "x")["status"] == 200


def test_no_daemon_can_be_started(browser: Browser, settings: Settings) -> None:
    settings.runtime_dir.mkdir(parents=True)
    settings.runtime_dir.chmod(0o777)
    began = time.monotonic()
    for number in range(1, 40):
        browser.send({"id": number, "path": "/v1/check/url", "body": {"url": "x"}})
    answers = [browser.read() for _ in range(1, 40)]
    assert {code_of(answer)[1:] for answer in answers} == {(0, "daemon_unreachable")}
    assert time.monotonic() - began < 8
    assert settings.log_path.read_text().count('Traceback (most recent call last):\n  File "<frozen runpy>"') == 1


def test_bad_setting_is_told_in_a_frame(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUETTEUR_TRANSPORT", "pigeon")
    browser = Browser()
    assert code_of(browser.read()) == (None, 0, "unknown_transport")
    assert browser.end()[0] == 1


def test_relays_over_loopback_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUETTEUR_TRANSPORT", "loopback")
    browser = Browser()
    assert browser.check(1, "a")["status"] == 200
    end_daemon(home)
    assert browser.check(2, "a")["status"] == 200
    assert browser.end() == (0, b"", b"")


def test_prints_do_not_reach_stdout(home: Path) -> None:
    code = (
        "import os, guetteur.transport.native_host as n; r, w = n._claim_streams();"
        "print('stray', flush=True); os.write(1, b'raw'); os.system('echo child'); w.write(b'frame'); w.flush();"
        "print(os.read(0, 9), r.read())"
    )
    done = subprocess.run([sys.executable, "-c", code], input=b"in", capture_output=True, check=True)
    assert done.stdout == b"frame"
    assert done.stderr.split() == [b"stray", b"rawchild", b"b''", b"b'in'"]


def test_starts_with_stderr_closed(home: Path, settings: Settings) -> None:
    ensure_daemon(settings)
    asked = json.dumps({"id": 1, "path": "/v1/status"}).encode()
    line = " ".join(f"'{part}'" for part in COMMAND)
    relay = subprocess.Popen(["/bin/sh", "-c", f"exec {line} 2>&-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert relay.stdin
    assert relay.stdout
    relay.stdin.write(struct.pack("=I", len(asked)) + asked)
    relay.stdin.flush()
    assert len(relay.stdout.read(4)) == 4
    relay.stdin.close()
    assert relay.wait(5) == 0
    relay.stdout.close()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_reviver_pauses_twice_as_long_each_time() -> None:
    clock, tries = Clock(), []

    def ensure() -> None:
        tries.append(clock.now)
        raise DaemonUnreachableError("x", "y")

    reviver = Reviver(ensure, clock)
    for _ in range(1800):
        assert reviver.revive(0) is False
        clock.now += 0.1
    gaps = [round(after - before) for before, after in itertools.pairwise(tries)]
    assert gaps == [1, 2, 4, 8, 16, 32, 60]


def test_reviver_joins_a_revival_that_has_happened() -> None:
    tries: list[int] = []
    reviver = Reviver(lambda: tries.append(1), Clock())
    assert reviver.revive(0) is True
    assert reviver.revive(0) is True
    assert reviver.generation == 1
    assert tries == [1]


def test_reviver_forgives_one_early_death_and_forgets_after_calm() -> None:
    clock = Clock()
    reviver = Reviver(lambda: None, clock)
    assert [reviver.revive(number) for number in range(3)] == [True, True, False]
    clock.now += 1
    assert reviver.revive(2) is True
    assert reviver.revive(3) is False
    clock.now += 121
    assert [reviver.revive(number) for number in range(3, 6)] == [True, True, False]


def test_start_and_round_trip_are_fast(relayed: Browser) -> None:
    relayed.check(1, "warm")
    took = []
    for number in range(2, 202):
        began = time.perf_counter()
        relayed.check(number, "x")
        took.append(time.perf_counter() - began)
    starts = []
    for _ in range(5):
        began = time.perf_counter()
        relay = Browser()
        relay.ask(1, "/nowhere")
        starts.append(time.perf_counter() - began)
        relay.end()
    print(f"start {min(starts) * 1000:.1f} ms, round trip p50 {statistics.median(took) * 1000:.2f} ms")
    # Generous, for slow machines: what is caught is an import of aiohttp or a Nagle delay.
    assert min(starts) < 0.25
    assert statistics.median(took) < 0.02
