"""Walking up a host name: ``a.b.example.fr`` → itself, ``b.example.fr``, ``example.fr``, ``fr``."""

from __future__ import annotations


def parents(host: str) -> list[str]:
    """``host`` and each of its parents, longest first."""
    names = [host]
    at = host.find(".")
    while at >= 0:
        names.append(host[at + 1 :])
        at = host.find(".", at + 1)
    return names
