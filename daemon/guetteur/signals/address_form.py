"""The form of an address that names a body: its suffix, its hyphens, its digits, its length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import Evidence, Need, Signal, Skip
from guetteur.core.suffixes import suffix_kind

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject

_LENGTH_STEPS = (8, 14, 20, 28, 40)
_MOST_HYPHENS, _MOST_LABELS, _MOST_ORDINARY = 4, 4, 2


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """What the address looks like before anything in it is read."""
    names = facts.names
    if facts.trusted or not names.labels:
        return None
    left = ".".join(names.labels)
    digits = sum(char.isdigit() for char in left)
    hyphens = left.count("-")
    cues = {
        f"suffix.{names.suffix}": 1.0,
        f"suffix.kind.{suffix_kind(names.suffix)}": 1.0,
        f"hyphens.{min(hyphens, _MOST_HYPHENS)}": 1.0,
        f"digits.{'0' if not digits else '1-2' if digits < 3 else '3+'}": 1.0,
        f"labels.{min(len(names.labels), _MOST_LABELS)}": 1.0,
        f"length.{sum(step <= names.letters for step in _LENGTH_STEPS)}": 1.0,
    }
    ordinary = sum(word.left == "edge" or word.right == "edge" for word in names.ordinary)
    if ordinary:
        cues[f"ordinary.{min(ordinary, _MOST_ORDINARY)}"] = 1.0
    if subject.shared or facts.shared_zone:
        cues["hosting"] = 1.0
    return Evidence("address_form", "unusual_address", {"host": subject.host}, cues=cues, vague=True)


SIGNAL = Signal("address_form", ("unusual_address",), check, Need.NAME)
