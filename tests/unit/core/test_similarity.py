"""Looking alike: folding, skeletons, one edit, and splitting of glued words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guetteur.core.similarity import Folder, NearIndex, OneEditIndex, segment, skeleton, squeeze, unleet

FOLDER = Folder({"а": "a", "і": "i", "ѕ": "s", "ο": "o"})


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Crédit Agricole", "credit agricole"), ("іmpotѕ", "impots"), ("cœur", "coeur"), ("Łódź", "lodz"), ("abc", "abc")],
)
def test_fold(text: str, folded: str) -> None:
    assert FOLDER.fold(text) == folded


def test_letters_drops_everything_else() -> None:
    assert FOLDER.letters("Sécur'Pass +2") == "securpass2"


@pytest.mark.parametrize(
    ("fake", "real"),
    [
        ("lmpots", "impots"),
        ("rnicrosoft", "microsoft"),
        ("vvise", "wise"),
        ("b0ursorama", "boursorama"),
        ("arneli", "ameli"),
    ],
)
def test_same_skeleton(fake: str, real: str) -> None:
    assert skeleton(fake) == skeleton(real)
    assert fake != real


def test_squeeze_and_unleet() -> None:
    assert squeeze("crediitmutueel") == squeeze("creditmutuel")
    assert unleet("b0urs0") == "bourso"
    assert len(unleet("a1b2c3")) == 6


@pytest.mark.parametrize("text", ["chronopot", "chronopsot", "chronoposst", "chromopost", "hronopost"])
def test_one_edit_finds(text: str) -> None:
    assert OneEditIndex(["chronopost", "colissimo"]).find(text) == "chronopost"


@given(st.text("abc", min_size=3, max_size=8), st.lists(st.text("abc", min_size=3, max_size=8), max_size=20))
def test_one_edit_agrees_with_the_true_distance(text: str, words: list[str]) -> None:
    from rapidfuzz.distance import OSA

    found = OneEditIndex(words).find(text)
    near = [word for word in words if OSA.distance(word, text) == 1]
    assert (found is None) == (not near)
    assert found is None or found in near


def test_of_several_words_at_one_edit_the_longest_is_found_and_rather_one_that_begins_alike() -> None:
    for words in (["binance", "financo", "financeo"], ["financeo", "financo", "binance"]):
        assert OneEditIndex(words).find("finance") == "financeo"
        assert OneEditIndex(words[:2] if words[0] == "binance" else words[1:]).find("finance") == "financo"


def test_segment_prefers_full_cover_with_few_words() -> None:
    words = dict.fromkeys(["mon", "compte", "moncompte", "ameli", "la", "banque", "postale", "labanquepostale"])
    whole = frozenset({0, 14})
    assert segment("moncompteameli", words, 15, whole, {}) == [("moncompte", True), ("ameli", True)]
    assert segment("xameliyy", words, 15, frozenset({0, 8}), {}) == [("x", False), ("ameli", True), ("yy", False)]


def test_segment_crosses_separators_only_from_or_to_one() -> None:
    words = dict.fromkeys(["labanquepostale", "assurancemaladie", "ameli"])
    # la-banque-postale: edges at 0, 2, 8, 15
    assert segment("labanquepostale", words, 16, frozenset({0, 2, 8, 15}), {}) == [("labanquepostale", True)]
    # assurance-maladiecompte: the name begins at an edge and ends inside a token
    pieces = segment("assurancemaladiecompte", words, 16, frozenset({0, 9, 22}), {})
    assert pieces == [("assurancemaladie", True), ("compte", False)]
    # xame-liax: `ameli` would straddle the separator with both its ends inside tokens
    assert not any(is_word for _, is_word in segment("xameliax", words, 16, frozenset({0, 4, 8}), {}))


def test_segment_prefers_one_very_long_word() -> None:
    words = dict.fromkeys(["assuranceretraite", "assurance", "retraites"])
    pieces = segment("assuranceretraites", words, 17, frozenset({0, 18}), {})
    assert pieces == [("assuranceretraite", True), ("s", False)]


def test_segment_reads_misspelt_parts_as_words() -> None:
    also = {"lqposte": None}
    assert segment("suivilqposte", {"suivi": None}, 8, frozenset({0, 12}), also) == [("suivi", True), ("lqposte", True)]


@given(st.text("abcde", max_size=30), st.sets(st.text("abcde", min_size=2, max_size=5), max_size=10))
def test_segment_loses_nothing(text: str, words: set[str]) -> None:
    pieces = segment(text, dict.fromkeys(words), 5, frozenset({0, len(text)}), {})
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece in words for piece, is_word in pieces if is_word)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("labnaquepostole", "labanquepostale"),  # three letters of fifteen
        ("crediagricol", "creditagricole"),
        ("laposte", None),  # too short for two errors
        ("creditagricole", None),  # the name itself
        ("xxbanquepostaxx", None),  # neither end is kept
    ],
)
def test_near_index(text: str, found: str | None) -> None:
    assert NearIndex(["labanquepostale", "creditagricole", "chronopost"]).find(text) == found
