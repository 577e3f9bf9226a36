"""Answers go to somebody else than the sender."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.mail.senders import registrable
from guetteur.core.signal import Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts
    from guetteur.core.mail.subject import MailSubject

_BODY, _FREE = 1.2, 0.5


def check(mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """Another company's address is ordinary; a private one behind a body's or a company's is how swindlers collect."""
    sender = facts.sender
    if mail.list_id or not mail.reply_to or sender.trusted:
        return None
    foreign = [box for box in mail.reply_to if box.domain and registrable(box.domain) != sender.registrable]
    if len(foreign) < len(mail.reply_to):
        return None
    params = {"seen": foreign[0].address, "domain": sender.domain}
    if sender.official is not None:
        body = sender.official.body
        return Evidence("reply_elsewhere", "answers_leave_body", {**params, "name": body.name}, body, weight=_BODY)
    if not facts.answers_private:
        return None
    return Evidence("reply_elsewhere", "answers_go_to_private", params, weight=_FREE)


SIGNAL = Signal("reply_elsewhere", ("answers_leave_body", "answers_go_to_private"), check)
