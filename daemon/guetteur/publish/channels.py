"""Reads and checks ``channels/``: one file a channel, ``needs.toml``, ``routing.toml``."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import msgspec

from guetteur.errors import DataFileError
from guetteur.lists.shipped import write_shipped
from guetteur.publish.bodies import read_toml
from guetteur.reports.case import CaseKind
from guetteur.reports.channels.registry import MODULES
from guetteur.reports.mailboxes import is_mailbox
from guetteur.reports.table import FILE_NAME, ChannelFacts, ChannelTable, HostedBy, Need, Outside, Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator
    from pathlib import Path

T = TypeVar("T")

_MAX_TEXT = 140
_OTHER_FILES = ("needs", "routing")
_HINT = "see blocklists/channels/README.md"


def write_channels(source: Path, target: Path, body_ids: Container[str], script_ids: Container[str]) -> int:
    """Compile ``source/channels`` into ``target/channels.json``; return how many channels there are.

    Raises:
        DataFileError: ``channels_invalid``.
    """
    table = read_channels(source / "channels", body_ids, script_ids)
    write_shipped(target / FILE_NAME, table)
    return len(table.channels)


def read_channels(folder: Path, body_ids: Container[str], script_ids: Container[str]) -> ChannelTable:
    """Read the folder; all faults at once.

    Raises:
        DataFileError: ``channels_invalid`` naming the files and what is wrong with them.
    """
    needs = _read_all(folder / "needs.toml", "need", Need)
    routing = folder / "routing.toml"
    channels: list[ChannelFacts] = []
    faults: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        if path.stem in _OTHER_FILES:
            continue
        try:
            facts = msgspec.convert(read_toml(path), ChannelFacts)
        except msgspec.ValidationError as error:
            faults.append(f"{path.name}: {error}")
            continue
        channels.append(facts)
        faults += [
            f"{path.name}: {fault}" for fault in _faults(facts, path.stem, {need.id for need in needs}, body_ids)
        ]
    table = ChannelTable(
        channels=tuple(channels),
        needs=needs,
        hosts=_read_all(routing, "host", HostedBy),
        rules=_read_all(routing, "rule", Rule),
        outside=_read_all(routing, "outside", Outside),
    )
    faults += [f"needs.toml: {need.id}: a text is empty or too long" for need in needs if not _fit(*_texts(need))]
    faults += [f"routing.toml: {fault}" for fault in _routing_faults(table, body_ids, script_ids)]
    if faults:
        raise DataFileError("channels_invalid", "\n".join(faults), _HINT)
    return table


def _read_all(path: Path, name: str, kind: type[T]) -> tuple[T, ...]:
    try:
        return msgspec.convert(read_toml(path).get(name, []), tuple[kind, ...])  # type: ignore[valid-type]
    except msgspec.ValidationError as error:
        raise DataFileError("channels_invalid", f"{path}: {name}: {error}", _HINT) from None


def _faults(facts: ChannelFacts, stem: str, needs: Container[str], body_ids: Container[str]) -> list[str]:
    short = (facts.privacy, facts.privacy_en, facts.sent, facts.sent_en)
    asked = [text for question in facts.questions for text in _texts(question)]
    web = facts.address.startswith("https://")
    rules = (
        (facts.id == stem, f"id {facts.id!r} is not the file's name"),
        (facts.id in MODULES, "no module in guetteur.reports.channels"),
        (bool(facts.name and facts.name_en and facts.source and facts.accepts), "name, source or accepts is empty"),
        (
            _fit(*short, *asked, *(text for piece in facts.pieces for text in _texts(piece))),
            "a text is empty or too long",
        ),
        (
            all(need in needs for need in (*facts.needs, *facts.optional)),
            "needs or optional names what needs.toml lacks",
        ),
        (not facts.address or web or is_mailbox(facts.address), "address is neither https nor a mailbox"),
        (facts.kind != "form" or bool(facts.address), "a form without an address"),
        (facts.kind == "mail" or "host" in facts.settings, "settings have no host"),
        (facts.kind != "form" or not facts.needs, "a form needs nothing"),
        (all(url.startswith("https://") for url in facts.links.values()), "a link is not https"),
        (set(facts.links) <= set(facts.accepts), "a link for a kind of case that is not accepted"),
        (all(map(is_mailbox, facts.mailboxes.values())), "a mailbox is none"),
        (all(body in body_ids for body in facts.mailboxes), "a mailbox of a body that is not in the registry"),
    )
    return [fault for holds, fault in rules if not holds]


def _routing_faults(table: ChannelTable, body_ids: Container[str], script_ids: Container[str]) -> Iterator[str]:
    accepts = {facts.id: set(facts.accepts) for facts in table.channels}
    hosts = {host.id for host in table.hosts}
    for number, rule in enumerate(table.rules, 1):
        where = f"rule {number} ({', '.join(rule.channels)})"
        for channel in rule.channels:
            if not set(rule.kinds) <= accepts.get(channel, set()):
                yield f"{where}: {channel} is no channel, or does not accept all of its kinds"
        if not set(rule.hosted) <= hosts:
            yield f"{where}: hosted names an unknown host"
        if not all(body in body_ids for body in rule.bodies):
            yield f"{where}: a body is not in the registry"
        if not all(script in script_ids for script in rule.scripts):
            yield f"{where}: a script is not in blocklists/scripts"
        if not _fit(*_reasons(rule)):
            yield f"{where}: a reason is empty or too long"
    yield from _outside_faults(table, accepts, script_ids)
    routed = set(chain.from_iterable(rule.kinds for rule in table.rules))
    yield from (f"no rule for the kind {kind}" for kind in get_args(CaseKind) if kind not in routed)
    unused = set(accepts) - set(chain.from_iterable(rule.channels for rule in table.rules))
    yield from (f"no rule leads to {channel}" for channel in sorted(unused))


def _outside_faults(table: ChannelTable, channels: Collection[str], script_ids: Container[str]) -> Iterator[str]:
    for note in table.outside:
        if note.channel not in channels or not set(note.instead) <= set(channels) or not _fit(*_texts(note)):
            yield f"outside {note.channel}: an unknown channel, or a text that is empty or too long"
        if not all(script in script_ids for script in note.unless):
            yield f"outside {note.channel}: a script is not in blocklists/scripts"


def _reasons(rule: Rule) -> tuple[str, str]:
    return rule.reason, rule.reason_en


def _texts(entry: Any) -> list[str]:
    """Every text of an entry that a person reads."""
    names = ("label", "label_en", "hint", "hint_en", "text", "text_en", "otherwise", "otherwise_en")
    return [getattr(entry, name) for name in names if hasattr(entry, name)]


def _fit(*texts: str) -> bool:
    return all(0 < len(text.strip()) <= _MAX_TEXT for text in texts)
