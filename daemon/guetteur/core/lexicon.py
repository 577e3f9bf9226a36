"""The words that host names are read with: names of bodies, lure words, fillers, and the indexes over them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import ahocorasick
import msgspec

from guetteur.core.bodies import Body
from guetteur.core.similarity import Folder, OneEditIndex, skeleton, squeeze

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guetteur.core.bodies import Registry

FUZZY_MIN_LETTERS = 6
"""Shorter names have too many honest neighbours at one edit."""

GLUED_MIN_LETTERS = 8
"""A name this long inside a longer word is no accident; ``ameli`` is in ``camelia``."""


class WordTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``blocklists/lexicon/words.toml`` as shipped: every word folded."""

    lures: dict[str, tuple[str, ...]]
    weak_lures: tuple[str, ...]
    fillers: tuple[str, ...]
    government: tuple[str, ...]
    distinctive: tuple[str, ...]
    everyday: tuple[str, ...]


class Kind(Enum):
    """What a word in a host name is."""

    NAME = "name"
    SHORT_NAME = "short_name"
    LURE = "lure"
    FILLER = "filler"
    GOVERNMENT = "government"


class Entry(msgspec.Struct, frozen=True):
    """One word of the vocabulary.

    Attributes:
        word: folded form.
        kind: what it is.
        body: whose name it is.
        theme: theme of a lure word.
        weak: a lure word that ordinary sites use as much.
        everyday: a name that is also a word of its own, or that much else is called by.
    """

    word: str
    kind: Kind
    body: Body | None = None
    theme: str = ""
    weak: bool = False
    everyday: bool = False


class Lexicon:
    """Vocabulary and indexes, built once (about 30 ms for 400 bodies)."""

    def __init__(self, registry: Registry, words: WordTable, confusables: Mapping[str, str]) -> None:
        self.folder = Folder(confusables)
        self.vocabulary = self._vocabulary(registry, words)
        self.longest = max(map(len, self.vocabulary))
        self.official_hosts = dict(registry.domains())
        strong = [word for word, entry in self.vocabulary.items() if entry.kind is Kind.NAME]
        # Fuzzy matching is for names alone: the labels of all official domains hold too many plain words.
        self.targets = {word: self.vocabulary[word].body for word in strong if not self.vocabulary[word].everyday}
        fuzzy = [word for word in self.targets if len(word) >= FUZZY_MIN_LETTERS]
        self.one_edit = OneEditIndex(fuzzy)
        self.skeletons = {skeleton(word): word for word in fuzzy}
        self.squeezed = {squeeze(word): word for word in fuzzy}
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        for word, entry in self.vocabulary.items():
            if entry.kind in (Kind.NAME, Kind.SHORT_NAME, Kind.GOVERNMENT):
                self._automaton.add_word(word, 1)
        self._automaton.make_automaton()

    def mentions(self, text: str) -> bool:
        """Whether any name stands anywhere in folded ``text``: the cheap question before the careful one."""
        return next(self._automaton.iter(text), None) is not None

    def _vocabulary(self, registry: Registry, words: WordTable) -> dict[str, Entry]:
        weak = frozenset(words.weak_lures)
        distinctive, everyday = frozenset(words.distinctive), frozenset(words.everyday)
        table = {word: Entry(word, Kind.FILLER) for word in words.fillers}
        for theme, theme_words in words.lures.items():
            table.update({word: Entry(word, Kind.LURE, theme=theme, weak=word in weak) for word in theme_words})
        # Bodies come last and short names before distinctive ones, so that the more telling reading of a word wins;
        # among bodies the first one in the registry keeps a shared name.
        for kind in (Kind.SHORT_NAME, Kind.NAME):
            for body in reversed(registry.bodies):
                for name in body.short_names if kind is Kind.SHORT_NAME else (*body.products, *body.names):
                    word = self.folder.letters(name)
                    if kind is Kind.SHORT_NAME and word in table and table[word].kind is Kind.LURE:
                        continue  # `amende`, `colis`: what the scam is about before it is anybody's name
                    common = word not in distinctive if kind is Kind.SHORT_NAME else word in everyday
                    table[word] = Entry(word, kind, body=body, everyday=common)
        table.update({word: Entry(word, Kind.GOVERNMENT) for word in words.government})
        return table
