"""Raw mails: read within the bounds or refused with a code, then judged without an error."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

from guetteur.app import build_mail_checker
from guetteur.config import PACKAGE_DATA
from guetteur.core.mail.limits import MAX_ATTACHMENTS, MAX_LINKS, MAX_NAME, MAX_SENDERS, MAX_TEXT
from guetteur.errors import InvalidInputError
from guetteur.mail_checker import MailChecker
from support.mails import mails

MAX_LENGTH = 32_768
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CUT = {"size", "depth", "parts", "text", "links", "charset", "encoding", "archive"}


@cache
def checker() -> MailChecker:
    return build_mail_checker(PACKAGE_DATA)


def seeds() -> Iterator[bytes]:
    for number, one in enumerate(mails()):
        if number % 12 == 0:
            yield one.raw()[:MAX_LENGTH]


def check(data: bytes) -> None:
    try:
        mail = checker().read(data)
    except InvalidInputError as error:
        assert error.code in {"not_a_mail", "mail_too_large"}
        assert error.hint
        return
    assert len(mail.text) <= MAX_TEXT
    assert len(mail.links) <= MAX_LINKS
    assert all(link.url.startswith(("http://", "https://")) for link in mail.links)
    assert len(mail.senders) <= MAX_SENDERS
    assert all(len(box.name) <= MAX_NAME and box.domain.isascii() for box in mail.senders)
    assert len(mail.attachments) <= MAX_ATTACHMENTS
    assert set(mail.cut) <= CUT
    checker().check(mail, now=NOW)
