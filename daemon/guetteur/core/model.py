"""Weighs what the host-name signals saw: a logistic layer over named cues, two of which come from letter tables.

Trained by ``blocklists/model/train.py``; its parameters stand beside it. Nothing here learns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple
from zlib import crc32

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.core.signal import Evidence

NGRAMS = range(2, 6)
"""Lengths of the letter sequences."""


_MOST_POINTS = 4.0
"""However sure the name is, a person's long habit (which halves guesses) may still calm it."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Letter sequences of a name and what each says.

    Attributes:
        bias, scale: how the sum of cells becomes log-odds.
        cells: signed bytes by hashed sequence; the length is a power of two.
    """

    bias: float
    scale: float
    cells: Annotated[bytes, msgspec.Meta(min_length=1)]


class Wording(NamedTuple):
    """How much a name is written like fakes rather than like honest names, in log-odds.

    Attributes:
        form: by its form: names of bodies replaced by what kind of name they are.
        letters: by its letters.
    """

    form: float
    letters: float


class ModelFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``model.json`` as shipped.

    Attributes:
        bias: log-odds of a host that names a body before anything else is known.
        calm: log-odds up to which there is nothing to say: zero points.
        caution, danger: log-odds at which the levels begin.
        weights: log-odds that each cue adds.
        form, letters: the tables behind `Wording`.
    """

    bias: float
    calm: float
    caution: float
    danger: float
    weights: dict[str, float]
    form: Table
    letters: Table


class NameModel:
    """Points for evidence that carries cues. 1 point is where CAUTION begins, 2 points where DANGER does."""

    def __init__(self, file: ModelFile) -> None:
        self._file = file
        self._weights = file.weights
        self._form, self._letters = (memoryview(table.cells).cast("b") for table in (file.form, file.letters))

    def wording(self, masked: str, suffix: str, host: str) -> Wording:
        """Read a name's letter sequences; ``masked`` is `guetteur.core.nameview.NameView`'s."""
        form, letters = self._file.form, self._file.letters
        formed = sum(map(self._form.__getitem__, buckets(form_text(masked, suffix), len(form.cells))))
        lettered = sum(map(self._letters.__getitem__, buckets(host, len(letters.cells))))
        return Wording(form.bias + form.scale * formed, letters.bias + letters.scale * lettered)

    def log_odds(self, evidence: Iterable[Evidence]) -> float:
        """What all cues together say."""
        weights = self._weights
        return self._file.bias + sum(
            weights.get(cue, 0.0) * value for piece in evidence for cue, value in piece.cues.items()
        )

    def points(self, log_odds: float) -> float:
        """Log-odds on the scale of `guetteur.core.verdict.POLICY`; never below zero."""
        file = self._file
        if log_odds <= file.caution:
            return max(0.0, (log_odds - file.calm) / (file.caution - file.calm))
        return min(_MOST_POINTS, 1.0 + (log_odds - file.caution) / (file.danger - file.caution))

    def weigh(self, evidence: list[Evidence]) -> list[Evidence]:
        """Give each piece with cues its share of the points, in proportion to what it added.

        A weight that the signal set itself is the least it counts: what is too rare to be learned from.
        """
        added = [sum(self._weights.get(cue, 0.0) * value for cue, value in piece.cues.items()) for piece in evidence]
        learned = [piece for piece in evidence if piece.cues]
        if not learned:
            return evidence
        points = min(self.points(self.log_odds(learned)), *(piece.most for piece in learned))
        helped = sum(share for share in added if share > 0)
        if not helped:
            return evidence
        return [
            msgspec.structs.replace(piece, weight=max(piece.weight, points * max(0.0, share) / helped))
            if piece.cues
            else piece
            for piece, share in zip(evidence, added, strict=True)
        ]


def form_text(masked: str, suffix: str) -> str:
    """What the table of forms reads."""
    return f"{masked}$.{suffix}"


def buckets(text: str, size: int) -> set[int]:
    """The places of a text's letter sequences in a table of ``size`` cells."""
    raw = f"^{text}$".encode("ascii", "replace")
    length, mask = len(raw), size - 1
    return {crc32(raw[at : at + n]) & mask for n in NGRAMS for at in range(length - n + 1)}
