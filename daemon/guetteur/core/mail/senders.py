"""The table senders are read with (``blocklists/lexicon/senders.toml`` as shipped)."""

from __future__ import annotations

import msgspec

from guetteur.core.suffixes import split_host


class SenderTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every list of the file; each is described there."""

    free: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    anonymous: tuple[str, ...] = ()
    reject: tuple[str, ...] = ()


def registrable(domain: str) -> str | None:
    """The registered name that ``domain`` lies under, or None for a bare suffix or what is no domain."""
    return split_host(domain)[0] if domain else None
