"""The relay a browser starts: frames on stdin and stdout, the daemon's socket behind.

    stdin ─ main thread ─▶ queue ─▶ 8 workers, each with its own DaemonClient ─▶ one writer lock ─▶ stdout

It decides nothing: it lets through the few paths of ``docs/reference/wire.md`` and starts the daemon when none
answers, unless its launcher script has gone: then Guetteur was uninstalled under an open browser. It imports neither
aiohttp, click nor rich, because a browser waits for it.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from guetteur.config import load_settings
from guetteur.errors import DaemonUnreachableError, GuetteurError
from guetteur.transport import frames
from guetteur.transport.client import PORT_TAKEN, DaemonClient
from guetteur.transport.launcher import ensure_daemon

if TYPE_CHECKING:
    from collections.abc import Callable

    from guetteur.config import Settings

ALLOWED_PATHS = frozenset(
    {
        "/v1/check/url",
        "/v1/check/page",
        "/v1/check/page/hints",
        "/v1/check/age",
        "/v1/check/mail",
        "/v1/letter",
        "/v1/report/begin",
        "/v1/report/evidence",
        "/v1/report/preview",
        "/v1/report/send",
        "/v1/report/hand-over",
        "/v1/report/retract",
        "/v1/report/watch",
        "/v1/report/receipts",
        "/v1/report/bundle",
        "/v1/report/campaigns",
        "/v1/report/channels",
        "/v1/check/batch",
        "/v1/exceptions",
        "/v1/lists/hosts",
        "/v1/lists/sync",
        "/v1/lists/sources",
        "/v1/egress",
        "/v1/egress/clear",
        "/v1/history",
        "/v1/history/add",
        "/v1/history/clear",
        "/v1/status",
        "/v1/openapi.json",
    }
)
WORKERS = 8
# An extension that asks faster than the daemon answers hears so; were the reader to wait instead, it would miss the end
# of stdin.
MAX_WAITING = 512
REQUEST_TIMEOUT_S = 10.0
START_TIMEOUT_S = 10.0

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_CALM_S = 120.0
_LAST_FRAME_S = 0.5


class Reviver:
    """Lets one worker at a time restart a dead daemon, and not again before a pause that doubles up to a minute."""

    def __init__(self, ensure: Callable[[], object], now: Callable[[], float] = time.monotonic) -> None:
        self._ensure = ensure
        self._now = now
        self._lock = threading.Lock()
        self._pause = 0.0
        self._tried_at: float | None = None
        self.generation = 0

    def revive(self, seen: int) -> bool:
        """Say whether asking again makes sense.

        Args:
            seen: ``generation`` as it was before the request that failed; when it has grown, another worker has
                brought the daemon back in the meantime.
        """
        with self._lock:
            if self.generation != seen:
                return True
            now = self._now()
            calm = self._tried_at is None or now - self._tried_at > _CALM_S
            if self._tried_at is not None and now - self._tried_at < self._pause:
                return False
            longer = _FIRST_PAUSE_S if calm else min(max(self._pause * 2, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
            try:
                self._ensure()
            except DaemonUnreachableError:
                self._pause = longer
                return False
            else:
                # One death soon after the first start may be an accident; from the second on it is a habit.
                self._pause = 0.0 if calm else longer
                self.generation += 1
                return True
            finally:
                # Counted from the end: those who waited for a start that took ten seconds must not start again.
                self._tried_at = self._now()


class Relay:
    """Carries frames between one browser and the daemon until stdin ends."""

    def __init__(
        self, settings: Settings, reader: BinaryIO, writer: BinaryIO, is_installed: Callable[[], bool] = lambda: True
    ) -> None:
        self._settings = settings
        self._is_installed = is_installed
        self._reader = reader
        self._writer = writer
        self._writing = threading.Lock()
        self._waiting: queue.Queue[tuple[int, str, object | None]] = queue.Queue(MAX_WAITING)
        self._reviver = Reviver(self._revive)

    def run(self) -> int:
        """Serve until stdin ends (0) or the stream cannot be followed any more (1). Requests still open are dropped."""
        for number in range(WORKERS):
            threading.Thread(target=self._work, name=f"relay-{number}", daemon=True).start()
        try:
            while (frame := frames.read_frame(self._reader)) is not None:
                self._accept(frame)
        except frames.FrameTooLargeError:
            self._write(frames.error(None, "frame_too_large", f"a frame may have {frames.MAX_FRAME} bytes at most"))
            return 1
        return 0

    def finish(self) -> None:
        """Wait a moment for a frame that is half written; whoever reads it is usually gone."""
        self._writing.acquire(timeout=_LAST_FRAME_S)

    def _accept(self, frame: bytes) -> None:
        try:
            # The parser recurses: a frame of brackets alone ends in RecursionError.
            asked = json.loads(frame, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            self._write(frames.error(None, "bad_frame", "a frame is not JSON"))
            return
        number, path, body = _parts(asked)
        if number is None or not isinstance(path, str) or not (body is None or isinstance(body, dict)):
            told = "a frame needs a positive id, a path, and a body that is an object or null"
            self._write(frames.error(number, "bad_frame", told))
        elif path not in ALLOWED_PATHS:
            self._write(frames.error(number, "path_refused", "this path is not for extensions"))
        else:
            try:
                self._waiting.put_nowait((number, path, body))
            except queue.Full:
                self._write(frames.error(number, "too_busy", f"{MAX_WAITING} requests are waiting", "ask again later"))

    def _work(self) -> None:
        client = DaemonClient(self._settings)
        while True:
            number, path, body = self._waiting.get()
            try:
                payload = self._ask(client, number, path, body)
            except Exception as unexpected:  # noqa: BLE001 - a worker that dies would leave the extension waiting
                # Printed without its text: it may hold an address the person visited.
                sys.stderr.write(f"guetteur relay: {type(unexpected).__name__}\n")
                payload = frames.error(number, "relay_error", "the relay failed on this request", "guetteur doctor")
            self._write(payload)

    def _ask(self, client: DaemonClient, number: int, path: str, body: object | None) -> bytes:
        try:
            status, raw = self._request(client, path, body)
        except DaemonUnreachableError as error:
            return frames.error(number, error.code, error.message, error.hint)
        try:
            json.loads(raw)  # one malformed frame and the browser would cut the whole connection
        except (ValueError, RecursionError):
            return frames.error(number, "bad_answer", "the daemon's answer is not JSON", "run: guetteur doctor")
        payload = frames.answer(number, status, raw)
        if len(payload) > frames.MAX_FRAME:
            return frames.error(number, "answer_too_large", "the answer does not fit a frame", "ask for less at once")
        return payload

    def _request(self, client: DaemonClient, path: str, body: object | None) -> tuple[int, bytes]:
        seen = self._reviver.generation
        try:
            return client.request(path, body, REQUEST_TIMEOUT_S)
        except DaemonUnreachableError as error:
            # Only silence is retried: after a byte of an answer the request was carried out. A stranger on the daemon's
            # port could carry out nothing, sealed as it was.
            taken = self._settings.transport == "loopback" and error.code in PORT_TAKEN
            if not (taken or error.code == "daemon_unreachable") or not self._reviver.revive(seen):
                raise
        return client.request(path, body, REQUEST_TIMEOUT_S)

    def _revive(self) -> None:
        if not self._is_installed():
            # A daemon would make its folders anew. Once we have ended, the browser says that there is no such program.
            self.finish()
            os._exit(0)
        ensure_daemon(self._settings, START_TIMEOUT_S)

    def _write(self, payload: bytes) -> None:
        with self._writing:
            try:
                self._writer.write(frames.pack(payload))
                self._writer.flush()
            except OSError:
                os._exit(0)  # nobody reads any more: the browser has gone


def main(launcher: str | None = None) -> NoReturn:
    """Run the relay on this process's stdin and stdout; never returns.

    Args:
        launcher: the script that started it; None when none did.

    Exit status: 0 when the browser closed the connection, 1 when the stream or the settings are beyond use.
    """
    # Ctrl+C in the terminal a browser was started from reaches us too: end quietly, without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    reader, writer = _claim_streams()
    try:
        settings = load_settings()
    except GuetteurError as error:
        writer.write(frames.pack(frames.error(None, error.code, error.message, error.hint)))
        writer.flush()
        os._exit(1)
    # os.path: False too where we may not look.
    relay = Relay(settings, reader, writer, lambda: launcher is None or os.path.exists(launcher))  # noqa: PTH110
    code = relay.run()
    relay.finish()
    # Not sys.exit: it would wait for nothing useful, and flush streams another thread may hold.
    os._exit(code)


def _claim_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep stdin and stdout to ourselves: whatever else prints ends up on stderr, not between two frames."""
    incoming, outgoing = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # a browser may start us with stderr closed
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
    os.close(nowhere)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - exists there only

        for stream in (incoming, outgoing):
            msvcrt.setmode(stream, os.O_BINARY)
    return os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb")


def _parts(asked: object) -> tuple[int | None, object, object]:
    if not isinstance(asked, dict):
        return None, None, None
    number = asked.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        number = None
    return number, asked.get("path"), asked.get("body")


def _refuse_constant(name: str) -> NoReturn:
    # NaN and Infinity are Python's, not JSON's: the daemon would refuse them later and less clearly.
    raise ValueError(name)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
