"""Coded errors: what happened, then a hint what to do.

Every error that can reach a person or a caller has a stable ``code`` (snake case), one sentence and a hint. They are
raised at boundaries only (parsing, files, sockets); inside, the code uses values such as ``Unavailable``.
"""

from __future__ import annotations


class GuetteurError(Exception):
    """Base of all errors that carry a code for programs and a hint for people."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class InvalidInputError(GuetteurError):
    """What was sent cannot be judged: no URL, no host, too large, malformed."""


class DataFileError(GuetteurError):
    """A file of facts (registry, compiled list, texts) is missing, damaged or breaks its schema."""


class DaemonUnreachableError(GuetteurError):
    """No daemon answers where one should."""


class InstallError(GuetteurError):
    """A manifest or folder could not be written, read or removed."""
