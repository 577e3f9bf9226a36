"""Pictures in mails: their size as the header gives it, and the codes in them."""

import base64
import io
import struct

import pytest
import zxingcpp
from PIL import Image

from guetteur.core.mail import qr
from guetteur.core.mail.limits import MAX_PICTURE_BYTES, MAX_PICTURES, MAX_PIXELS

ADDRESS = "https://a.example/qr"


def code(address: str = ADDRESS) -> Image.Image:
    drawn = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode).to_image(scale=4)
    return Image.frombytes("L", (drawn.shape[1], drawn.shape[0]), bytes(memoryview(drawn).cast("B")))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("GIF", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("JPEG", {"exif": b"Exif\0\0" + bytes(99), "comment": "c" * 99}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": b"Exif\0\0MM\0*\0\0\0\x08" + bytes(6)}),
    ],
)
def test_the_size_is_read_from_the_header(kind: str, options: dict[str, object]) -> None:
    assert qr.size_of(saved(Image.new("RGB", (123, 71)), kind, **options)) == (123, 71)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"BM" + bytes(60),
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a\x01",
        b"\xff\xd8\xff\xe0\x00\x04ab\x00\x00\x00\x00",
        b"\xff\xd8" + b"\xff\xe0\x00\x02" * 501,
        b"\xff\xd8\xff\xc4\x00\x02",
        b"RIFF0000WEBPVP8L",
        b"RIFF0000WEBPALPH" + bytes(30),
        b"RIFF0000WAVE" + bytes(30),
    ],
)
def test_what_has_no_size_may_hold_no_code(data: bytes) -> None:
    assert qr.size_of(data) is None
    assert not qr.may_hold_code(data)


@pytest.mark.parametrize(
    ("width", "height", "may"),
    [
        (60, 60, True),
        (59, 60, False),
        (60, 240, True),
        (60, 241, False),
        (241, 60, False),
        (2000, 3000, True),
        (2001, 3000, False),
    ],
)
def test_the_sizes_that_are_read(width: int, height: int, may: bool) -> None:
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)
    assert qr.may_hold_code(head) is may
    assert not qr.may_hold_code(head.ljust(MAX_PICTURE_BYTES + 1))


def test_a_code_on_transparent_ground_is_read_as_on_a_white_page() -> None:
    drawn = code()
    for mode in ("RGBA", "LA"):
        clear = Image.new("RGBA", drawn.size, (0, 0, 0, 0))
        clear.paste((0, 0, 0, 255), mask=drawn.point(lambda grey: 255 - grey))
        assert qr.addresses_in([saved(clear.convert(mode), "PNG")]) == [ADDRESS]


def test_a_picture_larger_than_its_header_says_is_not_unfolded() -> None:
    """Decoders let a frame reach beyond the screen that the header of a GIF gives."""
    data = bytearray(saved(Image.new("L", (3000, 2100), 255), "GIF"))
    struct.pack_into("<HH", data, 6, 100, 100)
    assert qr.may_hold_code(bytes(data))
    with Image.open(io.BytesIO(bytes(data))) as image:
        assert image.width * image.height > MAX_PIXELS
    assert qr.addresses_in([bytes(data)]) == []


def test_so_many_pictures_are_read_and_no_more() -> None:
    blank = saved(Image.new("L", (80, 80), 255), "PNG")
    wanted = saved(code(), "PNG")
    assert qr.addresses_in([*[blank] * (MAX_PICTURES - 1), wanted]) == [ADDRESS]
    assert qr.addresses_in([*[blank] * MAX_PICTURES, wanted]) == []
    assert qr.addresses_in([*[b"too small"] * MAX_PICTURES, wanted, wanted]) == [ADDRESS]
    large = saved(Image.new("L", (2000, 3000), 255), "PNG")
    assert qr.addresses_in([large, wanted, large]) == [ADDRESS]
    assert qr.addresses_in([large, large, wanted]) == []


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("data:image/png;base64," + base64.b64encode(b"ab").decode(), b"ab"),
        ("data:image/png; BASE64,YWI%3D", b"ab"),
        ("data:image/svg+xml,%3Csvg%3E", b"<svg>"),
        ("data:image/png;base64,YWI", b"ab"),
        ("data:image/png;base64,YWJj", b"abc"),
        ("data:image/png;base64,Y", b""),
        ("data:image/png;base64;x=y,YWI", b"YWI"),
        ("data:image/png;base64", b""),
        ("data:image/png;base64," + "A" * (MAX_PICTURE_BYTES * 3 // 2 + 1), b""),
    ],
)
def test_the_bytes_of_a_data_address_as_browsers_take_them(url: str, data: bytes) -> None:
    assert qr.from_data_url(url) == data
