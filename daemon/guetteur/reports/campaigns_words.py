"""Campaigns in words, in French and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.reports.days import spoken_day

if TYPE_CHECKING:
    from guetteur.reports.campaigns import Campaign
    from guetteur.reports.marks import MarkKind

LINK_WORDS: dict[str, dict[MarkKind, str]] = {
    "fr": {
        "domain": "même site",
        "ip": "même adresse IP",
        "certificate": "même certificat",
        "text": "même texte",
        "picture": "même apparence",
        "wallet": "même portefeuille",
        "iban": "même IBAN",
        "phone": "même numéro de téléphone",
        "sender": "même expéditeur",
    },
    "en": {
        "domain": "same site",
        "ip": "same IP address",
        "certificate": "same certificate",
        "text": "same text",
        "picture": "same appearance",
        "wallet": "same wallet",
        "iban": "same IBAN",
        "phone": "same telephone number",
        "sender": "same sender",
    },
}
"""What two reports share, by language and kind."""


def told(campaign: Campaign, lang: str) -> str:
    """The one sentence: how many other reports, since when (in local time)."""
    since, others = spoken_day(campaign.first_at.astimezone().date(), lang), campaign.others
    if lang == "en":
        of_yours = "another of your reports" if others == 1 else f"{others} of your other reports"
        return f"Same campaign as {of_yours}, since {since}"
    with_others = "un autre" if others == 1 else f"{others}\u00a0autres"
    return f"Même campagne {'qu’' if others == 1 else 'que '}{with_others} de vos signalements, depuis le {since}"
