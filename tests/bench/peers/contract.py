"""What every peer offers: a score a host, and the thresholds at which it would warn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peer:
    """One way of telling look-alikes.

    Attributes:
        name: as the table shows it.
        score: suspicion of a host, higher is worse.
        warns_at: row of the table → score at which the peer warns.
        sample: so many benign hosts are asked at most, and as many look-alikes of each label (slow peers).
        clock: what is timed instead of ``score``, when ``score`` is quicker than the peer really is.
        note: how it was set up.
    """

    name: str
    score: Callable[[str], float]
    warns_at: Mapping[str, float]
    sample: int | None = None
    clock: Callable[[str], float] | None = None
    note: str = ""
