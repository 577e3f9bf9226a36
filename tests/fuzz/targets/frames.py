"""What a browser may write to the relay: every frame gets one answer that is a frame, or waits for the daemon."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from guetteur.config import Settings
from guetteur.transport.frames import MAX_FRAME, FrameTooLargeError, pack, read_frame
from guetteur.transport.native_host import ALLOWED_PATHS, MAX_WAITING, Relay

MAX_LENGTH = 8192
SETTINGS = Settings(Path("/nonexistent/run"), Path("/nonexistent/state"))
CODES = {"bad_frame", "path_refused", "too_busy"}


def seeds() -> Iterator[bytes]:
    for path in sorted(ALLOWED_PATHS):
        yield pack(json.dumps({"id": 1, "path": path, "body": {"url": "https://a.example/", "lang": "fr"}}).encode())
    yield pack(b"[" * 5000)
    yield pack(b'{"id": 1, "path": "/v1/nothing", "body": NaN}') + pack(b'{"id": true}') + pack(b"null")
    yield b"\xff\xff\xff\xff{}"


def check(data: bytes) -> None:
    reader, writer = BytesIO(data), BytesIO()
    relay, taken = Relay(SETTINGS, reader, writer), 0
    try:
        while (frame := read_frame(reader)) is not None:
            relay._accept(frame)
            taken += 1
    except FrameTooLargeError:
        assert int.from_bytes(data[reader.tell() - 4 : reader.tell()], "little") > MAX_FRAME
    writer.seek(0)
    answers = 0
    while (answer := read_frame(writer)) is not None:
        told = json.loads(answer)
        assert told["status"] == 0
        assert told["body"]["error"]["code"] in CODES
        answers += 1
    assert answers + relay._waiting.qsize() == taken
    assert relay._waiting.qsize() <= MAX_WAITING
    while not relay._waiting.empty():
        number, path, body = relay._waiting.get()
        assert number > 0
        assert path in ALLOWED_PATHS
        assert body is None or isinstance(body, dict)
