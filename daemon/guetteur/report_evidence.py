"""The evidence for a report, as the commands gather it: a message or an address, and what Guetteur says of it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import msgspec

from guetteur import __version__
from guetteur.app import build_checker, build_mail_checker
from guetteur.core.subject import parse_host_or_url
from guetteur.errors import InvalidInputError
from guetteur.mail_files import STDIN, messages
from guetteur.reports.case import Case, CaseKind, Item
from guetteur.reports.manifest import canonical
from guetteur.reports.redact import redact_mail, redact_url
from guetteur.texts import load_explainers
from guetteur.web.wire import verdict_reply
from guetteur.web.wire_mail import mail_reply

if TYPE_CHECKING:
    from datetime import datetime

    from guetteur.config import Settings
    from guetteur.reports.redact import Change
    from guetteur.web.wire_mail import LinkReply

_WARNED = ("DANGER", "CAUTION")


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
    """
    if what == STDIN or Path(what).is_file():
        return _mail(Path(what), settings, lang, now, redacted=redacted)
    if not what.startswith(("http://", "https://")) and (what.endswith(".eml") or "/" in what.partition(".")[0]):
        raise InvalidInputError("no_such_file", f"{what} does not exist", "give a .eml file or a web address")
    return _page(what, settings, lang, now, redacted=redacted, keep_exact=keep_exact)


def _page(  # noqa: PLR0913
    address: str, settings: Settings, lang: str, now: datetime, *, redacted: bool, keep_exact: bool
) -> Evidence:
    subject = parse_host_or_url(address)
    reply = verdict_reply(subject, build_checker(settings.data_dir).check(subject, now=now), load_explainers()[lang])
    shown = redact_url(subject.url, keep_exact=keep_exact or not redacted)
    case = _case(reply, now, lang, kind="page", url=shown.value)
    told = msgspec.structs.replace(reply, url=shown.value)
    return Evidence(
        case, [Item("page/verdict.json", "application/json", canonical(told), now, "daemon")], shown.changes
    )


def _mail(path: Path, settings: Settings, lang: str, now: datetime, *, redacted: bool) -> Evidence:
    message = next(messages(path))
    if message.truncated:
        raise InvalidInputError("mail_too_large", f"{path} is too large a message", "save it without its attachments")
    checker = build_mail_checker(settings.data_dir)
    explainer = load_explainers()[lang]
    mail = checker.read(message.raw)
    reply = mail_reply(mail, checker.check(mail, now=now), explainer, checker.routes)
    # A harmless link of a scam mail is not to be reported as a page.
    worst = min((link for link in reply.links if link.level in _WARNED), key=_severity, default=None)
    script = reply.script.id if reply.script is not None else None
    kind: CaseKind = script if script in get_args(CaseKind) else "mail"  # type: ignore[assignment]
    case = _case(reply, now, lang, kind=kind, url=worst.url if worst is not None else None)
    case = msgspec.structs.replace(case, script=script, sender=reply.sender or None)
    if not redacted:
        verdict = Item("mail/verdict.json", "application/json", canonical(reply), now, "daemon")
        return Evidence(case, [Item("mail/original.eml", "message/rfc822", message.raw, now, "person"), verdict], ())
    copy = redact_mail(message.raw, checker.receivers)
    # The verdict is that on the original; its sentences are those on the copy, so that nothing hidden returns in them.
    shown = checker.read(copy.value)
    again = mail_reply(shown, checker.check(shown, now=now), explainer, checker.routes)
    case = msgspec.structs.replace(
        case,
        url=redact_url(case.url).value if case.url else None,
        sender=again.sender or None,
        reasons=tuple(reason.text for reason in again.reasons if reason.code in case.signals),
    )
    return Evidence(case, [Item("mail/redacted.eml", "message/rfc822", copy.value, now, "daemon")], copy.changes)


def _severity(link: LinkReply) -> int:
    return _WARNED.index(link.level)


def _case(reply: Any, now: datetime, lang: str, *, kind: CaseKind, url: str | None) -> Case:
    return Case(
        id=str(uuid.uuid4()),
        kind=kind,
        found_at=now,
        url=url,
        body=reply.body.id if reply.body is not None else None,
        level=reply.level,
        reasons=tuple(reason.text for reason in reply.reasons),
        signals=tuple(dict.fromkeys(reason.code for reason in reply.reasons)),
        lang=lang,
        product=f"guetteur {__version__}",
    )
