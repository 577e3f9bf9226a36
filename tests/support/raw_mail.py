"""Raw mails for tests, read with nobody known as a receiving side."""

import base64
from datetime import UTC, datetime

from guetteur.core.mail.eml import read_raw
from guetteur.core.mail.received import Receivers

NOBODY = Receivers("test", datetime(2026, 1, 1, tzinfo=UTC).date())


HEAD = "From: A <a@b.example>\nMIME-Version: 1.0\n"


def read(text: str | bytes):
    return read_raw(text.encode() if isinstance(text, str) else text, NOBODY)


def html(markup: str):
    return read(f"{HEAD}Content-Type: text/html; charset=utf-8\n\n{markup}")


def attached(name: str, data: bytes, kind: str = "application/octet-stream"):
    return read(
        f"{HEAD}Content-Type: multipart/mixed; boundary=B\n\n--B\n\nhello\n--B\nContent-Type: {kind}\n"
        f"Content-Disposition: attachment; filename*=utf-8''{name}\nContent-Transfer-Encoding: base64\n\n"
        f"{base64.encodebytes(data).decode()}--B--\n"
    )
