"""Native messaging frames: a 32-bit length in native byte order, then that many bytes of UTF-8 JSON."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Mapping

# Firefox refuses a longer message to the extension; nothing the extension asks comes near it.
MAX_FRAME = 1024 * 1024

_LENGTH = struct.Struct("=I")


class FrameTooLargeError(Exception):
    """A frame announces more than ``MAX_FRAME`` bytes: the stream cannot be followed any further."""


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read one frame's bytes; None when the stream ends, even in the middle of a frame.

    Raises:
        FrameTooLargeError: before reading any of its body.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MAX_FRAME:
        raise FrameTooLargeError
    body = stream.read(length)
    return body if len(body) == length else None


def pack(payload: bytes) -> bytes:
    """Put the length before a frame's bytes, ready for a single write."""
    return _LENGTH.pack(len(payload)) + payload


def answer(number: int | None, status: int, body: bytes) -> bytes:
    """A frame's bytes for an answer whose body is JSON already."""
    return b'{"id":%s,"status":%d,"body":%s}' % (json.dumps(number).encode(), status, body)


def error(number: int | None, code: str, message: str, hint: str = "") -> bytes:
    """A frame's bytes for "no daemon answered": status 0 and a coded error."""
    told: Mapping[str, object] = {"error": {"code": code, "message": message, "hint": hint}}
    return answer(number, 0, json.dumps(told).encode())
