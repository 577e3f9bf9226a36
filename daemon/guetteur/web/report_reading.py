"""What is known of a thing to report, read once: the case as it was met, the evidence, and the copy for third parties.

The commands and the calls read alike; each gives the case its own number and evidence.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, NamedTuple, get_args

import msgspec

from guetteur import __version__
from guetteur.core.subject import parse_url
from guetteur.errors import InvalidInputError
from guetteur.reports.case import Case, CaseKind, Item
from guetteur.reports.channels.interface import MAIL_KIND
from guetteur.reports.manifest import canonical
from guetteur.reports.redact import NOBODY, redact_mail, redact_url, secrets_of
from guetteur.web.wire import verdict_reply
from guetteur.web.wire_mail import mail_reply

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from guetteur.core.explain import Explainer
    from guetteur.core.mail.seen import MailSeen
    from guetteur.core.mail.verdict import MailVerdict
    from guetteur.core.subject import UrlSubject
    from guetteur.core.verdict import Verdict
    from guetteur.mail_checker import MailChecker
    from guetteur.reports.redact import Change, Person, Secrets
    from guetteur.web.wire import VerdictReply
    from guetteur.web.wire_mail import LinkReply, MailReply

PRODUCT = f"guetteur {__version__}"
JSON = "application/json"
_WARNED = ("DANGER", "CAUTION")


class Reading(NamedTuple):
    """A thing as it was met.

    Attributes:
        case: with its exact address.
        items: the message and the verdict, untouched.
        verdict: what Guetteur says of it.
        reply: the same in the words of the case.
        safe: of a mail the case as third parties may see it, but for its address; None for a page.
        mail: the redacted message, or None.
        changes: what was masked in it.
        secrets: what is known of the people it was for, to be masked in addresses too.
        person: who reports it.
    """

    case: Case
    items: tuple[Item, ...]
    verdict: Verdict | MailVerdict
    reply: VerdictReply | MailReply
    safe: Case | None = None
    mail: bytes | None = None
    changes: tuple[Change, ...] = ()
    secrets: Secrets | None = None
    person: Person = NOBODY


class Copy(NamedTuple):
    """What third parties may get, and what was masked for them."""

    case: Case
    items: tuple[Item, ...]
    changes: tuple[Change, ...]


def read_page(  # noqa: PLR0913 -- what a page was met with
    subject: UrlSubject,
    verdict: Verdict,
    explainer: Explainer,
    *,
    case_id: str,
    now: datetime,
    found_at: datetime,
    redirects: Sequence[str] = (),
    browser: str = "",
    person: Person = NOBODY,
) -> Reading:
    """Read a page, of which ``verdict`` was said; ``person`` is who reports it."""
    reply = verdict_reply(subject, verdict, explainer)
    case = _case(reply, case_id, found_at, explainer.lang, kind="page", url=subject.url)
    case = msgspec.structs.replace(case, redirects=tuple(redirects), browser=browser)
    told = Item("page/verdict.json", JSON, canonical(reply), now, "daemon")
    return Reading(case, (told,), verdict, reply, secrets=secrets_of(person), person=person)


def read_mail(  # noqa: PLR0913
    raw: bytes | None,
    shown: MailSeen | None,
    checker: MailChecker,
    explainer: Explainer,
    *,
    case_id: str,
    now: datetime,
    found_at: datetime,
    browser: str = "",
    mask: bool = True,
    person: Person = NOBODY,
) -> Reading:
    """Read a message: as it was stored, or else what a webmail shows of it; without ``mask`` there is no copy of it.

    ``person`` is who reports it.

    Raises:
        InvalidInputError: ``nothing_to_read``, ``mail_too_large``, ``not_a_mail``.
    """
    seen = None if raw is not None else shown
    mail = checker.read(raw, seen)
    verdict = checker.check(mail, now=now)
    reply = mail_reply(mail, verdict, explainer, checker.routes)
    # A harmless link of a scam mail is not to be reported as a page.
    worst = min((link for link in reply.links if link.level in _WARNED), key=_severity, default=None)
    script = reply.script.id if reply.script is not None else None
    kind: CaseKind = script if script in get_args(CaseKind) else "mail"  # type: ignore[assignment]
    case = _case(reply, case_id, found_at, explainer.lang, kind=kind, url=worst.url if worst is not None else None)
    case = msgspec.structs.replace(case, script=script, sender=reply.sender or None, browser=browser)
    if raw is not None:
        met = Item("mail/original.eml", MAIL_KIND, raw, found_at, "person")
    else:
        met = Item("mail/shown.json", JSON, canonical(seen), found_at, "extension")
    told = Item("mail/verdict.json", JSON, canonical(reply), now, "daemon")
    if not mask:
        return Reading(case, (met, told), verdict, reply)
    copy = redact_mail(raw if raw is not None else _as_message(seen), checker.receivers, person)
    # The verdict is that on the original; its sentences are those on the copy, so that nothing hidden returns in them.
    masked = checker.read(copy.value)
    again = mail_reply(masked, checker.check(masked, now=now), explainer, checker.routes)
    safe = msgspec.structs.replace(
        case,
        sender=again.sender or None,
        reasons=tuple(reason.text for reason in again.reasons if reason.code in case.signals),
    )
    # What a webmail shows is no message: it is masked for its sentences alone, and nobody gets it.
    value = copy.value if raw is not None else None
    return Reading(case, (met, told), verdict, reply, safe, value, copy.changes, copy.secrets, person)


def copy_of(reading: Reading, *, now: datetime, keep_exact: bool) -> Copy:
    """The copy for third parties; ``keep_exact`` leaves the address of the page as it is."""
    case = reading.safe or reading.case
    url = redact_url(case.url, secrets=reading.secrets, keep_exact=keep_exact) if case.url else None
    redirects = [redact_url(address, secrets=reading.secrets) for address in case.redirects]
    case = msgspec.structs.replace(
        case, url=url.value if url is not None else None, redirects=tuple(one.value for one in redirects)
    )
    changes = [*reading.changes, *(url.changes if url is not None else ())]
    changes += [change for one in redirects for change in one.changes]
    items: tuple[Item, ...] = ()
    if reading.mail is not None:
        items = (Item("mail/redacted.eml", MAIL_KIND, reading.mail, now, "daemon"),)
    elif reading.safe is None:
        told = msgspec.structs.replace(reading.reply, url=case.url or "")
        items = (Item("page/verdict.json", JSON, canonical(told), now, "daemon"),)
    return Copy(case, items, tuple(dict.fromkeys(changes)))


def with_kind(case: Case, kind: CaseKind | None) -> Case:
    """The case as what the person says it is; the script that spoke for another kind goes with that."""
    if kind is None or kind == case.kind:
        return case
    script = None if case.script in get_args(CaseKind) else case.script
    return msgspec.structs.replace(case, kind=kind, script=script)


def host_of(url: str | None) -> str:
    """The host of an address, or empty."""
    try:
        return parse_url(url or "").host
    except InvalidInputError:
        return ""


def _severity(link: LinkReply) -> int:
    return _WARNED.index(link.level)


def _case(  # noqa: PLR0913
    reply: VerdictReply | MailReply, case_id: str, found_at: datetime, lang: str, *, kind: CaseKind, url: str | None
) -> Case:
    return Case(
        id=case_id,
        kind=kind,
        found_at=found_at,
        url=url,
        body=reply.body.id if reply.body is not None else None,
        level=reply.level,
        reasons=tuple(reason.text for reason in reply.reasons),
        signals=tuple(dict.fromkeys(reason.code for reason in reply.reasons)),
        lang=lang,
        product=PRODUCT,
    )


def _as_message(seen: MailSeen | None) -> bytes:
    """What a webmail shows, as a message that `redact_mail` can mask."""
    if seen is None:
        return b""
    name, sender = seen.from_name.replace('"', ""), seen.from_address.strip("<>")
    lines = [
        f'From: "{name}" <{sender}>',
        f"To: {', '.join(seen.to)}",
        *(f"Reply-To: {one}" for one in seen.reply_to),
        f"Subject: {seen.subject}",
        "Content-Type: text/html; charset=utf-8",
    ]
    head = "\r\n".join(" ".join(line.split()) for line in lines)
    links = "".join(f'<p><a href="{html.escape(link.url)}">{html.escape(link.text)}</a></p>' for link in seen.links)
    words = html.escape(seen.text).replace("\n", "<br>\n")
    return f"{head}\r\n\r\n<p>{words}</p>{links}\r\n".encode("utf-8", "replace")
