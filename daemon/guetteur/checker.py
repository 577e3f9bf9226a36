"""Gathers the local facts about a subject and has it judged: no network, a few tens of microseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from msgspec.structs import replace

from guetteur.core.actionwords import ActionReader
from guetteur.core.bodies import Official, public_host
from guetteur.core.facts import NOT_ASKED, Facts, Known, Redirect, Unavailable
from guetteur.core.hostwalk import held_by, parents
from guetteur.core.nameview import NOTHING, read_name
from guetteur.core.pathview import PathReader
from guetteur.core.redirects import Redirects
from guetteur.core.signal import Need
from guetteur.core.suffixes import split_host
from guetteur.core.verdict import Level, judge
from guetteur.lists.newly import NoNewly

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from guetteur.core.bodies import Registry
    from guetteur.core.facts import Fact, Listing
    from guetteur.core.lexicon import Lexicon
    from guetteur.core.model import NameModel
    from guetteur.core.pageseen import PageSeen
    from guetteur.core.signal import Signal
    from guetteur.core.subject import UrlSubject
    from guetteur.core.verdict import Verdict
    from guetteur.lists.compiled import CompiledList
    from guetteur.lists.knowledge import Knowledge
    from guetteur.lists.newly import Newly
    from guetteur.lists.view import ListView


class Exceptions(Protocol):
    """The person's own exceptions; asked at every check, so from memory."""

    def holds(self, host: str) -> bool:
        """Whether the person said not to be warned of ``host``."""


class Visits(Protocol):
    """What the person is used to; asked at every check of a host that names a body, so from memory."""

    def familiar(self, host: str) -> bool:
        """Whether ``host`` was often visited before it was ever suspicious."""


class Nobody:
    """Without a person: nothing is excepted, nothing is familiar."""

    def holds(self, _host: str) -> bool:
        """Never."""
        return False

    def familiar(self, _host: str) -> bool:
        """Never."""
        return False


class _Standing(NamedTuple):
    """What is known of a host's owner; see `Facts`. ``zone``: the free hosting it lies on, beyond the suffix list."""

    official: Official | None
    popular: bool
    infrastructure: bool
    kin: bool
    zone: str | None


class Checker:
    """Judges subjects against what this machine holds.

    Attributes:
        registry: the official bodies.
        public_hosts: the State's list of public-sector hosts.
        pages: reads what pages show.
        redirects: finds where links lead.
        folder: reads letters as those they look like.
        blocklist: hosts known to be bad, or None when the caller leaves lists out or none could be read.
        newly: when domains were registered, as far as the lists tell.
        exceptions: hosts the person does not want to be warned of.
        visits: hosts the person knows well.
    """

    def __init__(  # noqa: PLR0913 -- each is a different kind of knowledge
        self,
        knowledge: Knowledge,
        signals: Iterable[Signal[UrlSubject, Facts]],
        model: NameModel,
        *,
        public_hosts: CompiledList,
        popular: CompiledList,
        blocklist: ListView | None,
    ) -> None:
        self.registry: Registry = knowledge.registry()
        self.public_hosts = public_hosts
        self.blocklist = blocklist
        self._lexicon: Lexicon = knowledge.lexicon(self.registry)
        self.folder = self._lexicon.folder
        self.pages = knowledge.page_reader(self.registry, self._lexicon)
        self.redirects = Redirects(knowledge.redirects)
        self._actions = ActionReader(knowledge.actions, knowledge.words)
        self._paths = PathReader(self._lexicon)
        self.newly: Newly = NoNewly()
        self.exceptions: Exceptions = Nobody()
        self.visits: Visits = Nobody()
        self._model = model
        signals = tuple(signals)
        # By whether the host names a body, its page was described, the address says more: most signals would be asked
        # in vain.
        self._asked = {
            (named, described, more): tuple(
                signal
                for signal in signals
                if (named or signal.needs is not Need.NAME)
                and (described or signal.needs is not Need.PAGE)
                and (more or signal.needs is not Need.REST)
            )
            for named in (False, True)
            for described in (False, True)
            for more in (False, True)
        }
        self._popular = popular
        self._shared_zones = frozenset(knowledge.shared_zones)
        # Domains of which a body holds named hosts: the rest is the same owner's, though not vouched for.
        self._owned = {split_host(domain)[0] for domain, _ in self.registry.domains()} - {None}
        self._infrastructure = frozenset(knowledge.infrastructure_zones)

    def check(
        self, subject: UrlSubject, *, now: datetime, page: PageSeen | None = None, age: Fact[date] = NOT_ASKED
    ) -> Verdict:
        """Judge one web address, what its page shows where somebody described it, and its age where that is known."""
        version = self.blocklist.version if self.blocklist is not None else None
        facts = self.facts(subject, page, age, now.date())
        if len(subject.path) > 1:
            redirect = self._redirect(subject, version, now)
            if redirect is not None:
                facts = replace(facts, redirect=redirect)
        return self._judge(subject, facts, version, now)

    def _judge(self, subject: UrlSubject, facts: Facts, version: str | None, now: datetime) -> Verdict:
        more = bool(facts.actions or facts.path or facts.redirect or subject.port)
        signals = self._asked[facts.names is not NOTHING, facts.page is not None, more]
        return judge(subject, facts, signals, self._model, list_version=version, now=now)

    def _redirect(self, subject: UrlSubject, version: str | None, now: datetime) -> Redirect | None:
        """The first dangerous address that the link leads to, by what is known of that address alone."""
        for hop in self.redirects.hops(subject):
            verdict = self._judge(hop.target, self.facts(hop.target, today=now.date()), version, now)
            if verdict.level is Level.DANGER:
                return Redirect(hop.target.host, hop.sure, verdict)
        return None

    def facts(
        self,
        subject: UrlSubject,
        page: PageSeen | None = None,
        age: Fact[date] = NOT_ASKED,
        today: date | None = None,
    ) -> Facts:
        """Everything local that is known about ``subject``."""
        host = subject.host
        official, popular, infrastructure, kin, zone = self._standing(subject)
        trusted = official is not None or popular or infrastructure or kin
        names = NOTHING if trusted else read_name(subject, self._lexicon, zone)
        named = bool(names.names or names.government)
        actions = () if trusted else self._actions.read(subject, zone)
        if actions and any(word.grade != "topic" and not word.disguised for word in names.names):
            actions = ()  # it names somebody: other signals read it
        path = None
        if not trusted and len(subject.path) > 1:
            path = self._paths.read(subject, shared=subject.shared or zone is not None)
        if age is NOT_ASKED and (named or actions) and subject.registrable_domain is not None:
            registered = self.newly.registered_on(subject.registrable_domain)
            age = age if registered is None else Known(registered)
        return Facts(
            official=official,
            popular=popular,
            infrastructure=infrastructure,
            kin=kin,
            shared_zone=zone is not None,
            listing=self._listing(subject),
            names=names,
            page=self.pages.read(page, subject) if page is not None and official is None else None,
            actions=actions,
            path=path,
            wording=self._model.wording(names.masked, names.suffix, host) if named else None,
            age=age,
            today=today,
            exempt=self.exceptions.holds(host),
            familiar=self.visits.familiar(host) if named or page is not None or actions or path else False,
        )

    def is_popular(self, host: str) -> bool:
        """Whether it is one of the much visited sites (or its ``www.`` twin)."""
        # Only the visited site itself: what strangers put below it is theirs.
        return self._popular.holds(host) or (host.startswith("www.") and self._popular.holds(host[4:]))

    def is_trusted(self, subject: UrlSubject) -> bool:
        """Whether the name alone raises no suspicion: official, much visited, a CDN's, a body's further hosts."""
        standing = self._standing(subject)
        return standing.official is not None or standing.popular or standing.infrastructure or standing.kin

    def _standing(self, subject: UrlSubject) -> _Standing:
        host = subject.host
        official = self.official(host)
        above = parents(host)
        zone = next((name for name in above if name in self._shared_zones), None)
        return _Standing(
            official,
            official is None and self.is_popular(host),
            not self._infrastructure.isdisjoint(above),
            official is None and zone is None and subject.registrable_domain in self._owned,
            zone,
        )

    def official(self, host: str) -> Official | None:
        """Whose host this is, by the registry first and the State's list second."""
        found = self.registry.official(host)
        if found is None:
            entry = self.public_hosts.find(host)
            # The State's list names a provider's domain where a town hall has its page there.
            if entry is not None and held_by(host, (entry.entry,), self._shared_zones):
                return public_host(entry.entry)
        return found

    def _listing(self, subject: UrlSubject) -> Fact[Listing | None]:
        if self.blocklist is None:
            return Unavailable("no_list")
        return Known(self.blocklist.find(subject.host, subject.path.partition("?")[0]))
