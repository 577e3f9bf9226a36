"""What a host name says, read once for all signals: its words, the bodies it names, the look-alikes in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ada_url

from guetteur.core.lexicon import GLUED_MIN_LETTERS, Entry, Kind
from guetteur.core.similarity import segment, skeleton, squeeze, unleet

if TYPE_CHECKING:
    from guetteur.core.bodies import Body
    from guetteur.core.lexicon import Lexicon
    from guetteur.core.subject import UrlSubject

_LETTER_RUNS = re.compile("[a-z]+")
_LETTER_OR_DIGIT_RUNS = re.compile("[a-z0-9]+")
_NOT_LETTERS = re.compile("[^a-z]+")
_DIGIT_AMONG_LETTERS = re.compile("[a-z][0-9]+[a-z]|^[0-9]+[a-z]")
_NAMING = (Kind.NAME, Kind.SHORT_NAME, Kind.GOVERNMENT)
_MAX_SEQUENCE = 5


@dataclass(frozen=True, slots=True)
class Word:
    """A vocabulary word found in the host.

    Attributes:
        entry: the word.
        label: index of the label it stands in, 0 for the leftmost.
        whole: it fills whole tokens (``suivi-dhl``), or all of a glued token is understood (``suividhl``).
        alone: it is all that its label says, digits aside.
        disguised: digits stand for letters in it (``b0urso``).
    """

    entry: Entry
    label: int
    whole: bool
    alone: bool
    disguised: bool


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A part of the host that looks like a name without being it.

    Attributes:
        seen: the part as written.
        target: the folded name it looks like.
        body: whose name that is.
        how: ``skeleton`` (same shapes), ``script`` (same after replacing foreign letters), ``stretched`` (repeated
            letters), ``edit`` (one letter off).
        label: index of the label.
        alone: it is all that its label says.
    """

    seen: str
    target: str
    body: Body
    how: str
    label: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Embedded:
    """An official host written inside another one: ``impots.gouv.fr`` in ``impots.gouv.fr.example.com``."""

    host: str
    body: Body


@dataclass(frozen=True, slots=True)
class NameView:
    """Everything signals need of a host name.

    Attributes:
        labels: Unicode labels left of the public suffix, leftmost first.
        words: vocabulary words in order, only filled when a name occurs.
        look_alikes: parts that imitate a name.
        embedded: the longest official host written inside.
    """

    labels: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()
    look_alikes: tuple[LookAlike, ...] = ()
    embedded: Embedded | None = None

    @property
    def registered(self) -> int:
        """Index of the label that was registered (the last one left of the suffix)."""
        return len(self.labels) - 1

    def of_kind(self, *kinds: Kind) -> tuple[Word, ...]:
        """The words of these kinds."""
        return tuple(word for word in self.words if word.entry.kind in kinds)

    def lures(self) -> tuple[Word, ...]:
        """Lure words, each once, strong ones first."""
        found = {word.entry.word: word for word in self.words if word.entry.kind is Kind.LURE}
        return tuple(sorted(found.values(), key=lambda word: word.entry.weak))


NOTHING = NameView()


def read_name(subject: UrlSubject, lexicon: Lexicon, zone: str | None = None) -> NameView:
    """Read the host of ``subject`` left of its public suffix, or of the shared ``zone`` it lies in.

    Addresses, bare suffixes and the zone itself say nothing.
    """
    end = zone or subject.suffix
    if subject.registrable_domain is None or subject.host == end:
        return NOTHING
    left = subject.host[: -len(end) - 1]
    foreign = "xn--" in left
    shown = ada_url.idna_to_unicode(left) if foreign else left
    if isinstance(shown, bytes):
        shown = shown.decode()
    labels = tuple(shown.split("."))
    folded = tuple(lexicon.folder.fold(label) for label in labels) if foreign else labels
    words = _words(folded, lexicon)
    known = any(word.entry.kind in (Kind.NAME, Kind.SHORT_NAME) and word.whole for word in words)
    looks = _script_look_alikes(labels, words) if foreign else ()
    if not known:
        looks += _look_alikes(folded, lexicon)
        if looks and not words:
            words = _words(folded, lexicon, forced=True)
    embedded = _embedded(folded, end, lexicon) if known else None
    return NameView(labels, words, looks, embedded)


def _words(labels: tuple[str, ...], lexicon: Lexicon, *, forced: bool = False) -> tuple[Word, ...]:
    words: list[Word] = []
    plain = "".join(labels)
    if forced or lexicon.mentions(_NOT_LETTERS.sub("", plain)):
        words = [word for at, label in enumerate(labels) for word in _label_words(label, at, lexicon)]
    if _DIGIT_AMONG_LETTERS.search(plain) and lexicon.mentions(_NOT_LETTERS.sub("", unleet(plain))):
        read = [word for at, label in enumerate(labels) for word in _label_words(unleet(label), at, lexicon, label)]
        words += [word for word in read if word.disguised]
    if forced or any(word.entry.kind in _NAMING for word in words):
        return tuple(words)
    return ()


def _label_words(label: str, at: int, lexicon: Lexicon, as_was: str | None = None) -> list[Word]:
    """Split one label. A word may join whole tokens (``la-banque-postale``) or stand inside one token."""
    runs = list(_LETTER_RUNS.finditer(label))
    glued = "".join(run.group() for run in runs)
    if not glued:
        return []
    pieces = segment(glued, lexicon.vocabulary, lexicon.longest, _edges(runs))
    found: list[Word] = []
    understood = _understood(runs, pieces)
    position = 0
    for piece, is_word in pieces:
        start, position = position, position + len(piece)
        entry = lexicon.vocabulary.get(piece) if is_word else None
        if entry is None:
            continue
        whole = all(understood[start:position])
        if whole and entry.kind is Kind.SHORT_NAME and not _stands_out(start, position, runs, pieces, lexicon):
            continue
        if not whole and entry.kind in _NAMING and not _glued(entry):
            continue
        disguised = as_was is not None and _original(runs, start, position, as_was) != piece
        found.append(Word(entry, at, whole, len(pieces) == 1, disguised))
    return found


def _stands_out(
    start: int, end: int, runs: list[re.Match[str]], pieces: list[tuple[str, bool]], lexicon: Lexicon
) -> bool:
    """A short name fills its token, or shares it with a plain lure word: ``inter|national`` is no railway."""
    edges = _edges(runs)
    if start in edges and end in edges:
        return True
    token_start = max(edge for edge in edges if edge <= start)
    token_end = min(edge for edge in edges if edge >= end)
    position = 0
    for piece, _ in pieces:
        entry = lexicon.vocabulary.get(piece)
        inside = token_start <= position < token_end
        if inside and entry is not None and entry.kind is Kind.LURE and not entry.weak:
            return end - start > 2
        position += len(piece)
    return False


def _glued(entry: Entry) -> bool:
    return entry.kind is Kind.NAME and len(entry.word) >= GLUED_MIN_LETTERS


def _edges(runs: list[re.Match[str]]) -> frozenset[int]:
    edges, position = {0}, 0
    for run in runs:
        position += len(run.group())
        edges.add(position)
    return frozenset(edges)


def _understood(runs: list[re.Match[str]], pieces: list[tuple[str, bool]]) -> list[bool]:
    """For each letter: whether its whole token is made of vocabulary words."""
    by_letter: list[bool] = []
    for piece, is_word in pieces:
        by_letter += [is_word] * len(piece)
    position = 0
    for run in runs:
        end = position + len(run.group())
        by_letter[position:end] = [all(by_letter[position:end])] * (end - position)
        position = end
    return by_letter


def _original(runs: list[re.Match[str]], start: int, end: int, as_was: str) -> str:
    """The letters of ``as_was`` (same length as the read label) that were read as ``[start:end]`` of the glued runs."""
    written = "".join(as_was[run.start() : run.end()] for run in runs)
    return written[start:end]


def _look_alikes(labels: tuple[str, ...], lexicon: Lexicon) -> tuple[LookAlike, ...]:
    found: list[LookAlike] = []
    for at, label in enumerate(labels):
        tokens = _LETTER_OR_DIGIT_RUNS.findall(label)
        parts = dict.fromkeys([*tokens, "".join(tokens)])
        for part in parts:
            hit = _look_alike(part, lexicon)
            if hit is not None:
                how, target = hit
                body = lexicon.targets[target]
                if body is not None:
                    found.append(
                        LookAlike(part, target, body, how, at, len(parts) == 1 or len(part) == len("".join(tokens)))
                    )
    return tuple(found)


def _look_alike(part: str, lexicon: Lexicon) -> tuple[str, str] | None:
    if len(part) < 5 or part in lexicon.vocabulary or part in lexicon.targets:
        return None
    target = lexicon.skeletons.get(skeleton(part))
    if target is not None:
        return "skeleton", target
    target = lexicon.squeezed.get(squeeze(part))
    if target is not None:
        return "stretched", target
    target = lexicon.one_edit.find(part)
    if target is not None and _honest_edit(part, target):
        return "edit", target
    return None


def _honest_edit(part: str, target: str) -> bool:
    """Chromium's guards: another first letter, or a digit added at the end, makes another name, not a misspelling."""
    if part[0] != target[0]:
        return False
    return not (part[:-1] == target and part[-1].isdigit())


def _script_look_alikes(labels: tuple[str, ...], words: tuple[Word, ...]) -> tuple[LookAlike, ...]:
    """Names that are there only once foreign letters are read as the ASCII ones they look like."""
    return tuple(
        LookAlike(labels[word.label], word.entry.word, word.entry.body, "script", word.label, word.alone)
        for word in words
        if word.entry.body is not None and word.whole and not labels[word.label].isascii()
    )


def _embedded(labels: tuple[str, ...], suffix: str, lexicon: Lexicon) -> Embedded | None:
    """The longest run of neighbouring tokens that spells an official host."""
    tokens = [token for label in labels for token in re.split("[^a-z0-9]+", label) if token]
    best: Embedded | None = None
    for start in range(len(tokens)):
        for end in range(start + 2, min(start + _MAX_SEQUENCE, len(tokens)) + 1):
            best = _longer(best, tokens[start : end - 1], tokens[end - 1], lexicon)
        # `www-impots-gouv.fr`: here the suffix completes the State's zone. Elsewhere it proves nothing: in
        # `payments-amazon.com` the name is all there is.
        if tokens[-1] == "gouv" and suffix == "fr" and start < len(tokens) - 1:
            best = _longer(best, tokens[start:], "fr", lexicon)
    return best


def _longer(best: Embedded | None, head: list[str], last: str, lexicon: Lexicon) -> Embedded | None:
    for joint in (".", "-"):
        host = f"{joint.join(head)}.{last}"
        body = lexicon.official_hosts.get(host)
        if body is not None and (best is None or len(host) > len(best.host)):
            return Embedded(host, body)
    return best
