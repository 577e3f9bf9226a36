"""A body's name in the address of a site that is not the body's, written as it is spelt."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from guetteur.core.signal import CAUTION_POINTS, Evidence, Need, Signal, Skip
from guetteur.core.suffixes import suffix_kind

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.labels import Word
    from guetteur.core.nameview import NameView
    from guetteur.core.subject import UrlSubject

_OWN_LABEL_MOST = 1.9
"""Doubt, not danger: short of `DANGER_POINTS`, unless something else is known."""
_ABROAD_MOST = 0.9
"""Who is at home in many countries is in one more: short of `CAUTION_POINTS`."""
_UNREAD_STEPS = (1, 2, 4, 8, 14)


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """What the name is, where it stands, and what else its label says."""
    names = facts.names
    word = names.best(disguised=False)
    if word is None or facts.trusted or word.entry.body is None:
        return None
    said = {item.entry.word for item in names.names if item.entry.body is word.entry.body and item.whole}
    bodies = {item.entry.body.id for item in names.names if item.entry.body is not None and item.whole}
    place = _place(word, names, shared=subject.shared or facts.shared_zone)
    grade = word.grade
    unread = sum(step <= names.unread[word.label] for step in _UNREAD_STEPS)
    cues = {
        f"name.{grade}.{word.touch}": 1.0,
        f"place.{place}.{grade}": 1.0,
        f"unread.{unread}.{'topic' if grade in ('topic', 'common') else 'name'}": 1.0,
    }
    if word.entry.imitated:
        cues[f"imitated.{grade}"] = word.entry.imitated
    if place == "alone":
        cues[f"alone.{grade}.{suffix_kind(names.suffix)}"] = 1.0
    cues[f"word.{word.entry.word}"] = 1.0
    if word.entry.how == "digits":
        cues[f"digits.{grade}"] = 1.0
    if len(said) > 1:
        cues["names.same_body"] = 1.0
    if len(bodies) > 1:
        cues["names.two_bodies"] = 1.0
    params = {"name": word.entry.body.name, "real": subject.registrable_domain or subject.host}
    least = CAUTION_POINTS if word.entry.how == "digits" and grade in ("long", "name") and word.whole else 0.0
    # Bodies hold their own label under more suffixes, at home and abroad, than any registry knows of.
    most = math.inf
    if place != "hosting" and word.entry.body.id in names.own_labels:
        abroad = names.own_labels[word.entry.body.id] and suffix_kind(names.suffix) == "country"
        most = _ABROAD_MOST if abroad else _OWN_LABEL_MOST
    return Evidence("foreign_name", _code(word, place, said, bodies), params, word.entry.body, least, cues, most)


def _place(word: Word, names: NameView, *, shared: bool) -> str:
    if shared:
        return "hosting"
    if word.label < names.registered:
        return "subdomain"
    return "alone" if word.alone else "registered"


def _code(word: Word, place: str, said: set[str], bodies: set[str]) -> str:
    if word.entry.how == "digits":
        return "digits_for_letters"
    if len(said) > 1 or len(bodies) > 1:
        return "several_names"
    return {
        "hosting": "name_on_free_hosting",
        "subdomain": "name_in_subdomain",
        "alone": "name_under_other_suffix",
        "registered": "name_in_domain",
    }[place]


SIGNAL = Signal(
    "foreign_name",
    (
        "digits_for_letters",
        "several_names",
        "name_on_free_hosting",
        "name_in_subdomain",
        "name_under_other_suffix",
        "name_in_domain",
    ),
    check,
    Need.NAME,
)
