"""List formats, one file each, found automatically."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guetteur.publish.parsers.interface import Parser


@lru_cache(maxsize=1)
def load_parsers() -> Mapping[str, Parser]:
    """Format name → parser: every module of this package but the interface."""
    modules = (
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
        if found.name != "interface"
    )
    # A module with NAME and parse is a Parser; a contract test holds each to it.
    parsers = (cast("Parser", module) for module in modules)
    return {parser.NAME: parser for parser in sorted(parsers, key=lambda parser: parser.NAME)}
