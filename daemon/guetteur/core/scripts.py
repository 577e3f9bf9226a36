"""Scam scripts: the same sentences in page after page, mail after mail, recognised by several cues together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.core.similarity import Folder

_MIN_CUES = 2
_REPORTING_WORDS = 2
_QUOTED = 3
_NUMBER = re.compile(r"\d+(?:[ .,]\d+)*")
_BREAK = re.compile("[^a-z#]+")
# Characters that are not seen but break words apart for whoever searches: soft hyphen, zero-width joiners, marks of
# direction, the byte order mark.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff]"
)
_PHONE = re.compile(r"(?:\+\s?33|\b0)\s?(?:\(0\)\s?)?[1-9](?:[\s.\-]?\d{2}){4}\b|\b08\d{2}[\s.\-]?\d{3}[\s.\-]?\d{3}\b")


class Cue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A phrase and what it counts; ``#`` in it stands for any number."""

    phrase: str
    weight: float


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One scam script; the fields are described in ``blocklists/scripts/README.md``."""

    id: str
    label: str
    label_en: str
    theme: str
    advice: str
    advice_en: str
    threshold: float
    cues: tuple[Cue, ...]
    bodies: tuple[str, ...] = ()
    calls: bool = False


@dataclass(frozen=True, slots=True)
class ScriptSeen:
    """A script a text follows.

    Attributes:
        script: which one.
        phrases: the telling phrases found, weightiest first.
        score: sum of the weights of all cues found.
    """

    script: Script
    phrases: tuple[str, ...]
    score: float


def without_unseen(text: str) -> str:
    """The text without characters that no reader sees."""
    return _UNSEEN.sub("", text)


def readable(text: str, folder: Folder) -> str:
    """Text as phrases are looked for: folded words with a space around each, numbers as ``#``, amounts as ``# eur``."""
    return _spaced(text.replace("#", " "), folder)


def _spaced(text: str, folder: Folder) -> str:
    text = folder.fold(without_unseen(text).replace("€", " eur "))
    return f" {_BREAK.sub(' ', _NUMBER.sub('#', text).replace('#', ' # ')).strip()} "


def phone_number(text: str) -> str | None:
    """The first French telephone number in the text, as written."""
    found = _PHONE.search(without_unseen(text))
    return found.group() if found else None


def _apart(words: str, cues: Iterable[tuple[str, Cue]]) -> list[Cue]:
    """The cues in the text, weightiest first; of two that share words only the weightier counts."""
    found = sorted(
        ((cue, start, start + len(phrase) - 1) for phrase, cue in cues if (start := words.find(phrase)) >= 0),
        key=lambda place: -place[0].weight,
    )
    kept: list[tuple[Cue, int, int]] = []
    for cue, start, end in found:
        if all(end <= other_start or start >= other_end for _, other_start, other_end in kept):
            kept.append((cue, start, end))
    return [cue for cue, _, _ in kept]


class ScriptReader:
    """Recognises scripts in texts of any origin."""

    def __init__(self, scripts: Iterable[Script], reporting: Iterable[str], folder: Folder) -> None:
        self._folder = folder
        self._scripts = tuple(
            (script, tuple((_spaced(cue.phrase, folder), cue) for cue in script.cues)) for script in scripts
        )
        self._reporting = tuple(readable(phrase, folder) for phrase in reporting)

    def read(self, text: str) -> tuple[ScriptSeen, ...]:
        """The scripts that ``text`` follows, the likeliest first; none for a text that warns of scams."""
        words = readable(text, self._folder)
        if sum(phrase in words for phrase in self._reporting) >= _REPORTING_WORDS:
            return ()
        seen: list[ScriptSeen] = []
        for script, cues in self._scripts:
            found = _apart(words, cues)
            score = sum(cue.weight for cue in found)
            if len(found) >= _MIN_CUES and score >= script.threshold:
                phrases = tuple(cue.phrase.replace("# eur", "… €").replace("#", "…") for cue in found[:_QUOTED])
                seen.append(ScriptSeen(script, phrases, score))
        return tuple(sorted(seen, key=lambda one: -one.score))

    def telling(self) -> tuple[str, ...]:
        """Phrases of which every text that follows a script holds at least one.

        The lightest cues of each script are left out as long as all of them together stay below its threshold.
        """
        telling: dict[str, None] = {}
        for script, cues in self._scripts:
            left_out = 0.0
            for phrase, cue in sorted(cues, key=lambda pair: pair[1].weight):
                left_out += cue.weight
                if left_out >= script.threshold:
                    telling[phrase.strip()] = None
        return tuple(telling)
