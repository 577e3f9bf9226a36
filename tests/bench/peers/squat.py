"""openSquat: each body's name against the host, by the package's own detector (edit distance, confusables, contained).

The detector looks at the first label and, for "contains", at the whole line, as its feed of registered domains has it;
it is given the registrable domain for that reason and the whole host too, the worse answer counts.
"""

from __future__ import annotations

import io
from functools import lru_cache

from opensquat import homograph
from opensquat.squatting_detector import SquattingDetector
from peers.contract import Peer
from peers.targets import Targets

from guetteur.core.suffixes import split_host

MEDIUM = 2
"""openSquat's default confidence: edit distance up to two."""


def make(targets: Targets, sample: int) -> Peer:
    """The default settings, names of at least four letters as keywords (shorter ones are within two edits of a lot)."""
    keywords = [name for name in targets.names if len(name) >= 4]
    detector = SquattingDetector(confidence_level=MEDIUM)
    plain = homograph.check_homograph
    remembered = lru_cache(maxsize=100_000)(plain)

    def ask(host: str) -> float:
        lines = list({split_host(host)[0] or host, host})
        return float(any(detector.check(keyword, lines, io.StringIO()) for keyword in keywords))

    def score(host: str) -> float:
        # Whether a label is a homograph does not depend on the keyword: asking once a label changes no answer.
        homograph.check_homograph = remembered
        try:
            return ask(host)
        finally:
            homograph.check_homograph = plain

    return Peer(
        "openSquat",
        score,
        {"default confidence": 1.0},
        sample,
        clock=ask,
        note=f"package 2.3.1, {len(keywords)} keywords, confidence 2",
    )
