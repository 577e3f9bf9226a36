"""What several channels show of a draft, and paste."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from guetteur.reports.channels.interface import Field

if TYPE_CHECKING:
    from datetime import datetime

    from guetteur.reports.case import Case
    from guetteur.reports.channels.interface import Place


def address_field(url: str) -> Field:
    """The reported address."""
    return Field("Adresse de la page", "Address of the page", url)


def note_field(text: str) -> Field:
    """What is said of it."""
    return Field("Remarque", "Remark", text)


def mail_field(text: str) -> Field:
    """The reported message, whole."""
    return Field("Message complet, masqué", "The whole message, masked", text)


def moment(at: datetime) -> tuple[str, str]:
    """Day and time as a form in France asks for them; in UTC, and said so, where the time zone is not known."""
    try:
        local = at.astimezone(ZoneInfo("Europe/Paris"))
    except ZoneInfoNotFoundError:
        return f"{at:%d/%m/%Y}", f"{at:%H:%M} UTC"
    return f"{local:%d/%m/%Y}", f"{local:%H:%M}"


def account(case: Case, place: Place) -> str:
    """What happened, in French, from what is known alone: nothing is made up."""
    day, time = moment(case.found_at)
    what = {
        "page": "J’ai rencontré une page frauduleuse",
        "mail": "J’ai reçu un message frauduleux",
        "sextortion": "J’ai reçu un message de chantage",
        "summons": "J’ai reçu une fausse convocation de la police ou de la justice",
        "recovery": "On m’a proposé de récupérer de l’argent perdu dans une escroquerie",
        "rental": "J’ai rencontré une fausse annonce de location",
        "romance": "J’ai été victime d’une escroquerie sentimentale",
        "marketplace": "J’ai été en contact avec un faux acheteur ou un faux vendeur",
        "tech-support": "J’ai rencontré un faux support technique",
    }.get(case.kind, "J’ai rencontré une tentative d’escroquerie")
    lines = [f"{what} le {day} à {time}."]
    if place.imitated:
        lines.append(f"Organisme imité : {place.imitated}.")
    if case.sender:
        lines.append(f"Expéditeur affiché : {case.sender}.")
    if case.url:
        lines.append(f"Adresse : {case.url}")
    if case.redirects:
        lines.append("Adresses traversées : " + " ; ".join(case.redirects))
    if case.lang == "fr" and case.reasons:
        lines.append("Ce qui l’a fait reconnaître : " + " ".join(case.reasons))
    return "\n".join(lines)
