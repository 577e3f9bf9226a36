"""Walking up a host name: ``a.b.example.fr`` → itself, ``b.example.fr``, ``example.fr``, ``fr``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def parents(host: str) -> Iterator[str]:
    """Yield ``host`` and each of its parents, longest first."""
    yield host
    at = host.find(".")
    while at >= 0:
        yield host[at + 1 :]
        at = host.find(".", at + 1)
