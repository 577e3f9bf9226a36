"""Measures detection on the evaluation data (GUETTEUR_DATA) into docs/reference/detection.md, section by section.

``python tests/bench/detection.py SECTION…``: each section named is measured and replaced, the rest of the page (the
written part and the other sections) stays. ``make evaluate`` and ``make bench-detection`` call it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cached_property
from itertools import chain
from pathlib import Path

import addresses
import aged
import click
import speed
from compare import Hosts, Ours, compare
from page import write_section

from guetteur.app import build_checker
from guetteur.checker import Checker
from guetteur.config import PACKAGE_DATA
from guetteur.evaluate import Collection, Report, evaluate, seen_between
from guetteur.evaluate.files import WrongLabels, read_benign, read_lookalikes, read_scores, read_wrong_labels
from guetteur.evaluate.judging import Judgement, judge_hosts, judge_url
from guetteur.evaluate.tables import Table, markdown, tables
from guetteur.evaluate.tally import tally

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("GUETTEUR_DATA", ROOT / "../shared/data"))
WRONG_LABELS = ROOT / "tests/corpus/wrong_labels.toml"
PAGE = ROOT / "docs/reference/detection.md"
SPLIT_DAY = "2026-01-01"
"""The temporal figures: trained on what was seen before this day, asked about what was seen since."""


class Run:
    """What several sections need, read or judged once."""

    def __init__(self, scored: Path) -> None:
        self._cross_validated = scored / "cross_validated.csv"
        self._temporal = scored / "before_2026.csv"

    @cached_property
    def collection(self) -> Collection:
        """The labelled hosts."""
        wrong = read_wrong_labels(WRONG_LABELS) if WRONG_LABELS.exists() else WrongLabels()
        hosts = DATA / "hosts"
        return Collection(read_lookalikes(hosts / "lookalike_fr.csv"), read_benign(hosts / "benign.csv.gz"), wrong)

    @cached_property
    def checker(self) -> Checker:
        """The checker as shipped, lists off."""
        return build_checker(PACKAGE_DATA, with_lists=False)

    @cached_property
    def told(self) -> list[Judgement]:
        """What the shipped checker says of every host."""
        chunks = judge_hosts(self.collection.hosts, data_dir=PACKAGE_DATA, workers=os.cpu_count() or 1)
        return list(chain.from_iterable(chunks))

    def ours(self) -> list[Table]:
        """The checker as shipped; in detail only where it had not seen the hosts: see below."""
        return shown(tally(self.collection, self.told), without=("Recall by", "The "))

    def cross_validated(self) -> list[Table]:
        """Points that were given by models which had not seen the host's registrable domain."""
        return self._scored(self._cross_validated, None, without=("Wrong labels",))

    def temporal(self) -> list[Table]:
        """Points that were given by a model which had seen earlier look-alikes only."""
        return self._scored(
            self._temporal, SPLIT_DAY, without=("Recall by body", "Recall by year", "The ", "Wrong labels")
        )

    def _scored(self, path: Path, since: str | None, *, without: tuple[str, ...]) -> list[Table]:
        whole = self.collection
        asked = Collection(seen_between(whole.lookalikes, since, None), whole.benign, whole.wrong)
        return shown(evaluate(asked, data_dir=PACKAGE_DATA, workers=1, scores=read_scores(path)), without)

    def peers(self) -> list[Table]:
        """Others' ways on the same hosts."""
        # Here: their packages are installed by `make bench-detection` alone.
        from peers import chromium, fraud, impersonation, metamask, squat, twist
        from peers.targets import load_targets

        targets, everybody = load_targets(), load_targets(frozenset())
        sample = 20_000
        found = (
            twist.make(targets),
            metamask.make(targets),
            chromium.make(targets),
            chromium.make(everybody, ", all bodies of the registry as top sites"),
            squat.make(targets, sample),
            impersonation.make(targets, sample),
            fraud.make(sample),
        )
        ours = [Ours("as shipped", dict(zip(self.collection.hosts, self.told, strict=True)))]
        if self._cross_validated.exists():
            scores = read_scores(self._cross_validated)
            told = {host: Judgement(score.level, score.points) for host, score in scores.items()}
            ours.append(Ours("cross-validated", ours[0].told | told))
        return [compare(Hosts.of(self.collection), ours, self.ask, found, targets.own)]

    def ask(self, host: str) -> Judgement:
        """What the shipped checker says of one host."""
        return judge_url(self.checker, f"https://{host}/")

    def speed(self) -> list[Table]:
        """Cost of a host and of a feed."""
        hosts = Hosts.of(self.collection)
        return speed.measure(self.checker, hosts.benign, hosts.confirmed + hosts.suspicious)

    def age(self) -> list[Table]:
        """What the age of the domain would add."""
        scores = read_scores(self._cross_validated)
        return [aged.measure(self.collection, scores, DATA / "age/malicious_domain_created.csv")]

    def addresses(self) -> list[Table]:
        """Whole addresses."""
        return [addresses.measure(self.checker, DATA, Hosts.of(self.collection).benign)]


def shown(report: Report, without: tuple[str, ...]) -> list[Table]:
    """The tables of a report, but for those whose title begins so.

    Nor those that name hosts of the collection one by one: its licences do not let it be republished.
    """
    found = {table.title: table for table in tables(report)}
    kept = [table for title, table in found.items() if not title.startswith(("Worst ", "Wrong labels", *without))]
    if report.wrong and "Wrong labels" not in without:
        note = f"{len(report.wrong)} rows with a wrong label are left out; `tests/corpus/wrong_labels.toml` names them."
        raw = next(table.note for title, table in found.items() if title.startswith("Wrong labels"))
        kept.append(Table("Wrong labels", note=f"{note} {raw}"))
    return kept


SECTIONS: dict[str, Callable[[Run], list[Table]]] = {
    "ours": Run.ours,
    "cross-validated": Run.cross_validated,
    "temporal": Run.temporal,
    "peers": Run.peers,
    "age": Run.age,
    "addresses": Run.addresses,
    "speed": Run.speed,
}


@click.command()
@click.argument("sections", nargs=-1, required=True, type=click.Choice(list(SECTIONS)))
@click.option(
    "--scored",
    type=click.Path(path_type=Path, file_okay=False),
    default=ROOT / "build/scored",
    help="Folder of the points that training wrote: cross_validated.csv, before_2026.csv.",
)
def main(sections: tuple[str, ...], scored: Path) -> None:
    """Measure SECTIONS and write them into the page."""
    if not DATA.is_dir():
        sys.exit("no evaluation data: set GUETTEUR_DATA")
    run = Run(scored)
    for section in sections:
        text = markdown(SECTIONS[section](run), heading="###")
        print(text)
        write_section(PAGE, section, text)


if __name__ == "__main__":
    main()
