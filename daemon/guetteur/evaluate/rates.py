"""Shares with their 95% confidence intervals."""

from __future__ import annotations

from math import exp, lgamma, log, sqrt

_Z = 1.959964  # the normal quantile of 97.5%
_TAIL = 0.025
_EXACT_UP_TO = 100
"""Above this many events Wilson's interval and the exact one agree to the digits that are printed."""


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Wilson's score interval for a share; ``(0, 1)`` when nothing was asked."""
    if not total:
        return 0.0, 1.0
    share = hits / total
    spread = _Z * sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2))
    middle, scale = share + _Z**2 / (2 * total), 1 + _Z**2 / total
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def rare(hits: int, total: int) -> tuple[float, float]:
    """Interval for the share of a rare event: exact Poisson (Garwood 1936) for small counts, else Wilson's.

    Zero alarms among few hosts prove little, which an approximation would hide.
    """
    if not total:
        return 0.0, 1.0
    if hits > _EXACT_UP_TO:
        return wilson(hits, total)
    low = _solve(hits - 1, 1 - _TAIL) if hits else 0.0
    return low / total, min(1.0, _solve(hits, _TAIL) / total)


def _solve(count: int, target: float) -> float:
    """The mean at which a Poisson variable is at most ``count`` with probability ``target``; bisection."""
    low, high = 0.0, 2.0 * count + 20
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(count, middle) > target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_most(count: int, mean: float) -> float:
    return sum(exp(number * log(mean) - mean - lgamma(number + 1)) for number in range(count + 1))
