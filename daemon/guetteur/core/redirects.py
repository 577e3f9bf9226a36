"""Where a link really leads: addresses that carry another address and send the reader on to it.

Only what the link itself says is read: nobody is asked. Services that are known to redirect are a table
(``blocklists/lexicon/redirectors.toml``); any other site may have an open redirect, and its links are read by their
parameters.
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import parse_qsl, unquote

import msgspec

from guetteur.core.hostwalk import parents
from guetteur.core.subject import parse_url, resolve
from guetteur.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from guetteur.core.subject import UrlSubject

_DEPTH = 3
_MOST_TARGETS = 24
"""Of one address: honest sites may stand before the one that matters."""
_PADDING = "=="
_WEB = re.compile(r"https?:|[/\\]{2}", re.IGNORECASE)
_MAY_CARRY = re.compile(r"[%\\]|//|http", re.IGNORECASE)
# What the URL standard takes away before it reads an address.
_BREAKS = dict.fromkeys(map(ord, "\t\n\r"))
_ENDS = "".join(map(chr, range(33)))
_FENCED = re.compile("__(.+?)__")
_JOINT = re.compile("--|-")

How = Literal["plain", "base64", "proofpoint", "path", "fenced", "query", "host"]


class Redirector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One service; the file says what the fields mean."""

    hosts: tuple[str, ...]
    path: str = "/"
    params: tuple[str, ...] = ()
    how: How = "plain"


class RedirectTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``redirectors.toml`` as shipped; ``ignored`` are parameters that lead nowhere."""

    redirectors: tuple[Redirector, ...] = ()
    ignored: tuple[str, ...] = ()


class Hop(NamedTuple):
    """One address that a link leads to; ``sure``: by services that are known to redirect, not by a guess."""

    target: UrlSubject
    sure: bool


class Redirects:
    """Unwraps links; built once."""

    def __init__(self, table: RedirectTable) -> None:
        self._by_host: dict[str, list[Redirector]] = {}
        for redirector in table.redirectors:
            for host in redirector.hosts:
                self._by_host.setdefault(host, []).append(redirector)
        self._ignored = frozenset(table.ignored)

    def unwrap(self, subject: UrlSubject) -> UrlSubject | None:
        """Where a link through known services ends: what to look at in its place. None for every other link."""
        found = None
        for _ in range(_DEPTH):
            known = self._known(found or subject)
            if not known:
                break
            found = known[0]
        return found

    def hops(self, subject: UrlSubject) -> Iterator[Hop]:
        """Every address that ``subject`` leads to, nearest first, at most three links deep."""
        level = [Hop(subject, sure=True)]
        for _ in range(_DEPTH):
            level = [further for hop in level for further in self._next(hop)][:_MOST_TARGETS]
            yield from level

    def _next(self, hop: Hop) -> Iterator[Hop]:
        known = self._known(hop.target)
        if known:
            return (Hop(target, hop.sure) for target in known)
        return (Hop(target, sure=False) for target in self._carried(hop.target))

    def _known(self, subject: UrlSubject) -> list[UrlSubject]:
        """The target of a link through a known service."""
        for name in parents(subject.host):
            for redirector in self._by_host.get(name, ()):
                if subject.path.startswith(redirector.path):
                    found = next(_targets(_WAYS[redirector.how](subject, redirector, name), subject.url), None)
                    if found is not None:
                        return [found]
        return []

    def _carried(self, subject: UrlSubject) -> list[UrlSubject]:
        """The addresses in the parameters of any other link, but for those of the same owner."""
        query = subject.path.partition("?")[2]
        if not _MAY_CARRY.search(query):
            return []
        texts = (value for name, value in _params(query) if name.lower() not in self._ignored)
        own = subject.registrable_domain or subject.host
        others = (one for one in _targets(texts, subject.url) if (one.registrable_domain or one.host) != own)
        return list({one.host: one for one in islice(others, _MOST_TARGETS)}.values())


def _params(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, errors="replace")


def _targets(texts: Iterable[str], base: str) -> Iterator[UrlSubject]:
    """The web addresses among the texts, read as a browser that stands at ``base`` reads them."""
    for text in texts:
        address = _bare(text)
        for _ in range(_DEPTH):  # links of links are encoded twice and more
            if _WEB.match(address) or "%" not in address:
                break
            address = _bare(unquote(address))
        if _WEB.match(address):
            with suppress(InvalidInputError):
                yield parse_url(resolve(address, base))


def _bare(text: str) -> str:
    return text.translate(_BREAKS).strip(_ENDS)


def _values(subject: UrlSubject, redirector: Redirector) -> list[str]:
    params = dict(reversed(_params(subject.path.partition("?")[2])))
    return [params[name] for name in redirector.params if name in params]


def _plain(subject: UrlSubject, redirector: Redirector, _name: str) -> Iterable[str]:
    return _values(subject, redirector)


def _base64(subject: UrlSubject, redirector: Redirector, _name: str) -> Iterator[str]:
    for value in _values(subject, redirector):
        try:
            yield urlsafe_b64decode(value.removeprefix("a1") + _PADDING).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            continue


def _proofpoint(subject: UrlSubject, redirector: Redirector, _name: str) -> Iterator[str]:
    for value in _values(subject, redirector):
        yield unquote(value.replace("-", "%").replace("_", "/"))


def _path(subject: UrlSubject, redirector: Redirector, _name: str) -> Iterator[str]:
    rest = subject.path[len(redirector.path) :]
    yield rest if _WEB.match(rest) else f"https://{rest[2:]}" if rest.startswith("s/") else f"http://{rest}"


def _fenced(subject: UrlSubject, _redirector: Redirector, _name: str) -> Iterator[str]:
    for found in _FENCED.finditer(subject.path):
        # Servers in between fold the two slashes into one.
        yield re.sub("^(https?:)/(?!/)", r"\1//", found.group(1))


def _query(subject: UrlSubject, _redirector: Redirector, _name: str) -> Iterator[str]:
    yield subject.path.partition("?")[2]


def _host(subject: UrlSubject, _redirector: Redirector, name: str) -> Iterator[str]:
    left = subject.host[: -len(name) - 1]
    if left:
        yield f"https://{_JOINT.sub(lambda joint: '-' if joint.group() == '--' else '.', left)}{subject.path}"


_WAYS: dict[How, Callable[[UrlSubject, Redirector, str], Iterable[str]]] = {
    "plain": _plain,
    "base64": _base64,
    "proofpoint": _proofpoint,
    "path": _path,
    "fenced": _fenced,
    "query": _query,
    "host": _host,
}
