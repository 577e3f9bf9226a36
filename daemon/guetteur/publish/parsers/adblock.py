"""Adblock rules that block one whole host for everybody, ``||host^``; any other rule is passed over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from guetteur.publish.parsers.interface import by_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from guetteur.publish.parsers.interface import Options

NAME = "adblock"

# `$all`, `$document`, `$important` still block the page itself; `$third-party`, `$script` or a condition do not.
_OPTION = "(?:all|document|doc|important|popup)"
_RULE = re.compile(rf"^\|\|([^\s/^*$|]+)\^(?:\${_OPTION}(?:,{_OPTION})*)?[ \t\r]*$", re.MULTILINE)


def parse(file: TextIO, options: Options) -> Iterator[list[str]]:
    """See `guetteur.publish.parsers.interface.Parser`."""
    del options
    return by_blocks(file, _RULE.findall)
