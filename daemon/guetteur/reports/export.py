"""Reports for others' tools: STIX 2.1 for those who share threats, CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
import uuid
from typing import TYPE_CHECKING, Any

import stix2

from guetteur.reports.campaigns_words import LINK_WORDS
from guetteur.reports.channels.interface import TAKEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from guetteur.reports.campaigns import Campaign
    from guetteur.reports.case import Case
    from guetteur.reports.outbox import Entry

_NAMESPACE = uuid.UUID("a2f8c7e6-2f3d-4c7a-9a57-3a7c1c1f4c02")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS = (
    "case", "kind", "found_at", "url", "body", "script", "level", "signals", "channel", "to", "state", "reference",
    "code", "queued_at", "updated_at", "campaign",
)  # fmt: skip


def to_csv(cases: Iterable[tuple[Case, Sequence[Entry]]], campaigns: Iterable[Campaign] = ()) -> str:
    """One line a report, with a line of column names; no cell can be taken for a formula.

    ``campaign`` is empty for a case that hangs together with no other.
    """
    joined = {case: campaign.id for campaign in campaigns for case in campaign.cases}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for case, entries in cases:
        about = (
            case.id, case.kind, f"{case.found_at:%Y-%m-%dT%H:%M:%SZ}", case.url or "", case.body or "",
            case.script or "", case.level, " ".join(case.signals),
        )  # fmt: skip
        for entry in entries:
            report = (
                entry.channel, entry.to, entry.state, entry.reference, entry.code,
                f"{entry.queued_at:%Y-%m-%dT%H:%M:%SZ}", f"{entry.updated_at:%Y-%m-%dT%H:%M:%SZ}",
                joined.get(case.id, ""),
            )  # fmt: skip
            writer.writerow([_cell(value) for value in (*about, *report)])
    return out.getvalue()


def to_stix(cases: Iterable[tuple[Case, Sequence[Entry]]], campaigns: Iterable[Campaign] = ()) -> str:
    """A bundle: for each case with an address an indicator and a report that says who was told; always the same ids.

    A campaign that at least one of them belongs to is there too, with a relationship from each indicator of it.
    """
    author = stix2.Identity(
        id=_id("identity", "guetteur"), name="Guetteur", identity_class="system", created=_EPOCH, modified=_EPOCH
    )
    objects: list[Any] = [author]
    indicated: set[str] = set()
    for case, entries in cases:
        if case.url:
            objects += _case_objects(case, entries, author.id)
            indicated.add(case.id)
    for campaign in campaigns:
        objects += _campaign_objects(campaign, [case for case in campaign.cases if case in indicated], author.id)
    bundle = stix2.Bundle(id=_id("bundle", *sorted(one.id for one in objects)), objects=objects, allow_custom=False)
    return str(bundle.serialize(pretty=True))


_EPOCH = "2026-01-01T00:00:00Z"


def _case_objects(case: Case, entries: Sequence[Entry], author: str) -> list[Any]:
    common = {"created": case.found_at, "modified": case.found_at, "created_by_ref": author}
    indicator = stix2.Indicator(
        id=_id("indicator", case.id),
        name="Suspected phishing page" + (f" imitating {case.body}" if case.body else ""),
        indicator_types=["malicious-activity"],
        pattern=f"[url:value = '{_quoted(case.url or '')}']",
        pattern_type="stix",
        valid_from=case.found_at,
        labels=["phishing", *case.signals],
        **common,
    )
    told = [entry for entry in entries if entry.state in TAKEN]
    references = [
        stix2.ExternalReference(
            source_name=entry.channel,
            **({"external_id": entry.reference} if entry.reference else {"description": entry.state}),
        )
        for entry in told
    ]
    report = stix2.Report(
        id=_id("report", case.id),
        name=f"Report {case.id}",
        report_types=["indicator"],
        published=case.found_at,
        object_refs=[indicator.id],
        **({"external_references": references} if references else {}),
        **common,
    )
    return [indicator, report]


def _campaign_objects(campaign: Campaign, indicated: Sequence[str], author: str) -> list[Any]:
    if not indicated:
        return []
    common = {"created": campaign.first_at, "modified": campaign.last_at, "created_by_ref": author}
    shared = ", ".join(f"{LINK_WORDS['en'][link.kind]} ({link.count})" for link in campaign.links)
    made = stix2.Campaign(
        id=_id("campaign", campaign.id),
        name=f"Campaign {campaign.id}",
        description=f"{len(campaign.cases)} reports of one installation: {shared}",
        first_seen=campaign.first_at,
        last_seen=campaign.last_at,
        **common,
    )
    relations = [
        stix2.Relationship(
            id=_id("relationship", campaign.id, case),
            relationship_type="indicates",
            source_ref=_id("indicator", case),
            target_ref=made.id,
            **common,
        )
        for case in indicated
    ]
    return [made, *relations]


def _id(kind: str, *names: str) -> str:
    return f"{kind}--{uuid.uuid5(_NAMESPACE, ' '.join((kind, *names)))}"


def _quoted(text: str) -> str:
    """STIX 2.1, 9.3: a quote or backslash in a pattern's string is escaped."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _cell(value: str) -> str:
    # A spreadsheet runs a cell that begins like a formula, and the address is the scammer's choice.
    return f"'{value}" if value.startswith(_FORMULA) else value
