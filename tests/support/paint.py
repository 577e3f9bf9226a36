"""Was a colour ever on screen? PNG pixels, and a watch over a tab while it navigates."""

from __future__ import annotations

import contextlib
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from support.sites import FAKE_COLOUR

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from support.browser import Browser

TOLERANCE = 24


def pixels(png: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield every pixel of an 8-bit, non-interlaced RGB or RGBA picture (what browsers capture)."""
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", png[16:29])
    if depth != 8 or colour not in (2, 6) or interlaced:
        msg = f"unexpected PNG: depth {depth}, colour type {colour}, interlaced {interlaced}"
        raise ValueError(msg)
    bpp = 3 if colour == 2 else 4
    raw = zlib.decompress(b"".join(_chunks(png, b"IDAT")))
    stride = width * bpp
    previous = bytearray(stride)
    for row in range(height):
        start = row * (stride + 1)
        previous = _unfilter(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), previous, bpp)
        for at in range(0, stride, bpp):
            yield previous[at], previous[at + 1], previous[at + 2]


def shows(png: bytes, colour: tuple[int, int, int] = FAKE_COLOUR) -> bool:
    """Tell whether any pixel is (nearly) this colour."""
    return any(all(abs(a - b) <= TOLERANCE for a, b in zip(pixel, colour, strict=True)) for pixel in pixels(png))


@dataclass(slots=True)
class Watch:
    """Pictures taken while watching; judged afterwards, so that looking costs little time."""

    frames: list[bytes] = field(default_factory=list)

    def saw(self, colour: tuple[int, int, int] = FAKE_COLOUR) -> bool:
        """Tell whether the colour was on any picture."""
        return any(shows(frame, colour) for frame in set(self.frames))


@contextlib.asynccontextmanager
async def watching(browser: Browser, tab: str) -> AsyncIterator[Watch]:
    """Take small pictures of a tab without pause until the block ends."""
    watch = Watch()
    async with browser.film(tab, watch.frames.append):
        yield watch


def _chunks(png: bytes, kind: bytes) -> Iterator[bytes]:
    at = 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == kind:
            yield png[at + 8 : at + 8 + size]
        at += size + 12


def _unfilter(kind: int, line: bytearray, above: bytearray, bpp: int) -> bytearray:
    """Undo one of the five PNG row filters (PNG specification, section 9)."""
    for at in range(len(line)):
        left = line[at - bpp] if at >= bpp else 0
        up = above[at]
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        elif kind == 4:
            guess = _paeth(left, up, above[at - bpp] if at >= bpp else 0)
        else:
            return line
        line[at] = (line[at] + guess) & 255
    return line


def _paeth(left: int, up: int, corner: int) -> int:
    estimate = left + up - corner
    return min((left, up, corner), key=lambda value: abs(estimate - value))
