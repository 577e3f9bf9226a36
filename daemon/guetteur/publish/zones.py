"""Whose a name is: public suffixes, zones strangers share, hosts that must never be blocked."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

import tldextract

from guetteur.core.hostwalk import parents
from guetteur.publish.bodies import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Standing = Literal["unknown_suffix", "public_suffix", "shared_host"]


class SuffixTable:
    """The Public Suffix List that tldextract brings along, as sets: one question costs well under a microsecond.

    Attributes:
        shared: the maintainers' shared zones.
        bare: hosts that are a suffix or shared zone, or lie above one.
        wild: suffixes below which the next label is a suffix too (``*.ck``).
        top: known top-level domains.
    """

    def __init__(self, shared_zones: Iterable[str] = ()) -> None:
        everything, registry = (
            frozenset(
                suffix.encode("idna").decode() if not suffix.isascii() else suffix
                for suffix in tldextract.TLDExtract(
                    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=private
                ).tlds
            )
            for private in (True, False)
        )
        self.shared = frozenset(shared_zones)
        self._registry = registry
        exact = frozenset(suffix for suffix in everything if suffix[0] not in "*!")
        self.wild = frozenset(suffix[2:] for suffix in everything if suffix.startswith("*."))
        self._exceptions = frozenset(suffix[1:] for suffix in everything if suffix.startswith("!"))
        self.top = frozenset(suffix.rpartition(".")[2] for suffix in everything)
        # Above a suffix (amazonaws.com, google.com over docs.google.com) a block would take the suffix along.
        self.bare = upwards(exact | self.wild | self.shared) | {f"www.{zone}" for zone in self.shared}

    @cached_property
    def digest(self) -> str:
        """Changes when any answer may."""
        parts = sorted(self.bare), sorted(self.wild), sorted(self._exceptions)
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def standing(self, host: str) -> Standing | None:
        """Why ``host`` (ASCII, lower case) is nobody's to be listed as a whole; None when it is somebody's."""
        above = host.partition(".")[2]
        if host in self.bare or (above in self.wild and host not in self._exceptions):
            if host in self._registry or f"*.{above}" in self._registry:
                return "public_suffix"
            return "shared_host" if "." in host else "public_suffix"
        if host.rpartition(".")[2] not in self.top:
            return "unknown_suffix"
        return None


@dataclass(frozen=True)
class NeverBlock:
    """What no source may list, from the files in ``blocklists/`` alone.

    Attributes:
        official: domains of official bodies; everything below them is theirs.
        public: hosts of public bodies (town halls, schools).
        popular: popular sites and the hand-made allow list.
        shared: zones under which strangers get names.
        infrastructure: zones that carry other sites' names.
    """

    official: frozenset[str]
    public: frozenset[str]
    popular: frozenset[str]
    shared: frozenset[str]
    infrastructure: frozenset[str]

    @cached_property
    def groups(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """The sets by name, the weightiest first."""
        names = ("official", "public", "shared", "infrastructure", "popular")
        return tuple((name, getattr(self, name)) for name in names)

    @cached_property
    def hosts(self) -> frozenset[str]:
        """All of them."""
        return frozenset().union(*(names for _, names in self.groups))


def load_never_block(blocklists: Path, suffixes: SuffixTable) -> NeverBlock:
    """Read the maintainers' files.

    Raises:
        DataFileError: ``data_unreadable``.
    """
    zones = read_toml(blocklists / "lexicon/zones.toml")
    official = {
        domain
        for path in sorted((blocklists / "bodies").glob("*.toml"))
        for body in read_toml(path)["body"]
        for domain in body["domains"]
    }
    allowed = {entry["host"] for entry in read_toml(blocklists / "allow.toml")["allow"]}
    public = (host_of(line).removeprefix("www.") for line in _lines(blocklists / "public_bodies_fr.txt.gz"))
    return NeverBlock(
        official=frozenset(official),
        public=frozenset(host for host in public if host and suffixes.standing(host) is None),
        popular=frozenset(_lines(blocklists / "popular.txt.gz")) | frozenset(allowed),
        shared=suffixes.shared,
        infrastructure=frozenset(zones["infrastructure"]["hosts"]),
    )


def load_suffixes(blocklists: Path) -> SuffixTable:
    """The suffix table with the maintainers' shared zones.

    Raises:
        DataFileError: ``data_unreadable``.
    """
    return suffix_table(tuple(sorted(read_toml(blocklists / "lexicon/zones.toml")["shared"]["hosts"])))


@lru_cache(maxsize=4)
def suffix_table(shared_zones: tuple[str, ...]) -> SuffixTable:
    """A `SuffixTable`, made once a process."""
    return SuffixTable(shared_zones)


def upwards(hosts: Iterable[str]) -> frozenset[str]:
    """The hosts and everything above them: a block on any of these blocks one of the hosts."""
    return frozenset(name for host in hosts for name in parents(host))


def host_of(address: str) -> str:
    """The host of a well-formed address of the State's list, which holds nothing stranger than a path or a port."""
    rest = address.partition("://")[2] or address
    for end in "/?#:":
        rest = rest.partition(end)[0]
    return rest.strip(".").lower()


def _lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]
