"""Codes in pictures (QR): where a phone that looks at them would go.

The size of a picture is read from its header by hand, so that the picture library is neither loaded for mails without
a picture that may hold a code nor ever given one that unfolds to more than `MAX_PIXELS`.
"""

from __future__ import annotations

import binascii
import re
import struct
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from guetteur.core.mail.limits import (
    MAX_ALL_PIXELS,
    MAX_PICTURE_BYTES,
    MAX_PICTURES,
    MAX_PIXELS,
    MIN_PICTURE_SIDE,
    READ_SIDE,
)
from guetteur.core.mail.links import web_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PIL import Image

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_LONGEST = 4  # times as long as wide: banners and rules; a code on a page or beside a logo is not
_MAX_SEGMENTS = 500
_BASE64 = re.compile(r"; *base64\s*$", re.IGNORECASE)  # the Fetch standard's "data: URL processor"
_CODES_EACH = 4


def addresses_in(pictures: Iterable[bytes]) -> list[str]:
    """Web addresses in the codes of the pictures. Reads `MAX_PICTURES` that may hold one; never raises."""
    found: dict[str, None] = {}
    count = pixels = 0
    for picture in pictures:
        if not may_hold_code(picture):
            continue
        width, height = size_of(picture) or (0, 0)
        count, pixels = count + 1, pixels + width * height
        if count > MAX_PICTURES or pixels > MAX_ALL_PIXELS:
            break
        for text in _read(picture):
            url = web_address(text)
            if url:
                found.setdefault(url)
    return list(found)


def may_hold_code(picture: bytes) -> bool:
    """Whether a picture is large enough for a code, and small enough to be read."""
    size = size_of(picture) if len(picture) <= MAX_PICTURE_BYTES else None
    if size is None:
        return False
    short, long = min(size), max(size)
    return short >= MIN_PICTURE_SIDE and long <= _LONGEST * short and short * long <= MAX_PIXELS


def from_data_url(url: str) -> bytes:
    """The bytes of a ``data:`` address; empty when it is too large or broken."""
    head, _, body = url.partition(",")
    if len(body) > MAX_PICTURE_BYTES * 3 // 2:
        return b""
    data = unquote_to_bytes(body)
    if not _BASE64.search(head):
        return data
    try:
        return binascii.a2b_base64(data + b"==")  # browsers do without the padding
    except binascii.Error:
        return b""


def size_of(picture: bytes) -> tuple[int, int] | None:
    """Width and height as the header of a PNG, GIF, JPEG or WebP gives them."""
    try:
        if picture.startswith(b"\x89PNG\r\n\x1a\n"):
            return struct.unpack_from(">II", picture, 16)
        if picture.startswith((b"GIF87a", b"GIF89a")):
            return struct.unpack_from("<HH", picture, 6)
        if picture.startswith(b"\xff\xd8\xff"):
            return _jpeg_size(picture)
        if picture.startswith(b"RIFF") and picture[8:12] == b"WEBP":
            return _webp_size(picture)
    except (struct.error, IndexError):
        pass
    return None


def _jpeg_size(picture: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(_MAX_SEGMENTS):
        marker, length = picture[at + 1], struct.unpack_from(">H", picture, at + 2)[0]
        if picture[at] != 0xFF:
            return None
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", picture, at + 5)
            return width, height
        at += 2 + length
    return None


def _webp_size(picture: bytes) -> tuple[int, int] | None:
    kind = picture[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(picture[24:27], "little"), 1 + int.from_bytes(picture[27:30], "little")
    if kind == b"VP8L":
        bits: int = struct.unpack_from("<I", picture, 21)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", picture, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _read(picture: bytes) -> list[str]:
    # 60 ms to load, 20 MB: only mails with a fitting picture pay for it.
    import zxingcpp  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    try:
        with Image.open(BytesIO(picture), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                return []
            image.draft("L", (READ_SIDE, READ_SIDE))
            grey = _on_white(image)
        grey.thumbnail((READ_SIDE, READ_SIDE))
        codes = zxingcpp.read_barcodes(
            grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode), try_rotate=False
        )
        return [code.text for code in codes[:_CODES_EACH]]
    except Exception:  # noqa: BLE001 (decoders of broken pictures raise whatever they like)
        return []


def _on_white(image: Image.Image) -> Image.Image:
    """The picture in greys; what is transparent shows the page behind it."""
    from PIL import Image  # noqa: PLC0415

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        ground.alpha_composite(layered)
        return ground.convert("L")
    return image.convert("L")
