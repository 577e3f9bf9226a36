"""What a page claims to be and what it asks for, read once for all page signals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from guetteur.core.pageclaim import Claim, ClaimReader
from guetteur.core.pagefields import HEAVY, Ask, FieldReader, Target, is_private
from guetteur.core.scripts import ScriptReader, ScriptSeen, phone_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.core.bodies import Registry
    from guetteur.core.facts import Facts
    from guetteur.core.lexicon import Lexicon
    from guetteur.core.pageseen import PageSeen
    from guetteur.core.pagewords import PageWords
    from guetteur.core.scripts import Script
    from guetteur.core.subject import UrlSubject


@dataclass(frozen=True, slots=True)
class PageView:
    """What signals need of a page.

    Attributes:
        claim: the body it speaks as, or None.
        asks: what it asks for.
        targets: foreign places its secret fields are sent to.
        scripts: scam scripts its text follows.
        phone: a telephone number in its text.
        local: whether it comes from a private network, where routers and intranets carry anybody's name.
    """

    claim: Claim | None
    asks: frozenset[Ask]
    targets: tuple[Target, ...]
    scripts: tuple[ScriptSeen, ...]
    phone: str | None
    local: bool

    @property
    def heavy(self) -> bool:
        """Whether it asks for what cannot be changed like a password."""
        return not HEAVY.isdisjoint(self.asks)


def vouched_for(subject: UrlSubject, facts: Facts) -> bool:
    """Whether what a page shows must not raise suspicion.

    Official hosts and their kin speak as themselves. A much visited site does too, unless strangers hold what lies
    below it (``sites.google.com``): what it looks like is its owner's doing, and millions know it.
    """
    if facts.official is not None or facts.kin:
        return True
    return facts.popular and not facts.shared_zone and not subject.shared


class PageReader:
    """Reads descriptions against the shipped names, words and scripts.

    Attributes:
        claims: finds whom a text names.
        scripts: recognises scam scripts.
    """

    def __init__(self, lexicon: Lexicon, registry: Registry, words: PageWords, scripts: Iterable[Script]) -> None:
        self.claims = ClaimReader(lexicon, registry, words)
        self._fields = FieldReader(words, lexicon.folder, registry)
        self.scripts = ScriptReader(scripts, words.reporting, lexicon.folder)

    def hints(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Phrases of telling fields and of telling texts: a page with neither is not worth a question."""
        return self._fields.hints(), self.scripts.telling()

    def read(self, seen: PageSeen, subject: UrlSubject) -> PageView:
        """Read one description."""
        words = " ".join((seen.title, *seen.headings, seen.text))
        return PageView(
            claim=self.claims.read(seen),
            asks=self._fields.asks(seen),
            targets=self._fields.targets(seen, subject),
            scripts=self.scripts.read(words),
            phone=phone_number(words),
            local=is_private(subject),
        )
