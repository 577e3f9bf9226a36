"""The model of names: log-odds to points, and each piece's share of them."""

import math
from zlib import crc32

import pytest

from guetteur.core.model import NGRAMS, ModelFile, NameModel, Table, buckets, form_text
from guetteur.core.signal import Evidence

EMPTY = Table(0.0, 1.0, bytes(16))
FILE = ModelFile(
    bias=-1.0, calm=0.0, caution=2.0, danger=4.0, weights={"a": 2.0, "b": 1.0, "c": -3.0}, form=EMPTY, letters=EMPTY
)
MODEL = NameModel(FILE)


def piece(weight: float = 0.0, most: float = math.inf, **cues: float) -> Evidence:
    return Evidence("s", "c", weight=weight, most=most, cues=cues)


def weights(*evidence: Evidence) -> list[float]:
    return [round(one.weight, 6) for one in MODEL.weigh(list(evidence))]


@pytest.mark.parametrize(
    ("log_odds", "points"),
    [(-9.0, 0.0), (0.0, 0.0), (1.0, 0.5), (2.0, 1.0), (2.5, 1.25), (4.0, 2.0), (8.0, 4.0), (99.0, 4.0)],
)
def test_points_begin_where_the_levels_do_and_end_at_four(log_odds: float, points: float) -> None:
    assert MODEL.points(log_odds) == points


def test_cues_add_up_with_their_strength() -> None:
    assert MODEL.log_odds([]) == -1.0
    assert MODEL.log_odds([piece(a=1.0, unknown=9.0), piece(b=0.5), piece(c=1.0)]) == -1.0 + 2.0 + 0.5 - 3.0


def test_each_piece_has_its_share_of_what_all_amount_to() -> None:
    assert weights(piece(a=2.0)) == [1.5]  # log-odds 3
    assert weights(piece(a=1.5), piece(b=1.0)) == [1.125, 0.375]
    assert weights(piece(a=2.0), piece(c=0.5)) == [0.75, 0.0]  # what speaks against it has none
    assert weights(piece(c=1.0)) == [0.0]
    assert weights(piece(0.7, c=1.0), piece(0.2)) == [0.7, 0.2]


def test_a_signals_own_weight_is_the_least_and_what_it_allows_the_most() -> None:
    assert weights(piece(1.7, a=2.0)) == [1.7]
    assert weights(piece(0.2, a=2.0)) == [1.5]
    assert weights(piece(most=0.9, a=2.0)) == [0.9]
    assert weights(piece(a=1.0), piece(most=0.6, a=1.0)) == [0.3, 0.3]


def test_evidence_without_cues_is_left_as_it_is() -> None:
    assert weights(piece(0.5), piece(0.1)) == [0.5, 0.1]
    assert weights(piece(0.5), piece(a=2.0)) == [0.5, 1.5]


def test_letter_sequences_of_every_length_and_none_beyond_the_ends() -> None:
    raw = b"^ab$"
    expected = {crc32(raw[at : at + n]) & 15 for n in NGRAMS for at in range(len(raw)) if at + n <= len(raw)}
    assert buckets("ab", 16) == expected
    assert buckets("\u00e9b", 16) == buckets("?b", 16)
    size = 1 << 20
    assert len(buckets("ab", size)) == sum(max(0, len(raw) - n + 1) for n in NGRAMS)


def test_a_name_is_read_by_its_form_and_by_its_letters() -> None:
    form = Table(0.5, 0.25, bytes([4]) * 16)
    letters = Table(-0.5, 0.5, (256 - 2).to_bytes(1, "big") * 16)  # minus two
    model = NameModel(ModelFile(0, 0, 1, 2, {}, form, letters))
    found = model.wording("N-x", "fr", "ameli-x.fr")
    assert form_text("N-x", "fr") == "N-x$.fr"
    assert found.form == 0.5 + 0.25 * 4 * len(buckets("N-x$.fr", 16))
    assert found.letters == -0.5 + 0.5 * -2 * len(buckets("ameli-x.fr", 16))
