"""Campaigns in words, in French and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

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

MONTHS = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
}  # fmt: skip
SHORT_MONTHS = {
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


def told(campaign: Campaign, lang: str) -> str:
    """The one sentence: how many other reports, since when (in local time)."""
    since, others = spoken_day(campaign.first_at.astimezone().date(), lang), campaign.others
    if lang == "en":
        of_yours = "another of your reports" if others == 1 else f"{others} of your other reports"
        return f"Same campaign as {of_yours}, since {since}"
    with_others = "un autre" if others == 1 else f"{others}\u00a0autres"
    return f"Même campagne {'qu’' if others == 1 else 'que '}{with_others} de vos signalements, depuis le {since}"


def spoken_day(day: date, lang: str) -> str:
    """A day as it is written in a sentence: ``1er novembre 2026``, ``1 November 2026``."""
    number = "1er" if lang == "fr" and day.day == 1 else str(day.day)
    return f"{number}\u00a0{MONTHS[lang][day.month - 1]} {day.year}"
