"""Coded errors: what happened, then a hint what to do.

Every error that can reach a person or a caller has a stable ``code`` (snake case), one sentence and a hint. They are
raised at boundaries only (parsing, files, sockets); inside, the code uses values such as ``Unavailable``.

Sentence and hint are in English, for logs and programs. A person is told what `guetteur.texts` says of the code.
"""

from __future__ import annotations


class GuetteurError(Exception):
    """Base of all errors that carry a code for programs and a hint for people.

    Args:
        code: stable name.
        message: one sentence in English.
        hint: what to do, in English, possibly empty.
        params: what the sentences of `guetteur.texts` have filled in; an ``OSError`` becomes its reason.
    """

    def __init__(self, code: str, message: str, hint: str = "", **params: object) -> None:
        self.code = code
        self.message = printable(message)
        self.hint = printable(hint)
        self.params = params
        super().__init__(self.message)


class InvalidInputError(GuetteurError):
    """What was sent cannot be judged: no URL, no host, too large, malformed."""


class DataFileError(GuetteurError):
    """A file of facts (registry, compiled list, texts) is missing, damaged or breaks its schema."""


class DaemonUnreachableError(GuetteurError):
    """No daemon answers where one should."""


class InstallError(GuetteurError):
    """A manifest or folder could not be written, read or removed."""


def printable(text: object) -> str:
    r"""Text that UTF-8 can hold: a byte of a path that is none is written out (``/home/\xe9ric``, Latin-1)."""
    try:
        return str(text).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half a pair, from no path
        return str(text).encode("utf-8", "backslashreplace").decode("utf-8")
