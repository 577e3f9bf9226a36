"""The JSON of reports, as types.

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


class HandOver(Struct, frozen=True, forbid_unknown_fields=True):
    """Note that the person opened a form; the case may be begun or sent."""

    case: CaseId
    channel: Name
    lang: Lang = "fr"


class RetractReport(Struct, frozen=True, forbid_unknown_fields=True):
    """Take back what is still queued: one channel's, or all."""

    case: CaseId
    channel: Name | None = None
    lang: Lang = "fr"


class WatchReport(Struct, frozen=True, forbid_unknown_fields=True):
    """Begin or end looking whether the page is still there."""

    case: CaseId
    on: bool
    lang: Lang = "fr"


class AskReceipts(Struct, frozen=True, forbid_unknown_fields=True):
    """What became of reports: of one case, or the latest ones."""

    case: CaseId | None = None
    offset: Annotated[int, Meta(ge=0)] = 0
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    lang: Lang = "fr"


class StepReply(Struct, frozen=True):
    """One line of a report's history."""

    at: datetime
    text: str


class ReceiptReply(Struct, frozen=True, kw_only=True):
    """What became of a case at one channel.

    Attributes:
        channel: its id.
        name: who it is.
        kind: as `Recipient.kind`.
        state: as `guetteur.reports.channels.interface.State`.
        text: the same in a sentence.
        reference: the channel's own number of it.
        at: when the state last changed.
        wait_until: when it is tried again, while queued after a failure.
        retractable: whether it can be taken back.
        link: of a form, what to open; else empty.
        fields: of a form, what is to be pasted.
        steps: all of it, the first first.
    """

    channel: str
    name: str
    kind: str
    state: str
    text: str
    reference: str
    at: datetime
    wait_until: datetime | None
    retractable: bool
    link: str
    fields: list[FieldReply]
    steps: list[StepReply]


class WatchReply(Struct, frozen=True):
    """Whether the page is still there.

    Attributes:
        on: whether the daemon goes on looking.
        state: ``waiting`` before the first look, ``open``, ``closed``, ``unknown``, ``off``.
        text: the same in a sentence ("page fermée le …").
        checked_at: the last look, or None.
        closed_at: when it was first found closed, or None.
    """

    on: bool
    state: Literal["off", "waiting", "open", "closed", "unknown"]
    text: str
    checked_at: datetime | None = None
    closed_at: datetime | None = None


class CaseReply(Struct, frozen=True, kw_only=True):
    """One report and all its receipts.

    Attributes:
        case: its number.
        kind: what happened.
        kind_label: the same in words.
        title: what was reported.
        url: address as it was sent, or None.
        found_at: when the person met it.
        sent_at: when it was first sent.
        receipts: one a channel.
        watch: None when there is no page to look at.
        campaign: other reports it hangs together with, or None.
        bundle: path of the sealed original on this machine, or None.
    """

    case: str
    kind: str
    kind_label: str
    title: str
    url: str | None
    found_at: datetime
    sent_at: datetime
    receipts: list[ReceiptReply]
    watch: WatchReply | None
    campaign: CampaignBrief | None
    bundle: str | None


class ReceiptsReply(Struct, frozen=True):
    """Reports, the latest first; ``total`` of all there are."""

    cases: list[CaseReply]
    total: int


class ReadBundle(Struct, frozen=True, forbid_unknown_fields=True):
    """Read the sealed original, piece by piece."""

    case: CaseId
    offset: Annotated[int, Meta(ge=0)] = 0


class BundlePiece(Struct, frozen=True):
    """A piece of the sealed original.

    Attributes:
        name: file name to save it under.
        bytes: length of the whole.
        data: the piece, base64.
        next: offset of the next piece, or None.
    """

    name: str
    bytes: int
    data: str
    next: int | None


class AskCampaigns(Struct, frozen=True, forbid_unknown_fields=True):
    """Reports of this installation that hang together."""

    lang: Lang = "fr"


class CampaignLink(Struct, frozen=True):
    """Something several reports share.

    Attributes:
        kind: ``domain``, ``ip``, ``certificate``, ``text``, ``picture``, ``wallet``, ``iban``, ``phone``, ``sender``.
        label: the same in words ("même adresse IP").
        value: what it is, or empty where a number would say nothing.
        count: how many reports of the campaign share it.
    """

    kind: str
    label: str
    value: str
    count: int


class CampaignMember(Struct, frozen=True):
    """One report of a campaign."""

    case: str
    title: str
    found_at: datetime


class CampaignReply(Struct, frozen=True, kw_only=True):
    """Two or more reports that hang together; the latest campaign first."""

    id: str
    title: str
    count: int
    first_at: datetime
    last_at: datetime
    links: list[CampaignLink]
    members: list[CampaignMember]


class CampaignsReply(Struct, frozen=True):
    """All campaigns; ``single`` reports hang together with no other."""

    campaigns: list[CampaignReply]
    single: int


class EditChannels(Struct, frozen=True, forbid_unknown_fields=True):
    """List the channels; first keep or forget one setting when asked.

    Attributes:
        id: a need, or None: only list.
        value: what to keep; None: forget it.
        lang: language of the sentences.
    """

    id: Name | None = None
    value: Annotated[str, Meta(max_length=4096)] | None = None
    lang: Lang = "fr"


class ChannelState(Struct, frozen=True):
    """One channel and whether it can be used."""

    id: str
    name: str
    kind: str
    gets: str
    privacy: str
    needs: list[str]
    optional: list[str]
    ready: bool


class ChannelsReply(Struct, frozen=True):
    """All channels and settings; ``where`` says in a sentence where settings are kept."""

    kept_in: Literal["keyring", "file"]
    where: str
    needs: list[NeedReply]
    channels: list[ChannelState]
