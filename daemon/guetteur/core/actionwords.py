"""Names that are made of words of action alone: ``suivi-livraison-colis.info`` names nobody and still wants something.

Two such words that cover four fifths of a name, one of them of a scam's theme, are hardly ever an honest site's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ahocorasick
import msgspec

from guetteur.core.similarity import segment

if TYPE_CHECKING:
    from guetteur.core.lexicon import WordTable
    from guetteur.core.subject import UrlSubject

_LETTER_RUNS = re.compile("[a-z]+")
_LEAST_COVERED = 0.8
_LEAST_LETTERS = 10
"""The two shortest words of a scam that are worth a look have as many, with what stands between them."""
_LEAST_WORDS = 2


class ActionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``blocklists/lexicon/action.toml`` as shipped.

    Attributes:
        themes: words by the scam they belong to.
        beside: words of action that need one of the above.
        trades: themes that an honest trade may be named after: it takes one word of action more.
    """

    themes: dict[str, tuple[str, ...]] = {}
    beside: tuple[str, ...] = ()
    trades: tuple[str, ...] = ()


class ActionReader:
    """Reads registered labels; built once."""

    def __init__(self, table: ActionTable, words: WordTable) -> None:
        self._themes = {word: theme for theme, members in table.themes.items() for word in members}
        self._trades = frozenset(table.trades)
        self._telling = frozenset(self._themes) | frozenset(table.beside)
        # Lures that honest names share (`service`, `livraison`) cover letters, but are no word of action.
        plain = {word for members in words.lures.values() for word in members}
        self._fillers = frozenset(words.fillers) - plain - self._telling
        self._vocabulary = dict.fromkeys(self._telling | plain | self._fillers)
        self._longest = max(map(len, self._vocabulary), default=0)
        self._seeds = ahocorasick.Automaton()
        for word in self._themes:
            self._seeds.add_word(word, word)
        if self._themes:
            self._seeds.make_automaton()

    def read(self, subject: UrlSubject, zone: str | None) -> tuple[str, ...]:
        """The words of action that the registered label is made of, in order; empty for all other names.

        ``zone`` is the shared zone the host lies in, where the Public Suffix List does not know it.
        """
        if zone is not None:
            label = subject.host[: -len(zone) - 1].rpartition(".")[2]
        elif subject.registrable_domain is not None:
            label = subject.registrable_domain.partition(".")[0]
        else:
            return ()
        if len(label) < _LEAST_LETTERS or not self._themes:
            return ()
        if "-" in label:
            if next(self._seeds.iter(label.replace("-", "")), None) is None or label.startswith("xn--"):
                return ()
        elif next(self._seeds.iter(label), None) is None:
            return ()
        return self._words(label)

    def _words(self, label: str) -> tuple[str, ...]:
        runs = _LETTER_RUNS.findall(label)
        edges, position = {0}, 0
        for run in runs:
            position += len(run)
            edges.add(position)
        pieces = segment("".join(runs), self._vocabulary, self._longest, frozenset(edges), {})
        meant = [(text, is_word) for text, is_word in pieces if not (is_word and text in self._fillers)]
        covered = sum(len(text) for text, is_word in meant if is_word)
        if covered < _LEAST_COVERED * sum(len(text) for text, _ in meant):
            return ()
        words = tuple(dict.fromkeys(text for text, is_word in meant if is_word))
        telling = [word for word in words if word in self._telling]
        themes = {self._themes[word] for word in telling if word in self._themes}
        if len(telling) < _LEAST_WORDS or not themes:
            return ()
        if themes <= self._trades and len(words) <= _LEAST_WORDS:
            return ()
        return words
