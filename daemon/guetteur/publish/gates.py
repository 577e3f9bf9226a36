"""What stands between the sources and a signature. Pure: sets and numbers in, verdicts out.

A signed list goes to everybody at once, so a source is never believed alone about what must not be blocked, nor about
having changed beyond reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from guetteur.core.hostwalk import held_by, parents
from guetteur.errors import DataFileError
from guetteur.publish.bodies import read_toml
from guetteur.publish.zones import upwards

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from guetteur.publish.sources import Source, Sources
    from guetteur.publish.zones import NeverBlock

Rule = Literal["never_block", "path_too_broad", "allowed", "below_trust", "allow_overruled"]

SLACK = 100
"""Changes of fewer entries are never held back: a small list may double in a day."""
MAX_SHRINK = 0.2
"""Share of the published list that one run may lose."""
WHOLE = "list"
"""What a maintainer accepts, in place of a source's id, to let the whole list shrink further."""
INDEPENDENT = 2
"""Families that together overrule a fetched allow list."""

_GENERIC = frozenset({
    "a", "app", "apps", "auth", "d", "document", "e", "file", "files", "form", "forms", "forward", "go", "home",
    "index", "index.php", "l", "l.php", "link", "login", "logout", "oauth", "open", "out", "p", "presentation", "r",
    "redir", "redirect", "s", "search", "share", "signin", "signup", "site", "sites", "spreadsheets", "t", "u",
    "uc", "url", "v", "view", "viewer", "watch",
})  # fmt: skip
"""First steps of paths that open anything for anybody; on their own they name nobody's page."""


class Refusal(NamedTuple):
    """One entry a gate decided on.

    Attributes:
        key: the entry.
        rule: which gate.
        detail: the never-block set, or the allow source.
        bits: the sources that list it.
        listed: whether it is on the list nevertheless (``allow_overruled``).
    """

    key: str
    rule: Rule
    detail: str
    bits: int
    listed: bool = False


def judge_size(source: Source, before: int | None, after: int) -> str | None:
    """Why a new copy of ``source`` must wait for a maintainer's word; None when its size is plausible.

    Args:
        source: for its limits.
        before: entries of its last good copy, None when it never had one.
        after: entries of the new copy.
    """
    if after == 0:
        return "holds no entry"
    if before is None or abs(after - before) <= SLACK:
        return None
    if after < before * (1 - source.max_shrink):
        return f"shrank from {before} to {after} entries, {source.max_shrink:.0%} are allowed"
    if after > before * (1 + source.max_growth):
        return f"grew from {before} to {after} entries, {source.max_growth:.0%} are allowed"
    return None


def judge_list(entries: int, published: int | None, absent: Iterable[str], accept: frozenset[str]) -> list[str]:
    """What is wrong with the size of a whole list, whatever each source's own says.

    Args:
        entries: how many it has.
        published: how many the published one has, None when there is none.
        absent: ids of the listing sources that no copy of serves.
        accept: ids of sources, and `WHOLE`, that a maintainer answers for.
    """
    faults = []
    missing = [name for name in absent if name not in accept]
    if missing:
        words = f'try again later, or publish without (ACCEPT="{" ".join(missing)}")'
        faults.append(f"no copy of {', '.join(missing)} serves: {words}")
    if entries == 0:
        faults.append("the list would be empty")
    elif WHOLE not in accept and published is not None and entries < _least(published):
        said = f"the list would shrink from {published:,} to {entries:,} entries, {MAX_SHRINK:.0%} are allowed"
        faults.append(f"{said}: look at each source's row, then take it (ACCEPT={WHOLE})")
    return faults


def _least(published: int) -> float:
    return min(published - SLACK, published * (1 - MAX_SHRINK))


class EntryGate:
    """Judges every entry that sources list."""

    def __init__(self, never_block: NeverBlock, allowed: Mapping[str, str], sources: Sources) -> None:
        """Set up.

        Args:
            never_block: the maintainers' own sets; nothing overrules them.
            allowed: host → fetched source that says it is honest.
            sources: for trust and families.
        """
        self._never = never_block
        self._allow_hosts = frozenset(allowed)
        self._allowed = {
            name: source for host, source in allowed.items() for name in (*parents(host), f"www.{host}")
        } | dict(allowed)
        self._sources = sources
        self._barred = upwards(never_block.hosts) | {f"www.{host}" for host in never_block.hosts}
        self._official = never_block.official
        self._official_ends = frozenset(".".join(domain.split(".")[-2:]) for domain in self._official)
        self._careful = (never_block.public | never_block.popular) - never_block.shared
        self._standing: dict[int, tuple[bool, int]] = {}

    def judge(self, key: str, bits: int) -> Refusal | None:
        """Why ``key`` is not listed, or is although a source would free it; None for an ordinary entry."""
        if "/" in key:
            host, _, path = key.partition("/")
        elif key in self._barred:
            return Refusal(key, "never_block", self._group(key), bits)
        else:
            host, path = key, ""
        # Two labels decide whether the whole walk up is worth it: nearly never.
        if (
            host[host.rfind(".", 0, host.rfind(".")) + 1 :] in self._official_ends
            and held_by(host, self._official, self._never.shared) is not None
        ):
            return Refusal(key, "never_block", "official", bits)
        if path and self._too_broad(host, path):
            return Refusal(key, "path_too_broad", "", bits)
        trusted, families = self._weigh(bits)
        if not trusted:
            return Refusal(key, "below_trust", "", bits)
        if not path and key in self._allowed:
            listed = families >= INDEPENDENT
            return Refusal(key, "allow_overruled" if listed else "allowed", self._allowed[key], bits, listed)
        return None

    def never_block_hosts(self, overruled: Iterable[str]) -> frozenset[str]:
        """What clients must refuse to block: the maintainers' sets, and fetched hosts that nothing overruled."""
        overruled = frozenset(overruled)
        return self._never.hosts | {
            host for host in self._allow_hosts if not any(name in overruled for name in parents(host))
        }

    def _weigh(self, bits: int) -> tuple[bool, int]:
        """Whether the sources' word goes far enough, and how many independent ones there are."""
        if bits not in self._standing:
            trust: dict[str, int] = {}
            for source in self._sources.named(bits):
                trust[source.family] = max(trust.get(source.family, 0), source.trust)
            self._standing[bits] = sum(trust.values()) >= self._sources.min_trust, len(trust)
        return self._standing[bits]

    def _too_broad(self, host: str, path: str) -> bool:
        steps = path.lower().split("/")
        if host in self._never.shared or host.removeprefix("www.") in self._never.shared:
            return all(step in _GENERIC for step in steps)
        if host in self._careful or host.removeprefix("www.") in self._careful or host in self._never.infrastructure:
            # google.com/url leads anywhere: only what looks like somebody's own page may be listed.
            return len(steps) < 3 and not any(len(step) >= 8 and any(map(str.isdigit, step)) for step in steps)
        return False

    def _group(self, key: str) -> str:
        bare = key.removeprefix("www.")
        for name, hosts in self._never.groups:
            if key in hosts or bare in hosts:
                return name
        return "above " + next((name for name, hosts in self._never.groups if key in upwards(hosts)), "one")


class _Must(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    at_least: int
    hosts: tuple[str, ...]


class Canaries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``blocklists/canaries.toml``: what a sound list holds, and what none holds."""

    must_not: tuple[str, ...]
    must: tuple[_Must, ...] = ()

    def watched(self) -> frozenset[str]:
        """Keys whose presence decides."""
        return upwards(self.must_not) | frozenset(host for group in self.must for host in group.hosts)

    def faults(self, found: frozenset[str], served: frozenset[str]) -> list[str]:
        """What is wrong with a list.

        Args:
            found: the `watched` keys that are on it.
            served: ids of the sources that a copy of served; a group waits until its source has one.
        """
        faults = [
            f"{host} must not be listed, but {name} is"
            for host in self.must_not
            for name in parents(host)
            if name in found
        ]
        for group in self.must:
            there = sum(host in found for host in group.hosts)
            if group.source in served and there < group.at_least:
                faults.append(f"only {there} of the {len(group.hosts)} canaries of {group.source} are listed")
        return faults


def load_canaries(path: Path) -> Canaries:
    """Read the file.

    Raises:
        DataFileError: ``data_unreadable``, ``canaries_invalid``.
    """
    try:
        return msgspec.convert(read_toml(path), Canaries)
    except msgspec.ValidationError as error:
        raise DataFileError("canaries_invalid", f"{path.name}: {error}", "mend the file") from None
