"""Measures what is said of mails, real (GUETTEUR_DATA) and written for the tests, into docs/reference/mail.md.

``python tests/bench/mail.py SECTION…``; ``make evaluate-mail`` calls it. No mail is quoted: the licences of the
collections do not let them be republished.
"""

from __future__ import annotations

import os
import sys
import tarfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from statistics import median, quantiles

import click
from page import write_section

from guetteur.app import build_mail_checker
from guetteur.config import PACKAGE_DATA
from guetteur.core.mail.subject import MailSubject
from guetteur.core.mail.verdict import MailVerdict
from guetteur.core.verdict import Level
from guetteur.evaluate.tables import Table, markdown, recall_cell
from guetteur.mail_checker import MailChecker

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.mails import mails as written_mails

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("GUETTEUR_DATA", ROOT / "../shared/data"))
NO_PHISHING = ROOT / "tests/corpus/no_phishing_mails.toml"
PAGE = ROOT / "docs/reference/mail.md"
WARNED = (Level.DANGER, Level.CAUTION)
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Judged:
    """One mail, what was read of it and what was said of it; ``seconds`` for both."""

    name: str
    mail: MailSubject
    verdict: MailVerdict
    size: int
    seconds: float

    @property
    def warned(self) -> bool:
        """Whether the person sees a warning."""
        return self.verdict.level in WARNED

    @property
    def danger(self) -> bool:
        """Whether it is the stronger one."""
        return self.verdict.level is Level.DANGER


class Run:
    """What several sections need, read or judged once."""

    @cached_property
    def checker(self) -> MailChecker:
        """The checker as shipped, lists off: a mail's links are judged by their names alone."""
        return build_mail_checker(PACKAGE_DATA, with_lists=False)

    def judge(self, name: str, raw: bytes) -> Judged:
        """Read and judge one message."""
        begin = time.perf_counter()
        mail = self.checker.read(raw)
        verdict = self.checker.check(mail, now=NOW)
        return Judged(name, mail, verdict, len(raw), time.perf_counter() - begin)

    @cached_property
    def phishing(self) -> dict[str, list[Judged]]:
        """The real phishing mails by folder (``fr``, ``other``)."""
        groups: dict[str, list[Judged]] = {"fr": [], "other": []}
        for path, raw in archived(DATA / "mail/phishing_mails.tar.xz"):
            groups[path.parts[-2]].append(self.judge(path.name, raw))
        return groups

    @cached_property
    def wanted(self) -> list[Judged]:
        """The real wanted mails."""
        return [self.judge(path.name, raw) for path, raw in archived(DATA / "mail/ham_mails.tar.xz")]

    def developer(self) -> list[Table]:
        """The real mails."""
        left_out = set(tomllib.loads(NO_PHISHING.read_text("utf-8"))["mail"])
        french = [one for one in self.phishing["fr"] if one.name not in left_out]
        other = [one for one in self.phishing["other"] if one.name not in left_out]
        claims = [one for one in french + other if one.verdict.facts.sender.claims_falsely]
        rows = [
            _recall("French phishing", french, "80"),
            _recall("French, the ones left out included", self.phishing["fr"], "–"),
            _recall("other languages", other, "50"),
            _recall("sender's name names a body, foreign domain", claims, "97"),
        ]
        alarms = [
            ("CAUTION or DANGER", f"{sum(one.warned for one in self.wanted)} of {len(self.wanted)}", "1 in 1,000"),
            ("DANGER", f"{sum(one.danger for one in self.wanted)} of {len(self.wanted)}", "0"),
        ]
        note = f"{len(left_out)} adverts are left out; `tests/corpus/no_phishing_mails.toml` names them."
        columns = ("mails", "number", "CAUTION or DANGER, % (95% interval)", "DANGER, %", "asked, %")
        return [
            Table("Real phishing mails", columns, tuple(rows), note),
            Table("Real wanted mails", ("level", "mails", "asked"), tuple(alarms)),
            _signals("What carried the warnings (French phishing)", french),
        ]

    def written(self) -> list[Table]:
        """The mails written for the tests."""
        judged = [(one, self.judge(one.id, one.raw())) for one in written_mails()]
        rows = []
        for kind in sorted({one.script for one, _ in judged if one.is_scam}):
            group = [(one, told) for one, told in judged if one.is_scam and one.script == kind]
            named = sum(told.verdict.script is not None for _, told in group)
            told = [found for _, found in group]
            rows.append((kind, str(len(group)), _part(told, "warned"), _part(told, "danger"), f"{named}"))
        scams = [found for one, found in judged if one.is_scam]
        genuine = [found for one, found in judged if not one.is_scam]
        rows.append(
            (
                "**all scams**",
                str(len(scams)),
                recall_cell(sum(one.warned for one in scams), len(scams)),
                recall_cell(sum(one.danger for one in scams), len(scams)),
                "",
            )
        )
        alarms = [
            ("CAUTION or DANGER", f"{sum(one.warned for one in genuine)} of {len(genuine)}"),
            ("DANGER", f"{sum(one.danger for one in genuine)} of {len(genuine)}"),
            ("“really comes from”", str(sum(one.verdict.level is Level.OFFICIAL for one in genuine))),
        ]
        columns = ("script", "mails", "CAUTION or DANGER", "DANGER", "a script recognised")
        return [
            Table("Written scams", columns, tuple(rows)),
            Table("Written genuine mails", ("level", "mails"), tuple(alarms)),
        ]

    def speed(self) -> list[Table]:
        """Time a mail, read and judged, by size."""
        everything = [*self.phishing["fr"], *self.phishing["other"], *self.wanted]
        rows = []
        for low, high in ((0, 10), (10, 40), (40, 60), (60, 200), (200, 10_000)):
            found = [one.seconds * 1e3 for one in everything if low * 1024 <= one.size < high * 1024]
            if len(found) > 1:
                late = quantiles(found, n=20)[-1]
                rows.append((f"{low} to {high} KB", str(len(found)), f"{median(found):.2f}", f"{late:.2f}"))
        return [Table("Milliseconds a mail", ("size", "mails", "median", "95th percentile"), tuple(rows))]


def _part(group: list[Judged], what: str) -> str:
    return f"{sum(getattr(one, what) for one in group)} of {len(group)}"


def _recall(title: str, group: list[Judged], asked: str) -> tuple[str, ...]:
    warned, danger = sum(one.warned for one in group), sum(one.danger for one in group)
    return (title, str(len(group)), recall_cell(warned, len(group)), recall_cell(danger, len(group)), asked)


def _signals(title: str, group: list[Judged]) -> Table:
    told = Counter(piece.signal for one in group if one.warned for piece in one.verdict.telling)
    return Table(title, ("signal", "mails"), tuple((name, str(count)) for name, count in told.most_common()))


def archived(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Every message of an archive."""
    with tarfile.open(path) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                yield PurePosixPath(member.name), file.read()


SECTIONS: dict[str, Callable[[Run], Iterable[Table]]] = {
    "developer": Run.developer,
    "written": Run.written,
    "speed": Run.speed,
}


@click.command()
@click.argument("sections", nargs=-1, required=True, type=click.Choice(list(SECTIONS)))
@click.option("--list", "listed", is_flag=True, help="Name every miss and false alarm instead of writing the page.")
def main(sections: tuple[str, ...], *, listed: bool) -> None:
    """Measure SECTIONS and write them into the page."""
    run = Run()
    if {"developer", "speed"} & set(sections) and not DATA.is_dir():
        sys.exit("no evaluation data: set GUETTEUR_DATA")
    if listed:
        _list(run, sections)
        return
    for section in sections:
        text = markdown(SECTIONS[section](run), heading="###")
        print(text)
        write_section(PAGE, section, text)


def _list(run: Run, sections: tuple[str, ...]) -> None:
    wrong: list[tuple[str, Judged]] = []
    if "developer" in sections:
        wrong += [(f"missed {lang}", one) for lang, group in run.phishing.items() for one in group if not one.warned]
        wrong += [("alarm", one) for one in run.wanted if one.warned]
    if "written" in sections:
        for one in written_mails():
            told = run.judge(one.id, one.raw())
            if told.warned is not one.is_scam:
                wrong.append((f"written {'missed' if one.is_scam else 'alarm'}", told))
    for what, one in wrong:
        seen = ", ".join(f"{piece.signal} {piece.weight:.1f}" for piece in one.verdict.evidence)
        box = one.mail.sender
        print(
            what, one.name, one.verdict.level.value, f"| {box.name} <{box.address}> | {one.mail.subject[:60]} | {seen}"
        )


if __name__ == "__main__":
    main()
