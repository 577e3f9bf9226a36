"""Addresses, one a line; with or without a scheme. Comments start a line with ``#`` or ``;``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from guetteur.publish.parsers.interface import by_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from guetteur.publish.parsers.interface import Options

NAME = "urls"

# Only leading and trailing white space goes: an address may hold `#` and, badly written, blanks.
_LINE = re.compile(r"^[ \t]*(?![#;])(\S(?:[^\r\n]*\S)?)", re.MULTILINE)


def parse(file: TextIO, options: Options) -> Iterator[list[str]]:
    """See `guetteur.publish.parsers.interface.Parser`."""
    del options
    return by_blocks(file, _LINE.findall)
