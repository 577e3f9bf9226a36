"""From a download to text: gzip, xz, bzip2, zip and tar, streamed and counted, so that a bomb ends at the size cap."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Any

from guetteur.errors import DataFileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_BLOCK = 1 << 18
_MAGIC: tuple[tuple[bytes, Callable[[Path], Any]], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"\xfd7zXZ\x00", lzma.open),
    (b"BZh", bz2.open),
)
_BROKEN = (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, RuntimeError)


def unpack(packed: Path, text: Path, max_bytes: int, member: str = "") -> int:
    """Write the text in ``packed`` to ``text``; return its size.

    What it is packed with is read from its first bytes; ``member`` names the file in an archive, without it the first
    one is taken.

    Raises:
        DataFileError: ``too_large`` when it, or what has to be unpacked on the way, holds more than ``max_bytes``;
            ``damaged`` when it does not unpack; ``html`` when it is a web page instead of a list; ``empty``.
    """
    between = text.with_name(text.name + ".tar")
    try:
        _unpack(packed, between, text, max_bytes, member)
    except _BROKEN as error:
        raise DataFileError("damaged", f"does not unpack: {error}", "look at the source's address") from None
    finally:
        between.unlink(missing_ok=True)
    head = _head(text)
    if not head.strip():
        raise DataFileError("empty", "holds nothing", "look at the source's address")
    if head.lstrip().lower().startswith((b"<!doctype", b"<html")):
        # What a parked domain, a captive portal or a bot check answers, with status 200.
        raise DataFileError("html", "is a web page, no list", "look at the source's address")
    return text.stat().st_size


def _unpack(packed: Path, between: Path, text: Path, max_bytes: int, member: str) -> None:
    head = _head(packed)
    if head.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(packed) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            wanted = member or (names[0] if names else "")
            if wanted not in names:
                raise DataFileError("damaged", f"no {wanted or 'file'} in the archive", "look at `member`")
            with archive.open(wanted) as file:
                _copy(file, text, max_bytes)
        return
    opener = next((opener for magic, opener in _MAGIC if head.startswith(magic)), None)
    with opener(packed) if opener else packed.open("rb") as file:
        _copy(file, between, max_bytes)
    if _head(between)[257:262] != b"ustar":
        between.replace(text)
        return
    with tarfile.open(between, "r:") as tar:
        for entry in tar:
            if entry.isfile() and (not member or entry.name.removeprefix("./") == member):
                content = tar.extractfile(entry)
                if content is not None:
                    _copy(content, text, max_bytes)
                    return
    raise DataFileError("damaged", f"no {member or 'file'} in the archive", "look at `member`")


def _copy(source: IO[bytes], target: Path, max_bytes: int) -> None:
    total = 0
    with target.open("wb") as out:
        while block := source.read(_BLOCK):
            total += len(block)
            if total > max_bytes:
                raise DataFileError("too_large", f"unpacks to more than {max_bytes} bytes", "look at max_bytes")
            out.write(block)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(512)
