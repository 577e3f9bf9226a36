"""Splits one label of a host into the words it is made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from guetteur.core.lexicon import INSIDE_MIN_LETTERS, NAMING, SHORT_NAME_LETTERS, Entry, Kind
from guetteur.core.similarity import segment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guetteur.core.lexicon import Lexicon

_LETTER_RUNS = re.compile("[a-z]+")
_DIGITS = re.compile("[0-9]+")
_JOINTS = str.maketrans("", "", "-_")
_ANYWHERE_LETTERS = 8
_LONG_LETTERS = 8
_DISGUISED_LETTERS = 5

_SURE = frozenset(("skeleton", "stretched", "edit", "script"))
_LOOSE = frozenset(("near", "cut", "head"))
_MASKS = {Kind.NAME: "N", Kind.SHORT_NAME: "S", Kind.GOVERNMENT: "G"}
_LOOK_ALIKE_MASK = "L"


class Word(NamedTuple):
    """A vocabulary word found in the host.

    Attributes:
        entry: the word; ``entry.how`` says how it was recognised.
        seen: what is written.
        label: index of the label it stands in, 0 for the leftmost.
        left, right: what it touches: the ``edge`` of a token, another ``word``, or ``rest``, letters without meaning.
        alone: it is all that its label says, digits aside.
    """

    entry: Entry
    seen: str
    label: int
    left: str
    right: str
    alone: bool

    @property
    def whole(self) -> bool:
        """It fills its part of the name: nothing unread touches it."""
        return self.left != "rest" and self.right != "rest"

    @property
    def touch(self) -> str:
        """How it stands among its neighbours: ``alone``, ``apart``, ``joined`` to words, ``glued`` to other letters."""
        if self.alone:
            return "alone"
        if not self.whole:
            return "glued"
        return "apart" if self.left == self.right == "edge" else "joined"

    @property
    def grade(self) -> str:
        """How telling the name is: ``long``, ``name``, ``everyday``, ``short``, ``common`` or ``topic``."""
        entry = self.entry
        if entry.kind is Kind.NAME:
            return "everyday" if entry.everyday else "long" if len(entry.word) >= _LONG_LETTERS else "name"
        if entry.kind is Kind.SHORT_NAME:
            return "common" if entry.everyday else "short"
        return "topic"

    @property
    def disguised(self) -> bool:
        """It is not written as it is spelt."""
        return self.entry.how not in ("exact", "digits")


class Label(NamedTuple):
    """One label in its three forms.

    Attributes:
        at: its index, 0 for the leftmost.
        shown: Unicode, as a browser shows it.
        written: ``shown`` folded to ASCII.
        read: ``written``, or the same with digits read as the letters they stand for.
    """

    at: int
    shown: str
    written: str
    read: str


class Split(NamedTuple):
    """A label's words, how many letters no word explains, and its masked form."""

    words: list[Word]
    unread: int
    masked: str

    @property
    def named(self) -> int:
        """Letters that name somebody."""
        return sum(len(word.seen) for word in self.words if word.entry.kind in NAMING)


def split_label(label: Label, lexicon: Lexicon, also: Mapping[str, Entry]) -> Split:
    """Split one label; a word may join written tokens (``la-banque-postale``) or stand inside one.

    ``also`` holds misspelt parts that count as words here.
    """
    runs = [found.group() for found in _LETTER_RUNS.finditer(label.read)]
    if not runs:
        return Split([], 0, _DIGITS.sub("0", label.read))
    glued = "".join(runs)
    edges, position = {0}, 0
    for run in runs:
        position += len(run)
        edges.add(position)
    pieces = segment(glued, lexicon.vocabulary, lexicon.longest, frozenset(edges), also)
    entries = [lexicon.vocabulary.get(text) or also.get(text) if is_word else None for text, is_word in pieces]
    words: list[Word] = []
    masked: list[str] = []
    unread = end = 0
    for index, (text, _) in enumerate(pieces):
        start, end = end, end + len(text)
        if start and start in edges:
            masked.append("-")
        left = "edge" if start in edges else _touches(entries[index - 1])
        right = "edge" if end in edges else _touches(entries[index + 1])
        entry = _as_written(entries[index], text, label)
        if entry is None or _accidental(entry, left, right):
            unread += len(text)
            masked.append(text)
            continue
        words.append(Word(entry, text, label.at, left, right, len(pieces) == 1))
        masked.append(_mask(entry, text))
    if _DIGITS.search(label.read):
        masked.append("0")
    return Split(words, unread, "".join(masked))


def _mask(entry: Entry, text: str) -> str:
    if entry.how in _LOOSE:
        return text
    return _LOOK_ALIKE_MASK if entry.how in _SURE else _MASKS.get(entry.kind, text)


def _touches(neighbour: Entry | None) -> str:
    return "word" if neighbour is not None and neighbour.joins else "rest"


def _accidental(entry: Entry, left: str, right: str) -> bool:
    """A short name among other letters is chance: ``ups`` in ``startups``."""
    if entry.kind not in NAMING or len(entry.word) >= _ANYWHERE_LETTERS:
        return False
    if entry.kind is Kind.NAME and not entry.everyday and len(entry.word) >= INSIDE_MIN_LETTERS:
        return False
    loose = (left == "rest") + (right == "rest")
    if len(entry.word) <= SHORT_NAME_LETTERS:
        glued = (left != "edge") + (right != "edge")
        return loose > 0 or (len(entry.word) < SHORT_NAME_LETTERS and glued > 0)
    return loose > (0 if entry.kind is Kind.SHORT_NAME and len(entry.word) < _DISGUISED_LETTERS else 1)


def _as_written(entry: Entry | None, text: str, label: Label) -> Entry | None:
    """Say by which trick a name was made readable; None when digits only happen to spell a short one (``225``)."""
    if entry is None or entry.kind not in NAMING:
        return entry
    if not label.shown.isascii():
        return msgspec.structs.replace(entry, how="script")
    if label.read != label.written and entry.how == "exact" and text not in label.written.translate(_JOINTS):
        long = len(text) >= _DISGUISED_LETTERS or entry.kind is Kind.GOVERNMENT
        return msgspec.structs.replace(entry, how="digits") if long else None
    return entry
