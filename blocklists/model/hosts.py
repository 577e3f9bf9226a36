"""Labelled hosts as the product's own signals read them, for training."""

from __future__ import annotations

import csv
import gzip
import math
import tomllib
from pathlib import Path
from typing import NamedTuple

import msgspec

from guetteur.checker import Checker
from guetteur.config import PACKAGE_DATA
from guetteur.core.model import ModelFile, NameModel, Table, form_text
from guetteur.core.signal import Evidence
from guetteur.core.subject import parse_host_or_url
from guetteur.errors import InvalidInputError
from guetteur.lists.compiled import CompiledList
from guetteur.lists.knowledge import load_knowledge
from guetteur.signals import load_signals

WRONG_LABELS = Path(__file__).parents[2] / "tests/corpus/wrong_labels.toml"
WORDING = ("wording.form", "wording.letters")
"""The cues that the first layer answers, in the order of its tables."""


class Host(NamedTuple):
    """One labelled host as the signals read it; ``cues`` is None when it names nobody."""

    host: str
    label: str
    year: str
    domain: str
    trusted: bool
    cues: dict[str, float] | None = None
    form: str = ""
    most: float = math.inf


def read_hosts(data: Path) -> list[Host]:
    """All labelled hosts; those whose label is known to be wrong are left out."""
    wrong = tomllib.loads(WRONG_LABELS.read_text("utf-8"))
    left_out = {row["host"] for rows in wrong.values() for row in rows}
    rows = []
    with (data / "hosts/lookalike_fr.csv").open(encoding="utf-8") as file:
        rows += [(row["host"], row["label"], row["first_seen"][:4]) for row in csv.DictReader(file)]
    with gzip.open(data / "hosts/benign.csv.gz", "rt", encoding="utf-8") as file:
        rows += [(row["host"], row["note"] or "benign", "") for row in csv.DictReader(file)]
    reader = Reader()
    return [found for row in rows if row[0] not in left_out and (found := reader.read(*row)) is not None]


class Reader:
    """The product's own reading of a host, with and without the lists of trusted sites."""

    def __init__(self) -> None:
        knowledge = load_knowledge(PACKAGE_DATA)
        empty = Table(0, 0, b"\0")
        blank = NameModel(ModelFile(0, 0, 1, 2, {}, empty, empty))
        public, popular = CompiledList(PACKAGE_DATA / "public_hosts.bin"), CompiledList(PACKAGE_DATA / "popular.bin")
        self.signals = load_signals()
        self.product = Checker(knowledge, (), blank, public_hosts=public, popular=popular, blocklist=None)
        # The model learns from much visited sites too: that they are trusted anyway must not be all that it knows.
        self.wary = Checker(
            msgspec.structs.replace(knowledge, infrastructure_zones=()),
            (),
            blank,
            public_hosts=public,
            popular=NoList(),  # type: ignore[arg-type]
            blocklist=None,
        )

    def read(self, host: str, label: str, year: str) -> Host | None:
        """None for official hosts and for what is no host."""
        try:
            subject = parse_host_or_url(f"https://{host}/")
        except InvalidInputError:
            return None
        facts = self.wary.facts(subject)
        domain = subject.registrable_domain or subject.host
        trusted = self.product.facts(subject).trusted
        if facts.wording is None:
            return Host(host, label, year, domain, trusted)
        found = [piece for signal in self.signals if isinstance(piece := signal.check(subject, facts), Evidence)]
        cues = {cue: value for piece in found for cue, value in piece.cues.items()}
        cues = {cue: value for cue, value in cues.items() if cue not in WORDING}
        most = min((piece.most for piece in found), default=math.inf)
        return Host(host, label, year, domain, trusted, cues, form_text(facts.names.masked, facts.names.suffix), most)


class NoList:
    """Stands where a list of trusted sites would: it knows none."""

    def holds(self, _host: str) -> bool:
        """Never."""
        return False
