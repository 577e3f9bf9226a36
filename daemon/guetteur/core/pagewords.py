"""The words pages are read with (``blocklists/lexicon/page.toml`` as shipped)."""

from __future__ import annotations

import msgspec


class FieldWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What labels, placeholders and names of fields say, by what is asked for."""

    card: tuple[str, ...]
    card_part: tuple[str, ...]
    not_card: tuple[str, ...]
    iban: tuple[str, ...]
    social: tuple[str, ...]
    identifier: tuple[str, ...]
    code: tuple[str, ...]


class PageWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All tables of the file; each is described there."""

    chrome: tuple[str, ...]
    software: tuple[str, ...]
    common: tuple[str, ...]
    trades: dict[str, tuple[str, ...]]
    fields: FieldWords
    drops: tuple[str, ...]
    processors: tuple[str, ...]
    reporting: tuple[str, ...]
