"""Reads and checks ``lexicon/routes.toml``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from guetteur.core.routes import Route
from guetteur.errors import DataFileError
from guetteur.publish.bodies import read_toml

if TYPE_CHECKING:
    from pathlib import Path

_MAX_TEXT = 140


def read_routes(path: Path) -> dict[str, Route]:
    """Routes by id.

    Raises:
        DataFileError: ``routes_invalid``.
    """
    table = {name: route for name, route in read_toml(path).items() if isinstance(route, dict)}
    try:
        routes = msgspec.convert(table, dict[str, Route])
    except msgspec.ValidationError as error:
        raise DataFileError("routes_invalid", f"{path}: {error}", "mend the file") from None
    for name, route in routes.items():
        texts = (route.text, route.text_en)
        if not all(0 < len(text) <= _MAX_TEXT for text in texts) or not route.url.startswith("https://"):
            fault = f"{path}: {name}: a text without 1 to {_MAX_TEXT} characters, or no https address"
            raise DataFileError("routes_invalid", fault, "mend the file")
    return routes
