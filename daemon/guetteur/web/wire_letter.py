"""The JSON of the complaint letter, as types."""

from __future__ import annotations

from msgspec import Struct

from guetteur.reports.letters.answers import Annexes, LetterAnswers


class AskLetter(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for the letter.

    Attributes:
        answers: what the person answered; what is left out is left blank.
        annexes: files that go with it.
    """

    answers: LetterAnswers
    annexes: Annexes = ()


class LetterReply(Struct, frozen=True):
    """The letter.

    Attributes:
        pdf: the file, base64.
        name: what to call it.
    """

    pdf: str
    name: str
