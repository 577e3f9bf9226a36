"""Where a person tells of a scam: ``blocklists/lexicon/routes.toml``."""

from __future__ import annotations

import msgspec


class Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One place to report to.

    Attributes:
        name: what it is called.
        text: what to do there, one sentence in French.
        text_en: the same in English.
        url: its page.
    """

    name: str
    text: str
    text_en: str
    url: str
