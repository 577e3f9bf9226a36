"""What a host name says, read once for all signals: its words, the bodies it names, however they are disguised."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import ada_url
import msgspec

from guetteur.core.labels import Label, Word, split_label
from guetteur.core.lexicon import Kind
from guetteur.core.lookalikes import spans, whole_parts
from guetteur.core.similarity import unleet

if TYPE_CHECKING:
    from guetteur.core.bodies import Body
    from guetteur.core.lexicon import Entry, Lexicon
    from guetteur.core.subject import UrlSubject

_NOT_A_WORD = str.maketrans("", "", "-_0123456789")
_DIGIT_AMONG_LETTERS = re.compile("[a-z][0-9]+[a-z]|(?<![a-z0-9])[0-9]+[a-z]")
_MAX_SEQUENCE = 5
_MAX_HOST = 253
"""Characters of a host name (RFC 1035); no longer one can be opened."""
_NONE: frozenset[str] = frozenset()


class Embedded(NamedTuple):
    """An official host written inside another one: ``impots.gouv.fr`` in ``impots.gouv.fr.example.com``."""

    host: str
    body: Body


class NameView(msgspec.Struct, frozen=True):
    """Everything signals need of a host name.

    Attributes:
        labels: Unicode labels left of the public suffix, leftmost first.
        names: names and topics of bodies, in order.
        lures: lure words, each once, strong ones first.
        government: ``gouv`` and its misspellings.
        ordinary: words of honest sites that mention a body.
        unread: letters that no word explains, by label.
        embedded: the longest official host written inside.
        masked: the labels with each name replaced by a capital that says its kind: how the name is worded.
        letters: number of letters in all.
        own_labels: the bodies that hold the registered label under another suffix, and whether they do in many
            countries.
        suffix: what the labels end in: the public suffix, or the shared zone.
    """

    labels: tuple[str, ...] = ()
    names: tuple[Word, ...] = ()
    lures: tuple[Word, ...] = ()
    government: tuple[Word, ...] = ()
    ordinary: tuple[Word, ...] = ()
    unread: tuple[int, ...] = ()
    embedded: Embedded | None = None
    masked: str = ""
    letters: int = 0
    own_labels: dict[str, bool] = {}
    suffix: str = ""

    def best(self, *, disguised: bool) -> Word | None:
        """The most telling name, among those written as they are spelt or among the others."""
        among = [word for word in self.names if word.disguised is disguised]
        return min(among, key=_rank) if among else None

    @property
    def registered(self) -> int:
        """Index of the label that was registered (the last one left of the suffix)."""
        return len(self.labels) - 1


_GRADES = ("long", "name", "short", "everyday", "common", "topic")
NOTHING = NameView()


def _rank(word: Word) -> tuple[int, bool, int]:
    return (_GRADES.index(word.grade), not word.whole, -len(word.seen))


def read_name(subject: UrlSubject, lexicon: Lexicon, zone: str | None = None) -> NameView:
    """Read the host of ``subject`` left of its public suffix, or of the shared ``zone`` it lies in.

    Addresses, bare suffixes and the zone itself say nothing; nor does a name that no body can be read in, or one longer
    than DNS can hold.
    """
    end = zone or subject.suffix
    if subject.registrable_domain is None or subject.host == end or len(subject.host) > _MAX_HOST:
        return NOTHING
    left = subject.host[: -len(end) - 1]
    shown = left
    if "xn--" in left:
        raw = ada_url.idna_to_unicode(left)
        shown = raw.decode() if isinstance(raw, bytes) else raw
    folded = shown if shown.isascii() else lexicon.folder.fold(shown)
    return _read(shown, folded, end, lexicon) or NOTHING


def _read(shown: str, folded: str, suffix: str, lexicon: Lexicon) -> NameView | None:
    readings = [folded]
    letters = folded.replace(".", "").isalpha()  # as most hosts: nothing to read in another way, or to leave out
    if not letters and _DIGIT_AMONG_LETTERS.search(folded):
        readings.append(unleet(folded))
    also: dict[str, Entry] = {}
    named = False
    for reading in reversed(readings):
        found = spans(reading, reading if letters else reading.translate(_NOT_A_WORD), lexicon)
        if found is not None:
            named = True
            also.update(found.parts)
        also.update(whole_parts(reading, found.exact if found else _NONE, lexicon))
    if not named and not also:
        return None
    labels = folded.split(".")
    shown_labels = tuple(shown.split("."))
    by_reading = [reading.split(".") for reading in readings]
    splits = [
        max(
            (split_label(Label(at, shown_labels[at], label, reading[at]), lexicon, also) for reading in by_reading),
            key=lambda split: split.named,
        )
        for at, label in enumerate(labels)
    ]
    words = [word for split in splits for word in split.words]
    names = tuple(word for word in words if word.entry.body is not None)
    government = tuple(word for word in words if word.entry.kind is Kind.GOVERNMENT)
    if not names and not government:
        return None
    lures = {word.entry.word: word for word in words if word.entry.kind is Kind.LURE}
    return NameView(
        labels=shown_labels,
        names=names,
        lures=tuple(sorted(lures.values(), key=lambda word: word.entry.weak)),
        government=government,
        ordinary=tuple(word for word in words if word.entry.kind is Kind.ORDINARY),
        unread=tuple(split.unread for split in splits),
        embedded=_embedded(labels, suffix, lexicon),
        masked=".".join(split.masked for split in splits),
        letters=sum(map(len, labels)),
        own_labels=lexicon.own_labels.get(labels[-1], {}),
        suffix=suffix,
    )


def _embedded(labels: list[str], suffix: str, lexicon: Lexicon) -> Embedded | None:
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
