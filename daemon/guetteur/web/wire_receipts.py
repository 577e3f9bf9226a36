"""The JSON of reports that were sent, of the campaigns they belong to, and of the channels' settings, as types."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from guetteur.web.wire import Lang, Offset
from guetteur.web.wire_report import CampaignBrief, CaseId, FieldReply, Name, NeedReply


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
    offset: Offset = 0
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
    offset: Offset = 0


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
