"""All channels by id."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guetteur.reports.channels.interface import Channel
    from guetteur.reports.table import ChannelTable

MODULES = {
    "netcraft": "netcraft",
    "signal-spam": "signal_spam",
    "phishing-initiative": "phishing_initiative",
    "spamhaus": "spamhaus",
    "microsoft": "microsoft",
    "cloudflare": "cloudflare",
    "abuse-mailbox": "abuse_mailbox",
    "apwg": "apwg",
    "body-mailbox": "body_mailbox",
    "intake": "intake",
    "pharos": "pharos",
    "thesee": "thesee",
    "17cyber": "cyber17",
    "33700": "sms33700",
    "google": "google",
    "sextortion": "sextortion",
}
"""Channel → module that holds its class ``Channel``."""


def build_channels(table: ChannelTable, bases: dict[str, str] | None = None) -> dict[str, Channel]:
    """Every channel of the data that has code; ``bases`` replaces addresses, for tests against this machine."""
    made: dict[str, Channel] = {}
    for facts in table.channels:
        module = importlib.import_module(f"guetteur.reports.channels.{MODULES[facts.id]}")
        made[facts.id] = module.Channel(facts, (bases or {}).get(facts.id))
    return made
