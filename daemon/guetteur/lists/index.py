"""``lists/index.json``: what is published, and how to get there from what one has."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

import msgspec

from guetteur.errors import DataFileError
from guetteur.lists.sources import ListSources
from guetteur.unreadable import UNREADABLE

INDEX_TARGET = "lists/index.json"
NEVER_BLOCK_TARGET = "lists/never-block.list"
NEVER_BLOCK_ROLE = "never-block"
NEVER_BLOCK_FIELD = "x-guetteur-never-block"
"""Field of the root metadata that names the never-block keys: ``{"keys": {keyid: key}, "threshold": int}``.

TUF lets the targets role choose the keys it delegates to. Root says them too, so that a stolen targets key cannot
put its own key, and with it a never-block list of its own, in place.
"""
MAX_CHAIN = 14

_DELTA = re.compile(r"lists/(?P<start>.+?)\.\.(?P<end>.+)\.delta")

Version = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9]([._-]?[A-Za-z0-9])*$", max_length=64)]
TargetName = Annotated[str, msgspec.Meta(pattern=r"^lists/[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=160)]


class Index(msgspec.Struct, frozen=True):
    """The signed table of contents; unknown fields are for later clients.

    Attributes:
        version: the published version; ``..`` never stands in it.
        digest: digest of its entries (`guetteur.lists.digest`).
        built_at: when it was made.
        entries: number of entries.
        full: target that holds all of it.
        deltas: version → target that leads on from it.
        sources: what the list was made from.
        newly: targets of the newly registered hosts, one a week, so that a day's news is one small file.
    """

    version: Version
    digest: str
    built_at: datetime
    entries: Annotated[int, msgspec.Meta(ge=0)]
    full: TargetName
    deltas: dict[Version, TargetName] = {}
    sources: ListSources = ()
    newly: list[TargetName] = []

    def encode(self) -> bytes:
        """The file's content."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1)


def decode_index(content: bytes) -> Index:
    """Read ``lists/index.json``.

    Raises:
        DataFileError: ``index_damaged``.
    """
    try:
        index = msgspec.json.decode(content, type=Index)
    except UNREADABLE as error:
        raise DataFileError(
            "index_damaged", f"the index of the lists is none: {error}", "tell the maintainers"
        ) from None
    if index.built_at.tzinfo is None:
        raise DataFileError("index_damaged", "the index's built_at names no time zone", "tell the maintainers")
    return index


def full_target(version: str) -> str:
    """Target name of a whole list."""
    return f"lists/{version}.list"


def newly_target(week: str) -> str:
    """Target name of the hosts registered in an ISO week (``2026-W47``)."""
    return f"lists/newly-{week}.list"


def delta_target(start: str, end: str) -> str:
    """Target name of the delta from ``start`` to ``end``."""
    return f"lists/{start}..{end}.delta"


def delta_chain(index: Index, start: str) -> tuple[str, ...] | None:
    """Targets that lead from version ``start`` to the index's, in order; None when the deltas do not reach."""
    names: list[str] = []
    at = start
    while at != index.version:
        name = index.deltas.get(at)
        step = _DELTA.fullmatch(name) if name else None
        if name is None or step is None or step["start"] != at or len(names) == MAX_CHAIN:
            return None
        names.append(name)
        at = step["end"]
    return tuple(names)
