"""Reads and checks what pages and mails are read with: ``lexicon/page.toml`` and ``scripts/*.toml``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from guetteur.core.pagewords import PageWords
from guetteur.core.scripts import Cue, Pressure, Script
from guetteur.errors import DataFileError
from guetteur.publish.bodies import read_toml
from guetteur.publish.phrases import read_forms, ready
from guetteur.publish.routes import read_routes

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from pathlib import Path

    from guetteur.publish.phrases import Forms

_MAX_ADVICE = 140
_MIN_CUES = 3
_MAX_TODO = 3
_HINT = "see blocklists/scripts/README.md"


class CueEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases of one weight as written in a script's file."""

    weight: float
    phrases: tuple[str, ...]


class ScriptEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A script's file as written: what is shipped, and where it comes from."""

    id: str
    label: str
    label_en: str
    theme: str
    advice: str
    advice_en: str
    threshold: float
    todo: tuple[str, ...]
    todo_en: tuple[str, ...]
    route: str
    cues: tuple[CueEntry, ...]
    source: str
    checked: date
    presses: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    calls: bool = False
    pages: bool = True
    alone: bool = False

    def shipped(self, pressures: Mapping[str, Pressure], forms: Forms) -> Script:
        """The part the daemon needs."""
        made: dict[str, Any] = {
            "cues": tuple(Cue(ready(phrase, forms), entry.weight) for entry in self.cues for phrase in entry.phrases),
            "pressures": tuple(pressures[name] for name in self.presses),
        }
        same = {name: getattr(self, name) for name in Script.__struct_fields__ if name not in made}
        return Script(**same, **made)


def read_page_words(path: Path) -> PageWords:
    """Read ``page.toml``.

    Raises:
        DataFileError: ``page_words_invalid``.
    """
    table = read_toml(path)
    flat = {name: table[name]["words"] for name in ("chrome", "software", "common", "reporting")}
    places = {name: table[name]["places"] for name in ("drops", "processors")}
    try:
        return msgspec.convert({"fields": table["fields"], "trades": table["trades"], **flat, **places}, PageWords)
    except msgspec.ValidationError as error:
        raise DataFileError("page_words_invalid", f"{path}: {error}", "mend the file") from None


def read_pressures(path: Path, forms: Forms) -> dict[str, Pressure]:
    """Read ``pressure.toml``.

    Raises:
        DataFileError: ``pressure_invalid``; ``phrase_invalid``.
    """
    table = {name: group for name, group in read_toml(path).items() if isinstance(group, dict)}
    try:
        pressures = msgspec.convert(table, dict[str, Pressure])
    except msgspec.ValidationError as error:
        raise DataFileError("pressure_invalid", f"{path}: {error}", "mend the file") from None
    for name, group in pressures.items():
        if group.weight <= 0 or len(set(group.phrases)) < len(group.phrases) or not all(map(str.strip, group.phrases)):
            raise DataFileError("pressure_invalid", f"{path}: {name}: no weight, or a phrase empty or twice", _HINT)
    return {
        name: Pressure(group.weight, tuple(ready(phrase, forms) for phrase in group.phrases))
        for name, group in pressures.items()
    }


def read_scripts(folder: Path, body_ids: Container[str]) -> tuple[Script, ...]:
    """Read every script of a folder, with ``forms``, ``pressure`` and ``routes.toml``; all faults at once.

    Raises:
        DataFileError: ``script_invalid`` naming the file and what is wrong with it; ``pressure_invalid``;
            ``phrase_invalid``; ``forms_invalid``; ``routes_invalid``.
    """
    lexicon = folder.parent / "lexicon"
    forms, routes = read_forms(lexicon / "forms.toml"), read_routes(lexicon / "routes.toml")
    pressures = read_pressures(lexicon / "pressure.toml", forms)
    faults: list[str] = []
    scripts: list[Script] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            entry = msgspec.convert(read_toml(path), ScriptEntry)
        except msgspec.ValidationError as error:
            faults.append(f"{path.name}: {error}")
            continue
        found = [f"{path.name}: {fault}" for fault in _faults(entry, path.stem, body_ids, pressures, routes)]
        faults += found
        if not found:
            scripts.append(entry.shipped(pressures, forms))
    if faults:
        raise DataFileError("script_invalid", "\n".join(faults), _HINT)
    return tuple(scripts)


def _faults(
    entry: ScriptEntry, stem: str, body_ids: Container[str], pressures: Container[str], routes: Container[str]
) -> list[str]:
    heaviest = max((cue.weight for cue in entry.cues), default=0)
    phrases = [phrase for cue in entry.cues for phrase in cue.phrases]
    rules = (
        (entry.id == stem, f"id {entry.id!r} is not the file's name"),
        (all((entry.label, entry.label_en, entry.theme, entry.source)), "label, theme or source is empty"),
        (len(phrases) >= _MIN_CUES, f"fewer than {_MIN_CUES} cues"),
        (len(set(phrases)) == len(phrases), "a cue stands twice"),
        (all(cue.weight > 0 for cue in entry.cues) and all(map(str.strip, phrases)), "a cue without words or weight"),
        (heaviest < entry.threshold, "one cue alone reaches the threshold"),
        (
            all(0 < len(text) <= _MAX_ADVICE for text in (entry.advice, entry.advice_en, *entry.todo, *entry.todo_en)),
            f"advice and todo must have 1 to {_MAX_ADVICE} characters",
        ),
        (
            1 <= len(entry.todo) == len(entry.todo_en) <= _MAX_TODO,
            f"todo needs 1 to {_MAX_TODO} sentences in each language",
        ),
        (all(name in pressures for name in entry.presses), "presses names a group that pressure.toml lacks"),
        (entry.route in routes, "route is not in routes.toml"),
        (all(body in body_ids for body in entry.bodies), "a body is not in the registry"),
    )
    return [fault for holds, fault in rules if not holds]
