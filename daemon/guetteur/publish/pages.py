"""Reads and checks what pages and mails are read with: ``lexicon/page.toml`` and ``scripts/*.toml``."""

from __future__ import annotations

from datetime import date  # noqa: TC003 -- msgspec reads it when a file is read
from typing import TYPE_CHECKING

import msgspec

from guetteur.core.pagewords import PageWords
from guetteur.core.scripts import Script
from guetteur.errors import DataFileError
from guetteur.publish.bodies import read_toml

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

_MAX_ADVICE = 140
_MIN_CUES = 3
_HINT = "see blocklists/scripts/README.md"


class ScriptEntry(Script, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A script's file as written: what is shipped, and where it comes from."""

    source: str
    checked: date

    def shipped(self) -> Script:
        """The part the daemon needs."""
        return Script(**{name: getattr(self, name) for name in Script.__struct_fields__})


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


def read_scripts(folder: Path, body_ids: Container[str]) -> tuple[Script, ...]:
    """Read every script of a folder; all faults at once.

    Raises:
        DataFileError: ``script_invalid`` naming the file and what is wrong with it.
    """
    faults: list[str] = []
    scripts: list[Script] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            entry = msgspec.convert(read_toml(path), ScriptEntry)
        except msgspec.ValidationError as error:
            faults.append(f"{path.name}: {error}")
            continue
        faults += [f"{path.name}: {fault}" for fault in _faults(entry, path.stem, body_ids)]
        scripts.append(entry.shipped())
    if faults:
        raise DataFileError("script_invalid", "\n".join(faults), _HINT)
    return tuple(scripts)


def _faults(entry: ScriptEntry, stem: str, body_ids: Container[str]) -> list[str]:
    heaviest = max((cue.weight for cue in entry.cues), default=0)
    rules = (
        (entry.id == stem, f"id {entry.id!r} is not the file's name"),
        (all((entry.label, entry.label_en, entry.theme, entry.source)), "label, theme or source is empty"),
        (len(entry.cues) >= _MIN_CUES, f"fewer than {_MIN_CUES} cues"),
        (len({cue.phrase for cue in entry.cues}) == len(entry.cues), "a cue stands twice"),
        (all(cue.weight > 0 and cue.phrase.strip() for cue in entry.cues), "a cue without words or weight"),
        (heaviest < entry.threshold, "one cue alone reaches the threshold"),
        (
            all(0 < len(text) <= _MAX_ADVICE for text in (entry.advice, entry.advice_en)),
            f"advice must have 1 to {_MAX_ADVICE} characters",
        ),
        (all(body in body_ids for body in entry.bodies), "a body is not in the registry"),
    )
    return [fault for holds, fault in rules if not holds]
