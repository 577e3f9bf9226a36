"""The JSON of mail checks, as types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from guetteur.core.mail.facts import LinkFacts
from guetteur.core.mail.seen import MailSeen
from guetteur.core.mail.subject import MailLink
from guetteur.core.verdict import Level
from guetteur.web.wire import BodyReply, Lang, LevelName, Reason, Skipped, body_reply, iso

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guetteur.core.explain import Explainer
    from guetteur.core.mail.subject import MailSubject
    from guetteur.core.mail.verdict import MailVerdict
    from guetteur.core.routes import Route
    from guetteur.core.scripts import ScriptSeen

_DEFAULT_ROUTE = "signal-spam"
_MOST_TODO = 4


class CheckMail(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask about one mail: the raw message, what a webmail shows of it, or (best) both.

    With ``shown``, the reply's links are those on screen, in the same order; without, those of the raw message.

    Attributes:
        raw: the raw message (RFC 5322), base64; its beginning is enough when ``truncated``.
        shown: what the webmail shows.
        truncated: ``raw`` is only the beginning.
        lang: language of the sentences.
    """

    raw: Annotated[str, Meta(max_length=700_000)] | None = None
    shown: MailSeen | None = None
    truncated: bool = False
    lang: Lang = "fr"


class LinkReply(Struct, frozen=True):
    """One link of the mail.

    Attributes:
        url: as asked or as in the message.
        text: the words that are clicked.
        host: host it leads to in the end, known trackers and rewriters unwrapped; empty when it is no web address.
        registrable_domain: the part of ``host`` somebody registered, or None.
        level: what to tell of it: its own verdict, or the mail's where that is worse and the link's host is not
            vouched for.
        summary: one sentence.
        reasons: why.
    """

    url: str
    text: str
    host: str
    registrable_domain: str | None
    level: LevelName
    summary: str
    reasons: list[Reason]


class ScriptReply(Struct, frozen=True):
    """The scam the mail follows.

    Attributes:
        id: name of the script.
        label: what it is called.
        advice: the official advice in one sentence.
        words: what of the mail gave it away, as written there.
    """

    id: str
    label: str
    advice: str
    words: list[str]


class RouteReply(Struct, frozen=True):
    """Where to report it: what the place is called, what to do there, its page."""

    id: str
    name: str
    text: str
    url: str


class MailReply(Struct, frozen=True):
    """The verdict on one mail.

    ``sender`` is the address, ``sender_name`` the name beside it; ``body`` the body it comes from (OFFICIAL) or
    claims; ``todo`` what the person should do, first things first; empty on ordinary mail.
    """

    level: LevelName
    summary: str
    sender: str
    sender_name: str
    subject: str
    body: BodyReply | None
    script: ScriptReply | None
    reasons: list[Reason]
    todo: list[str]
    route: RouteReply | None
    links: list[LinkReply]
    skipped: list[Skipped]
    list_version: str | None
    checked_at: str


def mail_reply(
    mail: MailSubject,
    verdict: MailVerdict,
    explainer: Explainer,
    routes: Mapping[str, Route],
    shown: MailSeen | None = None,
) -> MailReply:
    """Put a mail's verdict into words and into its wire form; with ``shown``, its links in their order."""
    links: Sequence[LinkFacts] = verdict.facts.links
    if shown is not None:
        known = {link.link.url: link for link in reversed(links)}
        links = [known.get(seen.url) or LinkFacts(MailLink(seen.url, seen.text), None, None) for seen in shown.links]
    warned = verdict.level in (Level.DANGER, Level.CAUTION)
    return MailReply(
        level=verdict.level.value,
        summary=explainer.mail(verdict),
        sender=mail.sender.address,
        sender_name=mail.sender.name,
        subject=mail.subject,
        body=body_reply(verdict.body, explainer.lang) if verdict.body is not None else None,
        script=_script_reply(verdict.script, explainer.lang) if verdict.script is not None else None,
        reasons=[Reason(piece.code, explainer.reason(piece)) for piece in verdict.telling],
        todo=_todo(verdict, explainer) if warned else [],
        route=_route_reply(verdict, routes, explainer.lang) if warned else None,
        links=[_link_reply(link, verdict, explainer) for link in links],
        skipped=[Skipped(skip.signal, skip.why, explainer.skip(skip)) for skip in verdict.skipped],
        list_version=verdict.list_version,
        checked_at=iso(verdict.checked_at),
    )


def _script_reply(seen: ScriptSeen, lang: str) -> ScriptReply:
    script = seen.script
    english = lang == "en"
    return ScriptReply(
        script.id,
        script.label_en if english else script.label,
        script.advice_en if english else script.advice,
        list(seen.phrases),
    )


def _todo(verdict: MailVerdict, explainer: Explainer) -> list[str]:
    """First what keeps the person safe now, then what to do about this scam, then the way to the real body."""
    script = verdict.script.script if verdict.script is not None else None
    told = [explainer.say("todo", verdict.level.value, {})]
    if script is not None:
        told += script.todo_en if explainer.lang == "en" else script.todo
    if verdict.body is not None and verdict.body.home:
        told.append(explainer.say("todo", "home", {"host": verdict.body.home.split("/")[2]}))
    elif script is None:
        told.append(explainer.say("todo", "call", {}))
    if verdict.level is Level.DANGER:
        told.append(explainer.say("todo", "money", {}))
    return told[:_MOST_TODO]


def _route_reply(verdict: MailVerdict, routes: Mapping[str, Route], lang: str) -> RouteReply | None:
    name = verdict.script.script.route if verdict.script is not None else _DEFAULT_ROUTE
    route = routes.get(name)
    if route is None:
        return None
    return RouteReply(name, route.name, route.text_en if lang == "en" else route.text, route.url)


def _link_reply(link: LinkFacts, verdict: MailVerdict, explainer: Explainer) -> LinkReply:
    target, own = link.target, link.verdict
    if target is None or own is None:
        summary = explainer.say("mail_link", "none", {})
        return LinkReply(link.link.url, link.link.text, "", None, Level.UNKNOWN.value, summary, [])
    level = verdict.level_of(link)
    summary = explainer.summary(own) if level is own.level else explainer.say("mail_link", level.value, {})
    reasons = [Reason(piece.code, explainer.reason(piece)) for piece in own.telling]
    return LinkReply(
        link.link.url, link.link.text, target.host, target.registrable_domain, level.value, summary, reasons
    )
