"""Words written so that a reader sees one thing and a filter another."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W\d_]+(?:[\u200b-\u200d\u2060\ufeff\u00ad][^\W\d_]+)*")
_UNSEEN = re.compile("[\u200b\u2060\ufeff\u00ad]")
_ALPHABETS = (
    re.compile(r"[A-Za-zÀ-ɏ]"),
    re.compile(r"[Ͱ-Ͽἀ-῿]"),  # Greek
    re.compile(r"[Ѐ-ԯ]"),  # Cyrillic
    re.compile("[\U0001d400-\U0001d7ff\uff21-\uff5aᴀ-ᴿℊ-ℴ]"),  # letters of formulas, full-width, small capitals
)
_STYLED = re.compile("[\U0001d400-\U0001d7ff\uff21-\uff5a]{2,}")
_MOST = 20_000
_PIECE = 3
_BROKEN_WORDS = 3
_QUOTE = 60


def disguised_word(*texts: str) -> str:
    """The first word that mixes alphabets, or one of several that unseen characters break apart; empty without.

    A soft hyphen or a joiner alone is a typesetter's; in the middle of several short words it is a trick.
    """
    broken: list[str] = []
    for text in texts:
        head = text[:_MOST]
        if head.isascii():
            continue
        for found in _WORD.finditer(head):
            word = found.group()
            if word.isascii():
                continue
            if sum(alphabet.search(word) is not None for alphabet in _ALPHABETS) > 1:
                return unicodedata.normalize("NFC", word)[:_QUOTE]
            pieces = _UNSEEN.split(word)
            if len(pieces) > 1 and min(len(piece) for piece in pieces) < _PIECE:
                broken.append(word)
    return _UNSEEN.sub("·", broken[0])[:_QUOTE] if len(broken) >= _BROKEN_WORDS else ""


def styled_word(text: str) -> str:
    """A word in letters made for formulas (``𝐔𝐫𝐠𝐞𝐧𝐭``), which readers take for bold type; empty without."""
    found = _STYLED.search(text)
    return found.group()[:_QUOTE] if found else ""
