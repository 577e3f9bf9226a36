"""Whose entries the lists hold: told in the signed index, kept with each generation, shipped with the starter list."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import msgspec

from guetteur.lists.shipped import read_shipped

if TYPE_CHECKING:
    from pathlib import Path

STARTER_FILE = "starter_sources.json"
MAX_SOURCES = 128
MAX_ID, MAX_LINE, MAX_LINK = 64, 300, 1024
"""Characters of an id, of a name or licence, of an address."""

_Line = Annotated[str, msgspec.Meta(max_length=MAX_LINE)]
_Link = Annotated[str, msgspec.Meta(pattern="^https://", max_length=MAX_LINK)]


class ListSource(msgspec.Struct, frozen=True):
    """One source of the lists; None is what is not known.

    Attributes:
        id: its short name.
        name: its name, for display.
        url: where it is published.
        licence: under which terms.
        entries: hosts and pages it gave; several sources may give the same.
        fetched_at: when it last confirmed what it gave.
    """

    id: Annotated[str, msgspec.Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=MAX_ID)]
    name: _Line
    url: _Link | None = None
    licence: _Line | None = None
    entries: Annotated[int, msgspec.Meta(ge=0)] | None = None
    fetched_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


ListSources = Annotated[tuple[ListSource, ...], msgspec.Meta(max_length=MAX_SOURCES)]


class StarterSources(msgspec.Struct, frozen=True):
    """Those of the starter list, as of the build."""

    sources: ListSources


def starter_sources(data_dir: Path) -> tuple[ListSource, ...]:
    """Those of the list shipped in the package.

    Raises:
        DataFileError: they cannot be read.
    """
    return read_shipped(data_dir / STARTER_FILE, StarterSources).sources
