"""What the letter is written from. Everything may be left out: what is unknown becomes a line to fill in by hand."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

Line = Annotated[str, Meta(max_length=300)]
Text = Annotated[str, Meta(max_length=20_000)]
Lines = Annotated[tuple[Line, ...], Meta(max_length=30)]


class LetterAnswers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answers of the person who complains; an empty one is unknown.

    Attributes:
        name: first names and surname.
        born_on: date of birth, as it is to be printed.
        born_in: place of birth.
        nationality: as it is to be printed.
        occupation: as it is to be printed.
        address: postal address.
        phone: telephone number.
        email: mail address.
        court: town of the court the letter goes to.
        offence: what is complained of, in the person's words (``escroquerie``).
        account: what happened, in the person's words.
        happened_on: day and hour, or days.
        happened_in: place, or site and address on the internet.
        author: who did it; empty: unknown, the complaint is against X.
        author_traces: names used, numbers, addresses, accounts.
        witnesses: name and address of each.
        damage: what was lost, in words.
        amount: the sum, with its currency.
        proofs: what the person can show.
        civil_party: whether the person claims damages in the criminal trial; None: not decided.
        written_in: place of signature.
        written_on: day of signature.
    """

    name: Line = ""
    born_on: Line = ""
    born_in: Line = ""
    nationality: Line = ""
    occupation: Line = ""
    address: Line = ""
    phone: Line = ""
    email: Line = ""
    court: Line = ""
    offence: Line = ""
    account: Text = ""
    happened_on: Line = ""
    happened_in: Line = ""
    author: Line = ""
    author_traces: Annotated[str, Meta(max_length=2_000)] = ""
    witnesses: Lines = ()
    damage: Annotated[str, Meta(max_length=2_000)] = ""
    amount: Line = ""
    proofs: Lines = ()
    civil_party: bool | None = None
    written_in: Line = ""
    written_on: date | None = None


class Annex(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file that goes with the letter.

    Attributes:
        name: its name.
        sha256: SHA-256 of its bytes, lower-case hexadecimal.
        note: what it shows.
    """

    name: Line
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    note: Line = ""


Annexes = Annotated[tuple[Annex, ...], Meta(max_length=100)]
