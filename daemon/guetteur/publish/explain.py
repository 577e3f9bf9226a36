"""``guetteur lists explain HOST``, on a maintainer's machine: who lists it, since when, and which rule decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from guetteur.core.subject import parse_host_or_url
from guetteur.lists.layout import key_parents
from guetteur.publish.sources import load_sources
from guetteur.publish.state import State, day_of
from guetteur.publish.zones import load_never_block, load_suffixes

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from guetteur.publish.sources import Sources


class Finding(NamedTuple):
    """What is known of one key on the way to the host or page asked about.

    Attributes:
        key: the host, page, or a parent of it.
        listed: whether it is on the list, so that the host asked about is blocked.
        rule: ``listed``, ``allow_overruled``, or why it is not: ``never_block``, ``path_too_broad``, ``allowed``,
            ``below_trust``, ``shared_host``, ``public_suffix``, ``unknown_suffix``.
        detail: the never-block set or allow source that decided.
        sources: ids of the sources that list it, or wanted to.
        since: first day it was listed; None when it was there before this machine looked.
    """

    key: str
    listed: bool
    rule: str
    detail: str
    sources: tuple[str, ...]
    since: date | None


def explain(blocklists: Path, work: Path, address: str) -> list[Finding]:
    """Everything the last published run and its gates say of ``address`` (host, or web address) and its parents.

    The nearest key comes first; empty when no source ever named it.

    Raises:
        InvalidInputError: ``address`` is neither host nor web address.
        DataFileError: a file of ``blocklists`` breaks its schema.
    """
    subject = parse_host_or_url(address)
    key = subject.host + subject.path.partition("?")[0].rstrip("/")
    sources = load_sources(blocklists / "sources.toml")
    never_block = load_never_block(blocklists, load_suffixes(blocklists))
    state = State(work)
    try:
        found = [finding for name in (key, *key_parents(key)) for finding in _about(state, sources, name)]
    finally:
        state.close()
    known = {finding.key for finding in found}
    # A never-block host is worth a word even when no source named it.
    found += [
        Finding(name, listed=False, rule="never_block", detail=group, sources=(), since=None)
        for name in (subject.host, *key_parents(subject.host))
        for group, hosts in never_block.groups
        if name in hosts and name not in known
    ]
    return found


def _about(state: State, sources: Sources, key: str) -> list[Finding]:
    entry = state.entry(key)
    found = []
    for rule, detail, bits in state.decisions(key):
        since = day_of(entry[1]) if entry is not None else None
        names = tuple(source.id for source in sources.named(bits))
        found.append(Finding(key, entry is not None, rule, detail, names, since))
    if entry is not None and not found:
        names = tuple(source.id for source in sources.named(entry[0]))
        found.append(Finding(key, listed=True, rule="listed", detail="", sources=names, since=day_of(entry[1])))
    by_reason: dict[str, list[str]] = {}
    for slot_id, reason in state.bare(key):
        by_reason.setdefault(reason, []).append(slot_id)
    found += [
        Finding(key, listed=False, rule=reason, detail="", sources=tuple(slots), since=None)
        for reason, slots in by_reason.items()
    ]
    return found
