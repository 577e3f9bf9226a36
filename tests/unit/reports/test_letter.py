"""The complaint letter, read back as a reader's program reads it."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from guetteur.reports.letters.answers import Annex, LetterAnswers
from guetteur.reports.letters.clean import MISSING, on_one_line, printable
from guetteur.reports.letters.complaint import write_letter

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ELEMENTS = (
    "1. Mon état civil et mes coordonnées",
    "2. Les faits",
    "3. L’auteur des faits",
    "4. Les témoins",
    "5. Mon préjudice",
    "6. Mes preuves",
    "7. Constitution de partie civile",
)
FULL = LetterAnswers(
    name="Éloïse Cœurdeléon",
    born_on="3 mars 1954",
    born_in="Niort",
    nationality="française",
    occupation="retraitée",
    address="3 rue de l’Église, 49000 Angers",
    phone="02 00 00 00 00",
    email="eloise@exemple.fr",
    court="Angers",
    offence="escroquerie",
    account="Un homme m’a appelée.\n\nIl s’est dit de ma banque.",
    happened_on="20 novembre 2026, 14 h",
    happened_in="par téléphone",
    author="M. Untel",
    author_traces="+33 7 00 00 00 00",
    witnesses=("Ma voisine, 5 rue de l’Église",),
    damage="Deux paiements par carte.",
    amount="480 €",
    proofs=("Journal des appels",),
    civil_party=True,
    written_in="Angers",
    written_on=date(2026, 11, 1),
)
GLYPHS = {*range(0x20, 0x180)}


def read(pdf: bytes) -> tuple[str, PdfReader]:
    reader = PdfReader(BytesIO(pdf))
    return "\n".join(page.extract_text() for page in reader.pages), reader


def test_the_seven_elements_stand_in_order_with_what_was_answered() -> None:
    text, reader = read(write_letter(FULL, [], NOW))
    places = [text.index(element) for element in ELEMENTS]
    assert places == sorted(places)
    for answer in (FULL.name, FULL.born_on, FULL.address, FULL.happened_on, FULL.author, FULL.amount, *FULL.witnesses):
        assert answer in text
    assert "Objet : plainte – escroquerie" in text
    assert "Le : 1er novembre 2026" in text
    assert "☒ Je souhaite me constituer partie civile." in " ".join(text.split())
    assert [one["/Title"] for one in reader.outline if isinstance(one, dict)] == list(ELEMENTS)


def test_what_is_unknown_stays_blank() -> None:
    text, reader = read(write_letter(LetterAnswers(), [], NOW))
    for label in ("Nom et prénoms", "Date et heure", "Montant", "Fait à", "Le", "Tribunal judiciaire de"):
        assert f"\n{label} :" in f"\n{text}"
        after = text.split(f"{label} :", 1)[1].split("\n", 1)[0]
        assert after.strip() == "", label
    assert "2026" not in text
    assert "☒" not in text
    assert text.count("☐") == 2
    assert "plainte contre X" in text
    assert "Pièces numériques" not in text
    lines = [op for page in reader.pages for op in page.get_contents().get_data().split(b"\n") if op.endswith(b" l S")]
    assert len(lines) == 8 + 1 + 2 + 10 + 2 + 2 + 1 + 2 + 3 + 2  # civil status … place and day


def test_undecided_is_not_refused() -> None:
    text, _ = read(write_letter(LetterAnswers(civil_party=False), [], NOW))
    assert "☒ Je ne souhaite pas" in " ".join(text.split())


def test_annexes_are_listed_with_their_whole_hash() -> None:
    annexes = [Annex(f"piece-{n}.png", f"{n:064x}", "Capture d’écran") for n in range(30)]
    text, _ = read(write_letter(LetterAnswers(), annexes, NOW))
    assert "Pièces numériques : 30" in text
    joined = text.replace("\n", "")
    for annex in annexes:
        assert annex.name in text
        assert annex.sha256 in joined


def test_a4_numbered_titled_in_french_and_the_same_twice() -> None:
    pdf = write_letter(FULL, [], NOW)
    text, reader = read(pdf)
    assert pdf == write_letter(FULL, [], NOW)
    assert reader.metadata.title == "Lettre de plainte"
    assert reader.root_object["/Lang"] == "fr"
    for number, page in enumerate(reader.pages, 1):
        assert f"Page {number} sur {len(reader.pages)}" in page.extract_text()
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    assert "guetteur" not in text.lower()
    assert len(pdf) < 200_000


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\x00\x07\x1bb", "ab"),
        ("a\u200bb\ufeffc\ud800d", "abcd"),
        ("e\u0301te\u0301", "été"),
        ("漢", MISSING),
        ("a\r\n\r\n\r\n\r\nb\u00a0\t c", "a\n\nb c"),
    ],
)
def test_text_that_hides_or_reorders_is_cleaned(typed: str, printed: str) -> None:
    assert printable(typed, GLYPHS) == printed


def test_a_line_break_cannot_forge_a_field() -> None:
    assert on_one_line("Jean\nMontant : 9 F", GLYPHS) == "Jean Montant : 9 F"


def test_very_long_words_stay_on_the_paper() -> None:
    word = "W" * 2_000
    text, _ = read(write_letter(LetterAnswers(account=word, name="W" * 300), [Annex("n" * 300, "ab" * 32)], NOW))
    assert text.count("W") == 2_300
    assert text.count("n" * 30)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_makes_a_letter(one: str, other: str) -> None:
    answers = LetterAnswers(name=one, account=other, offence=one, witnesses=(other,), author=other, damage=one)
    text, _ = read(write_letter(answers, [Annex(one, "ab" * 32, other)], NOW))
    assert ELEMENTS[-1] in text
