"""What a run found, for the maintainer: numbers by source, every refusal, what stops the list."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from guetteur.publish.normalise import Refusals

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from rich.table import Table

    from guetteur.publish.fetch import Outcome
    from guetteur.publish.gates import Refusal
    from guetteur.publish.sources import Sources

Serves = Literal["new", "current", "last good", "nothing"]


@dataclass(slots=True)
class SourceRow:
    """One source (or one day's file of it) in one run.

    Attributes:
        outcome: how the fetch went.
        serves: which copy goes into the list.
        checked_at: when the source last confirmed that copy.
        entries: keys of the copy that serves.
        new, gone: keys against the copy that served before.
        refusals: what the normaliser refused of a copy that was read in this run.
        why: what is wrong, for people: failed fetch, held copy.
        held: whether a newer copy waits for a maintainer's word.
    """

    slot_id: str
    outcome: Outcome
    serves: Serves = "nothing"
    checked_at: datetime | None = None
    entries: int = 0
    new: int = 0
    gone: int = 0
    refusals: Refusals = field(default_factory=Refusals)
    why: str = ""
    held: bool = False


@dataclass(slots=True)
class Report:
    """A whole run.

    Attributes:
        rows: sources in the order of the file.
        entries, new, gone: of the joined list, against the last published one.
        decisions: everything the gates decided, in order of keys.
        faults: what forbids publishing; empty for a sound list.
    """

    made_at: datetime
    rows: list[SourceRow] = field(default_factory=list)
    entries: int = 0
    new: int = 0
    gone: int = 0
    newly: int = 0
    decisions: list[Refusal] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def counts(self) -> Counter[str]:
        """Decisions of the gates by rule."""
        return Counter(f"{d.rule} ({d.detail})" if d.detail else d.rule for d in self.decisions)


def age(row: SourceRow, now: datetime) -> str:
    """How old the copy that serves is."""
    if row.checked_at is None:
        return "–"
    hours = max(0, int((now - row.checked_at).total_seconds() // 3600))
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"


def table(report: Report) -> Table:
    """The summary at the end of a run."""
    from rich.table import Table  # noqa: PLC0415 -- workers import this module too

    made = Table(title="Sources", title_justify="left")
    made.add_column("source", overflow="fold")
    for name in ("fetch", "serves", "age"):
        made.add_column(name)
    for name in ("entries", "new", "gone", "refused"):
        made.add_column(name, justify="right")
    made.add_column("why", overflow="fold")
    for row in report.rows:
        refused = row.refusals.counts
        reasons = ", ".join(f"{name} {number}" for name, number in refused.most_common())
        made.add_row(
            row.slot_id,
            row.outcome.replace("_", " "),
            row.serves,
            age(row, report.made_at),
            *(f"{number:,}" for number in (row.entries, row.new, row.gone, refused.total())),
            "; ".join(filter(None, (row.why, reasons))),
            style="red" if row.serves == "nothing" else "yellow" if row.serves == "last good" or row.held else None,
        )
    made.add_section()
    made.add_row(
        "the list",
        *("",) * 3,
        *(f"{number:,}" for number in (report.entries, report.new, report.gone)),
        f"{sum(not decision.listed for decision in report.decisions):,}",
        ", ".join(f"{name} {number}" for name, number in report.counts().most_common()),
        style="bold",
    )
    return made


def write_full(report: Report, sources: Sources, path: Path) -> None:
    """Every refusal, one a line: what stands in the table as a number."""
    with path.open("w", encoding="utf-8") as file:
        file.write(f"# {report.made_at.isoformat()}: {report.entries} entries, {report.new} new, {report.gone} gone\n")
        file.writelines(f"stopped\t{fault}\n" for fault in report.faults)
        for row in report.rows:
            if row.why:
                file.write(f"source\t{row.slot_id}\t{row.serves}\t{row.why}\n")
            for reason, number in row.refusals.counts.most_common():
                shown = " ".join(row.refusals.examples.get(reason, ()))
                file.write(f"refused\t{row.slot_id}\t{reason}\t{number}\t{shown}\n")
        for decision in report.decisions:
            by = ",".join(source.id for source in sources.named(decision.bits))
            file.write(f"gate\t{decision.key}\t{decision.rule}\t{decision.detail}\t{by}\n")
