r"""What is judged: a URL, read exactly as the browser reads it.

ada-url (the WHATWG parser of Node and, by the same test vectors, of the browsers) is the only thing that decides what
the host of a URL is: urllib and yarl disagree with browsers on inputs such as ``http://safe.example\@evil.example/``.
The Public Suffix List that tldextract bundles, read as tldextract reads it, decides where the registrable domain
begins.
"""

from __future__ import annotations

import re
from enum import Enum

import ada_url
import msgspec

from guetteur.core.suffixes import split_host
from guetteur.errors import InvalidInputError

MAX_URL_LENGTH = 8192
"""Longest URL that is read, in characters; browsers show far less and send about 64 KB at most."""

_WEB_SCHEMES = ("http://", "https://")
_HAS_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?![0-9]+(?:[/?#]|$))")


class HostKind(Enum):
    """What a host is made of."""

    DOMAIN = "domain"
    IPV4 = "ipv4"
    IPV6 = "ipv6"


class UrlSubject(msgspec.Struct, frozen=True, gc=False):
    """One web address.

    Attributes:
        url: the address as the browser would show it (WHATWG serialisation).
        scheme: ``http`` or ``https``.
        host: ASCII (punycode) host without a trailing dot; IPv6 in brackets.
        host_kind: domain name or address.
        port: the port when it is not the scheme's own, else None.
        path: path and query, percent-encoded.
        has_userinfo: whether the address carries ``user:password@``, which only hides the real host from a reader.
        registrable_domain: the name somebody registered (``example.co.uk``), or None for addresses and bare suffixes.
        suffix: public suffix the host lies under; a private one (``web.app``) counts, since strangers share it.
        shared: whether that suffix is a private one: whoever holds the host does not hold its parent.
    """

    url: str
    scheme: str
    host: str
    host_kind: HostKind
    port: int | None
    path: str
    has_userinfo: bool
    registrable_domain: str | None
    suffix: str
    shared: bool


def resolve(text: str, base: str | None = None) -> str:
    """Return the WHATWG serialisation of ``text``, resolved against ``base``.

    Raises:
        InvalidInputError: ``not_a_url`` when a browser would refuse it too.
    """
    try:
        return str(ada_url.URL(text, base).href)
    except ValueError:
        raise _not_a_url(text) from None


def parse_url(text: str) -> UrlSubject:
    """Read an absolute web address.

    Raises:
        InvalidInputError: ``url_too_long``, ``not_a_url``, or ``not_a_web_address`` for schemes other than http(s).
    """
    if len(text) > MAX_URL_LENGTH:
        raise InvalidInputError(
            "url_too_long",
            f"the address has {len(text)} characters",
            f"at most {MAX_URL_LENGTH} characters are read",
        )
    try:
        parsed = ada_url.URL(text)
    except ValueError:
        raise _not_a_url(text) from None
    # Each property costs a call into C. The serialisation says it all: what it does not separate with them, it escapes.
    href: str = parsed.href
    if not href.startswith(_WEB_SCHEMES):
        raise InvalidInputError(
            "not_a_web_address", f"{_shorten(text)} is no http or https address", "only web pages are judged"
        )
    scheme, _, rest = href.partition("://")
    authority, _, path = rest.partition("/")
    hostname, port = authority.rpartition("@")[2], ""
    if ":" in hostname and hostname[-1] != "]":
        hostname, _, port = hostname.rpartition(":")
    host = hostname.rstrip(".")
    if not host:
        raise InvalidInputError("not_a_url", f"{_shorten(text)} has no host", "give an address with a host name")
    # ``1.2.3.4.`` is an address; behind two dots the standard sees a name that no DNS can hold.
    kind = HostKind.DOMAIN if hostname.endswith("..") else _host_kind(host)
    if kind is HostKind.DOMAIN:
        registrable, suffix, shared = split_host(host)
    else:
        registrable, suffix, shared = None, "", False
    return UrlSubject(
        url=href,
        scheme=scheme,
        host=host,
        host_kind=kind,
        port=int(port) if port else None,
        path="/" + path.partition("#")[0],
        has_userinfo="@" in authority,
        registrable_domain=registrable,
        suffix=suffix,
        shared=shared,
    )


def parse_host_or_url(text: str) -> UrlSubject:
    """Read a line of a feed: a bare host (``example.fr``, ``example.fr/login``) or a whole web address.

    Raises:
        InvalidInputError: as `parse_url`; ``empty_line`` for blank text.
    """
    text = text.strip()
    if not text:
        raise InvalidInputError("empty_line", "the line is empty", "write one host or address a line")
    return parse_url(text if _HAS_SCHEME.match(text) else f"http://{text}")


def _not_a_url(text: str) -> InvalidInputError:
    hint = "give an address such as https://www.example.fr/"
    return InvalidInputError("not_a_url", f"{_shorten(text)} is not a web address", hint)


def _host_kind(host: str) -> HostKind:
    if host.startswith("["):
        return HostKind.IPV6
    # A host that ends in a number is an IPv4 address or was refused by the parser (WHATWG "ends in a number").
    if host[-1].isdigit() and host.replace(".", "").isdigit():
        return HostKind.IPV4
    return HostKind.DOMAIN


def _shorten(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "…")
