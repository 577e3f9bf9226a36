"""``guetteur egress`` and ``guetteur history``: what left this computer, what you were warned of; how to forget it."""

from __future__ import annotations

import logging
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from guetteur.app import now_utc
from guetteur.cli_common import colon, complain
from guetteur.cli_output import plain, print_json
from guetteur.core.verdict import Level
from guetteur.errors import GuetteurError
from guetteur.lists.knowledge import load_knowledge
from guetteur.store.keeping import MAX_ROWS
from guetteur.store.person import PersonStore
from guetteur.texts import load_explainers
from guetteur.web.routes_privacy import egress_reply, history_reply, not_cleared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guetteur.config import Settings
    from guetteur.web.wire_privacy import EgressEntryReply, HistoryEntryReply

_WORDS = {
    "fr": {
        "nothing_left": "Rien n’est noté : Guetteur n’a contacté aucun autre ordinateur depuis {days} jours.",
        "gaps": "Attention : tout n’a pas pu être noté (disque plein, fichier verrouillé, trop de lignes).",
        "no_history": "Aucune alerte n’est gardée.",
        "times": "{count} fois, la dernière à {last}",
        "imitates": "imite {name}",
        "age": "âge d’un nom",
        "lists": "listes",
        "report": "signalement",
        "lookup": "recherche pour un signalement",
        "watch": "surveillance d’une page signalée",
        "timestamp": "horodatage",
        "answered": "a répondu",
        "refused": "a refusé",
        "failed": "pas de réponse",
        "dns": "serveurs de noms du réseau",
    },
    "en": {
        "nothing_left": "Nothing is noted: Guetteur has contacted no other computer in {days} days.",
        "gaps": "Please note: not everything could be noted (disk full, file locked, too many lines).",
        "no_history": "No warning is kept.",
        "times": "{count} times, the last at {last}",
        "imitates": "imitates {name}",
        "age": "age of a name",
        "lists": "lists",
        "report": "report",
        "lookup": "look-up for a report",
        "watch": "watch of a reported page",
        "timestamp": "time-stamp",
        "answered": "answered",
        "refused": "refused",
        "failed": "no answer",
        "dns": "the network’s name servers",
    },
}


def egress(settings: Settings, *, clear: bool, as_json: bool, lang: str) -> None:
    """Print what left this computer, after forgetting it where that is asked for.

    Raises:
        GuetteurError: ``not_cleared``.
    """
    with _person(settings, lang) as person:
        if clear and not person.egress.clear():
            raise not_cleared()
        reply = egress_reply(person.egress, MAX_ROWS)
    if as_json:
        print_json(reply)
        return
    words = _WORDS[lang]
    lines = [_contact(entry, lang) for entry in reply.entries]
    if not reply.complete:
        lines.append(words["gaps"])
    click.echo("\n".join(lines or [words["nothing_left"].format(days=reply.kept_days)]))


def history(settings: Settings, *, clear: bool, as_json: bool, lang: str) -> None:
    """Print the warnings that are kept, after forgetting them where that is asked for.

    Raises:
        GuetteurError: ``not_cleared``.
    """
    registry = load_knowledge(settings.data_dir).registry()
    with _person(settings, lang) as person:
        if clear and not person.history.clear(None):
            raise not_cleared()
        reply = history_reply(person.history, registry, MAX_ROWS)
    if as_json:
        print_json(reply)
        return
    click.echo("\n".join([_warning(entry, lang) for entry in reply.entries] or [_WORDS[lang]["no_history"]]))


@contextmanager
def _person(settings: Settings, lang: str) -> Iterator[PersonStore]:
    # What is wrong with the file is told here, in the person's language, and not by the log.
    logging.getLogger("guetteur.store").addHandler(logging.NullHandler())
    with closing(PersonStore(settings.state_dir, now_utc, owner=False)) as person:
        if (fault := person.database.fault) is not None:
            complain(GuetteurError(fault.code, fault.message, fault.hint), lang)
        yield person


def _contact(entry: EgressEntryReply, lang: str) -> str:
    words = _WORDS[lang]
    told = f" «\u00a0{plain(entry.what)}\u00a0»" if entry.what else ""
    to = words["dns"] if entry.to == "dns" else plain(entry.to)
    line = f"{_at(entry.at)}  {words[entry.purpose]}{told} → {to}{colon(lang)}{words[entry.outcome]}"
    return line if entry.count == 1 else f"{line} ({_times(entry.count, entry.last_at, words)})"


def _warning(entry: HistoryEntryReply, lang: str) -> str:
    words, level = _WORDS[lang], load_explainers()[lang].level(Level(entry.level))
    line = f"{_at(entry.at)}  {level}  {plain(entry.host)}"
    if entry.body_name:
        line += f", {words['imitates'].format(name=entry.body_name)}"
    return line if entry.times == 1 else f"{line} ({_times(entry.times, entry.last_at, words)})"


def _at(moment: str) -> str:
    return f"{moment[:10]} {moment[11:16]} UTC"


def _times(count: int, last: str, words: dict[str, str]) -> str:
    return words["times"].format(count=count, last=last[11:16])
