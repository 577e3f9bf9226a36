"""When two names look or read alike: folding, skeletons, one-edit neighbours, and splitting glued words.

Sources: Unicode TR39 (confusables), Chromium's ``docs/security/lookalikes/lookalike-domains.md`` for the order of
ideas. The confusables table itself is data (``blocklists/unicode/confusables.toml``).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

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
_DIGRAPHS = re.compile("rn|vv|cl|nn")
_DIGRAPH_SHAPES = {"rn": "m", "vv": "w", "cl": "d", "nn": "m"}

_RUNS = re.compile(r"(.)\1+")

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
    text = _DIGRAPHS.sub(lambda found: _DIGRAPH_SHAPES[found.group()], text)
    return text.translate(_SHAPES)


def squeeze(text: str) -> str:
    """Folded text with each run of one letter written once: ``crediitmutueel`` and ``creditmutuel`` become one."""
    return _RUNS.sub(r"\1", text)


def unleet(text: str) -> str:
    """Digits written for letters, read back (``b0urs0` → ``bourso``); same length as ``text``."""
    return text.translate(_LEET)


class OneEditIndex:
    """Finds the words at one edit (insert, delete, replace, swap of neighbours) from a text, in a few microseconds.

    Symmetric deletion (W. Garbe): each word is stored under itself and under each of its one-letter deletions;
    candidates are then checked with the true distance.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._by_key: dict[str, list[str]] = {}
        for word in words:
            for key in _deletions(word):
                self._by_key.setdefault(key, []).append(word)

    def find(self, text: str) -> str | None:
        """The word at distance exactly one; the longest when there are several."""
        best: str | None = None
        for key in _deletions(text):
            for word in self._by_key.get(key, ()):
                longer = best is None or len(word) > len(best)
                if word != text and longer and OSA.distance(word, text, score_cutoff=1) == 1:
                    best = word
        return best


def _deletions(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def segment(text: str, vocabulary: Mapping[str, object], longest: int, edges: frozenset[int]) -> list[tuple[str, bool]]:
    """Split glued ``text`` into vocabulary words and the rest: ``[(piece, is a word), …]`` in order.

    ``edges`` are the places where the writer put a separator, both ends included. A word lies between two
    neighbouring edges or spans from edge to edge; the rest never crosses one. The split that leaves the fewest letters
    uncovered wins, then the one with the fewest words.
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
            if (start >= token_start or (spans and start in edges)) and text[start:end] in vocabulary:
                before = best[start]
                choice = min(choice, (before[0], before[1] + 1, start, True))
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
