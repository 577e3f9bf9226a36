"""Received lines, and which of them took the message from outside.

Everything a sender can write is taken as written by him. The name a server greets with (HELO) is his word: only the
address of the connection, and the name that the receiving server itself looked up for it, tell whose hop it was.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from guetteur.core.mail import decode
from guetteur.core.mail.addresses import ascii_domain
from guetteur.core.suffixes import split_host

if TYPE_CHECKING:
    from guetteur.core.mail.mime import Headers

MAX_HOPS = 50
_CLAUSE = re.compile(r"[()]|\sby\s|\s(?:with|id|via|for)\s|;", re.IGNORECASE)
# A bracket may hold one more: Sendmail writes "(name [address] (may be forged))".
_GROUP = re.compile(r"\(((?:[^()]++|\([^()]*+\))*+)\)")
_ADDRESS = r"(?:IPv6:)?([0-9a-f:.]{2,60}(?:%[\w.-]{1,20})?)"
_BRACKETED = re.compile(rf"\[{_ADDRESS}\]", re.IGNORECASE)
# The address of the connection stands first in its group, or behind the one name that was looked up for it.
_LOOKED_UP = re.compile(
    rf"\s*+(?:(?![EHL]{{2}}LO\s)([^\s=\[\]]++)\s++)?{_BRACKETED.pattern}(?![^\s:;,])", re.IGNORECASE
)
# qmail writes the bare address, behind what the other side says of its user.
_BARE = re.compile(rf"\s*+(?:[^\s@]*+@)*+{_ADDRESS}\s*+", re.IGNORECASE)
# What the sender said of himself: Exim writes "helo=…", qmail "HELO …", Yahoo "EHLO …".
_SAID = re.compile(r"(?:\b(?:helo|ident)=|\b[EHL]{2}LO\s)\s*+\S*+", re.IGNORECASE)


class Receiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One provider whose way of writing results is known.

    Attributes:
        name: what it is called.
        by: host suffixes of the servers that take mail from outside, as their Received line names them.
        authserv: ids it signs its results with (suffixes); ``""`` where it writes none.
        order: ``above`` where it writes results above the Received line of its border (RFC 8601, 4.1), ``below`` where
            directly under it.
        strips: removes results that carry its id from what comes in; without it, ``below`` counts for nothing.
        own: host suffixes of all its servers.
        inside: networks of its own, through which messages travel between its servers with public addresses.
        seals: domains that it seals forwarded messages with (ARC).
    """

    name: str
    by: tuple[str, ...]
    authserv: tuple[str, ...] = ()
    order: str = "above"
    strips: bool = False
    own: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    seals: tuple[str, ...] = ()


class Receivers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``blocklists/lexicon/mail.toml``: who takes mail in, and how each says what it found."""

    source: str
    checked: date
    receivers: tuple[Receiver, ...] = ()

    def of(self, host: str) -> Receiver | None:
        """The provider whose border ``host`` is."""
        return next((known for known in self.receivers if under(host, known.by)), None)


class Hop(msgspec.Struct, frozen=True):
    """One Received line.

    Attributes:
        index: its place among all headers.
        greeting: name that the sending server gave itself.
        found: name the receiving server looked up for it; empty when it did not, or nothing matched.
        address: address of the connection, or empty.
        by: receiving server.
    """

    index: int
    greeting: str
    found: str
    address: str
    by: str


def hops(headers: Headers) -> list[Hop]:
    """The Received lines, newest first."""
    lines = [(index, raw) for index, (name, raw) in enumerate(headers.fields) if name == "received"]
    return [_read(index, decode.unfold(raw[:4000])) for index, raw in lines[:MAX_HOPS]]


def border(found: list[Hop], receivers: Receivers) -> Hop | None:
    """The hop where the receiving side took the message from outside; None when no line tells."""
    return next((hop for hop in found if not _inside(hop, receivers)), None)


def under(host: str, suffixes: tuple[str, ...]) -> bool:
    """Whether ``host`` is one of ``suffixes`` or lies below one."""
    return any(host == suffix or host.endswith("." + suffix) for suffix in suffixes if suffix)


def same_owner(one: str, other: str) -> bool:
    """Whether two hosts lie under the same registered name."""
    domain = split_host(one)[0]
    return domain is not None and domain == split_host(other)[0]


def _inside(hop: Hop, receivers: Receivers) -> bool:
    """Whether a hop lies within the receiving side."""
    if not hop.address:
        # No connection at all ("by 2002:a05:…" at Google, a local delivery), or software that does not say.
        return not hop.greeting or hop.greeting == "localhost"
    if _is_private(hop.address):
        return True
    if receivers.of(hop.by):
        return False
    owner = next((known for known in receivers.receivers if under(hop.by, known.own)), None)
    if owner:
        return _within(hop.address, owner.inside)
    return bool(hop.found) and same_owner(hop.found, hop.by)


def _read(index: int, text: str) -> Hop:
    sender, receiver = _clauses(text)
    words = sender.split(None, 1)
    greeting = words[0] if words else ""
    groups = _GROUP.findall(sender)
    address = found = ""
    for group in reversed(groups):
        inner, bare = _LOOKED_UP.match(group), _BARE.fullmatch(group)
        candidate = inner[2] if inner else bare[1] if bare else ""
        if _ip(candidate):
            address = candidate
            # "(name [address])" is the name looked up; with a note of doubt it is not.
            if inner and inner[1] and "forged" not in group and "unverified" not in group:
                found = ascii_domain(inner[1])
            break
    if not address and not any(_BRACKETED.search(_SAID.sub("", group)) for group in groups):
        inner = _BRACKETED.fullmatch(greeting)
        candidate = inner[1] if inner else greeting
        address = candidate if _ip(candidate) else ""
    greeted = "" if _ip(greeting.strip("[]")) else ascii_domain(greeting)
    return Hop(index, greeted or greeting[:253].lower(), found if found != "unknown" else "", address, receiver)


def _clauses(text: str) -> tuple[str, str]:
    """What stands after ``from`` and the host after ``by``; words in brackets part nothing."""
    text = " " + text.strip()
    start, where, depth = 0, "", 0
    sender = receiver = ""
    if text[:6].lower() == " from ":
        start, where = 6, "from"
    for match in _CLAUSE.finditer(text):
        sign = match[0]
        if sign in "()":
            depth = max(0, depth + (1 if sign == "(" else -1))
            continue
        if depth:
            continue
        if where == "from":
            sender = text[start : match.start()]
        elif where == "by":
            receiver = text[start : match.start()]
            break
        where = "by" if sign.strip().lower() == "by" else "other"
        start = match.end()
        if sign == ";":
            break
    else:
        if where == "from":
            sender = text[start:]
        elif where == "by":
            receiver = text[start:]
    host = receiver.split(None, 1)[0] if receiver.split() else ""
    return sender, ascii_domain(host)


@lru_cache(maxsize=1024)
def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _is_private(address: str) -> bool:
    ip = _ip(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    # `is_private` would take in addresses that are merely not routed (documentation, benchmarks): nobody's inside.
    return ip is not None and (ip.is_loopback or ip.is_link_local or any(ip in network for network in _PRIVATE))


_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
"""RFC 1918, 6598 and 4193."""


@lru_cache(maxsize=64)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text)


def _within(address: str, networks: tuple[str, ...]) -> bool:
    ip = _ip(address)
    return ip is not None and any(ip in _network(network) for network in networks)
