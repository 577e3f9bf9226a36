"""An unusual port beside a body's name, or on a bare address: no body asks people to type one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.pathview import is_public_address
from guetteur.core.signal import Evidence, Need, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject

_USUAL = frozenset((80, 443, 8080, 8443))
_HINT = 0.5


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """A hint only: people who run servers do use such ports."""
    if subject.port is None or subject.port in _USUAL or facts.trusted:
        return None
    if is_public_address(subject):
        params = {"host": subject.host, "port": str(subject.port)}
        return Evidence("port", "port_of_address", params, weight=_HINT)
    word = facts.names.best(disguised=False) or facts.names.best(disguised=True)
    if word is None or word.entry.body is None or word.grade == "topic" or not word.whole:
        return None
    params = {"name": word.entry.body.name, "port": str(subject.port)}
    return Evidence("port", "unusual_port", params, word.entry.body, _HINT)


SIGNAL = Signal("port", ("unusual_port", "port_of_address"), check, Need.REST)
