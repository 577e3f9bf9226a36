"""What the fields of a page ask for, and where the answers go."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from guetteur.core.hostwalk import parents
from guetteur.core.scripts import readable
from guetteur.core.subject import HostKind, parse_url
from guetteur.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.core.bodies import Registry
    from guetteur.core.pageseen import FieldSeen, PageSeen
    from guetteur.core.pagewords import PageWords
    from guetteur.core.similarity import Folder
    from guetteur.core.subject import UrlSubject

_CARD_PARTS = 2
_SPLIT_CARD = 4
_CARD_AUTOCOMPLETE = ("cc-number", "cc-csc")


class Ask(Enum):
    """A secret or an identity number a page asks for; the value is its place in the texts."""

    CARD = "card"
    SOCIAL = "social"
    IBAN = "iban"
    KEYPAD = "keypad"
    PASSWORD = "password"  # noqa: S105 -- the name of a kind of field
    CODE = "code"
    IDENTIFIER = "identifier"


HEAVY = frozenset({Ask.CARD, Ask.SOCIAL, Ask.IBAN, Ask.KEYPAD})
"""What is lost for good once typed; the others open one account."""


class Where(Enum):
    """Where a form sends its answers, when that is not the page's own site."""

    DROP = "drop"
    ADDRESS = "address"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Target:
    """One foreign place a form with secret fields is sent to."""

    where: Where
    host: str
    asks: frozenset[Ask]


class FieldReader:
    """Classifies fields and targets by the shipped words."""

    def __init__(self, words: PageWords, folder: Folder, registry: Registry) -> None:
        self._folder = folder
        self._registry = registry
        fields = words.fields
        self._card, self._card_part, self._not_card = map(self._fold, (fields.card, fields.card_part, fields.not_card))
        self._by_ask = (
            (Ask.IBAN, self._fold(fields.iban)),
            (Ask.SOCIAL, self._fold(fields.social)),
            (Ask.CODE, self._fold(fields.code)),
            (Ask.IDENTIFIER, self._fold(fields.identifier)),
        )
        self._drops = words.drops
        self._processors = words.processors

    def hints(self) -> tuple[str, ...]:
        """Every phrase a field is recognised by, folded: what makes a lone field worth a question."""
        phrases = (*self._card, *self._card_part, *(phrase for _, table in self._by_ask for phrase in table))
        return tuple(dict.fromkeys(phrase.strip() for phrase in phrases))

    def asks(self, seen: PageSeen) -> frozenset[Ask]:
        """Everything the page asks for."""
        asks = set(self._of(seen.fields))
        if seen.keypad:
            asks.add(Ask.KEYPAD)
        return frozenset(asks)

    def targets(self, seen: PageSeen, subject: UrlSubject) -> tuple[Target, ...]:
        """Foreign targets of the forms that hold secret fields; payment pages and official hosts are none."""
        found: list[Target] = []
        for index, action in enumerate(seen.forms):
            asks = frozenset(self._of(field for field in seen.fields if field.form == index)) - {Ask.IDENTIFIER}
            target = self._target(action, asks, subject) if asks else None
            if target is not None:
                found.append(target)
        return tuple(found)

    def _of(self, fields: Iterable[FieldSeen]) -> set[Ask]:
        asks: set[Ask] = set()
        parts = quarters = 0
        for field in fields:
            words = readable(field.words, self._folder)
            marks = set(field.autocomplete.lower().split())
            if field.kind == "password":
                asks.add(Ask.PASSWORD)
            quarters += field.limit == _SPLIT_CARD
            if marks.intersection(_CARD_AUTOCOMPLETE) or (self._says(words, self._card) and not self._spared(words)):
                asks.add(Ask.CARD)
            elif "cc-exp" in marks or self._says(words, self._card_part):
                parts += 1
            if "one-time-code" in marks:
                asks.add(Ask.CODE)
            asks.update(ask for ask, table in self._by_ask if self._says(words, table))
        # The number itself may hide behind a label that is a picture, or lie in four boxes of four digits.
        if parts >= _CARD_PARTS or (parts and quarters >= _SPLIT_CARD):
            asks.add(Ask.CARD)
        return asks

    def _target(self, action: str, asks: frozenset[Ask], subject: UrlSubject) -> Target | None:
        if action.startswith("mailto:"):
            return Target(Where.DROP, action.removeprefix("mailto:").partition("?")[0], asks)
        try:
            to = parse_url(action)
        except InvalidInputError:
            return None
        where = self._where(to, subject)
        return Target(where, to.host, asks) if where is not None else None

    def _where(self, to: UrlSubject, subject: UrlSubject) -> Where | None:
        if to.host == subject.host:
            return None
        if _lies_in(to, self._drops):  # first: the host may be a body's own (api.telegram.org)
            return Where.DROP
        if _lies_in(to, self._processors) or self._registry.official(to.host) is not None or is_private(to):
            return None
        if to.host_kind is not HostKind.DOMAIN:
            return Where.ADDRESS
        return Where.ELSEWHERE if to.registrable_domain != subject.registrable_domain else None

    def _fold(self, phrases: Iterable[str]) -> tuple[str, ...]:
        return tuple(readable(phrase, self._folder) for phrase in phrases)

    def _spared(self, words: str) -> bool:
        return self._says(words, self._not_card)

    @staticmethod
    def _says(words: str, phrases: tuple[str, ...]) -> bool:
        return any(phrase in words for phrase in phrases)


def is_private(subject: UrlSubject) -> bool:
    """Whether the host is on this machine, in this house or in this office: a router, a printer, an intranet."""
    if subject.host_kind is HostKind.DOMAIN:
        return not subject.suffix
    return not ipaddress.ip_address(subject.host.strip("[]")).is_global


def _lies_in(subject: UrlSubject, places: tuple[str, ...]) -> bool:
    """Whether the address lies under one of the places: ``host`` or ``host/path``."""
    above = frozenset(parents(subject.host))
    for place in places:
        host, _, path = place.partition("/")
        if host in above and subject.path.startswith(f"/{path}"):
            return True
    return False
