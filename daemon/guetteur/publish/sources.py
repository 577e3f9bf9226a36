"""The sources maintainers edit: ``blocklists/sources.toml``, its schema and its faults."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import msgspec

from guetteur.errors import DataFileError
from guetteur.lists.layout import MAX_SOURCES
from guetteur.lists.sources import MAX_ID, MAX_LINE, MAX_LINK
from guetteur.lists.sources import MAX_SOURCES as MAX_TOLD
from guetteur.publish.bodies import read_toml
from guetteur.publish.parsers import load_parsers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Kind = Literal["phishing-hosts", "phishing-urls", "newly-registered", "allow", "top-sites"]

LISTING: frozenset[Kind] = frozenset({"phishing-hosts", "phishing-urls"})
FREEING: frozenset[Kind] = frozenset({"allow", "top-sites"})

NOT_STATED = "not stated"
"""In place of a licence."""

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DATES = {"{YYYYMMDD}": "%Y%m%d", "{YYYY-MM-DD}": "%Y-%m-%d"}

_Share = Annotated[float, msgspec.Meta(gt=0)]
_Count = Annotated[int, msgspec.Meta(gt=0)]


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A ``[[source]]`` table; the fields are described at the head of the file.

    Attributes:
        column: CSV: number (from 0) or name of the column that holds host or address.
        where_column: CSV: number of a column that must hold one of ``where``.
        path: JSON: names from the top to the list, joined by dots; ``*`` stands for every member.
        member: the file to take out of a tar or zip archive.
        limit: only the first so many entries count (rankings).
    """

    id: str
    name: str
    url: str
    format: str
    licence: str
    kind: Kind
    family: str
    trust: Annotated[int, msgspec.Meta(ge=1, le=3)]
    refresh_h: _Count
    max_bytes: _Count
    deadline_s: _Share
    checked: date
    commercial_use: bool = True
    enabled: bool | None = None
    bit: Annotated[int, msgspec.Meta(ge=0, lt=MAX_SOURCES)] | None = None
    column: int | str = 0
    where_column: int | None = None
    where: tuple[str, ...] = ()
    path: str = ""
    member: str = ""
    limit: _Count | None = None
    max_shrink: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.2
    max_growth: _Share = 0.5
    delay: Annotated[int, msgspec.Meta(ge=0)] = 0
    days: _Count = 1

    @property
    def on(self) -> bool:
        """Whether it is used: what forbids commercial use only when somebody wrote ``enabled = true``."""
        return self.commercial_use if self.enabled is None else self.enabled

    @property
    def dated(self) -> bool:
        """Whether there is one file a day."""
        return any(mark in self.url for mark in _DATES)

    @property
    def page(self) -> str:
        """Its address for people: of a dated source the folder of its files."""
        return self.url.partition("{")[0].rpartition("/")[0] + "/" if self.dated else self.url

    @property
    def terms(self) -> str | None:
        """Its licence for people, None where it states none."""
        return None if self.licence == NOT_STATED else self.licence

    @property
    def lists(self) -> bool:
        """Whether its entries are to be blocked."""
        return self.kind in LISTING

    @property
    def mask(self) -> int:
        """Its bit as a number, 0 for a source that lists nothing."""
        return 0 if self.bit is None else 1 << self.bit

    def slots(self, today: date) -> tuple[Slot, ...]:
        """The files wanted today, newest first."""
        if not self.dated:
            return (Slot(self, None),)
        newest = today - timedelta(days=self.delay)
        return tuple(Slot(self, newest - timedelta(days=back)) for back in range(self.days))


class Slot(NamedTuple):
    """One file of a source: the source itself, or its file of one day."""

    source: Source
    day: date | None

    @property
    def id(self) -> str:
        """``source`` or ``source/2026-11-24``: the folder of its copies."""
        return self.source.id if self.day is None else f"{self.source.id}/{self.day.isoformat()}"

    def url(self, mirror: str | None = None) -> str:
        """Where it is fetched from; a mirror serves every slot under its id."""
        if mirror is not None:
            return f"{mirror.rstrip('/')}/{self.id}"
        url = self.source.url
        for mark, form in _DATES.items():
            if self.day is not None:
                url = url.replace(mark, self.day.strftime(form))
        return url


class Sources(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    source: tuple[Source, ...]
    min_trust: Annotated[int, msgspec.Meta(ge=1)] = 1

    def by_bit(self) -> dict[int, Source]:
        """Bit → source, switched off or not: state of earlier runs may still name it."""
        return {source.bit: source for source in self.source if source.bit is not None}

    def names(self) -> tuple[str, ...]:
        """Names by bit, for the published list; empty for a bit nobody has."""
        by_bit = self.by_bit()
        return tuple(by_bit[bit].name if bit in by_bit else "" for bit in range(max(by_bit, default=-1) + 1))

    def named(self, bits: int) -> tuple[Source, ...]:
        """The sources of a set of bits."""
        return tuple(source for bit, source in sorted(self.by_bit().items()) if bits >> bit & 1)


def load_sources(path: Path) -> Sources:
    """Read and check the file.

    Raises:
        DataFileError: ``data_unreadable``, or ``sources_invalid`` naming every fault at once.
    """
    hint = "the fields are described at the head of blocklists/sources.toml"
    try:
        sources = msgspec.convert(read_toml(path), Sources)
    except msgspec.ValidationError as error:
        raise DataFileError("sources_invalid", f"{path.name}: {error}", hint) from None
    faults = _faults(sources.source)
    if faults:
        raise DataFileError("sources_invalid", "\n".join(f"{path.name}: {fault}" for fault in faults), hint)
    return sources


def _faults(sources: Iterable[Source]) -> list[str]:
    sources = tuple(sources)
    faults = [f"more than {MAX_TOLD} sources"] if len(sources) > MAX_TOLD else []
    for what, values in (
        ("id", [source.id for source in sources]),
        ("bit", [source.bit for source in sources if source.bit is not None]),
    ):
        faults += [f"{what} {value} stands {times} times" for value, times in Counter(values).items() if times > 1]
    parsers = load_parsers()
    for source in sources:
        wrong = {
            "id is malformed": not _ID.fullmatch(source.id),
            "url is not https": not source.url.startswith("https://"),
            f"format {source.format} is not one of {', '.join(parsers)}": source.format not in parsers,
            "bit is missing": source.lists and source.bit is None,
            "bit is only for what lists hosts or pages": not source.lists and source.bit is not None,
            "licence, name or family is empty": not (source.licence and source.name and source.family),
            f"id is longer than {MAX_ID} characters": len(source.id) > MAX_ID,
            f"licence or name is longer than {MAX_LINE} characters": len(max(source.licence, source.name, key=len))
            > MAX_LINE,
            f"url is longer than {MAX_LINK} characters": len(source.url) > MAX_LINK,
            "days and delay are for dated sources": not source.dated and (source.days != 1 or source.delay != 0),
            "only newly-registered sources are dated": source.dated and source.kind != "newly-registered",
            "newly-registered sources are dated": not source.dated and source.kind == "newly-registered",
            "where needs where_column": bool(source.where) and source.where_column is None,
            "path is missing": source.format == "json" and not source.path,
        }
        faults += [f"{source.id}: {fault}" for fault, found in wrong.items() if found]
    return faults
