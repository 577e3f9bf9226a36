"""Scam scripts: the same sentences in page after page, mail after mail, recognised by several cues together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import ahocorasick
import msgspec

from guetteur.core.scriptwords import WordReader, without_unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from guetteur.core.scriptwords import Words
    from guetteur.core.similarity import Folder

_MIN_CUES = 2
_STRONG = 0.8
_MOST_WEAK = 2
_QUOTED = 3
SURE = 1.75
"""So many times its threshold, a script for which words suffice is no coincidence."""

_MIN_REPORTING, _MAX_REPORTING = 2.0, 4.0
_LATE, _LATE_WEIGHT = 0.75, 0.5
_MOST_FOUND = 2_000
_NUMBER = re.compile(r"\d+(?:[ .,]\d+)*")
_BREAK = re.compile("[^a-z#]+")
_PHONE = re.compile(r"(?:\+\s?33|\b0)\s?(?:\(0\)\s?)?[1-9](?:[\s.\-]?\d{2}){4}\b|\b08\d{2}[\s.\-]?\d{3}[\s.\-]?\d{3}\b")


class Cue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A phrase and what it counts; ``#`` in it stands for any number, ``# eur`` for any amount of money."""

    phrase: str
    weight: float


class Pressure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases that many scripts press people with; however many of them are found, they count once."""

    weight: float
    phrases: tuple[str, ...]


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
    pages: bool = True
    alone: bool = False
    route: str = "signal-spam"
    todo: tuple[str, ...] = ()
    todo_en: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    pressures: tuple[Pressure, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptSeen:
    """A script a text follows.

    Attributes:
        script: which one.
        phrases: the telling phrases as the text has them, weightiest first, at most 80 characters each.
        score: sum of the weights of all cues found.
    """

    script: Script
    phrases: tuple[str, ...]
    score: float

    @property
    def sure(self) -> bool:
        """Whether these words prove the scam, whoever sent them and wherever they lead."""
        return self.script.alone and self.score >= SURE * self.script.threshold


def readable(text: str, folder: Folder) -> str:
    """Text as phrases are looked for: folded words with a space around each, numbers as ``#``, amounts as ``# eur``."""
    text = folder.fold(without_unseen(text.replace("#", " ")).replace("€", " eur "))
    return f" {_BREAK.sub(' ', _NUMBER.sub('#', text).replace('#', ' # ')).strip()} "


def phone_number(text: str) -> str | None:
    """The first French telephone number in the text, as written."""
    found = _PHONE.search(without_unseen(text))
    return found.group() if found else None


class _Use(NamedTuple):
    """What a phrase is to one script; phrases of one pressure share its ``group``, -1 for a cue of the script's own."""

    script: int
    group: int
    weight: float


class _Found(NamedTuple):
    weight: float
    start: int
    end: int
    group: int


_REPORTS = _Use(-1, -1, 1.0)


def _apart(found: Iterable[_Found]) -> list[_Found]:
    """Those that count, the weightiest first.

    Of two that share words only the weightier counts, of one pressure one phrase, of the script's own words that honest
    people use too only a few: a long text has them all.
    """
    kept: list[_Found] = []
    weak = 0
    for one in sorted(found, key=lambda one: (-one.weight, one.start - one.end)):
        if one.group < 0 and one.weight < _STRONG and weak >= _MOST_WEAK:
            continue
        if all(
            (one.end <= other.start + 1 or one.start >= other.end - 1) and (one.group < 0 or one.group != other.group)
            for other in kept
        ):
            kept.append(one)
            weak += one.group < 0 and one.weight < _STRONG
    return kept


def _phrase(written: str, folder: Folder) -> str:
    """A cue as written in a file, as it stands in a `Words.line`."""
    text = folder.fold(written.replace("€", " eur "))
    return f" {_BREAK.sub(' ', text).strip()} "


class ScriptReader:
    """Recognises scripts in texts of any origin."""

    def __init__(self, scripts: Iterable[Script], reporting: Iterable[str], folder: Folder) -> None:
        self._scripts = tuple(scripts)
        self._reporting = frozenset(_phrase(phrase, folder) for phrase in reporting)
        self._says = tuple(frozenset(_phrase(phrase, folder) for phrase in script.says) for script in self._scripts)
        uses: dict[str, list[_Use]] = {phrase: [_REPORTS] for phrase in self._reporting}
        pressing = {
            written: _phrase(written, folder)
            for written in {
                one for script in self._scripts for pressure in script.pressures for one in pressure.phrases
            }
        }
        self._cues: list[dict[str, float]] = []
        for at, script in enumerate(self._scripts):
            own = {_phrase(cue.phrase, folder): cue.weight for cue in script.cues}
            self._cues.append(own)
            for phrase, weight in own.items():
                uses.setdefault(phrase, []).append(_Use(at, -1, weight))
            for group, pressure in enumerate(script.pressures):
                for written in pressure.phrases:
                    if (phrase := pressing[written]) not in own:
                        uses.setdefault(phrase, []).append(_Use(at, group, pressure.weight))
        self._automaton = ahocorasick.Automaton()
        for phrase, used in uses.items():
            self._automaton.add_word(phrase, (phrase, tuple(used)))
        if uses:
            self._automaton.make_automaton()
        self._words = WordReader(folder, set(chain.from_iterable(phrase.split() for phrase in uses)) - {"#"})

    def read(self, text: str) -> tuple[ScriptSeen, ...]:
        """The scripts that ``text`` follows, the likeliest first; none for a text that warns of scams."""
        words = self._words.read(text)
        found, reports = self._found(words)
        seen: list[ScriptSeen] = []
        for at, phrases in found.items():
            script, kept = self._scripts[at], _apart(phrases.values())
            score = sum(one.weight for one in kept)
            telling = kept[0].group < 0 and kept[0].weight >= _STRONG
            if len(kept) < _MIN_CUES or not telling or score < script.threshold:
                continue
            enough = min(_MAX_REPORTING, max(_MIN_REPORTING, score / script.threshold))
            told = self._reports(at, kept, reports, len(words.line))
            # Whoever reports puts the words of others in quotation marks; marks alone would be a way past this.
            if told and told < enough:
                told += words.between_marks((one.start, one.end) for one in kept)
            if told < enough:
                quoted = words.written((one.start, one.end) for one in kept[:_QUOTED])
                seen.append(ScriptSeen(script, tuple(dict.fromkeys(quoted)), score))
        return tuple(sorted(seen, key=lambda one: -one.score / one.script.threshold))

    def _found(self, words: Words) -> tuple[dict[int, dict[str, _Found]], dict[str, tuple[int, int]]]:
        """What is found of each script that has a phrase of its own to lead it; where the text reports scams."""
        # The first place a phrase stands at is enough: nobody gains by repeating it.
        places: dict[str, tuple[int, tuple[_Use, ...]]] = {}
        for end, (phrase, uses) in self._in(words):
            if phrase not in places:
                places[phrase] = end + 1, uses
        telling = {use.script for _, uses in places.values() for use in uses if use.group < 0 and use.weight >= _STRONG}
        found: dict[int, dict[str, _Found]] = {}
        reports: dict[str, tuple[int, int]] = {}
        for phrase, (end, uses) in places.items():
            start = end - len(phrase)
            for use in uses:
                if use is _REPORTS:
                    reports[phrase] = start, end
                elif use.script in telling:
                    found.setdefault(use.script, {})[phrase] = _Found(use.weight, start, end, use.group)
        return found, reports

    def _in(self, words: Words) -> Iterator[tuple[int, tuple[str, tuple[_Use, ...]]]]:
        if self._scripts or self._reporting:
            yield from self._automaton.iter(words.line)

    def _reports(self, at: int, kept: list[_Found], reports: dict[str, tuple[int, int]], size: int) -> float:
        """How much the text speaks about scams rather than in the words of this one.

        What the script says itself does not count, and the foot of a text counts half: swindlers copy there the
        warnings of those they imitate.
        """
        return sum(
            _LATE_WEIGHT if start > _LATE * size else 1.0
            for phrase, (start, end) in reports.items()
            if phrase not in self._says[at] and not any(one.start <= start and end <= one.end for one in kept)
        )

    def telling(self) -> tuple[str, ...]:
        """Phrases of which every page that follows a script holds at least one; none that holds another of them."""
        strong = {
            phrase
            for script, cues in zip(self._scripts, self._cues, strict=True)
            if script.pages
            for phrase, weight in cues.items()
            if weight >= _STRONG
        }
        return tuple(sorted(phrase.strip() for phrase in strong if strong.isdisjoint(_parts(phrase))))


def _parts(phrase: str) -> Iterator[str]:
    """Every run of words in the phrase but the whole."""
    words = phrase.split()
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            if end - start < len(words):
                yield f" {' '.join(words[start:end])} "
