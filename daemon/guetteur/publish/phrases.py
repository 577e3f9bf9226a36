"""Phrases with alternatives, as `blocklists/scripts/README.md` describes them: made ready and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING

import msgspec

from guetteur.core.similarity import Folder
from guetteur.errors import DataFileError
from guetteur.publish.bodies import read_toml

if TYPE_CHECKING:
    from pathlib import Path

_MOST = 1_000
_HINT = "see blocklists/scripts/README.md"
_NAME = re.compile(r"(\[[^\[\]]*)?\{(\w+)\}")
_BRACKET = re.compile(r"\[([^\[\]{}]*)\]")
_FOLDER = Folder({})

Forms = Mapping[str, tuple[str, ...]]


def read_forms(path: Path) -> Forms:
    """Read ``forms.toml``.

    Raises:
        DataFileError: ``forms_invalid``.
    """
    try:
        return msgspec.convert(read_toml(path)["forms"], dict[str, tuple[str, ...]])
    except (KeyError, msgspec.ValidationError) as error:
        raise DataFileError("forms_invalid", f"{path}: {error}", "mend the file") from None


def ready(written: str, forms: Forms) -> str:
    """The phrase in lower-case ASCII, with every ``{name}`` put in full: what `guetteur.core.scripts` reads.

    Folded here once, where it costs nothing.

    Raises:
        DataFileError: ``phrase_invalid``: a bracket stands alone, a form is unknown, or it stands for too many.
    """
    phrase = _FOLDER.fold(written)
    while (found := _NAME.search(phrase)) is not None and found[2] in forms:
        choices = "|".join(dict.fromkeys(_FOLDER.fold(choice) for choice in forms[found[2]]))
        inside = f"{found[1]}{choices}" if found[1] is not None else f"[{choices}]"
        phrase = f"{phrase[: found.start()]}{inside}{phrase[found.end() :]}"
    brackets = _BRACKET.findall(phrase)
    if any(sign in _BRACKET.sub("", phrase) for sign in "[]{}|") or "" in brackets:
        raise DataFileError("phrase_invalid", f"{written!r} cannot be read", _HINT)
    if (count := prod(bracket.count("|") + 1 for bracket in brackets)) > _MOST:
        raise DataFileError("phrase_invalid", f"{written!r} stands for {count} phrases, more than {_MOST}", _HINT)
    return phrase
