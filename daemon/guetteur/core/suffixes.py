"""Where the name begins that somebody registered: the Public Suffix List, as tldextract bundles and reads it.

tldextract itself is not loaded: it brings an HTTP client along, a quarter of what the whole program holds in memory,
and walks a tree of objects where one table does. The tests hold the two side by side.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import ada_url

from guetteur.errors import DataFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PRIVATE_RULES = "// ===BEGIN PRIVATE DOMAINS==="

# What the table says of a name: it is a suffix, a private one; every name below it is one (`*.ck`), a private one.
# None of these: only names further down are suffixes.
_SUFFIX, _PRIVATE, _ALL_BELOW, _ALL_BELOW_PRIVATE = 1, 2, 4, 8


def split_host(host: str) -> tuple[str | None, str, bool]:
    """Return (registrable domain or None, public suffix, whether the suffix is a private one).

    ``host`` is lower-case ASCII. An unknown top-level domain is no suffix.
    """
    names, exceptions = _table()
    above = known = 0
    start = suffix = len(host) + 1  # where a name begins: after the last dot, after the one before, …
    private = False
    while start > 0:
        start = host.rfind(".", 0, start - 1) + 1
        name = host[start:]
        above, known = known, names.get(name, -1)
        if known < 0:
            if above & _ALL_BELOW:
                private = bool(above & _ALL_BELOW_PRIVATE)
                suffix = host.find(".", start) + 1 if name in exceptions else start
            break
        if known & _SUFFIX:
            suffix, private = start, bool(known & _PRIVATE)
    if suffix > len(host):
        return None, "", False
    registered = host.rfind(".", 0, suffix - 1) + 1 if suffix else 0
    if registered >= suffix - 1:  # the host is a suffix, or nothing stands before the dot
        return None, host[suffix:], private
    return host[registered:], host[suffix:], private


def suffix_kind(suffix: str) -> str:
    """``fr``, ``old`` (com, net, org), a ``country``'s, or ``new``."""
    if suffix == "fr":
        return "fr"
    last = suffix.rpartition(".")[2]
    if last in ("com", "net", "org"):
        return "old"
    return "country" if len(last) == 2 else "new"


def public_suffixes() -> frozenset[str]:
    """Every suffix, private ones included, in ASCII form; wildcard rules by their parent."""
    return frozenset(rule.lstrip("!*.") for rule, _ in _rules())


@cache
def _table() -> tuple[dict[str, int], frozenset[str]]:
    """What is known of each name, and the exceptions from ``_ALL_BELOW``."""
    names: dict[str, int] = {}
    exceptions: set[str] = set()
    for rule, private in _rules():
        if rule[0] == "!":
            exceptions.add(rule[1:])
            name, says = rule.partition(".")[2], 0
        elif rule[0] == "*":
            name, says = rule[2:], _ALL_BELOW | (_ALL_BELOW_PRIVATE if private else 0)
        else:
            name, says = rule, _SUFFIX | (_PRIVATE if private else 0)
        names[name] = names.get(name, 0) | says
        while name := name.partition(".")[2]:
            names.setdefault(name, 0)
    return names, frozenset(exceptions)


def _rules() -> Iterator[tuple[str, bool]]:
    """Every rule in ASCII form, and whether it is a private one."""
    found = find_spec("tldextract")
    if found is None or found.origin is None:
        raise DataFileError("suffixes_missing", "tldextract is not installed", "reinstall guetteur")
    public, _, private = (Path(found.origin).parent / ".tld_set_snapshot").read_text("utf-8").partition(_PRIVATE_RULES)
    for text, is_private in ((public, False), (private, True)):
        for line in text.splitlines():
            if line and not line.startswith("//"):
                rule = line.split()[0]
                yield rule if rule.isascii() else ada_url.idna_to_ascii(rule).decode(), is_private
