"""Mails for third parties: the recipient's address is never in the copy, and the copy is a mail that can be read."""

from collections.abc import Iterator
from datetime import date

from fuzz.targets.redacted_page import MARK, SPELLED, planted
from guetteur.core.mail.eml import read_raw
from guetteur.core.mail.received import Receivers
from guetteur.errors import InvalidInputError
from guetteur.reports.redact import redact_mail
from support.leaks import folded, readings

MAX_LENGTH = 4096
ADDRESS = "jeanne.dupont-vernet@free.fr"
HEAD = f"Delivered-To: {ADDRESS}\nFrom: Ameli <contact@evil.example>\nTo: Jeanne Dupont-Vernet <{ADDRESS}>\n"
NOBODY = Receivers("", date.min)


def seeds() -> Iterator[bytes]:
    for number in range(len(SPELLED)):
        place = f"{MARK}{chr(70 + number)}"
        yield f"Subject: {place}\nContent-Type: text/html\n\n<a href='https://e.example/{place}/b?{place}'>x</a>".encode()
        yield (
            f"X-Info: {place}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n{place}\n--b\n"
            f"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
            f"=E0 {place}\n--b\nContent-Type: message/rfc822\n\nTo: a@b.example\n\n{place}\n--b--\n"
        ).encode()


def check(data: bytes) -> None:
    raw = (HEAD + planted(data.decode("utf-8", "replace"))).encode("utf-8", "replace")
    after = redact_mail(raw).value
    text = after.decode("latin-1")
    assert ADDRESS not in text.lower(), after
    for reading in readings(text, 1):
        assert ADDRESS not in reading, after
    assert ADDRESS not in folded(after.decode("utf-8", "replace")), after
    try:
        read_raw(after, NOBODY)
    except InvalidInputError as error:
        assert error.code in {"not_a_mail", "mail_too_large"}
