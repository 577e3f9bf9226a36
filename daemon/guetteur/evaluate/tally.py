"""Counts what was caught, what was missed and what was warned of in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from guetteur.core.verdict import Level
from guetteur.evaluate.files import LABELS, Benign, Lookalike, WrongLabels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.evaluate.judging import Judgement

OFFICIAL_NOTE = "official"
OFFICIAL_STRATA = ("fr_public",)
"""Strata that hold the hosts of official bodies only."""

_UNKNOWN_DAY = "0000"


class Collection(msgspec.Struct, frozen=True):
    """What is asked: labelled hosts, and which of the labels are wrong."""

    lookalikes: list[Lookalike]
    benign: list[Benign]
    wrong: WrongLabels = WrongLabels()

    @property
    def hosts(self) -> list[str]:
        """Every host, look-alikes first: the order in which judgements are expected."""
        return [row.host for row in self.lookalikes] + [row.host for row in self.benign]


class Count(msgspec.Struct):
    """How many hosts, of how many the person is warned, and how many of these warnings are DANGER."""

    total: int = 0
    warned: int = 0
    danger: int = 0

    def add(self, judgement: Judgement) -> None:
        """Count one more host."""
        self.total += 1
        self.warned += judgement.warns
        self.danger += judgement.danger


class Mistake(msgspec.Struct, frozen=True):
    """One host that was judged wrongly; ``body`` as the collection spells it for a miss, else the named one."""

    kind: str
    host: str
    points: float
    level: str
    signals: tuple[str, ...]
    body: str
    group: str


class WrongRow(msgspec.Struct, frozen=True):
    """A row taken out of the rates because its label is wrong, and what was said of its host."""

    kind: str
    host: str
    why: str
    level: str


class Report(msgspec.Struct):
    """Everything that is counted.

    Attributes:
        recall: dimension → value → label → count; dimension ``all`` has the one value ``all``.
        alarms: stratum → count of benign hosts; ``all`` is the total.
        official: official hosts by where they come from.
        alone: signal → counts of ``benign``, ``confirmed``, ``suspicious`` warnings that no other signal supports.
        mistakes: every wrongly judged host.
        wrong: rows whose label is wrong, left out of everything above.
        raw_recall, raw_alarms: the totals with those rows in.
        called_official: look-alikes that were called OFFICIAL.
        unreadable: hosts that are none.
        unscored: rows of which nothing was said.
    """

    recall: dict[str, dict[str, dict[str, Count]]] = msgspec.field(default_factory=dict)
    alarms: dict[str, Count] = msgspec.field(default_factory=lambda: {"all": Count()})
    official: dict[str, Count] = msgspec.field(default_factory=dict)
    alone: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    mistakes: list[Mistake] = msgspec.field(default_factory=list)
    wrong: list[WrongRow] = msgspec.field(default_factory=list)
    raw_recall: dict[str, Count] = msgspec.field(default_factory=dict)
    raw_alarms: Count = msgspec.field(default_factory=Count)
    called_official: list[str] = msgspec.field(default_factory=list)
    unreadable: int = 0
    unscored: int = 0


def tally(collection: Collection, judgements: Iterable[Judgement | None]) -> Report:
    """Count the judgements of ``collection.hosts``."""
    report = Report()
    doubted = {row.host: row.why for row in collection.wrong.lookalike}
    cleared = {row.host: row.why for row in collection.wrong.benign}
    told = iter(judgements)
    for look in collection.lookalikes:
        judgement = next(told)
        if judgement is None:
            report.unscored += 1
            continue
        report.unreadable += not judgement.level
        report.raw_recall.setdefault(look.label, Count()).add(judgement)
        if look.host in doubted:
            report.wrong.append(WrongRow(look.label, look.host, doubted[look.host], judgement.level))
        else:
            _lookalike(report, look, judgement)
    for host in collection.benign:
        judgement = next(told)
        if judgement is None:
            report.unscored += 1
            continue
        report.unreadable += not judgement.level
        report.raw_alarms.add(judgement)
        if host.host in cleared:
            report.wrong.append(WrongRow("benign", host.host, cleared[host.host], judgement.level))
        else:
            _benign(report, host, judgement)
    return report


def _lookalike(report: Report, look: Lookalike, judgement: Judgement) -> None:
    year = look.first_seen[:4]
    dimensions = {
        "all": "all",
        "body": look.body,
        "sector": look.sector,
        "host kind": look.host_kind,
        "kind of cue": look.cue.partition(":")[0],
        "cue": look.cue,
        "year first seen": "unknown" if year == _UNKNOWN_DAY else year,
    }
    for dimension, value in dimensions.items():
        labels = report.recall.setdefault(dimension, {}).setdefault(value, {label: Count() for label in LABELS})
        labels[look.label].add(judgement)
    if judgement.level == Level.OFFICIAL.value:
        report.called_official.append(look.host)
    if not judgement.warns:
        report.mistakes.append(_mistake(f"missed {look.label}", look.host, judgement, look.body, look.cue))
    _alone(report, look.label, judgement)


def _benign(report: Report, host: Benign, judgement: Judgement) -> None:
    report.alarms["all"].add(judgement)
    report.alarms.setdefault(host.stratum, Count()).add(judgement)
    if host.note == OFFICIAL_NOTE:
        report.official.setdefault(f"note {OFFICIAL_NOTE}", Count()).add(judgement)
    if host.stratum in OFFICIAL_STRATA:
        report.official.setdefault(f"stratum {host.stratum}", Count()).add(judgement)
    if judgement.level == Level.OFFICIAL.value:
        report.official.setdefault("recognised as OFFICIAL", Count()).add(judgement)
    if judgement.warns:
        report.mistakes.append(_mistake("false alarm", host.host, judgement, judgement.body, host.stratum))
    _alone(report, "benign", judgement)


def _alone(report: Report, kind: str, judgement: Judgement) -> None:
    """Note a warning that a single signal carries."""
    if judgement.warns and len(set(judgement.signals)) == 1:
        counts = report.alone.setdefault(judgement.signals[0], {"benign": 0} | dict.fromkeys(LABELS, 0))
        counts[kind] += 1


def _mistake(kind: str, host: str, judgement: Judgement, body: str, group: str) -> Mistake:
    return Mistake(kind, host, judgement.points, judgement.level, judgement.signals, body, group)
