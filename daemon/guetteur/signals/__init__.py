"""One file per signal, found automatically: each module defines ``SIGNAL``."""

from __future__ import annotations

import importlib
import pkgutil

from guetteur.core.signal import Signal


def load_signals() -> tuple[Signal, ...]:
    """Import every module of this package and collect its ``SIGNAL``, ordered by id."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = [importlib.import_module(f"{__name__}.{name}").SIGNAL for name in names]
    for name, signal in zip(names, found, strict=True):
        if not isinstance(signal, Signal) or signal.id != name:
            raise TypeError(f"signals/{name}.py must define SIGNAL with id {name!r}")
    return tuple(found)
