"""The subject line speaks as a body, and nothing in the mail is that body's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts
    from guetteur.core.mail.subject import MailSubject

_WEIGHT = 0.5


def check(_mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """A weak hint: people write about bodies. With links, none of which leads to the body, and a stranger as sender."""
    sender, topic = facts.sender, facts.topic
    if topic is None or sender.trusted or sender.official is not None or sender.claim is not None:
        return None
    outward = [link for link in facts.links if link.target is not None and not link.own]
    if not facts.links or any(link.body is not None and link.body.id == topic.body.id for link in outward):
        return None
    params = {"name": topic.body.name, "domain": sender.domain}
    return Evidence("claimed_topic", "subject_names", params, topic.body, weight=_WEIGHT)


SIGNAL = Signal("claimed_topic", ("subject_names",), check)
