"""Mails that are reported: whatever they hold, there is a preview, with marks and with what each channel would get."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

from fuzz.scratch import scratch
from guetteur.app import build_mail_checker
from guetteur.config import PACKAGE_DATA, Settings
from guetteur.errors import InvalidInputError
from guetteur.mail_checker import MailChecker
from guetteur.reports.desk import offers_for
from guetteur.reports.marks import marks_of
from guetteur.texts import load_explainers
from guetteur.web.report_desk import Desk, open_desk
from guetteur.web.report_reading import copy_of, read_mail, with_kind
from support.egress import Unkept

MAX_LENGTH = 4096
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HEAD = b"To: a@b.example\nFrom: Ameli <contact@evil.example>\n"


@cache
def checker() -> MailChecker:
    return build_mail_checker(PACKAGE_DATA)


@cache
def desk() -> Desk:
    settings = Settings(runtime_dir=scratch(), state_dir=scratch(), data_dir=PACKAGE_DATA)
    return open_desk(settings, checker().checker.registry, lambda: NOW, Unkept(), None, None)


def seeds() -> Iterator[bytes]:
    for odd in (b"", b"; x*0*", b"; a*", b"; boundary=b"):
        yield b"Content-Type: text/plain; charset=utf-8" + odd + b"\n\nhttps://evil.example/"
    yield (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nbc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq\n--b\n"
        b"Content-Type: message/rfc822\n\nContent-Type: text/html\n\n<a href='tel:0899000000'>x</a>\n--b--\n"
    )


def check(data: bytes) -> None:
    try:
        reading = read_mail(HEAD + data, None, checker(), load_explainers()["fr"], case_id="1", now=NOW, found_at=NOW)
    except InvalidInputError as error:
        assert error.code in {"not_a_mail", "mail_too_large"}
        return
    copy = copy_of(reading, now=NOW, keep_exact=False)
    for kind in ("mail", "sextortion"):
        marks_of(with_kind(reading.case, kind), reading.items, desk().commons)
        assert offers_for(
            with_kind(copy.case, kind), copy.items, channels=desk().channels, table=desk().table,
            registry=desk().registry, credentials={}, outbox=desk().outbox,
        ).offers  # fmt: skip
