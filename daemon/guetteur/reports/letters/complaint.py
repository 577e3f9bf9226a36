"""The complaint to the public prosecutor.

The seven elements are those service-public.gouv.fr names: civil status and contact; account of the facts with date
and place; author or X; witnesses; damage; proofs; the wish to be partie civile. The form decides nothing: what was not
answered is left to the person's pen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.reports.days import spoken_day
from guetteur.reports.letters.clean import on_one_line
from guetteur.reports.letters.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from guetteur.reports.letters.answers import Annex, LetterAnswers

_SIGNATURE_MM = 56.0


def write_letter(answers: LetterAnswers, annexes: Sequence[Annex], now: datetime) -> bytes:
    """Write the letter.

    The same arguments give the same bytes.

    Args:
        answers: what is known.
        annexes: files that go with it, listed with their hashes.
        now: when the PDF is made, for its properties; the letter itself is dated by the answers.

    Returns:
        A PDF of A4 pages.
    """
    sheet = Sheet("Lettre de plainte", now)
    _head(sheet, answers)
    _person(sheet, answers)
    _facts(sheet, answers)
    _author(sheet, answers)
    _witnesses(sheet, answers)
    _damage(sheet, answers)
    _proofs(sheet, answers, annexes)
    _civil_party(sheet, answers)
    _signature(sheet, answers)
    if annexes:
        _annexes(sheet, annexes)
    return bytes(sheet.output())


def _head(sheet: Sheet, answers: LetterAnswers) -> None:
    sheet.paragraph("Madame ou Monsieur le procureur de la République", after=0)
    sheet.field("Tribunal judiciaire de", answers.court)
    sheet.ln(4)
    offence = on_one_line(answers.offence, sheet.glyphs)
    against = "" if on_one_line(answers.author, sheet.glyphs) else " contre X"
    sheet.paragraph(f"Objet : plainte{against}{f' – {offence}' if offence else ''}", bold=True, after=4)
    sheet.paragraph("Madame, Monsieur,")
    sheet.paragraph("Je porte plainte pour les faits suivants.", after=1)


def _person(sheet: Sheet, answers: LetterAnswers) -> None:
    sheet.heading("1. Mon état civil et mes coordonnées")
    for label, value in (
        ("Nom et prénoms", answers.name),
        ("Date de naissance", answers.born_on),
        ("Lieu de naissance", answers.born_in),
        ("Nationalité", answers.nationality),
        ("Profession", answers.occupation),
        ("Adresse", answers.address),
        ("Téléphone", answers.phone),
        ("Adresse électronique", answers.email),
    ):
        sheet.field(label, value)


def _facts(sheet: Sheet, answers: LetterAnswers) -> None:
    sheet.heading("2. Les faits")
    sheet.field("Date et heure", answers.happened_on)
    sheet.field("Lieu ou adresse du site", answers.happened_in)
    sheet.paragraph("Récit :", after=0.8)
    sheet.text_or_lines(answers.account, 10)


def _author(sheet: Sheet, answers: LetterAnswers) -> None:
    sheet.heading("3. L’auteur des faits")
    if on_one_line(answers.author, sheet.glyphs):
        sheet.field("Je porte plainte contre", answers.author)
    else:
        sheet.paragraph("Je ne connais pas l’auteur des faits : je porte plainte contre X.", after=0.8)
    sheet.paragraph("Noms employés, numéros, adresses, comptes :", after=0.8)
    sheet.text_or_lines(answers.author_traces, 2)


def _witnesses(sheet: Sheet, answers: LetterAnswers) -> None:
    sheet.heading("4. Les témoins")
    sheet.paragraph("Nom et adresse de chaque témoin :", after=0.8)
    sheet.items(answers.witnesses, 2)


def _damage(sheet: Sheet, answers: LetterAnswers) -> None:
    sheet.heading("5. Mon préjudice")
    sheet.field("Montant", answers.amount)
    sheet.text_or_lines(answers.damage, 2)


def _proofs(sheet: Sheet, answers: LetterAnswers, annexes: Sequence[Annex]) -> None:
    sheet.heading("6. Mes preuves")
    if annexes:
        sheet.paragraph(f"Pièces numériques : {len(annexes)}, énumérées en annexe.", after=0.8)
    if answers.proofs or not annexes:
        sheet.items(answers.proofs, 3)


def _civil_party(sheet: Sheet, answers: LetterAnswers) -> None:
    sheet.heading("7. Constitution de partie civile")
    sheet.box("Je souhaite me constituer partie civile.", ticked=answers.civil_party is True)
    sheet.box("Je ne souhaite pas me constituer partie civile.", ticked=answers.civil_party is False)


def _signature(sheet: Sheet, answers: LetterAnswers) -> None:
    sheet.need(_SIGNATURE_MM)
    sheet.ln(4)
    sheet.paragraph("Je vous prie d’agréer, Madame, Monsieur, l’expression de ma considération distinguée.")
    sheet.field("Fait à", answers.written_in)
    sheet.field("Le", spoken_day(answers.written_on, "fr") if answers.written_on else "")
    sheet.ln(2)
    sheet.paragraph("Signature :", after=12)


def _annexes(sheet: Sheet, annexes: Sequence[Annex]) -> None:
    sheet.add_page()
    sheet.heading("Annexes")
    sheet.paragraph("L’empreinte SHA-256 permet de vérifier qu’un fichier n’a pas été modifié.")
    for number, annex in enumerate(annexes, 1):
        sheet.need(30)
        name, note = on_one_line(annex.name, sheet.glyphs), on_one_line(annex.note, sheet.glyphs)
        sheet.paragraph(f"Annexe {number} : {name}", bold=True, after=0)
        if note:
            sheet.paragraph(note, after=0)
        # In two halves: 64 characters do not fit one line, and a break that nobody chose is hard to compare.
        sheet.paragraph(f"SHA-256 :\n{annex.sha256[:32]}\n{annex.sha256[32:]}")
