"""The tables the package ships as JSON, each with the sum of its bytes: a flipped bit is noticed, whatever it hits.

::

    {"sum":"0123456789abcdef","content":…}

``sum`` is the xxh3-64 of the bytes of ``content``, in hexadecimal. Without it a changed letter in the name of a bank's
site would be read as another bank's site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
from xxhash import xxh3_64_hexdigest

from guetteur.durable import write_durably
from guetteur.errors import DataFileError
from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")

_START, _BETWEEN, _END = b'{"sum":"', b'","content":', b"}"
_CONTENT_AT = len(_START) + 16 + len(_BETWEEN)
_HINT = "reinstall guetteur, or in a checkout run: make build"


def write_shipped(path: Path, table: msgspec.Struct) -> None:
    """Write ``table`` to ``path`` in one step."""
    content = msgspec.json.encode(table)
    write_durably(path, _START + xxh3_64_hexdigest(content).encode() + _BETWEEN + content + _END)


def read_shipped(path: Path, kind: type[T]) -> T:
    """What `write_shipped` wrote.

    Raises:
        DataFileError: ``<name>_missing``, ``<name>_damaged``; the name is the file's, without its suffix.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataFileError(f"{path.stem}_missing", f"{path} cannot be read: {error.strerror}", _HINT) from None
    content = raw[_CONTENT_AT : -len(_END)]
    if raw != _START + xxh3_64_hexdigest(content).encode() + _BETWEEN + content + _END:
        raise DataFileError(f"{path.stem}_damaged", f"{path}: its sum does not fit", _HINT)
    try:
        return msgspec.json.decode(content, type=kind)
    except UNREADABLE as error:
        raise DataFileError(f"{path.stem}_damaged", f"{path}: {error}", _HINT) from None
