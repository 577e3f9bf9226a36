"""From what a list says to keys: ``host`` or ``host/path``, or a refusal that is counted.

A key blocks the host and all below it, or the pages whose path begins with it. So an address with a path blocks only
that path: public lists have condemned google.com, github.com and town halls for one bad page.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import ada_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.publish.zones import SuffixTable

MAX_KEY = 1024
EXAMPLES = 5
MAX_BARE = 5_000
"""Distinct hosts that are remembered as refused for being nobody's, for ``guetteur lists explain``."""

_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
_PLAIN_HOST = re.compile(_HOST).fullmatch
# What ada would give back unchanged: no dot segments, no escapes, nothing it encodes. What follows `?` or `#` goes.
_PLAIN_URL = re.compile(
    rf"https?://({_HOST})(/(?:(?!\.)[A-Za-z0-9._~!$&'()*+,;=:@-]*/)*(?!\.)[A-Za-z0-9._~-]*)?(?:[?#][!-~]*)?"
).fullmatch
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?![0-9]+(?:[/?#]|$))").match
_FRONT_PAGE = re.compile(r"(?:index|default|home)\.(?:html?|php|aspx?|jsp)", re.IGNORECASE).fullmatch


@dataclass(slots=True)
class Refusals:
    """How many candidates were refused, why, and a few of them.

    Attributes:
        counts: reason code → number.
        examples: reason code → the first few candidates, cut to a readable length.
        bare: hosts that were refused because they are nobody's → reason.
    """

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    bare: dict[str, str] = field(default_factory=dict)

    def add(self, reason: str, candidate: str, host: str = "") -> None:
        """Count one."""
        self.counts[reason] += 1
        if len(shown := self.examples.setdefault(reason, [])) < EXAMPLES:
            shown.append(candidate[:120])
        if host and len(self.bare) < MAX_BARE:
            self.bare[host] = reason


class Normaliser:
    """Turns candidates into keys."""

    def __init__(self, suffixes: SuffixTable) -> None:
        self._suffixes = suffixes
        self.refusals = Refusals()

    def add(self, candidates: Iterable[str], keys: set[str]) -> None:
        """Put the key of each candidate into ``keys``, or count why there is none."""
        bare, top, wild, standing = (
            self._suffixes.bare,
            self._suffixes.top,
            self._suffixes.wild,
            self._suffixes.standing,
        )
        for text in candidates:
            if _PLAIN_HOST(text) and "xn--" not in text and len(text) <= 253:
                host, path = text, ""
            elif (match := _PLAIN_URL(text)) and "xn--" not in text and len(match[1]) <= 253:
                host, path = match[1], match[2] or ""
            else:
                found = self._read(text)
                if found is None:
                    continue
                host, path = found
            if len(path) > 1:
                path = _prefix(path)
                if path:
                    self._add_page(host, path, text, keys)
                    continue
            # What `standing` asks, first without a call: a call a line would double the time.
            if host in bare or host.partition(".")[2] in wild or host.rpartition(".")[2] not in top:
                reason = standing(host) if host[-1] not in "]0123456789" else None
                if reason is not None:
                    self.refusals.add(reason, text, host)
                    continue
            keys.add(host)

    def _add_page(self, host: str, path: str, text: str, keys: set[str]) -> None:
        reason = self._suffixes.standing(host) if host[-1] not in "]0123456789" else None
        if reason in {"public_suffix", "unknown_suffix"} and host not in self._suffixes.shared:
            # Some registries run a site at the suffix itself; a list that names it is wrong more often than right.
            self.refusals.add(str(reason), text, host)
        elif len(host) + len(path) > MAX_KEY:
            self.refusals.add("too_long", text)
        else:
            keys.add(host + path)

    def _read(self, text: str) -> tuple[str, str] | None:
        """Host and path as the browser reads them."""
        try:
            url = ada_url.URL(text if _SCHEME(text) else f"http://{text}")
            scheme, hostname, path = url.protocol, url.hostname, url.pathname
        except ValueError:
            self.refusals.add("no_host", text)
            return None
        host = hostname.rstrip(".")
        if scheme not in {"http:", "https:"}:
            self.refusals.add("no_web_address", text)
        elif not host or len(host) > 253:
            self.refusals.add("no_host", text)
        elif host[0] == "[" or host[-1].isdigit():
            if _is_public(host):
                return host, path
            self.refusals.add("private_address", text)
        elif "." not in host:
            self.refusals.add("no_domain", text)
        else:
            return host, path
        return None


def _prefix(path: str) -> str:
    """The path as a key says it: no slash at the end, nothing for a front page."""
    path = path.rstrip("/")
    if path.count("/") == 1 and _FRONT_PAGE(path[1:]):
        return ""
    return path


def _is_public(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global and not address.is_multicast
