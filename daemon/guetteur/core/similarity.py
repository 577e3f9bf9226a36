"""When two names look or read alike: folding, skeletons, one-edit neighbours, and splitting glued words.

Sources: Unicode TR39 (confusables), Chromium's ``docs/security/lookalikes/lookalike-domains.md`` for the order of
ideas. The confusables table itself is data (``blocklists/unicode/confusables.toml``).
"""

from __future__ import annotations

import re
import unicodedata
from operator import eq
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Letters that have no decomposition but that a reader takes for, or writes as, ASCII ones.
_EXTRA = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "p",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "ŀ": "l",
    }
)

# Digits and letters that share a shape at reading size. Applied to both sides of a comparison, so that the choice of
# representative does not matter.
_SHAPES = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "3": "e", "4": "a", "5": "s", "8": "b", "9": "g", "q": "g", "6": "b"}
)

_RUNS = re.compile(r"(.)\1+")

_END_LETTERS = 3

_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"})


class Folder:
    """Turns any text into the lower-case ASCII letters a reader would take it for."""

    def __init__(self, confusables: Mapping[str, str]) -> None:
        self._confusables = str.maketrans(dict(confusables))

    def fold(self, text: str) -> str:
        """Lower-case ASCII reading of ``text``: accents dropped, look-alike letters replaced, the rest kept."""
        text = text.lower()
        if text.isascii():
            return text
        text = text.translate(self._confusables).translate(_EXTRA)
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
        return text.translate(self._confusables).lower()

    def letters(self, text: str) -> str:
        """Folded text without anything but ``a-z0-9``: how a name reads when it is glued into a host."""
        return re.sub("[^a-z0-9]", "", self.fold(text))


def skeleton(text: str) -> str:
    """What folded ``text`` looks like at a glance: ``rn`` as ``m``, ``1`` as ``l``, ``0`` as ``o``.

    Two texts with one skeleton look the same; the skeleton itself is never shown.
    """
    # No shape is a letter of a pair, so one pair after the other is all at once; `rn` first, for `rnn`. Of the single
    # shapes only two are letters: a table is slow, and most texts are letters alone.
    text = text.replace("rn", "m").replace("vv", "w").replace("cl", "d").replace("nn", "m")
    return text.replace("i", "l").replace("q", "g") if text.isalpha() else text.translate(_SHAPES)


def squeeze(text: str) -> str:
    """Folded text with each run of one letter written once: ``crediitmutueel`` and ``creditmutuel`` become one."""
    return _RUNS.sub(r"\1", text) if True in map(eq, text, text[1:]) else text


def unleet(text: str) -> str:
    """Digits written for letters, read back (``b0urs0` → ``bourso``); same length as ``text``."""
    return text.translate(_LEET)


class OneEditIndex:
    """Finds the words at one edit (insert, delete, replace, swap of neighbours) from a text, in a microsecond.

    One edit spoils one end of a text and leaves the other: only words that begin or end as the text does, and are as
    long give or take a letter, are compared.
    """

    def __init__(self, words: Iterable[str]) -> None:
        by_end: dict[str, list[str]] = {}
        for word in words:
            size = len(word)
            # By the texts that are looked for: a letter less, as many, a letter more.
            for length in range(size - 1, size + 2):
                end = _end(length)
                by_end.setdefault(f"{length}>{word[:end]}", []).append(word)
                by_end.setdefault(f"{length}<{word[size - end :]}", []).append(word)
        self._by_end = {key: tuple(found) for key, found in by_end.items()}

    def find(self, text: str) -> str | None:
        """The word at distance exactly one; the longest when there are several, rather one that begins alike."""
        size = len(text)
        end = _end(size)
        best: str | None = None
        for key in (f"{size}>{text[:end]}", f"{size}<{text[size - end :]}"):
            for word in self._by_end.get(key, ()):
                longer = best is None or len(word) > len(best)
                if longer and word != text and OSA.distance(word, text, score_cutoff=1) == 1:
                    best = word
        return best


def _end(length: int) -> int:
    """So many letters at either end of a text that one edit, a swap of two neighbours at most, cannot touch both."""
    return max(0, min(_END_LETTERS, (length - 1) // 2))


class NearIndex:
    """Finds the long name that a text is two edits from, or has been shuffled out of, for a few distance computations.

    A misspelling keeps the beginning or the end of a name: only names that share two letters at either end and are
    about as long are compared.
    """

    def __init__(self, words: Iterable[str]) -> None:
        by_end: dict[str, list[str]] = {}
        for word in words:
            for length in range(len(word) - 2, len(word) + 3):
                by_end.setdefault(f"{length}>{word[:2]}", []).append(word)
                by_end.setdefault(f"{length}<{word[-2:]}", []).append(word)
        self._by_end = {key: tuple(found) for key, found in by_end.items()}

    def find(self, text: str) -> str | None:
        """The nearest word at distance two (three from 13 letters on); None when there is none."""
        best, nearest = None, 4
        size = len(text)
        for key in (f"{size}>{text[:2]}", f"{size}<{text[-2:]}"):
            words = self._by_end.get(key)
            # Almost always nothing is near: all are asked at once before one is looked for.
            if words is None or extractOne(text, words, scorer=OSA.distance, score_cutoff=3) is None:
                continue
            for word in words:
                cutoff = min(nearest - 1, 3 if len(word) >= 13 else 2)
                distance = OSA.distance(word, text, score_cutoff=cutoff)
                if 0 < distance <= cutoff:
                    best, nearest = word, distance
        return best


_LONG_WORD, _LONG_WORD_GAIN = 12, 2


def segment(
    text: str, vocabulary: Mapping[str, object], longest: int, edges: frozenset[int], also: Mapping[str, object]
) -> list[tuple[str, bool]]:
    """Split glued ``text`` into words of ``vocabulary`` or ``also`` and the rest: ``[(piece, is a word), …]`` in order.

    ``edges`` are the places where the writer put a separator, both ends included. A word lies between two
    neighbouring edges, or begins or ends at one; the rest never crosses one. The split that leaves the fewest letters
    uncovered wins, then the one with the fewest words; a very long word is no accident and may leave a letter or two
    more (``assuranceretraite|s`` rather than ``assurance|retraites``).
    """
    # best[i] = (uncovered letters, words, start of the last piece, whether it is a word) for text[:i]
    best: list[tuple[int, int, int, bool]] = [(0, 0, 0, False)]
    token_start = 0
    for end in range(1, len(text) + 1):
        if end - 1 in edges:
            token_start = end - 1
        uncovered, words, _, _ = best[end - 1]
        choice = (uncovered + 1, words, end - 1, False)
        spans = end in edges
        for start in range(max(0, end - longest), end - 1):
            if start < token_start and not (spans or start in edges):
                continue
            part = text[start:end]
            if part in vocabulary or part in also:
                before = best[start]
                gain = _LONG_WORD_GAIN if end - start >= _LONG_WORD else 0
                choice = min(choice, (before[0] - gain, before[1] + 1, start, True))
        best.append(choice)
    pieces: list[tuple[str, bool]] = []
    end = len(text)
    while end:
        _, _, start, is_word = best[end]
        piece = text[start:end]
        if not is_word and pieces and not pieces[-1][1] and end not in edges:
            pieces[-1] = (piece + pieces[-1][0], False)
        else:
            pieces.append((piece, is_word))
        end = start
    pieces.reverse()
    return pieces
