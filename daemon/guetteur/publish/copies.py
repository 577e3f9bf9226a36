"""The copies of the sources, in the work folder: what is served, what was just fetched, what is held back.

::

    sources/<slot>/part, part.json     a download that was cut, and what it belongs to
    sources/<slot>/new, new.json       fetched and unpacked, not yet judged
    sources/<slot>/good, good.json     the last good copy
    sources/<slot>/keys                its keys, sorted, one a line
    sources/<slot>/held, held.json     a copy a gate refused
    sources/<slot>/held.keys           its keys, when a maintainer's word lets it serve; the good one once published

Nothing here decides; every step is a rename, so that a kill leaves the old copy or the new one.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import msgspec

from guetteur.durable import write_durably
from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from pathlib import Path

_Info = TypeVar("_Info")


class CopyInfo(msgspec.Struct, frozen=True):
    """What is known of one copy.

    Attributes:
        url: where it came from.
        etag, last_modified: validators for the next question, empty when the server gave none.
        fetched_at: when these bytes came.
        checked_at: when the source last said that they are current.
        entries: number of keys, 0 before they were counted.
        rules: digest of what turned the text into keys; keys made under other rules are made anew.
    """

    url: str
    fetched_at: datetime
    checked_at: datetime
    etag: str = ""
    last_modified: str = ""
    entries: int = 0
    rules: str = ""


class PartInfo(msgspec.Struct, frozen=True):
    """What a cut download belongs to; ``validator`` goes into If-Range."""

    url: str
    validator: str


class Copies:
    """The copies of one slot."""

    def __init__(self, work: Path, slot_id: str) -> None:
        self.folder = work / "sources" / slot_id
        self.part = self.folder / "part"
        self.new = self.folder / "new"
        self.good = self.folder / "good"
        self.keys = self.folder / "keys"
        self.held = self.folder / "held"
        self.held_keys = self.folder / "held.keys"

    def info(self, file: Path) -> CopyInfo | None:
        """What is known of ``new``, ``good`` or ``held``; None when there is no whole copy."""
        return _read(_beside(file), CopyInfo) if file.exists() else None

    def current(self) -> CopyInfo | None:
        """What is known of the good copy; None when the slot never had one."""
        return self.info(self.good)

    def waiting(self) -> CopyInfo | None:
        """What is known of a held copy that is newer than the good one."""
        held, good = self.info(self.held), self.info(self.good)
        return held if held is not None and (good is None or held.fetched_at > good.fetched_at) else None

    def part_info(self) -> PartInfo | None:
        """What the cut download belongs to, None when there is none that can be resumed."""
        info = _read(_beside(self.part), PartInfo) if self.part.exists() else None
        return info if info is not None and info.validator else None

    def begin_part(self, info: PartInfo) -> None:
        """Start a download from nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.part.write_bytes(b"")
        _write(_beside(self.part), info)

    def drop_part(self) -> None:
        """Forget a download."""
        self.part.unlink(missing_ok=True)
        _beside(self.part).unlink(missing_ok=True)

    def fetched(self, text: Path, info: CopyInfo) -> None:
        """Take an unpacked download as the new copy."""
        # Between old text and new validators the server would say "unchanged" for ever.
        _beside(self.new).unlink(missing_ok=True)
        text.replace(self.new)
        _write(_beside(self.new), info)
        self.drop_part()

    def confirm(self, now: datetime) -> None:
        """The source says that the good copy is current."""
        info = self.info(self.good)
        if info is not None:
            _write(_beside(self.good), msgspec.structs.replace(info, checked_at=now))

    def promote(self, text: Path, keys: Path, info: CopyInfo) -> None:
        """Make ``text`` (new, held, or the good one with keys made anew) the good copy."""
        keys.replace(self.keys)
        _write(_beside(self.good), info)
        if text != self.good:
            text.replace(self.good)
            _beside(text).unlink(missing_ok=True)

    def hold(self, info: CopyInfo) -> None:
        """Put the new copy aside."""
        _write(_beside(self.held), info)
        self.new.replace(self.held)
        _beside(self.new).unlink(missing_ok=True)


def sweep(work: Path, slot_ids: frozenset[str]) -> None:
    """Delete the copies of days that are not wanted any more; ``slot_ids`` are those of this run."""
    for folder in (work / "sources").glob("*/????-??-??"):
        if f"{folder.parent.name}/{folder.name}" not in slot_ids:
            shutil.rmtree(folder, ignore_errors=True)


def _beside(file: Path) -> Path:
    return file.with_name(file.name + ".json")


def _write(path: Path, info: CopyInfo | PartInfo) -> None:
    write_durably(path, msgspec.json.encode(info))


def _read(path: Path, kind: type[_Info]) -> _Info | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, *UNREADABLE):
        return None
