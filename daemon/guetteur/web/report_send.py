"""Sending: the original sealed first, then all drafts taken into the outbox in one step, then the rest.

A kill in between loses nothing that was accepted: before the outbox has the drafts nothing is, and from then on they
are sent whatever happens. Everything may be done twice: the same case is queued, kept and watched once.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from guetteur.durable import is_disk_full
from guetteur.egress import errand
from guetteur.errors import InvalidInputError
from guetteur.reports.bundle import write_bundle
from guetteur.reports.case import Item
from guetteur.reports.manifest import BundleError
from guetteur.reports.outbox_cases import keep_case
from guetteur.reports.signing import load_key
from guetteur.reports.warc import KIND, PATH, page_warc
from guetteur.web.report_preview import original_items, shown
from guetteur.web.report_reading import PRODUCT, with_kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from guetteur.config import Settings
    from guetteur.reports.channels.interface import Draft
    from guetteur.reports.desk import Offers
    from guetteur.reports.outbox_entry import Entry
    from guetteur.web.report_desk import Desk
    from guetteur.web.report_open import OpenCase
    from guetteur.web.report_reading import Reading
    from guetteur.web.wire_report import SendReport

LOG = logging.getLogger(__name__)

_TIMESTAMP_S = 6.0
"""The relay waits ten seconds for an answer."""


class _Chosen(NamedTuple):
    sent: list[Draft]
    handed: list[Draft]


def offered(offers: Offers, channel: str, desk: Desk) -> Draft:
    """The draft that a preview showed for a channel.

    Raises:
        InvalidInputError: ``unknown_channel``, ``channel_not_offered``.
    """
    if channel not in desk.channels:
        hint = "one of: " + ", ".join(desk.channels)
        raise InvalidInputError("unknown_channel", f"{channel} is no channel", hint, name=channel)
    found = next((offer.draft for offer in offers.offers if offer.facts.id == channel), None)
    if found is None:
        hint = "choose among the recipients of the preview"
        raise InvalidInputError("channel_not_offered", f"{channel} does not take this case", hint)
    return found


def send(  # noqa: PLR0913, PLR0917 -- what sending needs
    case: OpenCase, asked: SendReport, reading: Reading, desk: Desk, settings: Settings, now: datetime
) -> tuple[Entry, ...]:
    """Seal the original and queue what was chosen; blocks.

    Returns:
        the reports that stand, one a channel of kind ``api`` or ``mail``; of another case where an earlier one stands.

    Raises:
        InvalidInputError: those of `offered`, ``needs_missing``; nothing was written.
        BundleError, SigningError: the original could not be sealed; nothing was queued.
        OutboxError: ask again.
    """
    offers = shown(case)
    chosen, told = _choose(offers, asked.channels, desk), offers.case
    case.bundle = _seal(case, reading, desk, settings, now)
    with desk.outbox.file.change():
        # What a form that was opened early had made of the case gives way to what is sent.
        keep_case(desk.outbox.file, told)
        standing = desk.outbox.queue(told, chosen.sent, again=asked.again)
        for draft in chosen.handed:
            desk.outbox.hand_over(told, draft)
        desk.campaigns.keep(case.id, case.marks or ())
        if asked.watch and told.url:
            desk.watches.begin(case.id, told.url)
    return standing


def _choose(offers: Offers, channels: Iterable[str], desk: Desk) -> _Chosen:
    chosen, have = _Chosen([], []), desk.keys.values()
    for name in dict.fromkeys(channels):
        draft, channel = offered(offers, name, desk), desk.channels[name]
        if channel.facts.kind == "form":
            chosen.handed.append(draft)
            continue
        missing = channel.missing(have)
        if missing:
            hint = "set it, or leave this recipient out"
            lacks = ", ".join(missing)
            raise InvalidInputError("needs_missing", f"{name} needs {lacks}", hint, name=name, missing=lacks)
        chosen.sent.append(draft)
    return chosen


def _seal(case: OpenCase, reading: Reading, desk: Desk, settings: Settings, now: datetime) -> Path:
    folder, items = desk.folder, original_items(case, reading)
    page = case.evidence.get("html")
    if page is not None:
        # The tab's document, not the bytes on the wire: an archive calls that a resource.
        warc = page_warc(case.begun.url or "", page, taken_at=case.begun_at, product=PRODUCT)
        items.append(Item(PATH, KIND, warc, case.begun_at, "daemon"))
    path = case.bundle or folder / f"guetteur-{now:%Y%m%d-%H%M%S}-{case.id[:8]}.zip"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        hint = "make room on the disk" if is_disk_full(error) else "check the permissions of that folder"
        raise BundleError("bundle_unwritable", f"{folder} cannot be made: {error.strerror}", hint) from None
    key, sealed = load_key(settings.state_dir), with_kind(reading.case, case.kind)
    if settings.timestamp_url:
        from guetteur.reports.timestamp import TimestampServer  # noqa: PLC0415 -- only where one is asked for

        server = TimestampServer(settings.timestamp_url, _TIMESTAMP_S)
        try:
            with errand(desk.egress, "timestamp"):
                write_bundle(path, sealed, items, key=key, now=now, timestamp=server)
        except BundleError as error:
            if error.code != "timestamp_failed":
                raise
            # A report must not wait for a third party's clock; the bundle says itself that it has no time-stamp.
            LOG.warning("sealed without a time-stamp: %s", error.message)
        else:
            return path
    write_bundle(path, sealed, items, key=key, now=now)
    return path


def note_handed(desk: Desk, case: str, channel: str, opened: OpenCase | None) -> None:
    """Note that the person was given a form: one of the last preview, or one handed over before; blocks.

    Raises:
        InvalidInputError: those of `offered`; ``channel_not_offered`` for what Guetteur sends by itself, and for what
            was prepared before the daemon started.
        OutboxError: it could not be kept.
    """
    facts = desk.table.get(channel)
    if facts is not None and facts.kind != "form":
        raise InvalidInputError("channel_not_offered", f"{channel} is sent by Guetteur", "choose it when sending")
    if opened is not None:
        offers = shown(opened)
        desk.outbox.hand_over(offers.case, offered(offers, channel, desk))
    elif desk.outbox.draft(case, channel) is None:
        hint = "begin the report again"
        raise InvalidInputError("channel_not_offered", f"what was prepared for {channel} is no longer here", hint)
