"""A daemon that stands still and goes on, as over a laptop's sleep: who was connected is answered all the same."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parents[1]))

from guetteur.errors import DaemonUnreachableError
from guetteur.transport import frames
from guetteur.transport.client import DaemonClient
from support.daemon import Daemon
from support.processes import daemons, frozen, kill

FAKE = {"url": "https://impots.gouv.fr.verif-dossier.com/", "lang": "fr"}
CHECK = "/v1/check/url"

pytestmark = [pytest.mark.timeout(120), pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP")]


@pytest_asyncio.fixture
async def daemon() -> AsyncIterator[Daemon]:
    daemon = Daemon()
    await daemon.start()
    yield daemon
    await daemon.close()


class Relay:
    """The relay as a browser starts it."""

    def __init__(self, daemon: Daemon) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "guetteur.transport.native_host"],
            env=daemon.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def send(self, number: int, path: str, body: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(frames.pack(json.dumps({"id": number, "path": path, "body": body}).encode()))
        self._process.stdin.flush()

    async def next(self) -> Any:
        assert self._process.stdout is not None
        frame = await asyncio.to_thread(frames.read_frame, self._process.stdout)  # type: ignore[arg-type]
        assert frame is not None
        return json.loads(frame)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


async def pid_of(daemon: Daemon) -> int:
    status = await daemon.status()
    assert status is not None
    return int(status["pid"])


async def test_a_question_asked_meanwhile_is_answered_afterwards(daemon: Daemon) -> None:
    with DaemonClient(daemon.settings) as client, DaemonClient(daemon.settings) as impatient:
        for one in (client, impatient):
            await asyncio.to_thread(one.request, CHECK, FAKE, 5)
        with frozen(await pid_of(daemon)):
            with pytest.raises(DaemonUnreachableError) as caught:
                await asyncio.to_thread(impatient.request, CHECK, FAKE, 0.5)
            assert caught.value.code == "daemon_timeout"
            waiting = asyncio.create_task(asyncio.to_thread(client.request, CHECK, FAKE, 20))
            await asyncio.sleep(0.5)
            assert not waiting.done()
        status, raw = await waiting
        assert (status, json.loads(raw)["level"]) == (200, "DANGER")
        # The late answer to the first question is not taken for the answer to the next one.
        status, raw = await asyncio.to_thread(impatient.request, CHECK, {"url": "https://www.impots.gouv.fr/"}, 5)
        assert (status, json.loads(raw)["level"]) == (200, "OFFICIAL")


async def test_the_relay_goes_on_over_a_sleep(daemon: Daemon) -> None:
    relay = Relay(daemon)
    try:
        relay.send(1, CHECK, FAKE)
        assert (await relay.next())["status"] == 200
        with frozen(await pid_of(daemon)):
            for number in range(2, 30):
                relay.send(number, CHECK, FAKE)
            await asyncio.sleep(1)
        answers = [await relay.next() for _ in range(2, 30)]
        assert {answer["id"] for answer in answers} == set(range(2, 30))
        assert {answer["body"]["level"] for answer in answers} == {"DANGER"}
    finally:
        relay.close()


async def test_a_relay_over_a_daemon_that_never_wakes_says_so_and_finds_the_next_one(daemon: Daemon) -> None:
    relay = Relay(daemon)
    try:
        relay.send(1, CHECK, FAKE)
        assert (await relay.next())["status"] == 200
        pid = await pid_of(daemon)
        with frozen(pid):
            relay.send(2, CHECK, FAKE)
            answer = await relay.next()
            assert (answer["status"], answer["body"]["error"]["code"]) == (0, "daemon_timeout")
            kill([pid])
        relay.send(3, CHECK, FAKE)
        answer = await relay.next()
        assert answer["body"]["level"] == "DANGER"
        assert daemons(daemon.home) == [await pid_of(daemon)] != [pid]
    finally:
        relay.close()
