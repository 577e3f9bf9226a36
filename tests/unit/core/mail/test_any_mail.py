"""Any bytes at all are either read within the bounds or refused."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guetteur.core.mail.eml import read_raw
from guetteur.core.mail.limits import MAX_ATTACHMENTS, MAX_LINKS, MAX_NAME, MAX_SENDERS, MAX_TEXT
from guetteur.core.mail.received import Receivers
from guetteur.errors import InvalidInputError

NOBODY = Receivers("test", date(2026, 1, 1))
CODES = {"size", "depth", "parts", "text", "links", "charset", "encoding", "archive"}
VALID = b"""Received: from a.example (a.example [8.8.4.4]) by mx.b.example with ESMTP; Tue, 24 Nov 2026 10:00:00 +0000
Authentication-Results: mx.b.example; dkim=pass (2048-bit) header.d=a.example; dmarc=pass (p=NONE) header.from=a.example
From: "=?utf-8?Q?Cr=C3=A9dit?= (x)" <a@a.example>, b <c@d.example>
Subject: =?utf-8?B?w6l0w6k=?= x
Date: Tue, 24 Nov 2026 10:00:00 +0100
Content-Type: multipart/mixed; boundary="B"

--B
Content-Type: multipart/alternative; boundary*0=C; boundary*1=D

--CD
Content-Type: text/plain; charset=iso-8859-1; format=flowed
Content-Transfer-Encoding: quoted-printable

caf=E9 https://a.example/ =
--CD
Content-Type: text/html; charset=utf-7

<style>.x{display:none}</style><table><td style="font-size:0;color:#fff">
<a href='https://a.example/'>x</a><p class=x>y
--CD--
--B
Content-Type: application/zip; name*=utf-8''a%2Ezip
Content-Transfer-Encoding: base64

UEsDBBQAAAAAAAAAIQCDFtyMAQAAAAEAAAABAAAAYXhQSwECFAMUAAAAAAAAACEAgxbcjAEAAAABAAAAAQAA
AAAAAAAAAAAAgAEAAAAAYVBLBQYAAAAA
--B
Content-Type: image/gif

GIF89a\x40\x00\x40\x00
--B--
"""
SOUP = st.lists(
    st.sampled_from(["=?utf-8?Q?", "?=", "<", ">", "(", ")", '"', "\\", ",", ";", ":", "@", "a.example", " by ",
                     "from ",
                     "[8.8.4.4]", "=", "pass", "dmarc", "\n ", "boundary", "*0*", "''", "%", "\u202e", "\xe9", "i=1;"]),
    max_size=60,
)  # fmt: skip
NAMES = st.sampled_from(["From", "To", "Received", "Authentication-Results", "Content-Type", "Subject", "Date",
                     "Reply-To",
                         "Received-SPF", "ARC-Seal", "Content-Disposition", "Content-Transfer-Encoding"])  # fmt: skip
EDITS = st.lists(
    st.tuples(st.integers(0, len(VALID)), st.integers(0, 40), st.binary(max_size=30)), min_size=1, max_size=12
)


def check(data: bytes) -> None:
    try:
        mail = read_raw(data, NOBODY)
    except InvalidInputError as error:
        assert error.hint  # noqa: PT017 (most inputs are read)
        return
    assert len(mail.text) <= MAX_TEXT
    assert len(mail.links) <= MAX_LINKS
    assert all(link.url.startswith(("http://", "https://")) for link in mail.links)
    assert len(mail.senders) <= MAX_SENDERS
    assert all(len(box.name) <= MAX_NAME and box.domain.isascii() for box in mail.senders)
    assert len(mail.attachments) <= MAX_ATTACHMENTS
    assert set(mail.cut) <= CODES


@given(st.binary(max_size=2000))
def test_any_bytes(data: bytes) -> None:
    check(data)
    check(b"From: a@b.example\nContent-Type: text/html\n\n" + data)


@given(st.lists(st.tuples(NAMES, SOUP), max_size=8))
def test_any_headers(headers: list[tuple[str, list[str]]]) -> None:
    check("".join(f"{name}: {''.join(soup)}\n" for name, soup in headers).encode("utf-8", "replace") + b"\nx")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(EDITS)
def test_any_structure_near_a_valid_one(edits: list[tuple[int, int, bytes]]) -> None:
    data = VALID
    for at, length, new in edits:
        data = data[:at] + new + data[at + length :]
    check(data)
