"""Text as it can be printed: nothing in it may hide, reorder or run over what stands beside it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

MISSING = "□"
"""Stands for a character the font has no picture of, so that the reader sees that there was one."""

_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def printable(text: str, glyphs: Container[int]) -> str:
    """Text for several lines.

    Control characters and format characters go: among the latter are those that turn the direction of writing
    (U+202E makes ``fdp.exe`` out of ``exe.pdf``) and those that have no width.

    Args:
        text: as it was typed.
        glyphs: code points the font can draw.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(_one(char, glyphs) for char in text)
    kept = _BLANKS.sub(" ", kept)
    return _EMPTY_LINES.sub("\n\n", "\n".join(line.strip() for line in kept.split("\n"))).strip()


def on_one_line(text: str, glyphs: Container[int]) -> str:
    """The same on one line."""
    return " ".join(printable(text, glyphs).split())


def _one(char: str, glyphs: Container[int]) -> str:
    if char == "\n":
        return char
    if char.isspace():
        return " "
    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") or char == "\ufe0f":
        return ""
    return char if ord(char) in glyphs else MISSING
