"""WHOIS texts by our own reader: a day or none, never an error.

python-whois, which is asked after it, is known to take minutes: it runs in a process that is killed.
"""

from collections.abc import Iterator
from datetime import date

from guetteur.lookup.whois import _decode
from guetteur.lookup.whois_text import _LABELS, declined, labelled_day, no_such_domain

MAX_LENGTH = 65_536


def seeds() -> Iterator[bytes]:
    yield b"Domain Name: NEUF.TEST\nCreation Date: 2026-11-02T10:00:00Z\nRegistrar: Example\n"
    yield b"domain:  neuf.test\nchanged: x@y.test 20261102 (Assigned)\nregistered: before Aug-1996\n"
    yield b"First registration date:\n2026-11-02\n\xff[Created on] 2026/11/02\n"
    yield b"No match for NEUF.TEST\nyour connection limit exceeded\n"
    for label in _LABELS:
        yield f"{label}: 02-Nov-2026\n   {label}.....: Mon Nov  2 10:11:12 GMT 2026\n".encode()


def check(data: bytes) -> None:
    text = _decode(data)
    for zone in ("neuf.test", "neuf.tk"):
        day = labelled_day(zone, text)
        assert day is None or isinstance(day, date)
    assert no_such_domain(text) in (True, False)
    assert declined(text) in (True, False)
