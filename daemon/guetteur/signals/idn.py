"""Foreign letters that look like ours spell a body's name: ``іmpots`` with a Cyrillic ``і``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import CAUTION_POINTS, DANGER_POINTS, Evidence, Need, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject

_ACCENTS_OF_FRENCH = frozenset("àâäæçéèêëîïôöœùûüÿ")


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """A name appears once foreign letters are read as the ones they look like."""
    looks = (word for word in facts.names.names if word.entry.how == "script")
    word = max(looks, key=lambda found: len(found.seen), default=None)
    if word is None or facts.trusted or word.entry.body is None:
        return None
    body = word.entry.body
    shown = facts.names.labels[word.label]
    strange = sorted({char for char in shown if not char.isascii() and char not in _ACCENTS_OF_FRENCH})
    kind = "strange" if strange else "accents"
    cues = {f"idn.{kind}": 1.0, f"idn.{kind}.{word.grade}": 1.0, f"idn.{word.touch}": 1.0}
    if facts.names.lures:
        cues["idn.lure"] = 1.0
    # Too rare to be learned from: the letters of another alphabet inside a name are never a misspelling.
    if strange:
        telling = word.whole and (word.grade in ("long", "name") or facts.names.lures)
        least, code = DANGER_POINTS if telling else CAUTION_POINTS, "foreign_letters"
        params = {"seen": shown, "letters": " ".join(strange), "name": body.name, "host": subject.host}
    else:
        # French accents alone are how the name is spelt (`crédit-agricole`): foreign, but no trick of letters.
        least, code = CAUTION_POINTS if word.grade == "long" else 0.0, "accented_name"
        params = {"seen": shown, "name": body.name}
    return Evidence("idn", code, params, body, least, cues)


SIGNAL = Signal("idn", ("foreign_letters", "accented_name"), check, Need.NAME)
