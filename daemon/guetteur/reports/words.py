"""What becomes of a report, in words: states and codes in French and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guetteur.reports.outbox import Entry

STATES = {
    "queued": ("en attente d’envoi", "waiting to be sent"),
    "sending": ("envoi en cours", "being sent"),
    "sent": ("envoyé", "sent"),
    "accepted": ("accepté", "accepted"),
    "known": ("déjà connu d’eux", "already known to them"),
    "refused": ("refusé", "refused"),
    "gone": ("la page n’est plus là", "the page is gone"),
    "handed": ("préparé, à envoyer par vous", "prepared, for you to send"),
    "retracted": ("retiré par vous", "taken back by you"),
}

CODES = {
    "": ("", ""),
    "by_person": ("", ""),
    "processing": ("examen en cours", "being looked at"),
    "confirmed": ("ils le confirment : c’est une arnaque", "they confirm it: it is a scam"),
    "suspicious": ("ils trouvent la page suspecte", "they find the page suspicious"),
    "no_threat": ("ils n’y ont rien trouvé", "they found nothing there"),
    "unavailable": ("ils n’ont plus trouvé la page", "they no longer found the page"),
    "timeout": ("pas de réponse à temps, nouvel essai plus tard", "no answer in time, tried again later"),
    "offline": ("pas de connexion, nouvel essai plus tard", "no connection, tried again later"),
    "answer_broken": ("réponse incomplète, nouvel essai plus tard", "broken answer, tried again later"),
    "answer_unreadable": ("pris, mais leur réponse est illisible", "taken, but their answer cannot be read"),
    "answer_too_large": ("pris, mais leur réponse est trop longue", "taken, but their answer is too long"),
    "rate_limited": ("trop de demandes, nouvel essai plus tard", "too many requests, tried again later"),
    "server_error": ("panne chez eux, nouvel essai plus tard", "trouble at their end, tried again later"),
    "interrupted": ("interrompu, nouvel essai plus tard", "interrupted, tried again later"),
    "internal": ("erreur de Guetteur, nouvel essai plus tard", "an error of Guetteur, tried again later"),
    "credentials": ("identifiant ou clé refusés : vérifiez-les", "user name or key refused: check them"),
    "credentials_missing": ("il manque un réglage", "a setting is missing"),
    "address_invalid": ("votre adresse e-mail n’est pas valable", "your e-mail address is not valid"),
    "draft_invalid": ("le rapport est mal formé", "the report is malformed"),
    "moved": ("leur adresse a changé : mettez Guetteur à jour", "their address has changed: update Guetteur"),
    "not_secure": ("adresse sans https : rien n’est parti", "an address without https: nothing was sent"),
    "no_tls": ("serveur sans chiffrement : rien n’est parti", "a server without encryption: nothing was sent"),
    "rejected": ("ils ne l’ont pas pris", "they did not take it"),
    "gave_up": ("trop d’essais sans réponse", "too many attempts without an answer"),
}


def told(entry: Entry, lang: str) -> str:
    """State and reason of a report in one phrase."""
    index = lang == "en"
    state, why = STATES[entry.state][index], CODES[entry.code][index]
    return f"{state} ({why})" if why else state
