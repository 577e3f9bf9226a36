"""Scam scripts: the same sentences in page after page, mail after mail, recognised by several cues together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, product
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
_NUMBER = re.compile(r"\d+(?:[ .,]\d+)*")
_BREAK = re.compile("[^a-z#]+")
_BRACKET = re.compile(r"\[([^\[\]]*)\]")
_PHONE = re.compile(r"(?:\+\s?33|\b0)\s?(?:\(0\)\s?)?[1-9](?:[\s.\-]?\d{2}){4}\b|\b08\d{2}[\s.\-]?\d{3}[\s.\-]?\d{3}\b")


class Cue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A phrase and what it counts.

    ``#`` in it stands for any number, ``# eur`` for any amount of money, ``[a|b|]`` for any of these, or nothing.
    """

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
    """A cue without alternatives, as it stands in a `Words.line`."""
    text = folder.fold(written.replace("€", " eur "))
    return f" {_BREAK.sub(' ', text).strip()} "


def _phrases(written: str, folder: Folder) -> set[str]:
    """All that a cue stands for."""
    parts = _BRACKET.split(folder.fold(written))
    if len(parts) == 1:
        return {_phrase(written, folder)}
    choices = [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]
    plain = [[_BREAK.sub(" ", choice) for choice in part] for part in choices]
    return {f" {' '.join(''.join(chosen).split())} " for chosen in product(*plain)}


def _use(uses: dict[str, dict[int, _Use]], written: Iterable[str], shared: dict[int, _Use], folder: Folder) -> None:
    """Note ``shared`` for all phrases that ``written`` stand for, over what is there already for these scripts."""
    for phrase in set(chain.from_iterable(_phrases(one, folder) for one in written)):
        uses[phrase] = {**uses[phrase], **shared} if phrase in uses else shared


class _Cues(NamedTuple):
    """What to look for; made once something is read."""

    automaton: ahocorasick.Automaton
    words: WordReader


class ScriptReader:
    """Recognises scripts in texts of any origin."""

    def __init__(self, scripts: Iterable[Script], reporting: Iterable[str], folder: Folder) -> None:
        self._scripts = tuple(scripts)
        self._folder = folder
        self._reporting = frozenset(_phrase(phrase, folder) for phrase in reporting)
        self._says = tuple(frozenset(_phrase(phrase, folder) for phrase in script.says) for script in self._scripts)

    @cached_property
    def _cues(self) -> _Cues:
        # Nearly all phrases of one weight are used alike, and share what says so.
        uses: dict[str, dict[int, _Use]] = {}
        for group, (pressure, users) in enumerate(self._pressing()):
            _use(uses, pressure.phrases, {at: _Use(at, group, pressure.weight) for at in users}, self._folder)
        for at, script in enumerate(self._scripts):
            own: dict[float, list[str]] = {}
            for cue in script.cues:
                own.setdefault(cue.weight, []).append(cue.phrase)
            for weight in sorted(own):
                _use(uses, own[weight], {at: _Use(at, -1, weight)}, self._folder)
        automaton = ahocorasick.Automaton()
        tuples = {id(used): tuple(used.values()) for used in uses.values()}
        for phrase, used in uses.items():
            reports = (_REPORTS,) if phrase in self._reporting else ()
            automaton.add_word(phrase, (phrase, (*reports, *tuples[id(used)]) if reports else tuples[id(used)]))
        for phrase in self._reporting - uses.keys():
            automaton.add_word(phrase, (phrase, (_REPORTS,)))
        if len(automaton):
            automaton.make_automaton()
        vocabulary = set(chain.from_iterable(phrase.split() for phrase in (*uses, *self._reporting)))
        return _Cues(automaton, WordReader(self._folder, vocabulary - {"#"}))

    def _pressing(self) -> Iterable[tuple[Pressure, list[int]]]:
        """Every pressure once, with the scripts that use it."""
        users: dict[Pressure, list[int]] = {}
        for at, script in enumerate(self._scripts):
            for pressure in script.pressures:
                users.setdefault(pressure, []).append(at)
        return users.items()

    def prepare(self) -> None:
        """Build what reading needs; otherwise the first text waits for it (about half a second)."""
        _ = self._cues

    def read(self, text: str) -> tuple[ScriptSeen, ...]:
        """The scripts that ``text`` follows, the likeliest first; none for a text that warns of scams."""
        words = self._cues.words.read(text)
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
                # A single word (`relance`) tells a reader nothing beside a sentence.
                lone = [" " not in words.line[one.start : one.end].strip() for one in kept]
                said = [one for one, word in zip(kept, lone, strict=True) if not word] or kept
                quoted = words.written((one.start, one.end) for one in said[:_QUOTED])
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
            yield from self._cues.automaton.iter(words.line)

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
        """Phrases of which nearly every page that follows a script holds one; none that holds another of them.

        Those with alternatives are left out: a page searches itself for these, and has no time for tens of thousands.
        """
        strong = {
            _phrase(cue.phrase, self._folder)
            for script in self._scripts
            if script.pages
            for cue in script.cues
            if cue.weight >= _STRONG and "[" not in cue.phrase
        }
        return tuple(sorted(phrase.strip() for phrase in strong if strong.isdisjoint(_parts(phrase))))


def _parts(phrase: str) -> Iterator[str]:
    """Every run of words in the phrase but the whole."""
    words = phrase.split()
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            if end - start < len(words):
                yield f" {' '.join(words[start:end])} "
