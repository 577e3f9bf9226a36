"""Near texts, near pictures; whatever a stranger sends raises nothing."""

import random
import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from guetteur.core.similarity import Folder
from guetteur.reports.likeness import MIN_WORDS, PICTURES, TEXTS, Likeness, Likes, picture_hash, text_hash, words_of

FOLDER = Folder({"а": "a", "е": "e"})
LETTER = (
    "Bonjour {name}, votre colis numéro {number} n’a pas pu être livré car les frais de douane de {amount} € restent "
    "à régler. Sans paiement de votre part avant demain soir, le colis sera renvoyé à son expéditeur et des frais de "
    "garde vous seront facturés chaque jour. Pour confirmer la livraison, ouvrez la page {link} et saisissez vos "
    "coordonnées bancaires. Notre service reste à votre disposition pour toute question. L’équipe des livraisons."
)
OTHER = (
    "Chère adhérente, l’assemblée générale de la chorale se tiendra samedi à la salle des fêtes. Nous y présenterons "
    "le programme de la saison prochaine, les comptes de l’année écoulée et les dates des concerts de printemps. Un "
    "pot amical suivra la réunion, chacun peut apporter une spécialité sucrée ou salée. Pensez à renouveler votre "
    "cotisation auprès de la trésorière. Nous espérons vous voir nombreux et vous souhaitons une belle rentrée."
)


def _hash(text: str, *people: str) -> str:
    found = text_hash(words_of(text, FOLDER, people))
    assert found is not None
    return found


def _near(likeness: Likeness, one: str, other: str) -> bool:
    likes = Likes(likeness)
    likes.take(one)
    return one == other or bool(likes.take(other))


def _page(seed: int, size: tuple[int, int] = (1280, 720)) -> Image.Image:
    source, image = random.Random(seed), Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        left, top = source.randrange(size[0]), source.randrange(size[1])
        shade = (source.randrange(200), source.randrange(200), source.randrange(200))
        draw.rectangle((left, top, left + source.randrange(80, 500), top + source.randrange(20, 200)), fill=shade)
    return image


def _file(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def test_what_names_the_recipient_changes_nothing() -> None:
    one = LETTER.format(name="Mireille", number="4Z-88231", amount="1 250,00", link="https://a.test/x?id=1")
    two = LETTER.format(name="Jean-Pierre", number="7B-1", amount="2,99", link="http://zz.example-b.com/y")
    assert _hash(one, "mireille") == _hash(two, "Jean", "Pierre")
    assert _near(TEXTS, _hash(one), _hash(two))


def test_case_accents_and_look_alike_letters_change_nothing() -> None:
    text = LETTER.format(name="", number="", amount="", link="")
    disguised = text.upper().replace("É", "E").replace("A", "а").replace("PAIEMENT", "PAI\u200bEMENT")
    assert _hash(disguised) == _hash(text)


def test_a_sentence_more_or_less_stays_near_and_another_letter_is_far() -> None:
    text = LETTER.format(name="", number="", amount="", link="")
    assert _near(TEXTS, _hash(text), _hash(text.replace("L’équipe des livraisons.", "Cordialement, la direction.")))
    assert not _near(TEXTS, _hash(text), _hash(OTHER))


def test_short_texts_are_not_told_apart() -> None:
    assert text_hash(["colis"] * (MIN_WORDS - 1)) is None
    assert text_hash(["de"] * MIN_WORDS) is None


@pytest.mark.parametrize(("likeness", "few"), [(TEXTS, 10), (PICTURES, 10)])
@given(data=st.data())
def test_groups_are_those_that_comparing_all_finds(likeness: Likeness, few: int, data: st.DataObject) -> None:
    """Of hashes so few bits apart every pair has a band in common."""
    size = 4 * likeness.digits
    many = [data.draw(st.integers(0, 2**size - 1))]
    for flips in data.draw(st.lists(st.lists(st.integers(0, size - 1), max_size=few, unique=True), max_size=8)):
        many.append(data.draw(st.sampled_from(many)) ^ sum(1 << bit for bit in flips))
    likes, groups = Likes(likeness), list[set[int]]()
    for one in many:
        likes.take(f"{one:0{likeness.digits}x}")
        near = [group for group in groups if any((one ^ other).bit_count() <= few for other in group)]
        groups = [group for group in groups if group not in near] + [{one}.union(*near)]
    assert all(len({likes.root(one) for one in group}) == 1 for group in groups)
    for one in many:
        alike = [other for other in many if likes.root(one) == likes.root(other)]
        assert len(alike) == 1 or any(0 <= (one ^ other).bit_count() <= likeness.most for other in alike)


@given(st.text(max_size=300))
def test_any_text_has_words(text: str) -> None:
    words = words_of(text * 5, FOLDER)
    assert text_hash(words) == text_hash(words)


@pytest.mark.parametrize("text", ["a." * 32_000, "a" * 64_000, "-" * 64_000, "a@" * 32_000, "www." * 16_000])
def test_hostile_runs_are_read(text: str) -> None:
    assert len(words_of(text, FOLDER)) < 64_000


def test_pictures_of_one_page_are_near() -> None:
    image = _page(1)
    first = picture_hash(_file(image))
    assert first is not None
    larger = picture_hash(_file(image.resize((1920, 1080))))
    pressed = picture_hash(_file(image, "JPEG", quality=40))
    longer = Image.new("RGB", (1280, 4000), "white")
    longer.paste(image)
    below = longer.copy()
    ImageDraw.Draw(below).rectangle((0, 2000, 1280, 3900), fill="black")
    assert all(other is not None and _near(PICTURES, first, other) for other in (larger, pressed))
    assert picture_hash(_file(longer)) == picture_hash(_file(below))


def test_pictures_of_two_pages_are_far() -> None:
    found = [picture_hash(_file(_page(seed))) for seed in range(20)]
    assert all(
        one is not None and other is not None and not _near(PICTURES, one, other)
        for place, one in enumerate(found)
        for other in found[:place]
    )


@pytest.mark.parametrize("shade", ["white", "black", "#1f4e79"])
def test_a_blank_picture_is_none(shade: str) -> None:
    image = Image.new("RGB", (1280, 720), shade)
    assert picture_hash(_file(image)) is None
    ImageDraw.Draw(image).rectangle((600, 350, 620, 370), fill="grey")
    assert picture_hash(_file(image)) is None


def _bomb(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(60_000, 60_000), (1, 2**31 - 1), (0, 0), (19_000, 19_000), (2_000, 2_000)])
def test_a_decompression_bomb_is_not_opened(size: tuple[int, int]) -> None:
    assert picture_hash(_bomb(*size)) is None


@given(st.binary(max_size=200), st.integers(0, 4_000))
def test_broken_pictures_raise_nothing(noise: bytes, at: int) -> None:
    whole = _file(_page(2, (200, 120)))
    picture_hash(noise)
    picture_hash(whole[:at] + noise + whole[at:])
    picture_hash(b"\xff\xd8\xff" + noise)
    picture_hash(b"RIFF\0\0\0\0WEBP" + noise)
