"""dnstwist: every permutation it makes of the bodies' domains; a host whose registrable domain is one is a hit."""

from __future__ import annotations

import time

import dnstwist
from peers.contract import Peer
from peers.targets import Targets

from guetteur.core.suffixes import split_host


def make(targets: Targets) -> Peer:
    """All default fuzzers (dictionary and TLD swap need word lists that dnstwist does not ship)."""
    twisted: set[str] = set()
    start = time.perf_counter()
    for domain in targets.domains:
        fuzzer = dnstwist.Fuzzer(domain)
        fuzzer.generate()
        twisted.update(permutation["domain"] for permutation in fuzzer.domains)
    twisted.difference_update(targets.domains)
    made = time.perf_counter() - start

    def score(host: str) -> float:
        if host in twisted:
            return 1.0
        return float((split_host(host)[0] or host) in twisted)

    return Peer(
        "dnstwist",
        score,
        {"permutations": 1.0},
        note=f"{len(twisted):,} permutations of {len(targets.domains)} domains by its default fuzzers, made in"
        f" {made:.0f} s before; a host is looked up in their set",
    )
