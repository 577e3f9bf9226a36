"""What is known about a mail before its signals are asked."""

from __future__ import annotations

import msgspec

from guetteur.core.bodies import PUBLIC_HOST_SECTOR, Body, Official
from guetteur.core.facts import Fact, Unavailable
from guetteur.core.mail.subject import MailLink
from guetteur.core.pageclaim import Named
from guetteur.core.scripts import ScriptSeen
from guetteur.core.subject import HostKind, UrlSubject
from guetteur.core.verdict import Level, Verdict

_CARRIERS = ("platform", "payment", PUBLIC_HOST_SECTOR)


class LinkFacts(msgspec.Struct, frozen=True):
    """One link of a mail.

    Attributes:
        link: as it stands in the mail.
        target: where it leads in the end, known redirecting services unwrapped; None when that is no web address.
        verdict: what is known of ``target`` by itself.
        shown: the host that the clicked words show, where they show one.
        shown_of: the body that host belongs to.
        trusted: its host is official, or much visited and not open to strangers.
        anonymous: its host is a service where anybody puts a page in minutes, or which hides where it leads.
        own: its host lies under the sender's registered name, or that of whoever signed the mail.
    """

    link: MailLink
    target: UrlSubject | None
    verdict: Verdict | None
    shown: str = ""
    shown_of: Official | None = None
    trusted: bool = False
    anonymous: bool = False
    own: bool = False

    @property
    def body(self) -> Body | None:
        """The body whose official host it leads to."""
        official = self.verdict is not None and self.verdict.level in (Level.OFFICIAL, Level.NO_KNOWN_RISK)
        return self.verdict.body if self.verdict is not None and official else None

    @property
    def bare_address(self) -> bool:
        """Whether it leads to a number instead of a name."""
        return self.target is not None and self.target.host_kind is not HostKind.DOMAIN


class SenderFacts(msgspec.Struct, frozen=True):
    """Who wrote, as far as it can be known.

    Attributes:
        domain: what is behind the ``@``.
        registrable: the registered name it lies under, or None.
        official: whose domain it is, when mail from it can only be that body's.
        proven: whether the receiving side found the domain to be the real sender.
        refuses: the domain asks receivers to refuse what is not proven.
        free: anybody may have an address there.
        popular: a much visited site's own domain.
        verdict: what is known of the domain as a web address; None for trusted and free ones.
        claim: the body that the display name names.
        quoted: an address or host of somebody else in the display name.
        quoted_of: the body whose that is.
        quoted_own: that is the domain of the reader's own address.
        itself: it is one of the recipients' own addresses.
        host: the body at whose free domain the address is.
    """

    domain: str = ""
    registrable: str | None = None
    official: Official | None = None
    proven: Fact[bool] = Unavailable("headers_not_shown")
    refuses: bool = False
    free: bool = False
    popular: bool = False
    verdict: Verdict | None = None
    claim: Named | None = None
    quoted: str = ""
    quoted_of: Official | None = None
    quoted_own: bool = False
    itself: bool = False
    host: Body | None = None

    @property
    def is_proven(self) -> bool:
        """Known to be the real sender."""
        return not isinstance(self.proven, Unavailable) and self.proven.value

    @property
    def is_disproven(self) -> bool:
        """The receiving side looked, and found no proof."""
        return not isinstance(self.proven, Unavailable) and not self.proven.value

    @property
    def trusted(self) -> bool:
        """Proven to come from a body that sends its own words, or from a much visited site."""
        return self.is_proven and not self.free and (self.official is not None or self.popular)

    @property
    def carries(self) -> bool:
        """Whether strangers' words come from its servers: notices of platforms, requests for money, public sites."""
        return self.official is None or self.official.body.sector in _CARRIERS

    @property
    def speaks_for_itself(self) -> bool:
        """Its domain is a body's that sends its own words; such bodies name each other (Chronopost, La Poste)."""
        return self.official is not None and not self.carries

    @property
    def claims_falsely(self) -> bool:
        """Whether the display name names a body that the address is not of."""
        if self.claim is None or self.speaks_for_itself:
            return False
        return self.official is None or self.official.body.id != self.claim.body.id

    @property
    def claims_host(self) -> bool:
        """Whether the name is that of the provider at which anybody may have this address."""
        return self.claim is not None and self.host is not None and self.host.id == self.claim.body.id


class MailFacts(msgspec.Struct, frozen=True):
    """Everything signals may ask for.

    Attributes:
        sender: who wrote.
        links: the links, in order.
        scripts: scam scripts that subject and text follow, likeliest first.
        topic: the body that the subject line names.
        disguised: a word of name, subject or text that is written with letters of several alphabets or broken by
            characters nobody sees; empty without.
        styled: a word of name or subject in letters made for formulas; empty without.
        answers_private: answers go to another address than the sender's, one that anybody can get.
    """

    sender: SenderFacts = SenderFacts()
    links: tuple[LinkFacts, ...] = ()
    scripts: tuple[ScriptSeen, ...] = ()
    topic: Named | None = None
    disguised: str = ""
    styled: str = ""
    answers_private: bool = False

    @property
    def addresses_body(self) -> Body | None:
        """The body that the mail speaks as, by its sender's name or its subject, and is not proven to come from."""
        sender = self.sender
        claim = sender.claim if sender.claims_falsely else None
        return claim.body if claim is not None else self.topic.body if self.topic is not None else None
