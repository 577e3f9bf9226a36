"""Looking alike: folding, skeletons, one edit, and splitting of glued words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guetteur.core.similarity import Folder, OneEditIndex, segment, skeleton, squeeze, unleet

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


def test_segment_prefers_full_cover_with_few_words() -> None:
    words = dict.fromkeys(["mon", "compte", "moncompte", "ameli", "la", "banque", "postale", "labanquepostale"])
    whole = frozenset({0, 14})
    assert segment("moncompteameli", words, 15, whole) == [("moncompte", True), ("ameli", True)]
    assert segment("xameliyy", words, 15, frozenset({0, 8})) == [("x", False), ("ameli", True), ("yy", False)]


def test_segment_spans_separators_only_from_edge_to_edge() -> None:
    words = dict.fromkeys(["labanquepostale", "banque", "ameli"])
    # la-banque-postale: edges at 0, 2, 8, 15
    assert segment("labanquepostale", words, 15, frozenset({0, 2, 8, 15})) == [("labanquepostale", True)]
    # came-lia: `ameli` would straddle the separator
    assert not any(is_word for _, is_word in segment("camelia", words, 15, frozenset({0, 4, 7})))


@given(st.text("abcde", max_size=30), st.sets(st.text("abcde", min_size=2, max_size=5), max_size=10))
def test_segment_loses_nothing(text: str, words: set[str]) -> None:
    pieces = segment(text, dict.fromkeys(words), 5, frozenset({0, len(text)}))
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece in words for piece, is_word in pieces if is_word)
