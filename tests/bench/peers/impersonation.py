"""``impersonation-detector``: its learned score of a domain, against the bodies' main domains."""

from __future__ import annotations

from impersonation_detector import SenderScorer
from peers.contract import Peer
from peers.targets import Targets


def make(targets: Targets, sample: int) -> Peer:
    """The shipped weights; 0.6 and 0.95 on its probability."""
    scorer = SenderScorer(list(targets.main))
    return Peer(
        "impersonation-detector",
        lambda host: scorer.score_domain(host).probability,
        {"at 0.6": 0.6, "at 0.95": 0.95},
        sample,
        note=f"package 0.4.0, {len(targets.main)} protected domains",
    )
