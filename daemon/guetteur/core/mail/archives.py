"""Whether an archive or document needs a password, and what is in it, from its outline alone: nothing is unpacked."""

from __future__ import annotations

import re
import struct

from guetteur.core.mail import decode
from guetteur.core.mail.limits import MAX_HOLDS, MAX_NAME

_ZIP_END = b"PK\x05\x06"
_ZIP_ENTRY = b"PK\x01\x02"
_ZIP_LOCAL = b"PK\x03\x04"
_RAR4, _RAR5 = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
_SEVEN = b"7z\xbc\xaf\x27\x1c"
_SEVEN_AES = b"\x06\xf1\x07\x01"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_LOCKED = "EncryptedPackage".encode("utf-16-le")
_PDF_LOCKED = re.compile(rb"/Encrypt\s+[0-9]+\s+[0-9]+\s+R|/Encrypt\s*<<")
_MAX_ENTRIES = 2000


def outline(head: bytes, tail: bytes) -> tuple[bool, tuple[str, ...], bool]:
    """Return (needs a password, names of files in it, whether all of it was read).

    ``head`` and ``tail`` are the first and last bytes; they overlap or are the same for small files.
    """
    if head.startswith((_ZIP_LOCAL, _ZIP_END)):
        return _zip(head, tail)
    if head.startswith((_RAR4, _RAR5)):
        return _rar5_locked(head) if head.startswith(_RAR5) else _rar4_locked(head), (), False
    if head.startswith(_SEVEN):
        return _SEVEN_AES in tail[-4096:], (), False
    return _document_locked(head, tail), (), True


def _document_locked(head: bytes, tail: bytes) -> bool:
    """Old and new Office documents (an encrypted new one is wrapped in the old format), and PDF."""
    if head.startswith(_OLE):
        return _OLE_LOCKED in head or _OLE_LOCKED in tail
    return b"%PDF-" in head[:1024] and bool(_PDF_LOCKED.search(tail[-65536:]) or _PDF_LOCKED.search(head[:8192]))


def _zip(head: bytes, tail: bytes) -> tuple[bool, tuple[str, ...], bool]:
    end = tail.rfind(_ZIP_END)
    if end >= 0 and len(tail) >= end + 22:
        size: int = struct.unpack_from("<I", tail, end + 12)[0]
        if size <= end:
            return _zip_directory(tail, end - size, end)
    return _zip_first(head)


def _zip_directory(data: bytes, at: int, end: int) -> tuple[bool, tuple[str, ...], bool]:
    """Walk the central directory (APPNOTE 4.3.12)."""
    names: list[str] = []
    locked, entries = False, 0
    while at + 46 <= end and data.startswith(_ZIP_ENTRY, at) and entries < _MAX_ENTRIES:
        entries += 1
        flags: int = struct.unpack_from("<H", data, at + 8)[0]
        name, extra, comment = struct.unpack_from("<HHH", data, at + 28)
        locked = locked or bool(flags & 0x1)
        if len(names) < MAX_HOLDS:
            names.append(_entry_name(data[at + 46 : at + 46 + name], flags))
        at += 46 + name + extra + comment
    return locked, tuple(names), entries <= MAX_HOLDS and at >= end


def _zip_first(head: bytes) -> tuple[bool, tuple[str, ...], bool]:
    """A directory that is damaged or out of reach: the first file alone."""
    if len(head) < 30 or not head.startswith(_ZIP_LOCAL):
        return False, (), False
    flags: int = struct.unpack_from("<H", head, 6)[0]
    name: int = struct.unpack_from("<H", head, 26)[0]
    return bool(flags & 0x1), (_entry_name(head[30 : 30 + name], flags),), False


def _entry_name(raw: bytes, flags: int) -> str:
    text = decode.to_text(raw, "utf-8" if flags & 0x800 else "cp437")[0]
    return decode.without_controls(text)[:MAX_NAME]


def _rar4_locked(head: bytes) -> bool:
    if len(head) < 20:
        return False
    flags, size = struct.unpack_from("<HH", head, 10)
    first = 7 + size
    if flags & 0x80 or len(head) < first + 7:
        return bool(flags & 0x80)
    return head[first + 2] == 0x74 and bool(struct.unpack_from("<H", head, first + 3)[0] & 0x4)


def _rar5_locked(head: bytes) -> bool:
    """The header behind the signature and its checksum is of type 4 where all headers are encrypted."""
    at = len(_RAR5) + 4
    while at < len(head) and head[at] & 0x80:
        at += 1
    return at + 1 < len(head) and head[at + 1] == 4
