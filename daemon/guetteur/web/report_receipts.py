"""What became of reports, in the shape and the words of the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from guetteur.errors import printable
from guetteur.reports.campaigns_words import LINK_WORDS
from guetteur.reports.campaigns_words import told as campaign_told
from guetteur.reports.outbox_cases import case_page
from guetteur.reports.words import KINDS, capital, sentence, told, watch_told
from guetteur.web.report_reading import host_of
from guetteur.web.wire_receipts import (
    CampaignLink,
    CampaignMember,
    CampaignReply,
    CampaignsReply,
    CaseReply,
    ReceiptReply,
    ReceiptsReply,
    StepReply,
    WatchReply,
)
from guetteur.web.wire_report import CampaignBrief, FieldReply

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from guetteur.reports.campaigns import Campaign
    from guetteur.reports.case import Case
    from guetteur.reports.channels.interface import Field
    from guetteur.reports.outbox_entry import Entry
    from guetteur.web.report_desk import Desk

_MAX_REPLY_BYTES = 900 * 1024
_MOST_CAMPAIGNS, _MOST_MEMBERS, _MOST_LINKS, _LONGEST_TITLE = 50, 50, 10, 120
"""So that all of it goes through a frame."""


def title_of(case: Case, lang: str) -> str:
    """What is reported, short: a sender, a host, or else what happened."""
    return case.sender or host_of(case.url) or KINDS[case.kind][lang == "en"]


def field_replies(fields: Iterable[Field], lang: str) -> list[FieldReply]:
    """Fields in the reader's language."""
    return [FieldReply(field.label_en if lang == "en" else field.label, field.value) for field in fields]


def latest(desk: Desk, offset: int, limit: int, lang: str) -> ReceiptsReply:
    """Reports, the latest first: as many as were asked for and go through a frame; blocks.

    Raises:
        OutboxError: the outbox cannot be read.
    """
    cases, total = case_page(desk.outbox.file, offset, limit)
    return ReceiptsReply(_fitting(desk, cases, lang), total)


def of_cases(desk: Desk, numbers: Iterable[str], lang: str) -> ReceiptsReply:
    """These cases, in this order; those that are not there are left out; blocks.

    Raises:
        OutboxError: the outbox cannot be read.
    """
    found = [case for number in dict.fromkeys(numbers) if (case := desk.outbox.case(number)) is not None]
    return ReceiptsReply(_fitting(desk, found, lang), len(found))


def bundle_of(folder: Path, case: str) -> Path | None:
    """The sealed original of a case; the latest when it was sealed again."""
    return _bundles(folder).get(case[:8])


def _bundles(folder: Path) -> dict[str, Path]:
    """All sealed originals, by the beginning of their case's number; the folder is read once for many cases."""
    return {path.stem.rpartition("-")[2]: path for path in sorted(folder.glob("guetteur-*.zip"))}


def campaign_brief(campaign: Campaign | None, lang: str) -> CampaignBrief | None:
    """What the reports of a campaign share, told to one of them."""
    if campaign is None or not campaign.others:
        return None
    return CampaignBrief(
        id=campaign.id,
        others=campaign.others,
        text=f"{campaign_told(campaign, lang)}.",
        first_at=campaign.first_at,
        last_at=campaign.last_at,
        links=list(dict.fromkeys(LINK_WORDS[lang][link.kind] for link in campaign.links)),
    )


def campaigns(desk: Desk, lang: str) -> CampaignsReply:
    """All campaigns, the latest first; blocks.

    Raises:
        OutboxError: the outbox cannot be read.
    """
    found = [_campaign(one, desk, lang) for one in desk.campaigns.all()[:_MOST_CAMPAIGNS]]
    return CampaignsReply(found, desk.campaigns.single())


def _campaign(campaign: Campaign, desk: Desk, lang: str) -> CampaignReply:
    # The oldest gives it its name; of many the latest are shown, and `count` says how many there are.
    shown = dict.fromkeys((campaign.cases[0], *campaign.cases[-_MOST_MEMBERS:]))
    cases = [case for number in shown if (case := desk.outbox.case(number)) is not None]
    return CampaignReply(
        id=campaign.id,
        title=title_of(cases[0], lang)[:_LONGEST_TITLE] if cases else "",
        count=len(campaign.cases),
        first_at=campaign.first_at,
        last_at=campaign.last_at,
        links=[
            CampaignLink(one.kind, LINK_WORDS[lang][one.kind], one.value, one.count)
            for one in campaign.links[:_MOST_LINKS]
        ],
        members=[CampaignMember(case.id, title_of(case, lang)[:_LONGEST_TITLE], case.found_at) for case in cases],
    )


def _fitting(desk: Desk, cases: Iterable[Case], lang: str) -> list[CaseReply]:
    size, found, bundles = 0, list[CaseReply](), _bundles(desk.folder)
    for case in cases:
        reply = _case(desk, case, bundles.get(case.id[:8]), lang)
        size += len(msgspec.json.encode(reply))
        if found and size > _MAX_REPLY_BYTES:
            break
        found.append(reply)
    return found


def _case(desk: Desk, case: Case, bundle: Path | None, lang: str) -> CaseReply:
    entries = desk.outbox.entries(case=case.id)
    return CaseReply(
        case=case.id,
        kind=case.kind,
        kind_label=KINDS[case.kind][lang == "en"],
        title=title_of(case, lang),
        url=case.url,
        found_at=case.found_at,
        sent_at=min((entry.queued_at for entry in entries), default=case.found_at),
        receipts=[_receipt(desk, entry, lang) for entry in entries],
        watch=_watch(desk, case, lang) if case.url else None,
        campaign=campaign_brief(desk.campaigns.of(case.id), lang),
        bundle=printable(bundle) if bundle is not None else None,
    )


def _receipt(desk: Desk, entry: Entry, lang: str) -> ReceiptReply:
    facts = desk.table.get(entry.channel)
    draft = desk.outbox.draft(entry.case, entry.channel) if entry.state == "handed" else None
    return ReceiptReply(
        channel=entry.channel,
        name=facts.named(lang) if facts is not None else entry.channel,
        kind=facts.kind if facts is not None else "form",
        state=entry.state,
        text=sentence(entry, facts, lang, desk.clock()),
        reference=entry.reference,
        at=entry.updated_at,
        wait_until=entry.wait_until if entry.state == "queued" and entry.code else None,
        retractable=entry.state == "queued",
        link=draft.link if draft is not None else "",
        fields=field_replies(draft.fields, lang) if draft is not None else [],
        steps=[
            StepReply(step.at, capital(told(step, lang))) for step in desk.outbox.history(entry.case, entry.channel)
        ],
    )


def _watch(desk: Desk, case: Case, lang: str) -> WatchReply:
    found = desk.watches.of(case.id)
    if found is None:
        return WatchReply(on=False, state="off", text=watch_told("off", lang, None, None))
    return WatchReply(
        on=found.on,
        state=found.state,
        text=watch_told(found.state, lang, found.checked_at, found.closed_at),
        checked_at=found.checked_at,
        closed_at=found.closed_at,
    )
