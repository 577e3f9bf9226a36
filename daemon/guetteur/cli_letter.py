"""``guetteur letter``: the complaint letter from a file of answers."""

from __future__ import annotations

import hashlib
import re
import sys
from typing import TYPE_CHECKING

import msgspec

from guetteur.app import now_utc
from guetteur.durable import write_durably
from guetteur.errors import InvalidInputError, printable
from guetteur.reports.letters.answers import Annex, LetterAnswers
from guetteur.reports.letters.bundle_annexes import bundle_annexes
from guetteur.reports.letters.complaint import write_letter
from guetteur.web.routes import decode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MOST_BYTES = 1024 * 1024
_TEMPLATE = "compare it with: guetteur letter --template"

FIELDS: dict[str, tuple[str, str]] = {
    "name": ("nom et prénoms", "first names and surname"),
    "born_on": ("date de naissance", "date of birth"),
    "born_in": ("lieu de naissance", "place of birth"),
    "nationality": ("nationalité", "nationality"),
    "occupation": ("profession", "occupation"),
    "address": ("adresse postale", "postal address"),
    "phone": ("téléphone", "telephone number"),
    "email": ("adresse électronique", "mail address"),
    "court": ("ville du tribunal judiciaire", "town of the court (tribunal judiciaire)"),
    "offence": ("infraction, avec vos mots (escroquerie)", "offence, in your words (escroquerie)"),
    "account": ("récit des faits", "account of the facts"),
    "happened_on": ("date et heure des faits", "day and hour"),
    "happened_in": ("lieu, ou adresse du site", "place, or address of the site"),
    "author": ("auteur, s’il est connu ; vide : contre X", "who did it, if known; empty: against X"),
    "author_traces": ("noms employés, numéros, adresses, comptes", "names used, numbers, addresses, accounts"),
    "witnesses": ("liste : nom et adresse de chaque témoin", "list: name and address of each witness"),
    "damage": ("préjudice, avec vos mots", "damage, in your words"),
    "amount": ("montant, avec la monnaie", "sum, with its currency"),
    "proofs": ("liste : vos preuves", "list: your proofs"),
    "civil_party": ("true, false, ou null si vous hésitez encore", "true, false, or null while undecided"),
    "written_in": ("lieu de signature", "place of signature"),
    "written_on": ("jour de signature (2026-11-24), ou null", "day of signature (2026-11-24), or null"),
}
"""What each answer is, in French and English; all may stay empty."""


def print_template(lang: str) -> None:
    """Write an empty file of answers on standard output, and what they mean on standard error."""
    empty = msgspec.json.encode(LetterAnswers())
    sys.stdout.write(msgspec.json.format(empty, indent=2).decode() + "\n")
    width = max(map(len, FIELDS))
    for name, (french, english) in FIELDS.items():
        sys.stderr.write(f"{name.ljust(width)}  {english if lang == 'en' else french}\n")


def make_letter(answers: Path, annexes: Sequence[Path], bundles: Sequence[Path], out: Path, lang: str) -> int:
    """Write the letter; return the exit status.

    Args:
        answers: JSON with the fields of `LetterAnswers`.
        annexes: files that go with the letter; only their names and hashes are written.
        bundles: sealed bundles of earlier reports; what they hold is listed after the files.
        out: where to; replaced when it exists, readable by its owner alone.
        lang: language of the last word.

    Raises:
        InvalidInputError: ``file_unreadable``, ``file_too_large``, ``answers_malformed``, ``answers_unfit``,
            ``file_unwritable``, and those of `bundle_annexes`.
        BundleError: those of `bundle_annexes`.
    """
    known = _answers(answers)
    sealed = [annex for path in bundles for annex in bundle_annexes(path)]
    pdf = write_letter(known, [*map(_annex, annexes), *sealed], now_utc())
    try:
        write_durably(out, pdf, 0o600)
    except OSError as error:
        hint = "choose another folder with --out"
        raise InvalidInputError(
            "file_unwritable", f"{out} cannot be written: {error.strerror}", hint, path=out, reason=error
        ) from None
    said = {
        "fr": "{out}\u00a0: écrite. Relisez-la, complétez-la à la main, signez-la.",
        "en": "{out}: written. Read it, complete it by hand, sign it.",
    }
    sys.stdout.write(said[lang].format(out=printable(out)) + "\n")
    return 0


def _answers(path: Path) -> LetterAnswers:
    try:
        return decode(_read(path), LetterAnswers)
    except InvalidInputError as error:
        if error.code == "invalid_json":
            raise InvalidInputError("answers_malformed", error.message, _TEMPLATE, path=path) from None
        if error.code != "invalid_request":
            raise
        # msgspec names what is wrong between backticks, the path of the field last.
        field = (re.findall(r"`([^`]*)`", error.message) or ["?"])[-1].removeprefix("$.")
        raise InvalidInputError("answers_unfit", error.message, _TEMPLATE, path=path, field=field) from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error) from None
    if len(content) > _MOST_BYTES:
        raise InvalidInputError("file_too_large", f"{path}: more than 1 MiB", _TEMPLATE, path=path)
    return content


def _annex(path: Path) -> Annex:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from None
    return Annex(path.name[:300], digest)


def _unreadable(path: Path, error: OSError) -> InvalidInputError:
    return InvalidInputError(
        "file_unreadable", f"{path} cannot be read: {error.strerror}", "check the file's name", path=path, reason=error
    )
