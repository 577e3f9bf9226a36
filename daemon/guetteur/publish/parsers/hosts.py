"""Plain hosts, one a line; comments with ``#``, ``;``, ``!`` or ``//``. A leading ``*.`` or ``.`` changes nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from guetteur.publish.parsers.interface import by_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from guetteur.publish.parsers.interface import Options

NAME = "hosts"

_ENTRY = re.compile(r"^\s*(?![#;]|//|!)(?:\*?\.)?([^\s#]+)", re.MULTILINE)


def parse(file: TextIO, options: Options) -> Iterator[list[str]]:
    """See `guetteur.publish.parsers.interface.Parser`."""
    del options
    return by_blocks(file, _ENTRY.findall)
