"""What two texts or two pictures that are nearly the same have in common: hashes, near when few of their bits differ.

Texts: a similarity hash (M. Charikar, 2002) of 128 bits over the words of four letters and more, as they read once
accents, look-alike letters, numbers, addresses and what names one recipient are gone. Words, not runs of words: a kit
that changes every tenth word breaks every fifth pair. 128 bits, not 64: mails of one language share a third of their
words, and with 64 bits the chance likeness of strangers reaches into what one campaign's variants differ in. Pictures:
a perceptual hash (as in pHash) of 131 bits: of the coarse waves that the first screen of a page is made of, which are
stronger than the middle one. Hashes that compare neighbouring cells see nothing in pages that are white between words.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache
from io import BytesIO
from itertools import chain
from operator import itemgetter, mul
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import xxhash

from guetteur.core.mail.limits import MAX_PIXELS
from guetteur.core.mail.qr import size_of
from guetteur.core.scriptwords import without_unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from guetteur.core.similarity import Folder

MIN_WORDS = 40
"""Shorter texts ("votre colis est en attente, cliquez ici") are alike by chance."""

# In every text of French and English: they would make all texts a little alike.
_EVERYWHERE = frozenset(
    (
        "about", "also", "apres", "aussi", "avant", "avec", "avez", "because", "been", "bien", "bonjour", "cette",
        "comme", "dans", "depuis", "dont", "elle", "etes", "etre", "fait", "from", "have", "here", "into", "jour",
        "jours", "just", "leur", "like", "mais", "meme", "merci", "more", "notre", "nous", "only", "other", "peut",
        "please", "plus", "pour", "pouvez", "sans", "sera", "some", "sont", "sous", "than", "that", "their", "them",
        "then", "there", "these", "they", "this", "tous", "tout", "toute", "very", "votre", "vous", "were", "what",
        "when", "which", "will", "with", "would", "your",
    )
)  # fmt: skip
_MAX_TEXT = 64_000
_LONG_WORD = 4
_TEXT_BITS = 128
_SHOWN = 32
"""Hashes of a group that a new one is compared with: of hundreds that are alike the first ones stand for all."""
_FORMATS = ("PNG", "JPEG", "WEBP")
_MAX_PICTURE_BYTES = 16 * 1024 * 1024
_MAX_PICTURE_PIXELS = 4 * MAX_PIXELS
_MAX_SIDE = 20_000
_SIDE, _WIDE, _HIGH = 32, 11, 12
_MIN_SPREAD = 3.0
"""Standard deviation of the cells' greys (0 to 255) below which a picture is blank: a white page, a spinner."""

# What differs from one recipient to the next: addresses and links.
_VARIES = re.compile(
    r"https?://\S+|(?<!\S)(?:www\.\S+|\S+@\S+)|(?<![\w.-])(?:[\w-]{1,63}\.)+[a-z]{2,24}\b(?:/\S*)?", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+")


class Likeness(NamedTuple):
    """When two hashes count as near.

    Attributes:
        digits: length of a hash, in hexadecimal digits.
        most: bits that two near ones differ in at most.
        bands: places of three digits each; two hashes that have no band in common are not compared.
    """

    digits: int
    most: int
    bands: tuple[tuple[int, int, int], ...]


TEXTS = Likeness(32, 28, tuple((at, (at + 5) % 32, (at + 14) % 32) for at in range(32)))
"""The bound is measured in ``tests/bench/reports.py``. Two bands share one digit at most, so that they say different
things; of texts 28 bits apart 81 in 100 have, of those 20 apart 99."""

PICTURES = Likeness(33, 10, tuple((at, at + 1, at + 2) for at in range(0, 33, 3)))
"""With one band more than bits that may differ, two near ones always have one in common (pigeonhole)."""


class Likes:
    """Hashes, as hexadecimal digits, that are near over any number of steps; one stands for all."""

    def __init__(self, likeness: Likeness) -> None:
        self._most = likeness.most
        self._digits = itemgetter(*chain.from_iterable(likeness.bands))
        self._bands: list[dict[str, list[int]]] = [{} for _ in likeness.bands]
        self._above: dict[int, int] = {}
        self._shown: dict[int, set[int]] = {}

    def take(self, digits: str) -> list[int]:
        """Take a hash in.

        Returns:
            What stood until now for those it is near to; the first of them now stands for it and for all of them. Empty
            for one that is near to none, or was taken in before.
        """
        one = int(digits, 16)
        if one in self._above:
            return []
        placed = "".join(self._digits(digits))
        keys = [placed[at : at + 3] for at in range(0, len(placed), 3)]
        roots = self._near(one, keys)
        root = roots[0] if roots else one
        self._above[one] = root
        shown = self._shown.setdefault(root, set())
        for other in roots[1:]:
            self._above[other] = root
            shown |= self._shown.pop(other)
        if len(shown) < _SHOWN:
            shown.add(one)
            for buckets, key in zip(self._bands, keys, strict=True):
                buckets.setdefault(key, []).append(one)
        return roots

    def root(self, one: int) -> int:
        """What stands for a hash that was taken in."""
        above = self._above
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        return one

    def _near(self, one: int, keys: Iterable[str]) -> list[int]:
        most, roots = self._most, list[int]()
        compared: set[int] = set()  # of a group one near hash is enough
        for buckets, key in zip(self._bands, keys, strict=True):
            for other in buckets.get(key, ()):
                if other in compared:
                    continue
                if (one ^ other).bit_count() <= most:
                    roots.append(self.root(other))
                    compared |= self._shown[roots[-1]]
        return roots


def words_of(text: str, folder: Folder, unwanted: Iterable[str] = ()) -> list[str]:
    """The words of a text that tell it from others: folded, without addresses, numbers, short words.

    Args:
        text: as it is seen.
        folder: what look-alike letters are read as.
        unwanted: words that name the recipient.
    """
    text = _VARIES.sub(" ", without_unseen(text[:_MAX_TEXT]))
    left_out = {folder.fold(word) for word in unwanted}
    found = _WORD.findall(folder.fold(text))
    return [word for word in found if word not in left_out and not any(char.isdigit() for char in word)]


def text_hash(words: Sequence[str]) -> str | None:
    """128 bits of a text's words, hexadecimal; None when there are too few of them to tell texts apart."""
    counts = Counter(word for word in words if len(word) >= _LONG_WORD and word not in _EVERYWHERE)
    if len(words) < MIN_WORDS or not counts:
        return None
    sums = [0.0] * _TEXT_BITS
    for word, count in counts.items():
        # A word that stands everywhere says little more than one that stands there twice.
        weight = 1 + math.log(count)
        bits = xxhash.xxh3_128_intdigest(word.encode())
        for place in range(_TEXT_BITS):
            sums[place] += weight if bits >> place & 1 else -weight
    return f"{sum(1 << place for place, value in enumerate(sums) if value > 0):0{TEXTS.digits}x}"


def picture_hash(data: bytes) -> str | None:
    """131 bits of a picture, hexadecimal; None for what is no picture, too large to be opened, or nearly of one colour.

    Never raises. A long page counts with the part that is seen first: as high as it is wide.
    """
    cells = _cells(data)
    if cells is None:
        return None
    mean = sum(cells) / len(cells)
    if math.sqrt(sum((cell - mean) ** 2 for cell in cells) / len(cells)) < _MIN_SPREAD:
        return None
    across = [
        [sum(map(mul, wave, cells[row : row + _SIDE])) for wave in _waves(_WIDE)] for row in range(0, _SIDE**2, _SIDE)
    ]
    columns = list(zip(*across, strict=True))
    shape = [sum(map(mul, wave, column)) for wave in _waves(_HIGH) for column in columns]
    rest = shape[1:]  # the first is the brightness of it all
    middle = median(rest)
    return f"{sum(1 << place for place, value in enumerate(rest) if value > middle):0{PICTURES.digits}x}"


def _cells(data: bytes) -> bytes | None:
    """The greys of a picture on a grid of `_SIDE` squared."""
    size = size_of(data) if len(data) <= _MAX_PICTURE_BYTES else None
    if size is None or not _SIDE <= min(size) <= max(size) <= _MAX_SIDE or size[0] * size[1] > _MAX_PICTURE_PIXELS:
        return None
    from PIL import Image  # noqa: PLC0415 -- 60 ms to load

    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > _MAX_PICTURE_PIXELS:
                return None
            grey = image.convert("L")
        seen_first = (0, 0, grey.width, min(grey.width, grey.height))
        return grey.resize((_SIDE, _SIDE), Image.Resampling.BOX, seen_first).tobytes()
    except Exception:  # noqa: BLE001 (decoders of broken pictures raise whatever they like)
        return None


@cache
def _waves(count: int) -> tuple[tuple[float, ...], ...]:
    """The first waves of the discrete cosine transform (type II) of `_SIDE` values."""
    return tuple(
        tuple(math.cos(math.pi * (2 * place + 1) * wave / (2 * _SIDE)) for place in range(_SIDE))
        for wave in range(count)
    )
