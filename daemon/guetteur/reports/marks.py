"""What a report can share with another one: its marks, read from the original evidence; pure.

A mark is left out where it is not the scammer's own: an official body's address or number, which scams quote, the
recipient's address put down as the sender, the address and the certificate of a network that stands in front of
everybody's sites, telephone numbers of blackmail, which quote the victim's. A page's icon is no mark at all: a fake has
that of the body it plays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from guetteur.core.bodies import Registry
from guetteur.core.hostwalk import parents
from guetteur.core.mail.eml import read_raw, read_shown
from guetteur.core.mail.limits import MAX_MARKUP_BYTES
from guetteur.core.mail.received import Receivers
from guetteur.core.mail.seen import MailSeen
from guetteur.core.mail.shown import Shown
from guetteur.core.similarity import Folder
from guetteur.core.subject import HostKind, parse_url
from guetteur.errors import InvalidInputError
from guetteur.reports.channels.interface import mail_of
from guetteur.reports.likeness import picture_hash, text_hash, words_of
from guetteur.reports.numbers import e164, ibans, phones
from guetteur.reports.wallets import wallets, wallets_in
from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from guetteur.core.mail.subject import MailSubject
    from guetteur.core.subject import UrlSubject
    from guetteur.lists.knowledge import Knowledge
    from guetteur.reports.case import Case, Item
    from guetteur.reports.table import ChannelTable

MarkKind = Literal["domain", "ip", "certificate", "text", "picture", "wallet", "iban", "phone", "sender"]

_MAX_ADDRESSES = 8
_NAME = re.compile(r"[^\W\d_]{3,}")
_NO_RECEIVERS = Receivers("", date.min)
_T = TypeVar("_T")


class Mark(msgspec.Struct, frozen=True, order=True, gc=False):
    """One thing that two reports may share.

    Attributes:
        kind: what it is.
        value: ``domain``: the registered name, the host on shared hosting, host and path where strangers share the
            host; ``ip``: an address; ``certificate``: SHA-256, hexadecimal; ``text`` and ``picture``: a hash of
            `guetteur.reports.likeness`, hexadecimal; ``wallet``, ``iban``: as written, without spaces; ``phone``:
            E.164; ``sender``: an e-mail address.
    """

    kind: MarkKind
    value: str


@dataclass(frozen=True, slots=True)
class Commons:
    """What is common to many and so marks nobody.

    Attributes:
        folder: what look-alike letters are read as.
        registry: the official bodies.
        senders: domains of sender addresses that are forged, not had.
        free: domains where anybody may have an address, were they a body's own.
        phones: numbers of official bodies, E.164.
        shared: hosts under which strangers get names, beyond the Public Suffix List's.
        fronts: hosts and suffixes that stand in front of everybody's sites.
        networks: numbers of the autonomous systems that do.
    """

    folder: Folder = field(default_factory=lambda: Folder({}))
    registry: Registry = field(default_factory=lambda: Registry(()))
    senders: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    fronts: frozenset[str] = frozenset()
    networks: frozenset[int] = frozenset()


NOTHING_KNOWN = Commons()


def commons_of(knowledge: Knowledge, table: ChannelTable) -> Commons:
    """What the package knows of it."""
    return Commons(
        folder=Folder(knowledge.confusables),
        registry=knowledge.registry(),
        senders=frozenset(
            (*knowledge.senders.reject, *(name for body in knowledge.bodies for name in body.sender_domains))
        ),
        free=frozenset(knowledge.senders.free),
        phones=frozenset(e164(phone.number) for body in knowledge.bodies for phone in body.phones),
        shared=frozenset(knowledge.shared_zones),
        fronts=frozenset((*knowledge.infrastructure_zones, *(name for host in table.hosts for name in host.suffixes))),
        networks=frozenset(number for host in table.hosts for number in host.networks),
    )


def marks_of(case: Case, items: Sequence[Item], commons: Commons = NOTHING_KNOWN) -> tuple[Mark, ...]:
    """All marks of a case, each once.

    Args:
        case: as the person met it, with its exact address.
        items: the original evidence, not the copy for third parties.
        commons: what marks nobody.
    """
    by_path = {item.path: item.data for item in items}
    found: dict[Mark, None] = {}
    subject = _subject(case)
    if subject is not None:
        found |= dict.fromkeys(_place(subject, by_path, commons))
    found |= dict.fromkeys(_page(by_path, commons))
    mail = _mail(items, by_path)
    if mail is not None:
        message = mail_of(items)
        found |= dict.fromkeys(_message(mail, message.data if message is not None else b"", commons))
    if case.kind == "sextortion":
        return tuple(mark for mark in found if mark.kind != "phone")
    return tuple(found)


def _subject(case: Case) -> UrlSubject | None:
    try:
        return parse_url(case.url or "")
    except InvalidInputError:
        return None


def _place(subject: UrlSubject, by_path: dict[str, bytes], commons: Commons) -> Iterator[Mark]:
    """What the page's address and the answers about it say."""
    if commons.registry.official(subject.host) is not None:
        return  # a genuine page that a scam links to
    yield Mark("domain", _site(subject, commons))
    visit = _read(by_path.get("page/visit.json"), _Visit) or _Visit()
    answers = _read(by_path.get("network/dns.json"), tuple[_Answer, ...]) or ()
    origins = _read(by_path.get("network/asn.json"), tuple[_Origin, ...]) or ()
    names = {subject.host, *(answer.alias for answer in answers)}
    names |= {value for answer in answers if answer.type == "CNAME" for value in answer.values}
    behind_front = any(not commons.fronts.isdisjoint(parents(name)) for name in names if name)
    behind_front |= any(number in commons.networks for origin in origins for number in origin.numbers)
    if behind_front:
        return
    own = [subject.host.strip("[]")] if subject.host_kind is not HostKind.DOMAIN else []
    seen = (value for answer in answers if answer.type in {"A", "AAAA"} for value in answer.values)
    addresses = dict.fromkeys(filter(None, map(_address, (*own, visit.address, *seen))))
    for address in tuple(addresses)[:_MAX_ADDRESSES]:
        yield Mark("ip", address)
    certificate = _read(by_path.get("network/certificate.json"), _Certificate)
    if certificate is not None and certificate.sha256 and not _is_everybodys(certificate, subject, commons):
        yield Mark("certificate", certificate.sha256)


def _site(subject: UrlSubject, commons: Commons) -> str:
    """Whose site it is: strangers that share a zone are told apart by the name below it, on one host by the path."""
    if subject.host in commons.shared:
        return subject.host + subject.path.partition("?")[0].rstrip("/")
    if subject.shared or subject.registrable_domain is None:
        return subject.host
    names = parents(subject.host)
    below = next((at for at, name in enumerate(names) if name in commons.shared), None)
    return names[below - 1] if below else subject.registrable_domain


def _is_everybodys(certificate: _Certificate, subject: UrlSubject, commons: Commons) -> bool:
    """Whether one certificate is shown for the sites of strangers."""
    for name in certificate.names:
        bare = name.lower().removeprefix("*.")
        try:
            named = parse_url(f"https://{bare}/")
        except InvalidInputError:
            continue
        # A zone that strangers share has no registrable name, or is known as one.
        whole_zone = name.startswith("*.") and named.registrable_domain is None
        if whole_zone or not (commons.shared | commons.fronts).isdisjoint(parents(bare)):
            return True
    return subject.shared and not any(name.lower() == subject.host for name in certificate.names)


def _page(by_path: dict[str, bytes], commons: Commons) -> Iterator[Mark]:
    """What the page shows."""
    markup = by_path.get("page/page.html")
    if markup:
        text = Shown(markup[:MAX_MARKUP_BYTES].decode("utf-8", "replace")).text
        yield from _written(text, commons)
        yield from (Mark("wallet", one) for one in wallets_in((text,)))
    for path, data in by_path.items():
        if path.startswith("page/screenshot."):
            hashed = picture_hash(data)
            if hashed is not None:
                yield Mark("picture", hashed)


def _mail(items: Sequence[Item], by_path: dict[str, bytes]) -> MailSubject | None:
    message = mail_of(items)
    try:
        if message is not None:
            return read_raw(message.data, _NO_RECEIVERS)
    except InvalidInputError:
        return None
    shown = _read(by_path.get("mail/shown.json"), MailSeen)
    return read_shown(shown) if shown is not None else None


def _message(mail: MailSubject, raw: bytes, commons: Commons) -> Iterator[Mark]:
    """What a mail says, and who wants the answer."""
    people = [name for address in mail.recipients for name in _NAME.findall(address.partition("@")[0])]
    yield from _written(mail.text, commons, people)
    yield from (Mark("wallet", one) for one in wallets_in((mail.text,)) or wallets(raw))
    for box in (mail.sender, *mail.reply_to):
        address = box.address.lower()
        if box.domain and address not in mail.recipients and not _is_forged(box.domain, commons):
            yield Mark("sender", address)


def _is_forged(domain: str, commons: Commons) -> bool:
    """Whether addresses there are an official body's own: anybody may put one down, few are let have one."""
    if domain in commons.free:
        return False
    return commons.registry.official(domain) is not None or not commons.senders.isdisjoint(parents(domain))


def _written(text: str, commons: Commons, people: Iterable[str] = ()) -> Iterator[Mark]:
    hashed = text_hash(words_of(text, commons.folder, people))
    if hashed is not None:
        yield Mark("text", hashed)
    yield from (Mark("iban", one) for one in ibans(text))
    yield from (Mark("phone", one) for one in phones(text) if one not in commons.phones)


class _Visit(msgspec.Struct):
    address: str = ""


class _Answer(msgspec.Struct):
    type: str = ""
    values: tuple[str, ...] = ()
    alias: str = ""


class _Origin(msgspec.Struct):
    numbers: tuple[int, ...] = ()


class _Certificate(msgspec.Struct):
    sha256: str = ""
    names: tuple[str, ...] = ()


def _read(data: bytes | None, form: type[_T]) -> _T | None:
    """JSON among the evidence; None for what is not there, or of another form."""
    try:
        return msgspec.json.decode(data, type=form) if data else None
    except UNREADABLE:
        return None


def _address(text: str) -> str:
    """An address in its one spelling; empty for what is none."""
    try:
        found = ip_address(text)
    except ValueError:
        return ""
    return str(found)
