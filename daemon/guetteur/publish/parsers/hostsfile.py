"""A hosts file: ``0.0.0.0 host [host…]``; the machine's own names (``localhost``, ``broadcasthost``) are no entries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from guetteur.publish.parsers.interface import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from guetteur.publish.parsers.interface import Options

NAME = "hostsfile"

_LINE = re.compile(
    r"^[ \t]*(?:0\.0\.0\.0|127\.\d+\.\d+\.\d+|::1?|fe80::1%\S+|ff0\d::\d)[ \t]+([^#\r\n]+)", re.MULTILINE
)
_OWN = frozenset(
    {"localhost", "localhost.localdomain", "local", "broadcasthost", "0.0.0.0", "ip6-localhost", "ip6-loopback"}
    | {"ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters", "ip6-allhosts"}
)


def parse(file: TextIO, options: Options) -> Iterator[list[str]]:
    """See `guetteur.publish.parsers.interface.Parser`."""
    del options
    for block in blocks(file):
        yield [host for names in _LINE.findall(block) for host in names.split() if host not in _OWN]
