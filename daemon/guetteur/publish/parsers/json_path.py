"""JSON: the texts of a list (or the values of a table) at a path such as ``data.*.url``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from guetteur.publish.parsers.interface import Options

NAME = "json"

_BATCH = 50_000


def parse(file: TextIO, options: Options) -> Iterator[list[str]]:
    """See `guetteur.publish.parsers.interface.Parser`; the source's size cap bounds the memory."""
    try:
        document = msgspec.json.decode(file.read())
    except UNREADABLE as error:
        raise ValueError(f"no JSON: {error}") from None
    nodes = [document]
    for step in options.path.split("."):
        nodes = [below for node in nodes for below in _below(node, step)]
    if not nodes:
        raise ValueError(f"nothing at {options.path}")
    texts = [text for node in nodes for text in _texts(node)]
    for at in range(0, len(texts), _BATCH):
        yield texts[at : at + _BATCH]


def _below(node: Any, step: str) -> list[Any]:
    if step == "*":
        return list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    return [node[step]] if isinstance(node, dict) and step in node else []


def _texts(node: Any) -> Iterator[str]:
    for value in node if isinstance(node, list) else [node]:
        if isinstance(value, str) and value.strip():
            yield value.strip()
