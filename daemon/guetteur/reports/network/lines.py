"""What is found of a page's place, in words.

A value is the same in both languages: days are written 2026-11-24. Why something could not be had stands in the label.
"""

from __future__ import annotations

from guetteur.reports.channels.http import shortened
from guetteur.reports.channels.interface import Field

MAX_VALUE = 300
"""Longest value, in characters: all of them come from elsewhere."""
NOTHING = "—"
"""The value of what could not be had."""

LABELS = {
    "place": ("Où se trouve la page", "Where the page is"),
    "seen": ("Adresse IP vue par le navigateur", "IP address the browser saw"),
    "addresses": ("Adresse IP de la page", "IP address of the page"),
    "network": ("Réseau", "Network"),
    "holder": ("Hébergeur, selon le registre des adresses", "Host, according to the registry of addresses"),
    "country": ("Pays du réseau", "Country of the network"),
    "registrar": ("Bureau d’enregistrement du nom", "Registrar of the name"),
    "created": ("Nom enregistré le", "Name registered on"),
    "issuer": ("Certificat délivré par", "Certificate issued by"),
    "since": ("Certificat valable depuis le", "Certificate valid since"),
    "certificate": ("Certificat", "Certificate"),
    "nameservers": ("Serveurs de noms", "Name servers"),
    "abuse": ("Où signaler un abus", "Where to report abuse"),
}

WHY = {
    "no_address": ("ce n’est pas une adresse de page : rien n’a été demandé", "no page’s address: nothing was asked"),
    "private": ("adresse d’un réseau privé : rien n’a été demandé", "address of a private network: nothing was asked"),
    "hidden": ("adresse du réseau Tor : rien n’a été demandé", "address on the Tor network: nothing was asked"),
    "shared": ("nom prêté par un hébergeur : personne ne l’a enregistré", "name lent by a host: nobody registered it"),
    "no_name": ("ce nom n’existe pas, ou plus", "this name does not exist, or no longer"),
    "no_data": ("aucune n’est indiquée", "none is given"),
    "no_contact": ("aucune adresse publique à contacter", "no public address to contact"),
    "no_origin": ("aucun réseau connu pour cette adresse", "no network known for this address"),
    "failed": ("le serveur de noms n’a pas su répondre", "the name server could not answer"),
    "unreachable": ("pas de réponse", "no answer"),
    "refused": ("connexion refusée", "connection refused"),
    "timeout": ("pas de réponse à temps", "no answer in time"),
    "unreadable": ("réponse illisible", "unreadable answer"),
    "age_no_server": ("aucun registre public connu", "no public registry known"),
    "age_not_published": ("le registre ne le publie pas", "the registry does not publish it"),
    "age_offline": ("registre injoignable", "registry out of reach"),
    "age_unsafe_address": ("adresse du registre douteuse", "doubtful address of the registry"),
    "age_timeout": ("le registre n’a pas répondu à temps", "the registry did not answer in time"),
    "age_refused": ("le registre refuse de répondre", "the registry declines to answer"),
    "age_not_found": ("inconnu du registre", "unknown to the registry"),
    "age_too_large": ("réponse du registre trop longue", "the registry’s answer is too long"),
    "age_unreadable": ("réponse du registre illisible", "the registry’s answer cannot be read"),
}


def line(what: str, *values: str) -> tuple[Field, ...]:
    """One line, values behind one another; none where there is nothing to say."""
    text = shortened(", ".join(filter(None, values)), MAX_VALUE)
    return (Field(*LABELS[what], text),) if text else ()


def note(what: str, why: str) -> tuple[Field, ...]:
    """One line that says why something could not be had."""
    (label, label_en), (reason, reason_en) = LABELS[what], WHY[why]
    return (Field(f"{label} ({reason})", f"{label_en} ({reason_en})", NOTHING),)
