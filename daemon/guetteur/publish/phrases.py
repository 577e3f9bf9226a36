"""Phrases written with alternatives, as `blocklists/scripts/README.md` describes them, turned into plain ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING

import msgspec

from guetteur.errors import DataFileError
from guetteur.publish.bodies import read_toml

if TYPE_CHECKING:
    from pathlib import Path

_MOST = 6_000
_PART = re.compile(r"\{(\w+)\}|\[([^\[\]{}]*)\]|([^\[\]{}]+)")

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


def expand(written: str, forms: Forms) -> tuple[str, ...]:
    """Every plain phrase that ``written`` stands for: ``{name}`` is one of a form, ``[a|b|]`` one of these, or nothing.

    Raises:
        DataFileError: ``phrase_invalid``: a bracket stands alone, a form is unknown, or it stands for too many.
    """
    parts: list[tuple[str, ...]] = []
    at = 0
    while at < len(written):
        found = _PART.match(written, at)
        if found is None or (found[1] and found[1] not in forms):
            raise DataFileError("phrase_invalid", f"{written!r} cannot be read", "see blocklists/scripts/README.md")
        parts.append(forms[found[1]] if found[1] else tuple(found[2].split("|")) if found[2] else (found[3],))
        at = found.end()
    count = 1
    for part in parts:
        count *= len(part)
    if count > _MOST:
        raise DataFileError("phrase_invalid", f"{written!r} stands for {count} phrases", f"at most {_MOST}: split it")
    return tuple(dict.fromkeys(" ".join("".join(chosen).split()) for chosen in product(*parts)))
