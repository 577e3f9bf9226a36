"""Gathers the local facts about a mail and has it judged: sender, links, words, by what the `Checker` knows."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from guetteur.core.bodies import Official
from guetteur.core.facts import Known
from guetteur.core.hostwalk import parents
from guetteur.core.mail.addresses import ascii_domain
from guetteur.core.mail.disguise import disguised_word, styled_word
from guetteur.core.mail.eml import merged, read_raw, read_shown
from guetteur.core.mail.facts import LinkFacts, MailFacts, SenderFacts
from guetteur.core.mail.proof import proven, signers
from guetteur.core.mail.seen import MailSeen
from guetteur.core.mail.senders import registrable
from guetteur.core.mail.verdict import judge_mail
from guetteur.core.subject import parse_host_or_url, parse_url
from guetteur.core.suffixes import split_host
from guetteur.core.verdict import Level
from guetteur.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from guetteur.checker import Checker
    from guetteur.core.bodies import Body
    from guetteur.core.mail.subject import MailLink, MailSubject
    from guetteur.core.mail.verdict import MailVerdict
    from guetteur.core.pageclaim import Named
    from guetteur.core.signal import Signal
    from guetteur.core.subject import UrlSubject
    from guetteur.core.verdict import Verdict
    from guetteur.lists.knowledge import Knowledge

# A host in letters of every script, as a reader and a browser take `ımpots.gouv.fr` for one; and one in ASCII, around
# which other letters stand as they would not in a host.
_HOSTS = (
    re.compile(
        r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,20}(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,24})(?![\w-])", re.IGNORECASE
    ),
    re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,20}[a-z]{2,24}(?![a-z0-9-])", re.IGNORECASE | re.ASCII),
)
_SEGMENT = re.compile(r"[|:•·–—!?,()\[\]]|\s-\s")
_MOST_SEGMENTS = 8


class MailChecker:
    """Judges mails against what this machine holds.

    Attributes:
        checker: judges the addresses in them.
        routes: where to report what, by the `route` of a script.
        receivers: who takes mail in, and how each says what it found.
    """

    def __init__(
        self, checker: Checker, knowledge: Knowledge, signals: Iterable[Signal[MailSubject, MailFacts]]
    ) -> None:
        self.checker = checker
        self.routes = knowledge.routes
        self.receivers = knowledge.receivers
        self._signals = tuple(signals)
        table = knowledge.senders
        self._free = frozenset(table.free)
        self._persons = frozenset(checker.folder.letters(name) for name in table.persons)
        self._places = frozenset(table.places)
        self._anonymous = frozenset(table.anonymous)
        self._refusing = frozenset(table.reject)
        self._senders = {domain: body for body in checker.registry.bodies for domain in body.sender_domains}

    def read(self, raw: bytes | None, shown: MailSeen | None = None, *, truncated: bool = False) -> MailSubject:
        """Read a raw message, what a webmail shows of it, or both.

        Raises:
            InvalidInputError: ``nothing_to_read``, and those of `guetteur.core.mail.eml.read_raw`.
        """
        if raw is None and shown is None:
            raise InvalidInputError("nothing_to_read", "neither `raw` nor `shown` is there", "send one of them")
        if raw is None:
            return read_shown(shown or MailSeen())
        mail = read_raw(raw, self.receivers, truncated=truncated)
        return merged(mail, read_shown(shown)) if shown is not None else mail

    def check(self, mail: MailSubject, *, now: datetime) -> MailVerdict:
        """Judge one mail."""
        version = self.checker.blocklist.version if self.checker.blocklist is not None else None
        return judge_mail(mail, self.facts(mail, now), self._signals, list_version=version, now=now)

    def facts(self, mail: MailSubject, now: datetime) -> MailFacts:
        """Everything local that is known about ``mail``."""
        sender = self._sender(mail, now)
        signed = signers(mail)
        verdicts: dict[str, Verdict] = {}
        return MailFacts(
            sender=sender,
            links=tuple(self._link(link, sender, signed, verdicts, now) for link in mail.links),
            scripts=self.checker.pages.scripts.read(f"{mail.sender.name}\n{mail.subject}\n{mail.text}"),
            topic=self._topic(mail.subject),
            disguised=disguised_word(mail.sender.name, mail.subject, mail.text),
            styled=styled_word(f"{mail.sender.name} {mail.subject}"),
            answers_private=any(
                box.domain in self._free and box.address.lower() != mail.sender.address.lower() for box in mail.reply_to
            ),
        )

    def _sender(self, mail: MailSubject, now: datetime) -> SenderFacts:
        box = mail.sender
        domain, registered = box.domain, registrable(box.domain)
        free = domain in self._free
        official = None if free else self._official(domain)
        subject = _host_subject(domain)
        trusted = official is not None or free
        facts = self.checker.facts(subject, today=now.date()) if subject is not None and not trusted else None
        quoted, quoted_of, quoted_own = self._quoted(box.name, domain, mail.recipients)
        return SenderFacts(
            domain=domain,
            registrable=registered,
            official=official,
            proven=proven(mail, self._free),
            refuses=self._refuses(mail, domain),
            free=free,
            popular=(facts is not None and facts.trusted) or self._visited(registered),
            verdict=self.checker.check(subject, now=now) if facts is not None and subject is not None else None,
            claim=self._claim(box.name),
            quoted=quoted,
            quoted_of=quoted_of,
            quoted_own=quoted_own,
            host=self._host_of(domain) if free else None,
            itself=bool(box.address) and box.address.lower() in {one.lower() for one in mail.recipients},
        )

    def _official(self, domain: str) -> Official | None:
        """Whose domain this is: addresses at a provider's own name belong to its customers."""
        if not domain:
            return None
        official = self.checker.official(domain)
        if official is not None:
            return official
        found = ((name, self._senders.get(name)) for name in parents(domain))
        return next((Official(body, name) for name, body in found if body is not None), None)

    def _visited(self, registered: str | None) -> bool:
        subject = _host_subject(registered or "")
        return subject is not None and self.checker.is_popular(subject.host)

    def _refuses(self, mail: MailSubject, domain: str) -> bool:
        if any(name in self._refusing for name in parents(domain)):
            return True
        return isinstance(mail.authentication, Known) and mail.authentication.value.policy == "reject"

    def _claim(self, name: str) -> Named | None:
        claim = self.checker.pages.claims.named(name) if name else None
        alone = claim is not None and self.checker.folder.letters(name) == claim.word
        if claim is None or (claim.word in self._persons and not alone):
            return None
        called_after = self._places.intersection(self.checker.pages.claims.tokens(name)) - {claim.word}
        return None if called_after else claim

    def _quoted(self, name: str, domain: str, recipients: Iterable[str]) -> tuple[str, Official | None, bool]:
        """An address or host in the display name that is not the sender's own: a body's, the reader's, anybody's."""
        own = registrable(domain) or domain
        readers = {registrable(address.rpartition("@")[2]) for address in recipients} - {None, own} - self._free
        for found in chain.from_iterable(host.finditer(name) for host in _HOSTS):
            host, official = self._read_host(found.group())
            written = registrable(_host(found.group()))
            if not host or own in (registrable(host), written):
                continue
            if official is not None or written in readers or name[: found.start()].endswith("@"):
                return found.group(), official, written in readers
        return "", None, False

    def _read_host(self, written: str) -> tuple[str, Official | None]:
        """The body's host that a reader takes ``written`` for, and whose it is; else the host that it is."""
        plain = _host(written)
        for host in dict.fromkeys((_host(self.checker.folder.fold(written)), plain)):
            official = self._official(host) if host and host not in self._free else None
            if official is not None:
                return host, official
        return plain, None

    def _shown(self, text: str) -> tuple[str, Official | None]:
        """The host that the clicked words consist of, or begin with, as an address does, and whose it is."""
        text = text.strip()[:300]
        for found in (host.search(text) for host in _HOSTS):
            host, official = (
                self._read_host(found.group()) if found and " " not in text[: found.start()] else ("", None)
            )
            if host:
                return host, official
        return "", None

    def _host_of(self, domain: str) -> Body | None:
        found = self.checker.official(domain)
        return found.body if found is not None else None

    def _topic(self, subject: str) -> Named | None:
        """The body that a part of the subject line consists of: ``Netflix : votre paiement``."""
        for part in _SEGMENT.split(subject)[:_MOST_SEGMENTS]:
            named = self.checker.pages.claims.named(part) if part.strip() else None
            if named is not None and not named.common:
                return named
        return None

    def _link(
        self,
        link: MailLink,
        sender: SenderFacts,
        signed: frozenset[str],
        verdicts: dict[str, Verdict],
        now: datetime,
    ) -> LinkFacts:
        try:
            subject = parse_url(link.url)
        except InvalidInputError:
            return LinkFacts(link, None, None)
        target = self.checker.redirects.unwrap(subject) or subject
        verdict = verdicts.get(target.url)
        if verdict is None:
            verdict = verdicts[target.url] = self.checker.check(target, now=now)
        shown, shown_of = self._shown(link.text)
        name = target.registrable_domain or target.host
        return LinkFacts(
            link,
            target,
            verdict,
            shown=shown,
            shown_of=shown_of,
            trusted=verdict.level is Level.OFFICIAL or self.checker.is_trusted(target),
            anonymous=not self._anonymous.isdisjoint(parents(target.host)),
            own=name in signed or name == sender.registrable,
        )


def _host(text: str) -> str:
    """``text`` as the name of a host below a public suffix, in ASCII; else nothing."""
    host = ascii_domain(text)
    return host if split_host(host)[0] is not None else ""


def _host_subject(host: str) -> UrlSubject | None:
    try:
        return parse_host_or_url(f"https://{host}/") if host else None
    except InvalidInputError:
        return None
