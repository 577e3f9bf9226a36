"""Whom a page claims to be.

A name on a page is no claim: shops name carriers, papers name banks, town halls name the tax office. A page speaks *as*
a body where it names itself: the site's part of the title, the logo at its head, the declared site name, the owner of
its copyright. There, a body's name with nothing beside it but words any site has ("espace client", "connexion") is a
claim; another owner's name in the same places speaks against it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guetteur.core.lexicon import Kind
from guetteur.core.scripts import readable
from guetteur.core.scriptwords import without_unseen
from guetteur.core.similarity import skeleton

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guetteur.core.bodies import Body, Registry
    from guetteur.core.lexicon import Lexicon
    from guetteur.core.pageseen import PageSeen
    from guetteur.core.pagewords import PageWords

_SEPARATORS = re.compile(r"[|·•›»«—–]|\s-|-\s")
_CLAUSE = re.compile(r"[.,;]\s")
_TOKENS = re.compile("[a-z0-9]+")
_YEARS = re.compile(r"\b(?:19|20)\d\d\b")
_LONGEST_NAME = 7
_LONGEST_TEXT = 16
_LONGEST_LINE = 32
_SHAPE_MIN_LETTERS = 6
_MANY_BODIES = 3
_QUOTE = 60

# What each place counts. Two places, or one with nobody else's name anywhere, make a strong claim.
_TITLE, _NAME, _LOGO, _OWNER, _HEADING, _ASSET = 2.0, 2.0, 2.0, 2.0, 1.0, 1.0
_STRANGER = 1.5
STRONG = 3.0
PLAIN = 2.0


@dataclass(frozen=True, slots=True)
class Claim:
    """The body a page speaks as.

    Attributes:
        body: whose name it is.
        strength: `PLAIN` for one place, `STRONG` from two on; below `PLAIN` a mere hint.
        seen: the words of the most telling place.
    """

    body: Body
    strength: float
    seen: str


@dataclass(frozen=True, slots=True)
class Named:
    """A body that a short text names.

    Attributes:
        body: whose name it is.
        word: the name, folded and glued.
        common: it is also a word of its own, or much else is called by it.
        spoken: the text says nothing else, words of any sender aside.
    """

    body: Body
    word: str
    common: bool
    spoken: bool


@dataclass(frozen=True, slots=True)
class _Name:
    """A body's name, folded and glued.

    Attributes:
        word: the name.
        body: whose it is.
        everyday: much else on the web is called by it.
        common: it is a word of its own (``orange``), or of software that honest people run (``outlook``).
    """

    word: str
    body: Body
    everyday: bool
    common: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """A text that names a body where a page names itself, and what it counts."""

    weight: float
    name: _Name
    text: str


class ClaimReader:
    """Finds the body a page speaks as, by the shipped names and words."""

    def __init__(self, lexicon: Lexicon, registry: Registry, words: PageWords) -> None:
        self._lexicon = lexicon
        self._registry = registry
        self._software = frozenset(words.software)
        self._names = _all_names(lexicon, registry, self._software.union(words.common))
        self._shapes = {
            skeleton(word): name
            for word, name in self._names.items()
            if len(word) >= _SHAPE_MIN_LETTERS and not name.everyday
        }
        # A look-alike of a word is that word's disguise even where the word itself is an everyday one.
        self._disguises = {
            skeleton(word): name for word, name in self._names.items() if len(word) >= _SHAPE_MIN_LETTERS
        }
        self._chrome = frozenset((*words.chrome, *(word for word in lexicon.vocabulary if word not in self._names)))
        self._trades = {
            sector: tuple(readable(phrase, lexicon.folder) for phrase in phrases)
            for sector, phrases in words.trades.items()
        }

    def read(self, seen: PageSeen) -> Claim | None:
        """The body the page speaks as, or None."""
        places = [
            _Place(weight, name, text)
            for weight, text in self._places(seen)
            if (name := self._spoken(text)) is not None
        ]
        by_body: dict[str, list[_Place]] = {}
        for place in places:
            by_body.setdefault(place.name.body.id, []).append(place)
        if not places or len(by_body) > _MANY_BODIES:
            return None  # a list of partners, of payment cards, of carriers
        own = max(by_body.values(), key=_telling)
        strength = self._strength(own, seen)
        if strength <= 0:
            return None
        text = max(own, key=lambda place: (not place.name.common, place.weight)).text
        return Claim(own[0].name.body, strength, without_unseen(text).strip()[:_QUOTE])

    def named(self, text: str) -> Named | None:
        """The body a short text names: as all it says (``spoken``), or among other words where the name is no word."""
        spoken = self._spoken(text)
        if spoken is not None:
            return Named(spoken.body, spoken.word, common=spoken.common or spoken.everyday, spoken=True)
        tokens = self.tokens(text)[:_LONGEST_LINE]
        for token in tokens:
            disguised = self._disguises.get(skeleton(token)) if len(token) >= _SHAPE_MIN_LETTERS else None
            if disguised is not None and token not in self._names and token not in self._chrome:
                return Named(disguised.body, disguised.word, common=False, spoken=False)
        found = [
            name
            for start in range(len(tokens))
            for end in range(start + 1, min(start + _LONGEST_NAME, len(tokens)) + 1)
            if (name := self._name("".join(tokens[start:end]))) is not None
        ]
        telling = [name for name in found if not name.common and not name.everyday]
        if not telling:
            return None
        best = max(telling, key=_rank)
        return Named(best.body, best.word, common=False, spoken=False)

    def _strength(self, own: list[_Place], seen: PageSeen) -> float:
        firm = sum(place.weight >= PLAIN for place in own)
        body = own[0].name.body
        if all(place.name.word in self._software for place in own):
            return 0
        if all(place.name.common for place in own) and not (firm > 1 and self._corroborated(seen, body)):
            return 0
        strangers = self._strangers(seen)
        alone = strangers == 0 and not self._titled_otherwise(seen)
        if not firm and not alone:
            return 0
        strength = sum(place.weight for place in own) - strangers
        if firm and self._hotlinks(seen, body):
            strength += _ASSET
        if firm and alone and not all(place.name.everyday for place in own):
            strength += 1
        # Neither one nor the other: a holiday home under the label it belongs to, a shop of a chain.
        return strength if strength >= PLAIN or alone else 0

    def _corroborated(self, seen: PageSeen, body: Body) -> bool:
        """Whether a page called by an everyday word (Orange, Indigo) is about that body's trade, not a namesake's."""
        trade = self._trades.get(body.sector, ())
        said = " ".join((seen.title, *seen.headings, *(field.words for field in seen.fields), seen.text))
        words = readable(said, self._lexicon.folder)
        own = (readable(name, self._lexicon.folder) for name in (*body.names, *body.products))
        return any(phrase in words for phrase in (*trade, *own)) or self._hotlinks(seen, body)

    def _places(self, seen: PageSeen) -> Iterator[tuple[float, str]]:
        """Where a page names itself: each kind of place once."""
        yield from self._title(seen)
        owners = tuple(_CLAUSE.split(text)[0] for text in seen.owners)
        for weight, texts in (
            (_NAME, seen.names),
            (_LOGO, self._own_logos(seen)),
            (_OWNER, owners),
            (_HEADING, seen.headings),
        ):
            found = next((text for text in texts if self._spoken(text) is not None), None)
            if found is not None:
                yield weight, found

    def _own_logos(self, seen: PageSeen) -> tuple[str, ...]:
        """The logos up to the first that names somebody else: labels and partners stand behind the owner's."""
        strange = next((at for at, text in enumerate(seen.logos) if self._unknown(text)), len(seen.logos))
        return seen.logos[:strange]

    def _title(self, seen: PageSeen) -> Iterator[tuple[float, str]]:
        """The site's part stands last or first; beside a part that names something else it is only a hint."""
        parts = _parts(seen.title)
        strange = any(self._unknown(part) for part in parts)
        for part in dict.fromkeys((*parts[-1:], *parts[:1])):
            if self._spoken(part) is not None:
                yield (_HEADING if strange else _TITLE), part
                return

    def _spoken(self, text: str) -> _Name | None:
        """The body's name that ``text`` consists of, words of any site aside; the first part counts for a long one."""
        for part in dict.fromkeys((text, *_parts(text)[:1])):
            name = self._only_name(part)
            if name is not None:
                return name
        return None

    def _only_name(self, text: str) -> _Name | None:
        tokens = self.tokens(text)
        if len(tokens) > _LONGEST_TEXT:
            return None
        best: tuple[int, int, _Name] | None = None
        for start in range(len(tokens)):
            for end in range(start + 1, min(start + _LONGEST_NAME, len(tokens)) + 1):
                name = self._name("".join(tokens[start:end]))
                if name is not None and (best is None or _rank(name) > _rank(best[2])):
                    best = (start, end, name)
        if best is None:
            return None
        start, end, name = best
        known = all(token in self._chrome or self._same_body(token, name) for token in (*tokens[:start], *tokens[end:]))
        return name if known else None

    def _same_body(self, token: str, name: _Name) -> bool:
        other = self._names.get(token)
        return not token.isalpha() or (other is not None and other.body is name.body)

    def _name(self, word: str) -> _Name | None:
        """The name ``word`` is, or looks like at a glance (``lmpots``)."""
        found = self._names.get(word)
        if found is None and len(word) >= _SHAPE_MIN_LETTERS:
            found = self._shapes.get(skeleton(word))
        return found

    def tokens(self, text: str) -> list[str]:
        """The words of a text, folded; years left out."""
        return _TOKENS.findall(self._lexicon.folder.fold(_YEARS.sub(" ", without_unseen(text))))

    def _strangers(self, seen: PageSeen) -> float:
        """What speaks for another owner: a declared name, a copyright line, a logo; nothing where the body is named."""
        owners = tuple(_CLAUSE.split(text)[0] for text in seen.owners)
        kinds = ((_STRANGER, seen.names), (_STRANGER, owners), (_STRANGER / 2, seen.logos))
        found = sum(
            weight
            for weight, texts in kinds
            if any(self._unknown(text) for text in texts) and not any(self._spoken(text) is not None for text in texts)
        )
        return found + (_STRANGER if any(self._names_another(part) for part in _parts(seen.title)) else 0)

    def _names_another(self, part: str) -> bool:
        """Whether a part of the title holds a proper noun of somebody else: ``Gîte du Moulin``."""
        later = re.findall(r"(?<=[\s'’-])[A-ZÀ-Ý]\w+", without_unseen(part))
        return self._unknown(part) and any(self._unknown(word) for word in later)

    def _titled_otherwise(self, seen: PageSeen) -> bool:
        return any(self._unknown(part) for part in _parts(seen.title))

    def _unknown(self, text: str) -> bool:
        """Whether the text names somebody: words that are neither chrome nor a body's name."""
        tokens = [token for token in self.tokens(text) if token.isalpha() and len(token) > 1]
        return any(token not in self._chrome for token in tokens) and self._spoken(text) is None

    def _hotlinks(self, seen: PageSeen, body: Body) -> bool:
        """Whether icon or logo are fetched from the body's own site, as copied pages do."""
        for asset in seen.assets:
            host = asset.partition("://")[2].partition("/")[0].partition(":")[0].lower()
            official = self._registry.official(host) if host else None
            if official is not None and official.body is body:
                return True
        return False


def _all_names(lexicon: Lexicon, registry: Registry, weak: frozenset[str]) -> dict[str, _Name]:
    """Every name by its word; of bodies that share one, the first keeps it."""
    names: dict[str, _Name] = {}
    for short in (True, False):
        for body in reversed(registry.bodies):
            for text in body.short_names if short else (*body.products, *body.names):
                word = lexicon.folder.letters(text)
                entry = lexicon.vocabulary.get(word)
                if short and entry is not None and entry.kind is Kind.LURE:
                    continue  # `amende`, `colis`: what a page is about before it is anybody's name
                everyday = entry is None or entry.everyday or (short and entry.kind is not Kind.SHORT_NAME)
                names[word] = _Name(word, body, everyday, word in weak or (short and everyday))
    return names


def _telling(places: list[_Place]) -> tuple[bool, float]:
    return not all(place.name.common for place in places), sum(place.weight for place in places)


def _rank(name: _Name) -> tuple[bool, int]:
    return not name.common, len(name.word)


def _parts(text: str) -> list[str]:
    """A title's parts, in order: ``Connexion - Ma banque`` → two."""
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]
