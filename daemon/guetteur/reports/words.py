"""What becomes of a report, in words: states and codes in French and English, as a phrase or as whole sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.reports.days import spoken_day

if TYPE_CHECKING:
    from datetime import datetime

    from guetteur.reports.outbox_entry import Entry, Step
    from guetteur.reports.table import ChannelFacts

STATES = {
    "queued": ("en attente d’envoi", "waiting to be sent"),
    "sending": ("envoi en cours", "being sent"),
    "sent": ("envoyé", "sent"),
    "accepted": ("accepté", "accepted"),
    "known": ("déjà connu d’eux", "already known to them"),
    "refused": ("refusé", "refused"),
    "gone": ("la page n’est plus là", "the page is gone"),
    "handed": ("préparé, à envoyer vous-même", "prepared, for you to send"),
    "retracted": ("annulé par vous", "cancelled by you"),
}

CODES = {
    "": ("", ""),
    "by_person": ("", ""),
    "may_have_arrived": ("un essai est peut-être arrivé", "an attempt may have arrived"),
    "processing": ("examen en cours", "being looked at"),
    "confirmed": ("ils le confirment : c’est une arnaque", "they confirm it: it is a scam"),
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
    "credentials": ("identifiant ou clé refusés : vérifiez-les", "user name or key refused: check them"),
    "credentials_missing": ("il manque un réglage", "a setting is missing"),
    "address_invalid": ("votre adresse e-mail n’est pas valable", "your e-mail address is not valid"),
    "draft_invalid": ("le signalement est mal formé", "the report is malformed"),
    "moved": ("leur adresse a changé : mettez Guetteur à jour", "their address has changed: update Guetteur"),
    "not_secure": ("adresse sans https : rien n’est parti", "an address without https: nothing was sent"),
    "no_tls": ("serveur sans chiffrement : rien n’est parti", "a server without encryption: nothing was sent"),
    "rejected": ("leur réponse est non", "their answer is no"),
    "gave_up": ("trop d’essais sans réponse", "too many attempts without an answer"),
}


KINDS = {
    "page": ("Une page qui imite un site ou vole des données", "A page that imitates a site or steals data"),
    "mail": ("Un courriel d’hameçonnage", "A phishing e-mail"),
    "sextortion": ("Un chantage à la webcam ou aux images intimes", "Blackmail with a webcam or intimate pictures"),
    "summons": ("Une fausse convocation de la police ou de la justice", "A fake summons from the police or a court"),
    "recovery": ("Une promesse de récupérer l’argent perdu", "A promise to get lost money back"),
    "rental": ("Une fausse annonce de location", "A fake advert for a place to rent"),
    "romance": ("Une fausse relation amoureuse ou amicale", "A fake romance or friendship"),
    "marketplace": ("Un faux acheteur ou un faux vendeur", "A fake buyer or seller"),
    "tech-support": ("Un faux dépannage informatique", "Fake technical support"),
    "other": ("Autre chose", "Something else"),
}
"""Kinds of case, as the person chooses among them."""

EVIDENCE = {
    "page/page.html": ("La page, telle que le navigateur l’avait", "The page as the browser had it"),
    "page/page.warc.gz": ("La même page, au format des archives du web", "The same page, as web archives keep it"),
    "page/screenshot": ("L’image de la page", "The picture of the page"),
    "page/visit.json": ("L’adresse, l’heure et le navigateur", "The address, the time and the browser"),
    "page/verdict.json": ("Ce que Guetteur dit de la page", "What Guetteur says of the page"),
    "mail/original.eml": ("Le message d’origine, entier", "The original message, whole"),
    "mail/shown.json": ("Le message, tel que le site l’affiche", "The message as the site shows it"),
    "mail/screenshot": ("L’image du message", "The picture of the message"),
    "mail/verdict.json": ("Ce que Guetteur dit du message", "What Guetteur says of the message"),
    "network": ("Où se trouve la page : réponses reçues", "Where the page is: the answers received"),
}
"""Evidence by its path, with or without its ending, or by its folder."""

_NAMES = {
    "abuse-mailbox": ("l’hébergeur et le bureau d’enregistrement", "the host and the registrar"),
    "body-mailbox": ("l’organisme imité", "the imitated organisation"),
    "intake": ("ceux qui tiennent les listes de Guetteur", "those who keep Guetteur’s lists"),
    "sextortion": ("la police", "the police"),
}
"""Channels whose name does not fit within a sentence."""

_SENTENCES = {
    "queued": ("Part dans un instant.", "Will be sent in a moment."),
    "again": ("{why}. Nouvel essai {when}.", "{why}. Next try {when}."),
    "sending": ("L’envoi est en cours.", "It is being sent."),
    "sent": ("Envoyé. Pas de numéro de {name} : c’est normal.", "Sent. No number from {name}: that is normal."),
    "accepted": ("Reçu par {name}, sous le numéro {reference}.", "Received by {name}, under the number {reference}."),
    "known": ("Déjà connu de {name} : rien d’autre à faire.", "Already known to {name}: nothing else to do."),
    "refused": ("Pas pris par {name} : {why}. {todo}", "Not taken by {name}: {why}. {todo}"),
    "gone": (
        "La page n’a plus été trouvée par {name} : elle est sans doute fermée.",
        "The page was no longer found by {name}: it is probably closed.",
    ),
    "handed": (
        "À envoyer vous-même : le formulaire est ouvert, tout est prêt à coller.",
        "For you to send: the form is open, everything is ready to paste.",
    ),
    "handed_mail": ("À envoyer vous-même : le courriel est prêt.", "For you to send: the e-mail is ready."),
    "retracted": ("Annulé par vous : rien n’est parti.", "Cancelled by you: nothing was sent."),
    "retracted_late": (
        "Annulé par vous : plus aucun essai, mais un essai déjà fait est peut-être arrivé.",
        "Cancelled by you: no further attempt, but an earlier one may have arrived.",
    ),
}

_TODO = {
    "credentials": ("Corrigez ce réglage, puis signalez de nouveau.", "Correct that setting, then report again."),
    "credentials_missing": ("Ajoutez ce réglage, puis signalez de nouveau.", "Add that setting, then report again."),
    "address_invalid": ("Corrigez-la dans les réglages, puis signalez de nouveau.",
                        "Correct it in the settings, then report again."),
    "moved": ("Ensuite, signalez de nouveau.", "Then report again."),
    "not_secure": ("Corrigez l’adresse dans les réglages.", "Correct the address in the settings."),
    "no_tls": ("Changez de serveur dans les réglages.", "Use another server in the settings."),
    "gave_up": ("Vous pouvez signaler de nouveau.", "You can report again."),
    "no_threat": ("Cela ne prouve pas que ce soit sans danger : restez à l’écart.",
                  "That does not prove it safe: stay away from it."),
}  # fmt: skip
_NO_TODO = ("Rien à faire de votre côté.", "Nothing for you to do.")
WATCHES = {
    "off": (
        "Guetteur ne regarde pas si la page est encore là.",
        "Guetteur does not look whether the page is still there.",
    ),
    "waiting": (
        "Guetteur va regarder si la page est encore là.",
        "Guetteur is about to look whether the page is still there.",
    ),
    "open": ("Page encore là le {checked}.", "Page still there on {checked}."),
    "closed": ("Page fermée le {closed}.", "Page closed on {closed}."),
    "unknown": (
        "Le {checked}, la page n’a pas pu être regardée : nouvel essai plus tard.",
        "On {checked}, the page could not be looked at: tried again later.",
    ),
}
"""Whether a page is still there."""

_LATER = (", nouvel essai plus tard", ", tried again later")


def told(entry: Entry | Step, lang: str) -> str:
    """State and reason of a report in one phrase."""
    index = lang == "en"
    state, why = STATES[entry.state][index], CODES[entry.code][index]
    return f"{state} ({why})" if why else state


def sentence(entry: Entry, facts: ChannelFacts | None, lang: str, now: datetime) -> str:
    """What became of a report, in one or two whole sentences.

    Args:
        entry: the report.
        facts: its channel; None when this version knows it no longer.
        lang: language.
        now: the moment, so that a time today is told without its day.
    """
    index = lang == "en"
    why = CODES[entry.code][index]
    code: str = entry.state
    if code == "queued" and why:
        code = "again"
    elif code == "accepted" and not entry.reference:
        code = "sent"
    elif code == "retracted" and entry.code == "may_have_arrived":
        code = "retracted_late"
    elif code == "handed" and facts is not None and "@" in facts.address:
        code = "handed_mail"
    text = _SENTENCES[code][index].format(
        name=name_within(facts, entry.channel, lang),
        reference=entry.reference,
        why=capital(why.removesuffix(_LATER[index])) if code == "again" else why or STATES["refused"][index],
        when=at_about(entry.wait_until, lang, now),
        todo=_TODO.get(entry.code, _NO_TODO)[index],
    )
    return f"{text} {capital(why)}." if entry.state in {"sent", "accepted"} and why else text


def name_within(facts: ChannelFacts | None, channel: str, lang: str) -> str:
    """What a channel is called within a sentence."""
    found = _NAMES.get(channel)
    if found is not None:
        return found[lang == "en"]
    return facts.named(lang) if facts is not None else channel


def at_about(when: datetime, lang: str, now: datetime) -> str:
    """``vers 14 h 05``, with the day when it is not today; in this machine's time zone."""
    local, today = when.astimezone(), now.astimezone().date()
    day = "" if local.date() == today else (f"on {local:%d %B} " if lang == "en" else f"le {local:%d/%m} ")
    return f"{day}at about {local:%H:%M}" if lang == "en" else f"{day}vers {local:%H} h {local:%M}"


def watch_told(state: str, lang: str, checked_at: datetime | None, closed_at: datetime | None) -> str:
    """Whether a page is still there, in one sentence; days in local time."""
    checked, closed = (
        spoken_day(at.astimezone().date(), lang) if at is not None else "" for at in (checked_at, closed_at)
    )
    return WATCHES[state][lang == "en"].format(checked=checked, closed=closed)


def evidence_label(path: str, lang: str) -> str:
    """What a piece of evidence is."""
    found = EVIDENCE.get(path) or EVIDENCE.get(path.rpartition(".")[0]) or EVIDENCE.get(path.partition("/")[0])
    return found[lang == "en"] if found is not None else path


def capital(text: str) -> str:
    """A phrase as the beginning of a sentence."""
    return text[:1].upper() + text[1:]
