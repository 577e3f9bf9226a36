"""MetaMask's eth-phishing-detect: Levenshtein distance of the whole host, its last label dropped, to each target.

After the project's ``src/detector.js`` in own words: hosts on a target's domain pass; of the others and of the targets
the last label is dropped, ``www.`` too; a distance up to the tolerance is fraud. The project's published tolerance is 1
today; 2 and 3 are what earlier configurations had.
"""

from __future__ import annotations

from peers.contract import Peer
from peers.targets import Targets
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

_FARTHEST = 3


def make(targets: Targets) -> Peer:
    """The rule with the bodies' domains as its fuzzy list."""
    fuzzy = sorted({domain.rpartition(".")[0] for domain in targets.domains})

    def score(host: str) -> float:
        shown = host.rpartition(".")[0].replace("www.", "", 1)
        found = process.extractOne(shown, fuzzy, scorer=Levenshtein.distance, score_cutoff=_FARTHEST)
        return -float(found[1]) if found is not None else -float("inf")

    return Peer(
        "MetaMask's Levenshtein rule",
        score,
        {f"tolerance {tolerance}": -float(tolerance) for tolerance in (1, 2, 3)},
        note=f"own words; {len(fuzzy)} targets",
    )
