"""Finds names in a host, even misspelt, cut short or written in other shapes: the quick look before the careful one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from rapidfuzz.distance import OSA

from guetteur.core.lexicon import SHORT_NAME_LETTERS, Kind
from guetteur.core.similarity import skeleton, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.core.lexicon import Entry, Lexicon, Mark

_TOKENS = re.compile("[a-z]+")
_MOSTLY = (0.65, 0.85)  # a name; a topic, which is often the beginning of one
_WORD_LETTERS = 3
_LONGEST_NEIGHBOUR = 14
_FUZZY_PART_LETTERS = 5
_MORE_LETTERS = 4


class Spans(NamedTuple):
    """What a name may be read in.

    Attributes:
        exact: names of bodies that are written as they are spelt.
        parts: misspelt parts, each with what it stands for.
    """

    exact: frozenset[str]
    parts: dict[str, Entry]


def spans(folded: str, glued: str, lexicon: Lexicon) -> Spans | None:
    """Names anywhere in a host, or None when nothing in it names anybody.

    ``glued`` is ``folded`` without hyphens and digits.
    """
    named = False
    exact: set[str] = set()
    doubtful: list[tuple[int, Mark]] = []
    tokens: list[str] | None = None
    for end, marks in lexicon.automaton.iter(glued):
        for mark in marks:
            if mark.kind == "word":
                named = True
            elif mark.kind == "short":
                tokens = tokens or _TOKENS.findall(folded)
                if not _stands_out(mark.word, tokens, lexicon):
                    continue
                named = True
            else:
                doubtful.append((end, mark))
                continue
            exact.add(mark.word)
    parts: dict[str, Entry] = {}
    for end, mark in doubtful:
        if mark.word in exact:
            continue
        part = _cut(glued, end, mark) if mark.kind == "cut" else _completed(glued, end, mark)
        if part and part not in lexicon.vocabulary and not _spelt(part, exact, lexicon):
            if any(_said(whole, name, lexicon) for name in exact for whole in _wholes(part, glued)):
                continue
            parts[part] = msgspec.structs.replace(lexicon.fuzzy[mark.word], how="cut" if mark.kind == "cut" else "edit")
    return Spans(frozenset(exact), parts) if parts or named else None


def _spelt(part: str, exact: Iterable[str], lexicon: Lexicon) -> bool:
    """Most of ``part`` is a name written as it is spelt: nothing needs to be read into it."""
    return any(
        word in part and len(word) >= _MOSTLY[lexicon.vocabulary[word].kind is Kind.TOPIC] * len(part) for word in exact
    )


def _stands_out(name: str, tokens: list[str], lexicon: Lexicon) -> bool:
    """A short name fills a token, or touches another word in it: ``trackingups``, but not ``startups``."""
    loose = len(name) > SHORT_NAME_LETTERS and lexicon.vocabulary[name].kind is Kind.NAME
    for token in tokens:
        if token == name:
            return True
        if token.startswith(name) and (loose or _word_at(token[len(name) :], lexicon, begins=True)):
            return True
        if token.endswith(name) and (loose or _word_at(token[: -len(name)], lexicon, begins=False)):
            return True
    return False


def _word_at(rest: str, lexicon: Lexicon, *, begins: bool) -> bool:
    """Whether ``rest`` begins (or ends) with a word that a name may be glued to."""
    for size in range(_WORD_LETTERS, min(_LONGEST_NEIGHBOUR, len(rest) + 1)):
        part = rest[:size] if begins else rest[-size:]
        entry = lexicon.vocabulary.get(part)
        if entry is not None and entry.joins:
            return True
    return False


def _cut(glued: str, end: int, mark: Mark) -> str | None:
    """The beginning of a name, as far as it goes on: ``creditagric``."""
    start = end + 1 - mark.length
    word, size = mark.word, mark.length
    while size < len(word) and glued[start + size : start + size + 1] == word[size]:
        size += 1
    return None if size == len(word) else word[:size]


def _completed(glued: str, end: int, mark: Mark) -> str | None:
    """One half of a name is there: the other half, one letter off."""
    word, size = mark.word, mark.length
    start = end + 1 - size
    other = word[size:] if mark.offset == 0 else word[: mark.offset]
    for length in (len(other), len(other) + 1, len(other) - 1):
        part = glued[end + 1 : end + 1 + length] if mark.offset == 0 else glued[max(0, start - length) : start]
        if len(part) == length and "." not in part and OSA.distance(part, other, score_cutoff=1) == 1:
            return word[:size] + part if mark.offset == 0 else part + word[mark.offset :]
    return None


def whole_parts(folded: str, exact: frozenset[str], lexicon: Lexicon) -> dict[str, Entry]:
    """Tokens and whole labels that look like a name: same shapes, repeated letters, one or two letters off."""
    found: dict[str, Entry] = {}
    for label in folded.split("."):
        if label.isascii() and label.isalpha():
            parts: Iterable[str] = (label,)
        else:
            tokens = _TOKENS.findall(label)
            parts = dict.fromkeys((*tokens, "".join(tokens)))
        for part in parts:
            if len(part) < _FUZZY_PART_LETTERS or part in lexicon.vocabulary:
                continue
            if exact and _spelt(part, exact, lexicon):
                continue
            hit = _look_alike(part, exact, lexicon)
            if hit is not None:
                how, word = hit
                found[part] = msgspec.structs.replace(lexicon.fuzzy[word], how=how)
    return found


def _wholes(part: str, glued: str) -> Iterable[str]:
    """A part and what a few more letters make of it: a name cut short may be the beginning of another word."""
    start = glued.find(part)
    return (glued[start : start + len(part) + more] for more in range(_MORE_LETTERS))


def _said(part: str, name: str, lexicon: Lexicon) -> bool:
    """A name as it is spelt and a known word: `lclsecurite` names LCL and is no misspelling of its `lclsecurise`."""
    for rest in (part.removeprefix(name), part.removesuffix(name)):
        entry = lexicon.vocabulary.get(rest) if rest != part else None
        if entry is not None and entry.joins:
            return True
    return False


def _look_alike(part: str, exact: frozenset[str], lexicon: Lexicon) -> tuple[str, str] | None:
    word = lexicon.skeletons.get(skeleton(part))
    if word is not None:
        return "skeleton", word
    word = lexicon.squeezed.get(squeeze(part))
    if word is not None:
        return "stretched", word
    if any(_said(part, name, lexicon) for name in exact):
        return None
    word = lexicon.one_edit.find(part)
    if word is not None:
        return ("edit" if part[0] == word[0] else "head"), word
    # `sfrclient` names SFR and is no misspelling of `saurclient`.
    if not exact or not any(part.startswith(name) or part.endswith(name) for name in exact):
        word = lexicon.near.find(part)
        if word is not None:
            return "near", word
    return None
