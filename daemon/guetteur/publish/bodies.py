"""Reads and checks the files people edit: bodies, words, confusables, shared zones."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from guetteur.core.bodies import Body, Phone, Sector
from guetteur.core.hostwalk import parents
from guetteur.core.similarity import Folder
from guetteur.core.subject import parse_url
from guetteur.core.suffixes import split_host
from guetteur.errors import DataFileError, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_RESTRICTED_ZONES = frozenset({"gouv.fr"})
"""Public suffixes under which only the body itself can register."""

_MAX_ADVICE = 140
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


class BodyEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ``[[body]]`` table as written; see ``blocklists/bodies/README.md``."""

    id: str
    name: str
    sector: Sector
    home: str
    domains: tuple[str, ...]
    advice: str
    advice_en: str
    source: str
    checked: date
    name_en: str = ""
    names: tuple[str, ...] = ()
    short_names: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    sender_domains: tuple[str, ...] = ()
    phones: tuple[Phone, ...] = ()

    def shipped(self) -> Body:
        """The part the daemon needs."""
        fields = {name: getattr(self, name) for name in Body.__struct_fields__}
        return Body(**fields)


class _File(msgspec.Struct, forbid_unknown_fields=True):
    body: list[BodyEntry]


def read_toml(path: Path) -> dict[str, Any]:
    """Parse one file.

    Raises:
        DataFileError: ``data_unreadable``.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataFileError("data_unreadable", f"{path}: {error}", "mend the file") from None


def read_bodies(folder: Path, confusables: Mapping[str, str]) -> tuple[Body, ...]:
    """Read ``*.toml`` of ``folder`` and check every entry; ``confusables`` is the confusables table.

    Raises:
        DataFileError: ``body_invalid`` naming the file, the entry and what is wrong with it; all faults at once.
    """
    entries: list[BodyEntry] = []
    faults: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            entries += msgspec.convert(read_toml(path), _File).body
        except msgspec.ValidationError as error:
            faults.append(f"{path.name}: {error}")
    faults += _faults(entries, Folder(confusables))
    if faults:
        raise DataFileError("body_invalid", "\n".join(faults), "see blocklists/bodies/README.md")
    return tuple(entry.shipped() for entry in entries)


def _faults(entries: list[BodyEntry], folder: Folder) -> list[str]:
    faults: list[str] = []
    ids: set[str] = set()
    domains: dict[str, str] = {}
    for entry in entries:
        say = f"{entry.id}: "
        if not _ID.fullmatch(entry.id) or entry.id in ids:
            faults.append(say + "id is malformed or stands twice")
        ids.add(entry.id)
        for domain in entry.domains:
            if domain in domains:
                faults.append(f"{say}{domain} is already {domains[domain]}'s")
            domains[domain] = entry.id
        faults += [say + fault for fault in (*_domain_faults(entry), *_text_faults(entry, folder))]
    return faults


def _domain_faults(entry: BodyEntry) -> list[str]:
    faults = []
    for domain in (*entry.domains, *entry.sender_domains):
        if not _HOST.fullmatch(domain):
            faults.append(f"{domain} is no lower-case ASCII host name")
        elif "." in domain and split_host(domain)[0] is None and domain not in _RESTRICTED_ZONES:
            faults.append(f"{domain} is a public suffix, which strangers register under")
    try:
        host = parse_url(entry.home).host
    except InvalidInputError as error:
        return [*faults, error.message]
    if not entry.home.startswith("https://"):
        faults.append(f"{entry.home} is not https")
    if not any(name in entry.domains for name in parents(host)):
        faults.append(f"home {host} does not lie under domains")
    return faults


def _text_faults(entry: BodyEntry, folder: Folder) -> list[str]:
    texts = (entry.advice, entry.advice_en)
    faults = [
        f"advice must have 1 to {_MAX_ADVICE} characters: {text!r}"
        for text in texts
        if not 0 < len(text) <= _MAX_ADVICE
    ]
    faults += [
        f"{name!r} is too short to be distinctive: move it to short_names"
        for name in (*entry.names, *entry.products)
        if len(folder.letters(name)) < 5
    ]
    faults += [f"{name!r} has no letters" for name in entry.short_names if not folder.letters(name)]
    faults += [
        f"phone {phone.number}: label and hours are wanted in both languages"
        for phone in entry.phones
        if bool(phone.label) != bool(phone.label_en) or bool(phone.hours) != bool(phone.hours_en)
    ]
    if not entry.source:
        faults.append("source is empty")
    return faults
