"""A response policy zone: ``host CNAME .`` (or ``*.``, or a sinkhole ``A``); other policies are passed over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from guetteur.publish.parsers.interface import by_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from guetteur.publish.parsers.interface import Options

NAME = "rpz"

# `CNAME rpz-passthru.` is an exception, `rpz-ip` and `rpz-nsdname` owners are triggers other than the name asked for.
_RULE = re.compile(
    r"^(?:\*\.)?(?![;$@*])([^\s;]+?)\.?[ \t]+(?:\d+[ \t]+)?(?:IN[ \t]+)?"
    r"(?:CNAME[ \t]+(?:\*?\.|rpz-drop\.)|A[ \t]+(?:0\.0\.0\.0|127\.0\.0\.1))[ \t\r]*(?:;.*)?$",
    re.MULTILINE | re.IGNORECASE,
)


def _find(block: str) -> list[str]:
    return [name for name in _RULE.findall(block) if ".rpz-" not in name]


def parse(file: TextIO, options: Options) -> Iterator[list[str]]:
    """See `guetteur.publish.parsers.interface.Parser`."""
    del options
    return by_blocks(file, _find)
