"""Reads one WHOIS text in a process of its own: JSON `Question` on standard input, JSON `Answer` on standard output.

python-whois knows many registries' formats, but its patterns can take minutes: real answers of Japan's registry held
it for 22 and 135 s. Here it can be killed. It also may open no connection and start no program.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from guetteur.lookup.answer import Answer, Question
from guetteur.lookup.outcome import Why
from guetteur.lookup.whois_text import declined, labelled_day, no_such_domain

_CPU_S = 10
"""For the case that nobody is left to kill us."""
_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile")


_DEFAULTS = (datetime(2001, 1, 1, tzinfo=UTC), datetime(2002, 2, 2, tzinfo=UTC))
"""Two days without a part in common."""


class ForbiddenError(RuntimeError):
    """What a reader of text has no business doing."""


def confine() -> None:
    """Refuse this process the network and other programs, and end it after some seconds of computing."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))

    def refuse(event: str, _args: tuple[object, ...]) -> None:
        if event.startswith(_FORBIDDEN):
            raise ForbiddenError(event)

    sys.addaudithook(refuse)


def read(question: Question) -> Answer:
    """Return the day of creation: by the labels registries use, else as python-whois understands it."""
    day = labelled_day(question.domain, question.text)
    if day is None:
        if no_such_domain(question.text):
            return Answer(why=Why.NOT_FOUND)
        day = library_day(question)
    if day is not None:
        return Answer(created=day)
    return Answer(why=Why.REFUSED if declined(question.text) else Why.UNREADABLE)


def library_day(question: Question) -> date | None:
    """Return the day that python-whois finds, the latest of several, or None.

    The latest, since its patterns also match inside a line, where a registrant's own words stand: these must not make
    a domain look older than it is.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from whois import parser  # noqa: PLC0415 -- slow to import, and not always needed

        parser.dp = _Whole
        try:
            found: Any = parser.WhoisEntry.load(question.domain, question.text).get("creation_date")
        except Exception:  # noqa: BLE001 -- it raises whatever its date parser does
            return None
    values = found if isinstance(found, list) else [found]
    days = [value.date() for value in values if isinstance(value, datetime)]
    return max(days, default=None)


class _Whole:
    """In place of `dateutil.parser`, which takes what a text leaves out from today: "10:30" would be a day."""

    ParserError = ValueError

    @staticmethod
    def parse(text: str, **options: Any) -> datetime:
        """As dateutil does, but only days that are wholly in the text."""
        from dateutil.parser import parse  # noqa: PLC0415 -- comes with python-whois

        one: datetime
        one, other = (parse(text, default=default, **options) for default in _DEFAULTS)
        if one.date() != other.date():
            raise ValueError(text)
        return one


def main() -> None:
    """Answer the one question."""
    confine()
    question = msgspec.json.decode(sys.stdin.buffer.read(), type=Question)
    sys.stdout.buffer.write(msgspec.json.encode(read(question)))


if __name__ == "__main__":
    main()
