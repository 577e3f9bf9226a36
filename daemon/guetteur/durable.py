"""Files that survive a kill or a power cut whole: the old content or the new one, never a part.

Every write goes to a temporary name in the same folder, is flushed to the disk, then renamed.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

TEMPORARY = ".part-"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})


class Fingerprint(NamedTuple):
    """What tells one file's content from another's: SHA-256 in hex, size in bytes."""

    sha256: str
    size: int


def fingerprint(path: Path) -> Fingerprint:
    """Read the whole file.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Fingerprint(digest, file.tell())


def write_durably(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Put ``content`` at ``path`` in one step; its folder is made when missing.

    Raises:
        OSError: it could not be written; the old file is untouched, nothing is left behind.
    """
    _replace(path, lambda file: file.write(content), mode)


def copy_durably(source: Path, target: Path, mode: int = 0o644) -> None:
    """Put a copy of ``source`` at ``target`` in one step; links are never made, so a later change cannot reach it.

    Raises:
        OSError: it could not be written; the old file is untouched, nothing is left behind.
    """
    with source.open("rb") as reader:
        _replace(target, lambda file: shutil.copyfileobj(reader, file, 1 << 20), mode)


def _replace(path: Path, fill: Callable[[BinaryIO], object], mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` outlive a power cut, where the platform lets a folder be opened."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Flush a file somebody else wrote."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def clear_drafts(folder: Path) -> None:
    """Remove what a killed writer left; only call under the lock that writers of ``folder`` hold."""
    for draft in folder.glob(f"{TEMPORARY}*"):
        with suppress(OSError):
            draft.unlink()


def is_disk_full(error: OSError) -> bool:
    """Whether the write failed for want of room (disk, quota or a limit on file size)."""
    return error.errno in _NO_ROOM
