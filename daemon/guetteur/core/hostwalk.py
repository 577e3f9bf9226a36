"""Walking up a host name: ``a.b.example.fr`` → itself, ``b.example.fr``, ``example.fr``, ``fr``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container


def parents(host: str) -> list[str]:
    """``host`` and each of its parents, longest first."""
    names = [host]
    at = host.find(".")
    while at >= 0:
        names.append(host[at + 1 :])
        at = host.find(".", at + 1)
    return names


def held_by(host: str, names: Container[str], strangers: Container[str]) -> str | None:
    """The nearest of ``names`` that ``host`` is or lies under, unless a zone of ``strangers`` lies between."""
    for name in parents(host):
        if name in names:
            return name
        if name in strangers:
            break
    return None
