"""The preview: who would get exactly what, and what the sealed original holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import msgspec

from guetteur.core.mail.verdict import MailVerdict
from guetteur.core.subject import parse_url
from guetteur.errors import InvalidInputError
from guetteur.reports.case import CaseKind, Item
from guetteur.reports.desk import offers_for, place_of, without_official
from guetteur.reports.fingerprint import fingerprint
from guetteur.reports.manifest import canonical
from guetteur.reports.marks import marks_of
from guetteur.reports.words import KINDS, evidence_label
from guetteur.web.report_open import picture_kind
from guetteur.web.report_reading import JSON, copy_of, read_mail, read_page, with_kind
from guetteur.web.report_receipts import campaign_brief, field_replies, title_of
from guetteur.web.wire import VerdictReply
from guetteur.web.wire_report import (
    ChangeReply,
    EvidenceReply,
    FieldReply,
    FileReply,
    KindChoice,
    NeedReply,
    OutsideReply,
    PreviewReply,
    QuestionReply,
    Recipient,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from guetteur.core.explain import Explainer
    from guetteur.core.subject import UrlSubject
    from guetteur.core.verdict import Verdict
    from guetteur.mail_checker import MailChecker
    from guetteur.reports.desk import Offer, Offers
    from guetteur.reports.redact import Person
    from guetteur.reports.table import Need
    from guetteur.web.report_desk import Desk
    from guetteur.web.report_open import OpenCase
    from guetteur.web.report_reading import Reading
    from guetteur.web.wire_report import PreviewReport

MAX_REPLY_BYTES = 960 * 1024
"""A frame to a browser has at most 1 MiB, its envelope included."""
_CUTS = ((60_000, 500), (15_000, 200), (4_000, 100), (1_000, 20))
"""Characters of a field and number of changes that are shown, until the reply fits; what is sent is never cut."""


def read_case(  # noqa: PLR0913, PLR0917 -- what a reading is made of
    case: OpenCase,
    mails: MailChecker,
    judge: Callable[[UrlSubject], Verdict],
    explainers: Mapping[str, Explainer],
    now: datetime,
    person: Person,
) -> Reading:
    """What Guetteur says of the case; read once, until evidence is added or the person says who they are.

    Args:
        case: what is reported.
        mails: judges mails.
        judge: judges pages.
        explainers: sentences by language.
        now: the moment, UTC.
        person: who reports it.

    Raises:
        InvalidInputError: those of reading mails.
    """
    if case.reading is None or case.reading.person != person:
        case.copies.clear()
        begun, explainer = case.begun, explainers[case.begun.lang]
        if begun.what == "page":
            subject = parse_url(begun.url or "")
            case.reading = read_page(
                subject, judge(subject), explainer, case_id=case.id, now=now,
                found_at=case.found_at, redirects=begun.redirects, browser=begun.browser, person=person,
            )  # fmt: skip
        else:
            case.reading = read_mail(
                case.evidence.get("mail"), begun.shown, mails, explainer, case_id=case.id, now=now,
                found_at=case.found_at, browser=begun.browser, person=person,
            )  # fmt: skip
    return case.reading


def original_items(case: OpenCase, reading: Reading) -> list[Item]:
    """All that is sealed but the page's archive, which is made when it is sealed."""
    items, begun, folder = list(reading.items), case.begun, case.begun.what
    if begun.what == "page":
        visit = {
            "url": begun.url,
            "redirects": begun.redirects,
            "address": begun.address,
            "status": begun.status,
            "seen_at": case.found_at,
            "browser": begun.browser,
        }
        source = "extension" if begun.browser else "person"
        items.append(Item("page/visit.json", JSON, canonical(visit), case.begun_at, source))
    picture = case.evidence.get("screenshot")
    if picture is not None:
        ending = picture_kind(picture) or ""
        kind = "image/png" if ending == "png" else "image/jpeg"
        items.append(Item(f"{folder}/screenshot.{ending}", kind, picture, case.begun_at, "extension"))
    page = case.evidence.get("html")
    if page is not None:
        items.append(Item("page/page.html", "text/html", page, case.begun_at, "extension"))
    return items + list(case.network.items if case.network is not None else ())


def preview(  # noqa: PLR0913, PLR0917 -- what a preview is made of
    case: OpenCase,
    asked: PreviewReport,
    reading: Reading,
    desk: Desk,
    explainers: Mapping[str, Explainer],
    now: datetime,
) -> PreviewReply:
    """Draft for every channel and keep the drafts with the case; nothing is queued.

    Raises:
        InvalidInputError: ``kind_unfit``.
        GuetteurError: the outbox or the settings cannot be read.
    """
    kinds = [kind for kind in get_args(CaseKind) if kind not in {"page", "mail"} - {case.begun.what}]
    if asked.kind is not None and asked.kind not in kinds:
        hint = "one of: " + ", ".join(kinds)
        raise InvalidInputError("kind_unfit", f"a {case.begun.what} is not of the kind {asked.kind}", hint)
    copy = case.copies.get(asked.exact)
    if copy is None:
        copy = case.copies[asked.exact] = copy_of(reading, now=now, keep_exact=asked.exact)
    shown = without_official(with_kind(copy.case, asked.kind), desk.registry)
    sealed = original_items(case, reading)
    given = [*copy.items, *(case.network.items if case.network is not None else ())]
    have = desk.keys.values()
    offers = offers_for(
        shown, given, channels=desk.channels, table=desk.table, registry=desk.registry, credentials=have,
        outbox=desk.outbox, place=place_of(shown, given, desk.table, desk.registry, network=case.network),
    )  # fmt: skip
    if case.marks is None or case.kind != asked.kind:
        case.marks = marks_of(with_kind(reading.case, asked.kind), sealed, desk.commons)
    case.offers, case.kind = offers, asked.kind
    told = [one for one in desk.outbox.earlier(fingerprint(shown, given)) if one.state != "handed"]
    lang, body = asked.lang, reading.verdict.body
    exact = reading.case.url
    reply = PreviewReply(
        case=case.id,
        what=case.begun.what,
        kind=offers.case.kind,
        kinds=[KindChoice(kind, KINDS[kind][lang == "en"]) for kind in kinds],
        title=title_of(reading.case, lang),
        level=reading.reply.level,
        summary=_summary(reading, explainers[lang]),
        body=body.named(lang) if body is not None else None,
        url=offers.case.url,
        exact_url=exact if exact != offers.case.url else None,
        changes=[ChangeReply(one.kind, one.where, one.before, one.after) for one in copy.changes],
        recipients=_recipients(offers, desk, have, lang),
        outside=[
            _outside(note.channel, note.text_en if lang == "en" else note.text, desk, lang) for note in offers.outside
        ],
        evidence=[
            EvidenceReply(item.path, evidence_label(item.path, lang), len(item.data))
            for item in sorted(sealed, key=lambda item: item.path)
        ],
        looked_up=case.network is not None,
        network=field_replies(case.network.lines if case.network is not None else (), lang),
        campaign=campaign_brief(desk.campaigns.near(case.marks), lang),
        earlier=told[0].queued_at if told else None,
        **_named(reading),
    )
    return fitting(reply)


def shown(case: OpenCase) -> Offers:
    """What the last preview showed.

    Raises:
        InvalidInputError: ``not_previewed``.
    """
    if case.offers is None:
        raise InvalidInputError("not_previewed", "nobody has seen yet what would be sent", "ask for a preview first")
    return case.offers


def fitting(reply: PreviewReply) -> PreviewReply:
    """The reply, with long texts shown shorter where it would not go through a frame."""
    for longest, most in _CUTS:
        if len(msgspec.json.encode(reply)) <= MAX_REPLY_BYTES:
            break
        recipients = [
            msgspec.structs.replace(
                one, fields=[FieldReply(field.label, _cut(field.value, longest)) for field in one.fields]
            )
            for one in reply.recipients
        ]
        reply = msgspec.structs.replace(reply, recipients=recipients, changes=reply.changes[:most])
    return reply


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}\n[…]"


def _summary(reading: Reading, explainer: Explainer) -> str:
    verdict = reading.verdict
    return explainer.mail(verdict) if isinstance(verdict, MailVerdict) else explainer.summary(verdict)


def _named(reading: Reading) -> dict[str, str]:
    reply = reading.reply
    if isinstance(reply, VerdictReply):
        return {"registrable": reply.registrable_domain or ""}
    sender = f"{reply.sender_name} <{reply.sender}>" if reply.sender_name and reply.sender else reply.sender
    return {"sender": sender or reply.sender_name, "subject": reply.subject}


def _outside(channel: str, text: str, desk: Desk, lang: str) -> OutsideReply:
    facts = desk.table.get(channel)
    return OutsideReply(facts.named(lang) if facts is not None else channel, text)


def _recipients(offers: Offers, desk: Desk, have: Mapping[str, str], lang: str) -> list[Recipient]:
    needs = {need.id: need for need in desk.table.needs}
    return [_recipient(offer, needs, have, lang) for offer in offers.offers]


def _recipient(offer: Offer, needs: Mapping[str, Need], have: Mapping[str, str], lang: str) -> Recipient:
    facts, draft, english = offer.facts, offer.draft, lang == "en"
    # What the person has set and is sent along is part of "all it gets"; a key only opens the door.
    own = [needs[name] for name in draft.adds if have.get(name) and not needs[name].secret]
    return Recipient(
        id=facts.id,
        kind=facts.kind,
        name=facts.named(lang),
        reason=offer.choice.said(lang),
        gets=facts.given(lang),
        privacy=facts.promised(lang),
        to=draft.to,
        fields=[
            *field_replies(draft.fields, lang),
            *(FieldReply(need.label_en if english else need.label, have[need.id]) for need in own),
        ],
        files=[FileReply(file.name, file.kind, len(file.data)) for file in draft.files],
        link=draft.link,
        needs=[need_reply(needs[name], have, lang) for name in offer.missing],
        earlier=offer.earlier.queued_at if offer.earlier is not None else None,
        questions=[
            QuestionReply(one.text_en, one.otherwise_en) if english else QuestionReply(one.text, one.otherwise)
            for one in facts.questions
        ],
        pieces=[piece.said(lang) for piece in facts.pieces],
    )


def need_reply(need: Need, have: Mapping[str, str], lang: str) -> NeedReply:
    """A setting; what is secret never leaves again."""
    label, hint = (need.label_en, need.hint_en) if lang == "en" else (need.label, need.hint)
    value = have.get(need.id)
    return NeedReply(need.id, label, hint, need.secret, bool(value), None if need.secret else value)
