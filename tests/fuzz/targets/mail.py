"""Raw mails: read within the bounds or refused with a code, then judged and made ready to report without an error."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

from fuzz.scratch import scratch
from guetteur.app import build_mail_checker
from guetteur.config import PACKAGE_DATA, Settings
from guetteur.core.mail.limits import MAX_ATTACHMENTS, MAX_LINKS, MAX_NAME, MAX_SENDERS, MAX_TEXT
from guetteur.errors import InvalidInputError
from guetteur.mail_checker import MailChecker
from guetteur.reports.desk import offers_for
from guetteur.reports.marks import marks_of
from guetteur.texts import load_explainers
from guetteur.web.report_desk import Desk, open_desk
from guetteur.web.report_reading import copy_of, read_mail, with_kind
from support.egress import Unkept
from support.mails import mails

MAX_LENGTH = 32_768
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CUT = {"size", "depth", "parts", "text", "links", "charset", "encoding", "archive"}


@cache
def checker() -> MailChecker:
    return build_mail_checker(PACKAGE_DATA)


@cache
def desk() -> Desk:
    settings = Settings(runtime_dir=scratch(), state_dir=scratch(), data_dir=PACKAGE_DATA)
    return open_desk(settings, checker().checker.registry, lambda: NOW, Unkept(), None, None)


def seeds() -> Iterator[bytes]:
    for number, one in enumerate(mails()):
        if number % 12 == 0:
            yield one.raw()[:MAX_LENGTH]
    for odd in (b"; x*0*", b"; a*"):
        yield b"From: a@evil.example\nContent-Type: text/plain; charset=utf-8" + odd + b"\n\nhttps://evil.example/\n"


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
    reading = read_mail(data, None, checker(), load_explainers()["fr"], case_id="1", now=NOW, found_at=NOW)
    copy = copy_of(reading, now=NOW, keep_exact=False)
    for kind in ("mail", "sextortion"):
        marks_of(with_kind(reading.case, kind), reading.items, desk().commons)
        assert offers_for(
            with_kind(copy.case, kind), copy.items, channels=desk().channels, table=desk().table,
            registry=desk().registry, credentials={}, outbox=desk().outbox,
        ).offers  # fmt: skip
