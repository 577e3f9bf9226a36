"""The container: a zip whose every byte follows from what is in it, so that no byte of it can change unseen.

Files are stored, not deflated: what zlib makes of the same bytes changes with its versions, and a bundle must still be
proven byte for byte years later. Pictures and WARC files are compressed already.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from guetteur.reports.manifest import MAX_ITEM_BYTES, MAX_ITEMS, BundleError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_ARCHIVE_BYTES = MAX_ITEM_BYTES + 8 * 1024 * 1024
MAX_ENTRIES = MAX_ITEMS + 56
_MAX_NAME = 200
_MAX_DIRECTORY_BYTES = 64 * 1024
_DAY = (0 << 9 | 1 << 5 | 1) << 16  # 1 January 1980, 0:00, the first moment a zip can tell
_MODE = (stat.S_IFREG | 0o600) << 16
_LOCAL = struct.Struct("<4s3H4L2H")
_CENTRAL = struct.Struct("<4s4HLLLL5HLL")
_END = struct.Struct("<4s4H2LH")
_UNIX, _VERSION = 3 << 8, 20


class Unpacked(NamedTuple):
    """What an archive holds: files that could be read, and names of those that are damaged."""

    files: dict[str, bytes]
    damaged: tuple[str, ...]


def pack(files: Sequence[tuple[str, bytes]]) -> bytes:
    """A zip of ``files`` (ASCII names) in the order given; the same bytes for the same files, always."""
    body, directory = bytearray(), bytearray()
    for name, data in files:
        path, size, crc = name.encode("ascii"), len(data), zlib.crc32(data)
        at = len(body)
        body += _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, 0, _DAY, crc, size, size, len(path), 0) + path + data
        directory += (
            _CENTRAL.pack(
                b"PK\x01\x02", _UNIX | _VERSION, _VERSION, 0, 0, _DAY, crc, size, size,
                len(path), 0, 0, 0, 0, _MODE, at,
            )
            + path
        )  # fmt: skip
    end = _END.pack(b"PK\x05\x06", 0, 0, len(files), len(files), len(directory), len(body), 0)
    return bytes(body + directory + end)


def unpack(data: bytes) -> Unpacked:
    """Read an archive that anybody may have made.

    Raises:
        BundleError: ``bundle_unreadable`` when it is no zip; ``bundle_refused`` when it is made to do harm, or holds
            what no bundle does.
    """
    _check_directory(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check(archive.infolist())  # first: even whether a file is a folder cannot be asked of one without a name
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            files: dict[str, bytes] = {}
            damaged: list[str] = []
            for entry in entries:
                content = _read(archive, entry)
                if content is None:
                    damaged.append(entry.filename)
                else:
                    files[entry.filename] = content
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, OSError, EOFError):
        raise _unreadable() from None
    return Unpacked(files, tuple(damaged))


def _check_directory(data: bytes) -> None:
    """Refuse what would make the reader work for its list of files alone."""
    tail = data[-(_END.size + 0xFFFF) :]
    for end in {len(tail) - _END.size, tail.rfind(b"PK\x05\x06")}:
        if end >= 0 and tail[end : end + 4] == b"PK\x05\x06" and end + _END.size <= len(tail):
            size = _END.unpack_from(tail, end)[5]
            if size > _MAX_DIRECTORY_BYTES or b"PK\x06\x07" in tail[max(0, end - 20) : end]:
                raise _refused("it lists more files than a bundle can hold")


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise _refused(f"it holds {len(entries):,} files")
    if sum(entry.file_size for entry in entries) > MAX_ARCHIVE_BYTES:
        raise _refused("it would unpack to more than a bundle can hold")
    names: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        parts = name.removesuffix("/").split("/")
        if not name.isprintable() or len(name) > _MAX_NAME or {"\\", ":"} & set(name) or {"", ".", ".."} & set(parts):
            raise _refused(f"it holds a file named {name[:_MAX_NAME]!r}")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _refused(f"{name} is a link")
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused(f"{name} is locked or packed in an unusual way")
        if name.casefold() in names:
            raise _refused(f"it holds two files named {name}")
        names.add(name.casefold())


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | None:
    """The bytes of an entry, no more than it declares; None when they cannot be had or belie its checksum."""
    try:
        with archive.open(entry) as file:
            content = file.read(entry.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error, NotImplementedError):
        return None
    return content if len(content) == entry.file_size else None


def _refused(why: str) -> BundleError:
    return BundleError("bundle_refused", f"this is no bundle of Guetteur's: {why}", "do not open it by hand either")


def _unreadable() -> BundleError:
    return BundleError("bundle_unreadable", "this is no zip archive, or it is damaged", "ask for the file once more")
