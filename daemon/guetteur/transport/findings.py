"""What doctor found, in two languages (``doctor_texts.toml``)."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from guetteur.errors import DataFileError, printable

Level = Literal["ok", "warn", "fail"]

TEXTS = Path(__file__).with_name("doctor_texts.toml")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing doctor looked at.

    Attributes:
        code: stable name; a table of ``doctor_texts.toml``.
        level: ``ok``; ``warn``: works, or will by itself; ``fail``: a person is not protected until it is mended.
        text_fr: one or two sentences.
        text_en: the same in English.
        remedy_fr: what to do, empty when nothing is to be done.
        remedy_en: the same in English.
    """

    code: str
    level: Level
    text_fr: str
    text_en: str
    remedy_fr: str
    remedy_en: str


def finding(code: str, **params: object) -> Finding:
    """Put a code and its parameters into words.

    Raises:
        DataFileError: ``doctor_texts_broken``, when the table lacks the code or uses a parameter that is not given.
    """
    params = {name: printable(value) for name, value in params.items()}
    try:
        row = texts()[code]
        told = {
            name: str(row.get(name, "")).format(**params) for name in ("text_fr", "text_en", "remedy_fr", "remedy_en")
        }
        return Finding(code=code, level=row["level"], **told)
    except (KeyError, IndexError) as error:
        raise DataFileError("doctor_texts_broken", f"{TEXTS.name}: {error!r}", "reinstall guetteur") from error


@functools.cache
def texts() -> dict[str, Any]:
    """The whole table, by code.

    Raises:
        DataFileError: ``doctor_texts_broken``.
    """
    try:
        return tomllib.loads(TEXTS.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataFileError("doctor_texts_broken", f"{TEXTS.name}: {error}", "reinstall guetteur") from error
