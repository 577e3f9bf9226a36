"""The evidence for a report, as the commands gather it: a message or an address, and what Guetteur says of it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from guetteur.app import build_checker, build_mail_checker
from guetteur.core.subject import parse_host_or_url
from guetteur.errors import InvalidInputError
from guetteur.mail_files import STDIN, messages
from guetteur.reports.credentials import Credentials
from guetteur.reports.redact import NOBODY
from guetteur.texts import load_explainers
from guetteur.web.report_open import OpenCases
from guetteur.web.report_reading import copy_of, read_mail, read_page
from guetteur.web.wire_report import BeginReport

if TYPE_CHECKING:
    from datetime import datetime

    from guetteur.config import Settings
    from guetteur.reports.case import Case, Item
    from guetteur.reports.redact import Change
    from guetteur.web.report_open import OpenCase
    from guetteur.web.report_reading import Reading
    from guetteur.web.wire import Lang


class Evidence(NamedTuple):
    """A case, what proves it, and what was masked in it."""

    case: Case
    items: list[Item]
    changes: tuple[Change, ...]


def read_evidence(  # noqa: PLR0913, PLR0917 -- the choices of one command
    what: str, settings: Settings, lang: str, now: datetime, redacted: bool, keep_exact: bool
) -> Evidence:
    """Gather the evidence of a message or an address.

    Raises:
        InvalidInputError: ``no_such_file``, and those of reading mails and addresses.
        CredentialError: ``credentials_unreadable``: whose name must not leave is not known.
    """
    reading = _read(what, settings, lang, now, redacted=redacted)
    if not redacted:
        return Evidence(reading.case, list(reading.items), ())
    copy = copy_of(reading, now=now, keep_exact=keep_exact)
    return Evidence(copy.case, list(copy.items), copy.changes)


def open_case(what: str, lang: str, now: datetime) -> OpenCase:
    """A message or an address as a report in the making.

    Raises:
        InvalidInputError: ``no_such_file``, ``mail_too_large``, and those of addresses.
    """
    spoken: Lang = "en" if lang == "en" else "fr"
    if _is_file(what):
        case = OpenCases(lambda: now).begin(BeginReport("mail", lang=spoken))
        case.evidence["mail"] = _message(what)
        return case
    return OpenCases(lambda: now).begin(BeginReport("page", parse_host_or_url(_address(what)).url, lang=spoken))


def _is_file(what: str) -> bool:
    return what == STDIN or Path(what).is_file()


def _message(what: str) -> bytes:
    message = next(messages(Path(what)))
    if message.truncated:
        raise InvalidInputError("mail_too_large", f"{what} is too large a message", "save it without attachments")
    return message.raw


def _address(what: str) -> str:
    if not what.startswith(("http://", "https://")) and (what.endswith(".eml") or "/" in what.partition(".")[0]):
        raise InvalidInputError("no_such_file", f"{what} does not exist", "give a .eml file or a web address")
    return what


def _read(what: str, settings: Settings, lang: str, now: datetime, *, redacted: bool) -> Reading:
    case_id, explainer = str(uuid.uuid4()), load_explainers()[lang]
    person = Credentials(settings.state_dir).person() if redacted else NOBODY
    if _is_file(what):
        checker = build_mail_checker(settings.data_dir, stored=settings.lists_dir)
        raw = _message(what)
        return read_mail(
            raw, None, checker, explainer, case_id=case_id, now=now, found_at=now, mask=redacted, person=person
        )
    subject = parse_host_or_url(_address(what))
    verdict = build_checker(settings.data_dir, stored=settings.lists_dir).check(subject, now=now)
    return read_page(subject, verdict, explainer, case_id=case_id, now=now, found_at=now, person=person)
