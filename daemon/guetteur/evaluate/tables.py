"""A report as Markdown tables, which read well in a terminal too, and as JSON for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from guetteur.evaluate.files import LABELS
from guetteur.evaluate.rates import rare, wilson
from guetteur.evaluate.tally import Count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from guetteur.evaluate.tally import Mistake, Report

WORST = 10
_CUES = 20
_ACTION_WORDS = "action_words"
_NONE = Count()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title; ``note`` is a sentence below it, and a table without columns is only that."""

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""


def recall_cell(hits: int, total: int) -> str:
    """``87.1 (85.9–88.2)``: percent with its interval."""
    if not total:
        return "–"
    low, high = wilson(hits, total)
    return f"{100 * hits / total:.1f} ({100 * low:.1f}–{100 * high:.1f})"


def alarm_cell(hits: int, total: int) -> str:
    """``7.2 (4.7–10.4)``: number per 100,000 with its interval."""
    if not total:
        return "–"
    low, high = rare(hits, total)
    return f"{1e5 * hits / total:.1f} ({1e5 * low:.1f}–{1e5 * high:.1f})"


def tables(report: Report) -> Iterator[Table]:
    """All tables of a report."""
    yield _recall(report, "all", "Recall, % (95% interval)")
    yield _alarms(report)
    yield _official(report)
    for dimension in ("sector", "host kind", "kind of cue", "year first seen", "body"):
        yield _recall(report, dimension, f"Recall by {dimension}")
    yield _cues(report)
    if report.alone:
        yield _alone(report)
    for label in LABELS:
        yield _missed(report, label)
    yield _false(report)
    if report.wrong:
        yield from _wrong(report)
    if report.unscored or report.unreadable:
        note = f"{report.unscored} rows of which the scored file says nothing; {report.unreadable} that are no host."
        yield Table("Not judged", note=note)


def markdown(found: Iterable[Table], *, heading: str = "##") -> str:
    """Tables as aligned Markdown."""
    return "\n".join(line for table in found for line in _lines(table, heading))


def _lines(table: Table, heading: str) -> Iterator[str]:
    yield from (f"{heading} {table.title}", "")
    if table.columns:
        rows = [tuple(cell.replace("|", r"\|") for cell in row) for row in (table.columns, *table.rows)]
        widths = [max(len(row[at]) for row in rows) for at in range(len(table.columns))]
        rule = tuple("-" * max(3, width) for width in widths)
        for row in (rows[0], rule, *rows[1:]):
            cells = (cell.ljust(max(3, width)) for cell, width in zip(row, widths, strict=True))
            yield f"| {' | '.join(cells)} |"
        yield ""
    if table.note:
        yield from (table.note, "")


def _recall(report: Report, dimension: str, title: str) -> Table:
    values = report.recall.get(dimension, {})
    if dimension.startswith("year"):
        order = sorted(values)
    else:
        order = sorted(values, key=lambda value: (-sum(count.total for count in values[value].values()), value))
    columns = tuple(cell for label in LABELS for cell in (label, "CAUTION or above", "DANGER"))
    rows = ((value, *_recall_cells(values[value])) for value in order)
    return Table(title, (dimension, *columns), tuple(rows))


def _recall_cells(counts: dict[str, Count]) -> Iterator[str]:
    for label in LABELS:
        count = counts[label]
        yield f"{count.total:,}"
        yield recall_cell(count.warned, count.total)
        yield recall_cell(count.danger, count.total)


def _alarm_row(name: str, count: Count) -> tuple[str, ...]:
    counted = (f"{count.total:,}", str(count.warned), alarm_cell(count.warned, count.total))
    return (name, *counted, str(count.danger), alarm_cell(count.danger, count.total))


_ALARM_COLUMNS = ("hosts", "CAUTION or above", "per 100,000", "DANGER", "per 100,000")


def _alarms(report: Report) -> Table:
    rows = [_alarm_row(stratum, count) for stratum, count in report.alarms.items()]
    return Table("False alarms (95% interval)", ("stratum", *_ALARM_COLUMNS), tuple(rows[1:] + rows[:1]))


def _official(report: Report) -> Table:
    rows = tuple(_alarm_row(name, count) for name, count in sorted(report.official.items()))
    called = report.called_official
    note = f"Look-alikes called OFFICIAL: {len(called)}{': ' if called else ''}{', '.join(called[:WORST])}."
    return Table("Alarms on official hosts", ("official hosts", *_ALARM_COLUMNS), rows, note)


def _cues(report: Report) -> Table:
    cues = report.recall.get("cue", {})

    def missed(cue: str) -> int:
        return sum(count.total - count.warned for count in cues[cue].values())

    worst = sorted(cues, key=lambda cue: (-missed(cue), cue))[:_CUES]
    rows = ((cue, str(missed(cue)), *_recall_cells(cues[cue])) for cue in worst if missed(cue))
    columns = tuple(cell for label in LABELS for cell in (label, "CAUTION or above", "DANGER"))
    return Table(f"The {_CUES} cues with most misses", ("cue", "missed", *columns), tuple(rows))


def _alone(report: Report) -> Table:
    asked = report.alarms["all"].total
    names = sorted({*report.alone, _ACTION_WORDS})
    none = {"benign": 0} | dict.fromkeys(LABELS, 0)
    rows = []
    for name in names:
        counts = report.alone.get(name, none)
        caught = (str(counts[label]) for label in LABELS)
        rows.append((name, str(counts["benign"]), alarm_cell(counts["benign"], asked), *caught))
    columns = ("signal", "false alarms", "per 100,000", *(f"{label} caught" for label in LABELS))
    note = "`action_words` is the signal of names that are made of action words and name no body."
    return Table("Warnings carried by one signal alone", columns, tuple(rows), note)


def _missed(report: Report, label: str) -> Table:
    """The worst misses, one line for all hosts of one cue: what one mend would catch together."""
    groups: dict[str, list[Mistake]] = {}
    for mistake in sorted(_of_kind(report, f"missed {label}"), key=lambda item: (item.points, item.host)):
        groups.setdefault(mistake.group, []).append(mistake)
    worst = sorted(groups, key=lambda group: (-len(groups[group]), groups[group][0].points, group))[:WORST]
    rows = []
    for group in worst:
        mistakes = groups[group]
        examples = ", ".join(f"{item.host} ({item.points:.2f})" for item in mistakes[:3])
        rows.append((group, mistakes[0].body, str(len(mistakes)), examples))
    return Table(f"Worst misses: {label}", ("cue", "body", "missed", "lowest points"), tuple(rows))


def _false(report: Report) -> Table:
    worst = sorted(_of_kind(report, "false alarm"), key=lambda item: (-item.points, item.host))[:WORST]
    rows = (
        (item.host, item.group, item.level, f"{item.points:.2f}", item.body, ", ".join(item.signals)) for item in worst
    )
    return Table("Worst false alarms", ("host", "stratum", "level", "points", "body named", "signals"), tuple(rows))


def _of_kind(report: Report, kind: str) -> Sequence[Mistake]:
    return [mistake for mistake in report.mistakes if mistake.kind == kind]


def _wrong(report: Report) -> Iterator[Table]:
    parts = []
    for label, count in report.raw_recall.items():
        warned, danger = recall_cell(count.warned, count.total), recall_cell(count.danger, count.total)
        parts.append(f"{label} {warned}% at CAUTION or above, {danger}% at DANGER")
    raw = report.raw_alarms
    parts.append(
        f"false alarms per 100,000: {alarm_cell(raw.warned, raw.total)} and {alarm_cell(raw.danger, raw.total)}"
    )
    rows = tuple((row.kind, row.host, row.level, row.why) for row in report.wrong)
    note = f"With these {len(rows)} rows counted as they are labelled: {'; '.join(parts)}."
    yield Table("Wrong labels, left out of the rates above", ("label", "host", "said", "why wrong"), rows, note)


def as_json(report: Report) -> dict[str, Any]:
    """The report for programs; every count with its rates and intervals."""
    recall = {
        dimension: {
            value: {label: _with_rates(count, wilson) for label, count in labels.items()}
            for value, labels in values.items()
        }
        for dimension, values in report.recall.items()
    }
    return {
        "recall": recall,
        "false_alarms": {stratum: _with_rates(count, rare) for stratum, count in report.alarms.items()},
        "official": {name: _with_rates(count, rare) for name, count in report.official.items()},
        "called_official": report.called_official,
        "alone": {_ACTION_WORDS: {"benign": 0} | dict.fromkeys(LABELS, 0)} | report.alone,
        "wrong_labels": report.wrong,
        "with_wrong_labels": {
            "recall": {label: _with_rates(count, wilson) for label, count in report.raw_recall.items()},
            "false_alarms": _with_rates(report.raw_alarms, rare),
        },
        "mistakes": report.mistakes,
        "unreadable": report.unreadable,
        "unscored": report.unscored,
    }


def _with_rates(count: Count, interval: Any) -> dict[str, Any]:
    result: dict[str, Any] = {"total": count.total}
    for name, hits in (("warned", count.warned), ("danger", count.danger)):
        share = hits / count.total if count.total else None
        result[name] = {"count": hits, "share": share, "interval_95": interval(hits, count.total)}
    return result
