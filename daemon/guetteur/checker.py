"""Gathers the local facts about a subject and has it judged: no network, a few tens of microseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.bodies import Official, public_host
from guetteur.core.facts import Facts, Known, Unavailable
from guetteur.core.hostwalk import parents
from guetteur.core.nameview import NOTHING, read_name
from guetteur.core.subject import split_host
from guetteur.core.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from guetteur.core.bodies import Registry
    from guetteur.core.facts import Fact, Listing
    from guetteur.core.lexicon import Lexicon
    from guetteur.core.signal import Signal
    from guetteur.core.subject import UrlSubject
    from guetteur.core.verdict import Verdict
    from guetteur.lists.compiled import CompiledList
    from guetteur.lists.knowledge import Knowledge
    from guetteur.lists.view import ListView


class Checker:
    """Judges subjects against what this machine holds.

    Attributes:
        registry: the official bodies.
        public_hosts: the State's list of public-sector hosts.
        blocklist: hosts known to be bad, or None when the caller leaves lists out or none could be read.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        signals: Iterable[Signal],
        *,
        public_hosts: CompiledList,
        popular: CompiledList,
        blocklist: ListView | None,
    ) -> None:
        self.registry: Registry = knowledge.registry()
        self.public_hosts = public_hosts
        self.blocklist = blocklist
        self._lexicon: Lexicon = knowledge.lexicon(self.registry)
        self._signals = tuple(signals)
        self._popular = popular
        self._shared_zones = frozenset(knowledge.shared_zones)
        # Domains of which a body holds named hosts: the rest is the same owner's, though not vouched for.
        self._owned = {split_host(domain)[0] for domain, _ in self.registry.domains()} - {None}
        self._infrastructure = frozenset(knowledge.infrastructure_zones)

    def check(self, subject: UrlSubject, *, now: datetime) -> Verdict:
        """Judge one web address."""
        version = self.blocklist.version if self.blocklist is not None else None
        return judge(subject, self.facts(subject), self._signals, list_version=version, now=now)

    def facts(self, subject: UrlSubject) -> Facts:
        """Everything local that is known about ``subject``."""
        host = subject.host
        official = self.official(host)
        popular = official is None and self._is_popular(host)
        infrastructure = any(name in self._infrastructure for name in parents(host))
        zone = next((name for name in parents(host) if name in self._shared_zones), None)
        kin = official is None and zone is None and subject.registrable_domain in self._owned
        return Facts(
            official=official,
            popular=popular,
            infrastructure=infrastructure,
            kin=kin,
            shared_zone=zone is not None,
            listing=self._listing(subject),
            names=NOTHING if official or popular or infrastructure or kin else read_name(subject, self._lexicon, zone),
        )

    def official(self, host: str) -> Official | None:
        """Whose host this is, by the registry first and the State's list second."""
        found = self.registry.official(host)
        if found is None:
            entry = self.public_hosts.find(host)
            if entry is not None:
                return public_host(entry.entry)
        return found

    def _is_popular(self, host: str) -> bool:
        # Only the visited site itself: what strangers put below it is theirs.
        return self._popular.holds(host) or self._popular.holds(host.removeprefix("www."))

    def _listing(self, subject: UrlSubject) -> Fact[Listing | None]:
        if self.blocklist is None:
            return Unavailable("no_list")
        return Known(self.blocklist.find(subject.host, subject.path.partition("?")[0]))
