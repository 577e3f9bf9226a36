"""A part of the host looks like a body's name: same shapes, doubled letters, a letter or two off, or cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import Evidence, Need, Signal, Skip
from guetteur.core.suffixes import suffix_kind

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.labels import Word
    from guetteur.core.subject import UrlSubject

_CODES = {
    "skeleton": "same_shape",
    "stretched": "doubled_letters",
    "edit": "one_letter_off",
    "head": "one_letter_off",
    "near": "some_letters_off",
    "cut": "name_cut_short",
}
_SURE = tuple(_CODES)
_UNREAD_STEPS = (1, 2, 4, 8, 14)
_LENGTH_STEPS = (8, 11, 14)


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """The most telling look-alike of the host."""
    word = min((word for word in facts.names.names if word.entry.how in _CODES), key=_rank, default=None)
    if word is None or facts.trusted or word.entry.body is None:
        return None
    spelt = facts.names.best(disguised=False)
    if spelt is not None and spelt.grade in ("long", "name", "short"):
        return None  # what the name is needs no guessing
    body, how = word.entry.body, word.entry.how
    size = sum(step <= len(word.entry.word) for step in _LENGTH_STEPS)
    unread = sum(step <= facts.names.unread[word.label] for step in _UNREAD_STEPS)
    shared = subject.shared or facts.shared_zone
    place = "hosting" if shared else "subdomain" if word.label < facts.names.registered else "registered"
    cues = {
        f"look.{how}.{size}": 1.0,
        f"look.{how}.{word.touch}": 1.0,
        f"look.{place}": 1.0,
        f"look.unread.{unread}": 1.0,
        f"look.word.{word.entry.word}": 1.0,
        f"look.first.{word.seen[0] == word.entry.word[0]}": 1.0,
        f"imitated.look.{how}": word.entry.imitated,
    }
    if word.touch == "alone" and place == "registered":
        cues[f"imitated.alone.{how}"] = word.entry.imitated
        cues[f"look.alone.{suffix_kind(facts.names.suffix)}"] = 1.0
    if facts.names.lures:
        cues["look.lure.weak" if facts.names.lures[0].entry.weak else "look.lure"] = 1.0
    return Evidence("lookalike", _CODES[how], {"seen": word.seen, "name": body.name}, body, cues=cues)


def _rank(word: Word) -> tuple[int, bool, int]:
    return (_SURE.index(word.entry.how), not word.whole, -len(word.seen))


SIGNAL = Signal(
    "lookalike",
    ("same_shape", "doubled_letters", "one_letter_off", "some_letters_off", "name_cut_short"),
    check,
    Need.NAME,
)
