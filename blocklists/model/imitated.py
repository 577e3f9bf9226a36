"""Counts how often each body's name stands in phishing hosts: ``imitated.toml``, what a misspelt name is worth.

Reads ``feeds/phishing_database_domains.csv.gz`` of the evaluation data (Phishing.Database, MIT): hosts first seen
before 2026 only, so that figures on names of 2026 stay a forecast.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections import Counter
from pathlib import Path

from guetteur.config import PACKAGE_DATA
from guetteur.core.nameview import read_name
from guetteur.core.subject import parse_host_or_url
from guetteur.errors import InvalidInputError
from guetteur.lists.knowledge import load_knowledge

HERE = Path(__file__).parent
DATA = Path(os.environ.get("GUETTEUR_DATA", HERE.parents[2] / "shared/data"))
BEFORE = "2026"
LEAST = 3


def count() -> Counter[str]:
    """Hosts by the body that they name."""
    knowledge = load_knowledge(PACKAGE_DATA)
    registry = knowledge.registry()
    lexicon = knowledge.lexicon(registry)
    bodies: Counter[str] = Counter()
    with gzip.open(DATA / "feeds/phishing_database_domains.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["first_seen"] >= BEFORE:
                continue
            try:
                subject = parse_host_or_url(row["host"])
            except InvalidInputError:
                continue
            names = read_name(subject, lexicon)
            word = names.best(disguised=False) or names.best(disguised=True)
            if word is not None and word.entry.body is not None and registry.official(subject.host) is None:
                bodies[word.entry.body.id] += 1
    return bodies


def main() -> None:
    """Write the file."""
    lines = [
        "# How many phishing hosts name each body. Written by imitated.py; see there.",
        'source = "Phishing.Database (MIT), hosts first seen before 2026"',
        "",
        "[hosts]",
        *(f'"{body}" = {number}' for body, number in count().most_common() if number >= LEAST),
    ]
    (HERE / "imitated.toml").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
