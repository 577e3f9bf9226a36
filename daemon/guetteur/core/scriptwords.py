"""Texts as the phrases of scam scripts are looked for: plain words, whatever hides them, and where each one stood."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from guetteur.core.similarity import segment, unleet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.core.similarity import Folder

MONEY, NUMBER = "eur", "#"
_MONEY_SIGNS = "$€£¥₹₿"
_MONEY_WORDS = frozenset(
    ("eur", "euro", "euros", "usd", "dollar", "dollars", "dollares", "dolares", "gbp", "pounds", "chf", "brl", "reais")
)
_THOUSANDS = frozenset(
    ("million", "millions", "millionen", "milhoes", "milhao", "millones", "milioni", "miljoen", "mille", "mil")
)
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff]"
)
_SPECIAL = re.compile("[$\x80-\U0010ffff]")
_PLAIN = bytes(byte if chr(byte).isalnum() else 32 for byte in range(128)).lower() + bytes([32] * 128)
_SHAPE = bytes(97 if 97 <= byte <= 122 else 48 if 48 <= byte <= 57 else byte for byte in range(256))
_PIECES = re.compile(r"[a-z]+|\d+")
_TOKENS = re.compile(r"\S+")
_LETTER_BY_LETTER = b" a a a a "
_MIN_SPELT, _MAX_SPELT = 4, 400
_CHARACTERS = 4096
_TAIL = re.compile(r"\w{0,80}(?:[ \xa0\u202f]?[%€$£])?")
_MARKED = re.compile('«[^»]{1,300}»|“[^”]{1,300}”|"[^"\\n]{1,300}"')
_MAX_QUOTE = 80


def without_unseen(text: str) -> str:
    """The text without characters that no reader sees: soft hyphens, zero-width joiners, marks of direction."""
    return text if text.isascii() else _UNSEEN.sub("", text)


class Words:
    """One text as words with a space around each, numbers as ``#`` and amounts of any money as ``# eur``.

    Attributes:
        line: the words.
    """

    def __init__(self, text: str, reader: WordReader) -> None:
        self._text = text
        self._reader = reader
        self._cells, self.line = reader.cells(text)

    @cached_property
    def _spots(self) -> Spots:
        return self._reader.spots(self._text)

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(len(cell) + 1 if cell else 0 for cell in self._cells))

    def written(self, places: Iterable[tuple[int, int]]) -> list[str]:
        """What stands in the text at ``places`` of `line`: whole words in the writer's own letters, cut at 80."""
        return [_quoted(self._text, *self._spot(start, end)) for start, end in places]

    def between_marks(self, places: Iterable[tuple[int, int]]) -> int:
        """How many of ``places`` of `line` stand in quotation marks."""
        marked = [(found.start(), found.end()) for found in _MARKED.finditer(self._text)]
        spots = [self._spot(start, end) for start, end in places]
        return sum(any(begin <= start and end <= until for begin, until in marked) for start, end in spots)

    def _spot(self, start: int, end: int) -> tuple[int, int]:
        # A place begins and ends at the space around its words.
        first, last = bisect_right(self._ends, start), bisect_right(self._ends, end - 3)
        return self._spots.begin(first), self._spots.end(last)


def _quoted(text: str, start: int, end: int) -> str:
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in _MONEY_SIGNS):
        start -= 1
    tail = _TAIL.match(text, end)
    assert tail is not None  # noqa: S101 -- it matches everywhere, if only nothing
    words = " ".join(without_unseen(text[start : tail.end()]).split())
    return words if len(words) <= _MAX_QUOTE else f"{words[: _MAX_QUOTE - 1].rsplit(' ', 1)[0]}…"


class Spots(NamedTuple):
    """Where words stand: in the text they are read as, and how far that has shifted against the text itself."""

    tokens: list[tuple[int, int]]
    starts: list[int]
    shifts: list[int]

    def begin(self, cell: int) -> int:
        """Where in the text this cell begins."""
        return self._place(self.tokens[cell][0])

    def end(self, cell: int) -> int:
        """Where in the text this cell ends."""
        return self._place(self.tokens[cell][1] - 1) + 1

    def _place(self, at: int) -> int:
        return at + self.shifts[bisect_right(self.starts, at) - 1]


class WordReader:
    """Reads texts into `Words`.

    Undoes what hides a phrase from whoever searches for it: accents, look-alike letters, invisible characters,
    leftovers of HTML, ``v0tre`` where ``votre`` is one of the ``vocabulary``, and ``v o t r e``.
    """

    def __init__(self, folder: Folder, vocabulary: Iterable[str]) -> None:
        self._letters = lru_cache(_CHARACTERS)(lambda char: _letter(char, folder))
        self._vocabulary = dict.fromkeys(word for word in vocabulary if len(word) > 1)
        self._longest = max(map(len, self._vocabulary), default=1)

    def read(self, text: str) -> Words:
        """The words of ``text``."""
        return Words(html.unescape(text) if "&" in text else text, self)

    def cells(self, text: str) -> tuple[list[str], str]:
        """For each run of letters and digits the words it is read as, none when its neighbour has them; the line."""
        plain = _SPECIAL.sub(lambda found: self._letters(found[0]), text).encode("ascii", "replace").translate(_PLAIN)
        cells = plain.decode("ascii").split()
        shape = f" {' '.join(cells)} ".encode().translate(_SHAPE)
        # Few words have a digit: finding those in the shape of all words is several times faster than asking each.
        at, here = -1, 0
        while (digit := shape.find(b"0", here)) >= 0:
            at += shape.count(b" ", here, digit)
            here = shape.find(b" ", digit)
            self._mend(cells, at)
        if _LETTER_BY_LETTER in shape:
            self._join_letters(cells)
        return cells, f" {' '.join(filter(None, cells))} "

    def spots(self, text: str) -> Spots:
        """Where in ``text`` each of its `cells` begins and ends."""
        pieces, here, starts, shifts, size = [], 0, [0], [0], 0
        for found in _SPECIAL.finditer(text):
            letters = self._letters(found[0])
            pieces += [text[here : found.start()], letters]
            size += found.start() - here
            # Of one character, all letters it is read as; after it, text and letters run alongside again.
            for _ in letters:
                starts.append(size)
                shifts.append(found.start() - size)
                size += 1
            starts.append(size)
            shifts.append(found.end() - size)
            here = found.end()
        pieces.append(text[here:])
        plain = "".join(pieces).encode("ascii", "replace").translate(_PLAIN).decode("ascii")
        return Spots([found.span() for found in _TOKENS.finditer(plain)], starts, shifts)

    def _mend(self, cells: list[str], at: int) -> None:
        cell = cells[at]
        if cell.isdigit():
            cells[at] = NUMBER
            _join_number(cells, at)
            return
        for word in (unleet(cell), unleet(cell.replace("1", "l"))):
            if word in self._vocabulary:
                cells[at] = word
                return
        pieces = [NUMBER if piece.isdigit() else piece for piece in _PIECES.findall(cell)]
        cells[at] = " ".join(MONEY if piece in _MONEY_WORDS else piece for piece in pieces)

    def _join_letters(self, cells: list[str]) -> None:
        """Letters standing alone, four and more in a row, read as the words they spell."""
        start = 0
        while start < len(cells):
            end = start
            while end < len(cells) and end - start < _MAX_SPELT and len(cells[end]) == 1 and cells[end] != NUMBER:
                end += 1
            if end - start >= _MIN_SPELT:
                spelt = "".join(cells[start:end])
                edges = frozenset((0, len(spelt)))
                at = start
                for word, _ in segment(spelt, self._vocabulary, self._longest, edges | _anywhere(spelt), {}):
                    cells[at : at + len(word)] = [word, *[""] * (len(word) - 1)]
                    at += len(word)
            start = max(end, start + 1)


def _anywhere(text: str) -> frozenset[int]:
    return frozenset(range(len(text) + 1))


def _join_number(cells: list[str], at: int) -> None:
    """``1 234,56 €``, ``€ 12`` and ``3 millions d'euros`` are each one amount."""
    before, amount = cells[at - 1] if at else "", f"{NUMBER} {MONEY}"
    if before in (NUMBER, amount):
        cells[at - 1], cells[at] = "", before
    elif before in _MONEY_WORDS:
        cells[at - 1], cells[at] = "", amount
    after = at + 1
    if after < len(cells) and cells[after] in _THOUSANDS:
        cells[after] = ""
        after += 1 + (after + 1 < len(cells) and cells[after + 1] in ("d", "de", "of"))
    if after < len(cells) and cells[after] in _MONEY_WORDS:
        cells[at + 1 : after + 1] = [""] * (after - at)
        cells[at] = amount


def _letter(char: str, folder: Folder) -> str:
    if char in _MONEY_SIGNS:
        return f" {MONEY} "
    return _UNSEEN.sub("", folder.fold(char))
