"""One file per signal, found automatically: each module defines ``SIGNAL``; those of mails lie in ``mail/``."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

from guetteur.core.signal import Signal

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.mail.facts import MailFacts
    from guetteur.core.mail.subject import MailSubject
    from guetteur.core.subject import UrlSubject


def load_signals() -> tuple[Signal[UrlSubject, Facts], ...]:
    """The signals of web addresses, ordered by id."""
    return _load(__name__)


def load_mail_signals() -> tuple[Signal[MailSubject, MailFacts], ...]:
    """The signals of mails, ordered by id."""
    return _load(f"{__name__}.mail")


def _load(package: str) -> tuple[Signal[Any, Any], ...]:
    """Import every module of the package and collect its ``SIGNAL``."""
    folder = importlib.import_module(package).__path__
    names = sorted(module.name for module in pkgutil.iter_modules(folder) if not module.ispkg)
    found = [importlib.import_module(f"{package}.{name}").SIGNAL for name in names]
    for name, signal in zip(names, found, strict=True):
        if not isinstance(signal, Signal) or signal.id != name:
            raise TypeError(f"{package}.{name} must define SIGNAL with id {name!r}")
    return tuple(found)
