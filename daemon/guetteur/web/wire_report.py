"""The JSON of reports in the making, as types; what becomes of them is in `guetteur.web.wire_receipts`.

A report is begun, gets its evidence piece by piece (frames are small), is previewed as often as the person changes a
choice, and sent once: what leaves is what the last preview showed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from guetteur.core.mail.seen import MailSeen
from guetteur.reports.case import CaseKind
from guetteur.web.wire import Lang, LevelName

CaseId = Annotated[str, Meta(pattern="^[0-9a-f-]{36}$")]
Name = Annotated[str, Meta(max_length=64)]
Url = Annotated[str, Meta(max_length=65_536)]


class BeginReport(Struct, frozen=True, forbid_unknown_fields=True):
    """Begin a report; nothing is written or sent.

    Attributes:
        what: what it is about.
        url: address of the page as the browser last knew it.
        redirects: addresses the browser went through before it, the first first.
        address: IP address the browser got the page from.
        status: HTTP status of the page.
        seen_at: when the person met it, UTC; now when left out.
        browser: name and version.
        shown: what a webmail shows of the mail; with the raw message as evidence it is not needed.
        lang: language of the sentences kept with the report.
    """

    what: Literal["page", "mail"]
    url: Url | None = None
    redirects: Annotated[list[Url], Meta(max_length=20)] = []
    address: Annotated[str, Meta(max_length=45)] = ""
    status: Annotated[int, Meta(ge=100, le=599)] | None = None
    seen_at: datetime | None = None
    browser: Annotated[str, Meta(max_length=200)] = ""
    shown: MailSeen | None = None
    lang: Lang = "fr"


class BegunReport(Struct, frozen=True):
    """The number of the case, for all that follows."""

    case: str


class AddEvidence(Struct, frozen=True, forbid_unknown_fields=True):
    """One piece of one thing.

    Attributes:
        case: as begun.
        name: ``screenshot`` (PNG or JPEG), ``html`` (UTF-8) or ``mail`` (the raw message).
        part: number of the piece, from 0, in order.
        parts: how many there are.
        data: its bytes, base64.
    """

    case: CaseId
    name: Literal["screenshot", "html", "mail"]
    part: Annotated[int, Meta(ge=0, le=63)]
    parts: Annotated[int, Meta(ge=1, le=64)]
    data: Annotated[str, Meta(max_length=700_000)]


class EvidenceTaken(Struct, frozen=True):
    """How much of it is here.

    Attributes:
        bytes: received so far.
        complete: the last piece was this one.
    """

    bytes: int
    complete: bool


class PreviewReport(Struct, frozen=True, forbid_unknown_fields=True):
    """Show who would get exactly what; nothing is written or sent, unless ``lookups``.

    Attributes:
        case: as begun.
        lang: language of the sentences.
        kind: what happened, when the person says otherwise than Guetteur.
        exact: leave the address of the page as it is.
        lookups: the person agreed that DNS, the registries and the site itself are asked now where the page lies.
    """

    case: CaseId
    lang: Lang = "fr"
    kind: CaseKind | None = None
    exact: bool = False
    lookups: bool = False


class KindChoice(Struct, frozen=True):
    """A kind of case the person may choose."""

    id: str
    label: str


class ChangeReply(Struct, frozen=True):
    """What was masked; ``before`` is shown to the person and never leaves."""

    kind: str
    where: str
    before: str
    after: str


class FieldReply(Struct, frozen=True):
    """One thing a channel gets."""

    label: str
    value: str


class FileReply(Struct, frozen=True):
    """A file a channel gets."""

    name: str
    kind: str
    bytes: int


class NeedReply(Struct, frozen=True):
    """A setting or key.

    Attributes:
        id: its name.
        label: what it is.
        hint: where it comes from.
        secret: whether it is never shown again.
        set: whether there is one.
        value: the value, unless secret.
    """

    id: str
    label: str
    hint: str
    secret: bool
    set: bool
    value: str | None = None


class QuestionReply(Struct, frozen=True):
    """A condition of a channel, to be answered yes."""

    text: str
    otherwise: str


class Recipient(Struct, frozen=True, kw_only=True):
    """One channel and exactly what it gets.

    Attributes:
        id: the channel.
        kind: ``api`` and ``mail`` are sent by Guetteur, ``form`` by the person.
        name: who it is.
        reason: why it is offered.
        gets: what it gets, in a sentence.
        privacy: what becomes of it there.
        to: host, mailbox or address of the form.
        fields: all it gets; of a form what is to be pasted.
        files: files it gets.
        link: of a form, what to open.
        needs: settings that are missing.
        earlier: when the same thing was reported there, or None.
        questions: conditions of the channel.
        pieces: what else it will ask for.
    """

    id: str
    kind: Literal["api", "mail", "form"]
    name: str
    reason: str
    gets: str
    privacy: str
    to: str
    fields: list[FieldReply]
    files: list[FileReply]
    link: str
    needs: list[NeedReply]
    earlier: datetime | None
    questions: list[QuestionReply]
    pieces: list[str]


class OutsideReply(Struct, frozen=True):
    """A place people think of that does not take this case, and where it goes instead."""

    name: str
    text: str


class EvidenceReply(Struct, frozen=True):
    """One piece of evidence in the sealed original."""

    path: str
    label: str
    bytes: int


class CampaignBrief(Struct, frozen=True):
    """The other reports of this installation that hang together with it.

    Attributes:
        id: of the campaign; it may change when more is reported.
        others: how many other reports.
        text: the same in a sentence.
        first_at: of the first of them.
        last_at: of the last of them.
        links: what they share, as words ("même adresse IP").
    """

    id: str
    others: int
    text: str
    first_at: datetime
    last_at: datetime
    links: list[str]


class PreviewReply(Struct, frozen=True, kw_only=True):
    """All that a person needs to decide.

    Attributes:
        case: its number.
        what: page or mail.
        kind: what happened.
        kinds: what it may be instead, itself included.
        title: what is reported, short: a host, a sender, a subject.
        level: what Guetteur says of it.
        summary: the same in a sentence.
        body: name of the imitated body, or None.
        url: address as it will be sent, or None.
        exact_url: as it was seen; None when it is no other.
        changes: what was masked for third parties.
        recipients: channels, best first.
        outside: places that do not take it.
        evidence: what the sealed original holds.
        looked_up: whether it was asked where the page lies.
        network: what came of that, label and value.
        campaign: other reports it hangs together with, or None.
        earlier: when the same thing was first reported, or None.
        registrable: of a page, the part of ``title`` that was bought as a name; or empty.
        sender: of a mail, who it says it is from, with the address; or empty.
        subject: of a mail, its subject; or empty.
    """

    case: str
    what: Literal["page", "mail"]
    kind: str
    kinds: list[KindChoice]
    title: str
    level: LevelName
    summary: str
    body: str | None
    url: str | None
    exact_url: str | None
    changes: list[ChangeReply]
    recipients: list[Recipient]
    outside: list[OutsideReply]
    evidence: list[EvidenceReply]
    looked_up: bool
    network: list[FieldReply]
    campaign: CampaignBrief | None
    earlier: datetime | None
    registrable: str = ""
    sender: str = ""
    subject: str = ""


class SendReport(Struct, frozen=True, forbid_unknown_fields=True):
    """Send what the last preview showed, and seal the original.

    Attributes:
        case: as begun.
        channels: who gets it; those of kind ``form`` are noted as handed to the person.
        again: also where the same thing was reported before.
        watch: the person agreed that the daemon looks from time to time whether the page is still there.
        lang: language of the sentences.
    """

    case: CaseId
    channels: Annotated[list[Name], Meta(max_length=32)]
    again: bool = False
    watch: bool = False
    lang: Lang = "fr"
