"""The words that host names are read with: names of bodies, lure words, fillers, and the indexes over them."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

import ahocorasick
import msgspec

from guetteur.core.bodies import Body
from guetteur.core.similarity import Folder, NearIndex, OneEditIndex, skeleton, squeeze
from guetteur.core.suffixes import split_host, suffix_kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guetteur.core.bodies import Registry


INSIDE_MIN_LETTERS = 6
"""A name this long counts anywhere in a host, a shorter one only where a word begins or ends: ``ameli`` is in
``camelia``."""

SEED_MIN_LETTERS = 4
"""Half of a name of twice as many letters: one letter off, one half is still whole."""

SHORT_NAME_LETTERS = 3
"""So short, a name needs a word or an edge on either side."""

CUT_MIN_LETTERS = 7
"""A name cut short (``creditagrico``) is still read as that name from here on."""


class WordTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``blocklists/lexicon/words.toml`` as shipped: every word folded; ``topics`` by body id."""

    lures: dict[str, tuple[str, ...]]
    topics: dict[str, tuple[str, ...]]
    weak_lures: tuple[str, ...]
    ordinary: tuple[str, ...]
    fillers: tuple[str, ...]
    government: tuple[str, ...]
    distinctive: tuple[str, ...]
    everyday: tuple[str, ...]


_WORD_LETTERS, _ORDINARY_LETTERS = 3, 5


class Kind(Enum):
    """What a word in a host name is."""

    NAME = "name"
    SHORT_NAME = "short"
    TOPIC = "topic"
    LURE = "lure"
    ORDINARY = "ordinary"
    FILLER = "filler"
    GOVERNMENT = "government"


NAMING = frozenset((Kind.NAME, Kind.SHORT_NAME, Kind.TOPIC, Kind.GOVERNMENT))
"""Kinds that make a host worth reading with care."""


class Entry(msgspec.Struct, frozen=True):
    """One word of the vocabulary.

    Attributes:
        word: folded form.
        kind: what it is.
        body: whose name or topic it is.
        theme: theme of a lure word.
        weak: a lure word that ordinary sites use as much.
        imitated: how often the body is imitated: log10 of one more than the phishing hosts seen to name it.
        everyday: a name that is also a word of its own, or that much else is called by.
        how: how a written part came to be read as this word: ``exact``, or one of `guetteur.core.nameview`'s tricks.
    """

    word: str
    kind: Kind
    body: Body | None = None
    theme: str = ""
    weak: bool = False
    everyday: bool = False
    imitated: float = 0.0
    how: str = "exact"

    @property
    def joins(self) -> bool:
        """Whether a short name may be glued to it: ``tracking|ups``, but not ``st|art|ups``."""
        return len(self.word) >= (_ORDINARY_LETTERS if self.kind is Kind.ORDINARY else _WORD_LETTERS)


_MANY_COUNTRIES = 3
_FUZZY_LETTERS = {Kind.NAME: 6, Kind.SHORT_NAME: 7, Kind.TOPIC: 8}
"""Shorter names have too many honest neighbours at one edit, and so have plain words."""


class Mark(NamedTuple):
    """What the automaton found: a whole word, the beginning of a name, or half of one.

    ``offset`` is where the found letters lie in ``word``.
    """

    length: int
    kind: str
    word: str
    offset: int


class Lexicon:
    """Vocabulary and indexes, built once (about 50 ms for 700 bodies)."""

    def __init__(
        self, registry: Registry, words: WordTable, confusables: Mapping[str, str], imitated: Mapping[str, int]
    ) -> None:
        self.folder = Folder(confusables)
        self._imitated = {body: math.log10(1 + hosts) for body, hosts in imitated.items()}
        self.vocabulary = self._vocabulary(registry, words)
        self.longest = max(map(len, self.vocabulary))
        self.official_hosts = dict(registry.domains())
        self.own_labels = _own_labels(registry)
        # Fuzzy matching is for names that people are deceived with: the labels of all official domains hold too many
        # plain words.
        self.fuzzy = {
            word: entry for word, entry in self.vocabulary.items() if len(word) >= _FUZZY_LETTERS.get(entry.kind, 99)
        }
        self.one_edit = OneEditIndex(self.fuzzy)
        self.near = NearIndex(word for word in self.fuzzy if len(word) >= 2 * SEED_MIN_LETTERS)
        self.skeletons = {skeleton(word): word for word in self.fuzzy}
        self.squeezed = {squeeze(word): word for word in self.fuzzy}
        self.automaton = self._automaton()

    def names_somebody(self, host: str) -> bool:
        """Whether a body's name of some length stands anywhere in ``host``: a cheap question about many hosts."""
        plain = host.replace("-", "").replace(".", "")
        return any(mark.kind == "word" for _, marks in self.automaton.iter(plain) for mark in marks)

    def _automaton(self) -> ahocorasick.Automaton:
        marks: dict[str, list[Mark]] = {}
        for word, entry in self.vocabulary.items():
            if entry.kind in NAMING:
                kind = "word" if len(word) >= INSIDE_MIN_LETTERS else "short"
                marks.setdefault(word, []).append(Mark(len(word), kind, word, 0))
        for word in self.fuzzy:
            half = len(word) // 2
            if half >= SEED_MIN_LETTERS:
                marks.setdefault(word[:half], []).append(Mark(half, "seed", word, 0))
                marks.setdefault(word[half:], []).append(Mark(len(word) - half, "seed", word, half))
            cut = max(CUT_MIN_LETTERS, -(-len(word) * 2 // 3))
            if cut < len(word) and word[:cut] not in self.vocabulary:
                marks.setdefault(word[:cut], []).append(Mark(cut, "cut", word, 0))
        automaton = ahocorasick.Automaton()
        for text, found in marks.items():
            automaton.add_word(text, tuple(found))
        automaton.make_automaton()
        return automaton

    def _vocabulary(self, registry: Registry, words: WordTable) -> dict[str, Entry]:
        weak = frozenset(words.weak_lures)
        distinctive, everyday = frozenset(words.distinctive), frozenset(words.everyday)
        table = {word: Entry(word, Kind.ORDINARY) for word in words.ordinary}
        table.update({word: Entry(word, Kind.FILLER) for word in words.fillers})
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
                    times = self._imitated.get(body.id, 0.0)
                    table[word] = Entry(word, kind, body=body, everyday=common, imitated=times)
        for body_id, topic_words in words.topics.items():
            meant, times = registry.get(body_id), self._imitated.get(body_id, 0.0)
            table.update({word: Entry(word, Kind.TOPIC, body=meant, imitated=times) for word in topic_words})
        table.update({word: Entry(word, Kind.GOVERNMENT) for word in words.government})
        return table


def _own_labels(registry: Registry) -> dict[str, dict[str, bool]]:
    """Registered labels (``societegenerale``), the bodies that hold them, and whether they do in many countries."""
    found: dict[str, dict[str, set[str]]] = {}
    for domain, body in registry.domains():
        registrable, suffix, _ = split_host(domain)
        if registrable is not None:
            found.setdefault(registrable[: -len(suffix) - 1], {}).setdefault(body.id, set()).add(suffix)
    return {
        label: {
            body: sum(suffix_kind(suffix) == "country" for suffix in suffixes) >= _MANY_COUNTRIES
            for body, suffixes in bodies.items()
        }
        for label, bodies in found.items()
    }
