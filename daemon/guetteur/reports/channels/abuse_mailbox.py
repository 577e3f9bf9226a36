"""The abuse mailboxes of a page's registrar and host, as RDAP names them: a report in XARF v4 by mail.

The message is a ``multipart/report`` (RFC 5965): words for people, a feedback report of the type ``fraud``, and the
XARF report as JSON.
"""

from __future__ import annotations

import json
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import xarf

from guetteur import __version__
from guetteur.core.subject import parse_url
from guetteur.reports.channels.api import is_reportable, remark
from guetteur.reports.channels.fields import address_field, note_field
from guetteur.reports.channels.interface import NOWHERE, Draft, Field, Place
from guetteur.reports.channels.mail import MailChannel, report_id
from guetteur.reports.fingerprint import fingerprint
from guetteur.reports.mailboxes import is_mailbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guetteur.reports.case import Case, Item

MAX_MAILBOXES = 3
_MAX_REMARK = 500
_FILE = "xarf.json"


class Channel(MailChannel):
    """One message to at most three mailboxes."""

    def has_matter(self, case: Case, items: Sequence[Item], place: Place) -> bool:
        """An address, and somebody to tell."""
        del items
        return is_reportable(case.url or "") and bool(_mailboxes(place))

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        url, text, to = case.url or "", remark(case, place, _MAX_REMARK), _mailboxes(place)
        host = parse_url(url).host
        subject = f"Abuse report: phishing page on {host}"
        xarf_part: dict[str, Any] = {
            "xarf_version": xarf.SPEC_VERSION,
            "timestamp": f"{case.found_at:%Y-%m-%dT%H:%M:%SZ}",
            "category": "content",
            "type": "phishing",
            "source_identifier": place.address or host,
            "evidence_source": "user_report",
            "verification_method": "user_report",
            "url": url,
            "description": text,
        }
        # A fractional `confidence` makes the library give no report and no error: it is left out.
        if place.imitated:
            xarf_part["target_brand"] = place.imitated
        if place.imitated_home:
            xarf_part["cloned_site"] = place.imitated_home
        if case.redirects:
            xarf_part["redirect_chain"] = list(case.redirects)
        return Draft(
            channel=self.id,
            case=case.id,
            to=", ".join(to),
            subject=fingerprint(case, items),
            url=url,
            fields=(
                Field("Destinataires", "Recipients", "\n".join(to)),
                Field("Objet", "Subject", subject),
                address_field(url),
                note_field(text),
                Field("Rapport XARF", "XARF report", json.dumps(xarf_part, indent=1, ensure_ascii=False)),
            ),
            content={"to": list(to), "subject": subject, "text": f"{text}\n\n{url}\n", "xarf": xarf_part},
            adds=("email",),
        )

    def fill(self, message: EmailMessage, draft: Draft, sender: str) -> None:
        """As in `MailChannel`, the three parts of a feedback report.

        Raises:
            ValueError: the XARF report breaks its schema.
        """
        domain = sender.rpartition("@")[2]
        who = {"org": domain, "contact": sender, "domain": domain}
        report = {**draft.content["xarf"], "report_id": str(report_id(draft)), "reporter": who, "sender": who}
        read = xarf.parse(report)
        # The library may give neither a report nor an error.
        if read.report is None or read.errors:
            raise ValueError("; ".join(str(error) for error in read.errors) or "no XARF report")
        message["X-XARF"] = "PLAIN"
        message.set_content(draft.content["text"])
        message.make_mixed()
        message.set_type("multipart/report")
        message.set_param("report-type", "feedback-report")
        message.attach(_feedback(draft.url, sender))
        attached = EmailMessage(policy=message.policy)
        data = json.dumps(report, indent=1).encode("ascii")
        attached.set_content(data, maintype="application", subtype="json", filename=_FILE, cte="base64")
        message.attach(attached)


def _feedback(url: str, sender: str) -> EmailMessage:
    part = EmailMessage()
    lines = (
        "Feedback-Type: fraud",
        f"User-Agent: guetteur/{__version__}",
        "Version: 1",
        f"Reported-Domain: {parse_url(url).host}",
        # RFC 5965, 3.2: in ASCII; a browser's serialisation of an address is.
        f"Reported-URI: {url}",
        f"Source: {sender.rpartition('@')[2]}",
    )
    part["Content-Type"] = "message/feedback-report"
    part["Content-Transfer-Encoding"] = "7bit"
    part.set_payload("\r\n".join(lines) + "\r\n")
    return part


def _mailboxes(place: Place) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for address in place.contacts if is_mailbox(address)))[:MAX_MAILBOXES]
