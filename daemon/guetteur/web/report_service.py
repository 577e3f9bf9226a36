"""The calls of reports: a case in the making, sending it, what became of it."""

from __future__ import annotations

import asyncio
import logging
from base64 import b64encode
from typing import TYPE_CHECKING

from guetteur.egress import errand
from guetteur.errors import GuetteurError, InvalidInputError
from guetteur.lookup.registries import load_registries
from guetteur.reports.network import Questions, gather
from guetteur.reports.outbox import FILE_NAME
from guetteur.web import report_preview, report_receipts, report_send
from guetteur.web import wire_receipts as sent
from guetteur.web import wire_report as wire
from guetteur.web.guard import json_error, json_response
from guetteur.web.report_channels import edit, listed
from guetteur.web.report_desk import Desk, open_desk
from guetteur.web.report_open import OpenCases
from guetteur.web.report_work import ReportWork
from guetteur.web.routes import decode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from aiohttp import web
    from msgspec import Struct

    from guetteur.config import Settings
    from guetteur.core.explain import Explainer
    from guetteur.core.subject import UrlSubject
    from guetteur.core.verdict import Verdict
    from guetteur.egress import Ledger
    from guetteur.lookup.addresses import Addresses
    from guetteur.mail_checker import MailChecker
    from guetteur.reports.case import Case
    from guetteur.web.report_open import OpenCase
    from guetteur.web.report_reading import Reading

LOG = logging.getLogger(__name__)

PIECE_BYTES = 360 * 1024
"""Of a sealed original in one reply: 480 KiB in base64."""


class ReportService:
    """All calls of reports."""

    def __init__(  # noqa: PLR0913 -- all that it depends on is passed in
        self,
        settings: Settings,
        mails: MailChecker,
        judge: Callable[[UrlSubject], Verdict],
        explainers: Mapping[str, Explainer],
        clock: Callable[[], datetime],
        *,
        egress: Ledger,
        channel_bases: Mapping[str, str] | None = None,
        questions: Questions | None = None,
        addresses: Addresses | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            settings: where reports are kept.
            mails: judges mails.
            judge: judges pages, as the person was last told.
            explainers: sentences by language.
            clock: the moment, in UTC.
            egress: keeps what leaves.
            channel_bases: addresses of channels, in place of the shipped ones.
            questions: how it is asked where a page lies; None: as the system does.
            addresses: where pages that are looked after are; None: as the system says.
        """
        self._settings, self._mails, self._judge = settings, mails, judge
        self._explainers, self._clock, self._egress = explainers, clock, egress
        self._bases, self._questions, self._addresses = channel_bases, questions, addresses
        self._cases = OpenCases(clock)
        self._work = ReportWork(self._open_desk, settings.state_dir / FILE_NAME, self._cases, clock)

    async def answer(self, call: str, request: web.Request) -> web.Response:
        """Answer one of `guetteur.web.routes_report.CALLS`; a disk or a keyring that fails is said as what it is."""
        handlers: dict[str, Callable[[web.Request], Awaitable[Struct]]] = {
            "begin": self.begin,
            "evidence": self.evidence,
            "preview": self.preview,
            "send": self.send,
            "hand-over": self.hand_over,
            "retract": self.retract,
            "watch": self.watch,
            "receipts": self.receipts,
            "bundle": self.bundle,
            "campaigns": self.campaigns,
            "channels": self.channels,
        }
        try:
            return json_response(await handlers[call](request))
        except InvalidInputError:
            raise
        except GuetteurError as error:
            LOG.warning("%s failed: %s", call, error.code)
            return json_error(error, 500)

    async def run(self) -> None:
        """Deliver and look after pages until cancelled."""
        try:
            await self._work.run()
        finally:
            self._work.close()

    def _read(self, case: OpenCase, desk: Desk, now: datetime) -> Reading:
        person = desk.keys.store.person()
        return report_preview.read_case(case, self._mails, self._judge, self._explainers, now, person)

    async def begin(self, request: web.Request) -> wire.BegunReport:
        """Begin a report; nothing is written."""
        case = self._cases.begin(decode(await request.read(), wire.BeginReport))
        return wire.BegunReport(case.id)

    async def evidence(self, request: web.Request) -> wire.EvidenceTaken:
        """Take one piece."""
        piece = decode(await request.read(), wire.AddEvidence)
        case = await self._unsent(piece.case)
        async with case.lock:
            _refuse_sent(case)
            return case.take(piece)

    async def preview(self, request: web.Request) -> wire.PreviewReply:
        """Who would get exactly what."""
        asked = decode(await request.read(), wire.PreviewReport)
        case, desk = await self._unsent(asked.case), await self._work.desk()
        async with case.lock:
            _refuse_sent(case)
            now = self._clock()
            reading = await asyncio.to_thread(self._read, case, desk, now)
            if asked.lookups and case.network is None and reading.case.url:
                await self._look_up(case, reading.case.url)
            return await asyncio.to_thread(
                report_preview.preview, case, asked, reading, desk, self._explainers, self._clock()
            )

    async def send(self, request: web.Request) -> sent.ReceiptsReply:
        """Seal the original, queue what was chosen, and say what stands."""
        asked = decode(await request.read(), wire.SendReport)
        case, desk = await self._unsent(asked.case), await self._work.desk()
        async with case.lock:
            _refuse_sent(case)
            now = self._clock()
            reading = await asyncio.to_thread(self._read, case, desk, now)
            standing = await asyncio.to_thread(report_send.send, case, asked, reading, desk, self._settings, now)
            case.close()
        LOG.info("report %s is sealed, %d queued", case.id, len(standing))
        self._work.kick()
        numbers = [case.id, *(entry.case for entry in standing)]
        return await asyncio.to_thread(report_receipts.of_cases, desk, numbers, asked.lang)

    async def hand_over(self, request: web.Request) -> sent.ReceiptsReply:
        """Note that the person opened a form."""
        asked = decode(await request.read(), sent.HandOver)
        case = self._cases.get(asked.case)
        desk = await self._work.desk() if case is not None else (await self._sent(asked.case))[0]
        await asyncio.to_thread(report_send.note_handed, desk, asked.case, asked.channel, case)
        return await self._receipts_of(desk, asked.case, asked.lang)

    async def retract(self, request: web.Request) -> sent.ReceiptsReply:
        """Take back what is still queued."""
        asked = decode(await request.read(), sent.RetractReport)
        desk, _ = await self._sent(asked.case)
        if asked.channel is not None and asked.channel not in desk.channels:
            hint = "one of: " + ", ".join(desk.channels)
            raise InvalidInputError("unknown_channel", f"{asked.channel} is no channel", hint, name=asked.channel)

        def take_back() -> int:
            entries = [one for one in desk.outbox.entries(case=asked.case) if asked.channel in {None, one.channel}]
            return sum(desk.outbox.retract(one.case, one.channel) for one in entries)

        if not await asyncio.to_thread(take_back):
            raise InvalidInputError("nothing_queued", "nothing of it is waiting any more", "ask for its receipts")
        return await self._receipts_of(desk, asked.case, asked.lang)

    async def watch(self, request: web.Request) -> sent.ReceiptsReply:
        """Begin or end looking whether the page is still there."""
        asked = decode(await request.read(), sent.WatchReport)
        desk, case = await self._sent(asked.case)
        if asked.on and not case.url:
            raise InvalidInputError("no_address", "there is no page to look at", "ask for its receipts")
        if asked.on and case.url:
            await asyncio.to_thread(desk.watches.begin, case.id, case.url)
            self._work.kick()
        else:
            await asyncio.to_thread(desk.watches.end, case.id)
        return await self._receipts_of(desk, asked.case, asked.lang)

    async def receipts(self, request: web.Request) -> sent.ReceiptsReply:
        """What became of one report, or of the latest."""
        asked = decode(await request.read(), sent.AskReceipts)
        if asked.case is not None:
            desk, _ = await self._sent(asked.case)
            return await self._receipts_of(desk, asked.case, asked.lang)
        if not await self._work.has_reports():
            return sent.ReceiptsReply([], 0)
        desk = await self._work.desk()
        return await asyncio.to_thread(report_receipts.latest, desk, asked.offset, asked.limit, asked.lang)

    async def bundle(self, request: web.Request) -> sent.BundlePiece:
        """A piece of the sealed original."""
        asked = decode(await request.read(), sent.ReadBundle)
        desk, _ = await self._sent(asked.case)

        def read() -> sent.BundlePiece:
            path = report_receipts.bundle_of(desk.folder, asked.case)
            try:
                if path is None:
                    raise FileNotFoundError
                size = path.stat().st_size
                with path.open("rb") as file:
                    file.seek(asked.offset)
                    data = file.read(PIECE_BYTES)
            except OSError:
                hint = "it was moved away, or sealed elsewhere"
                raise InvalidInputError("no_bundle", "there is no sealed original of this case", hint) from None
            end = asked.offset + len(data)
            return sent.BundlePiece(path.name, size, b64encode(data).decode(), end if data and end < size else None)

        return await asyncio.to_thread(read)

    async def campaigns(self, request: web.Request) -> sent.CampaignsReply:
        """Reports that hang together."""
        asked = decode(await request.read(), sent.AskCampaigns)
        if not await self._work.has_reports():
            return sent.CampaignsReply([], 0)
        return await asyncio.to_thread(report_receipts.campaigns, await self._work.desk(), asked.lang)

    async def channels(self, request: web.Request) -> sent.ChannelsReply:
        """The channels and settings, after the change that is asked for."""
        asked = decode(await request.read(), sent.EditChannels)
        desk = await self._work.desk()
        if asked.id is not None:
            await asyncio.to_thread(edit, desk, asked.id, asked.value)
        return await asyncio.to_thread(listed, desk, asked.lang)

    def _open_desk(self) -> Desk:
        registry = self._mails.checker.registry
        return open_desk(self._settings, registry, self._clock, self._egress, self._bases, self._addresses)

    async def _look_up(self, case: OpenCase, url: str) -> None:
        registries = await asyncio.to_thread(load_registries, self._settings.data_dir)
        with errand(self._egress, "lookup"):
            case.network = await gather(
                url, seen_address=case.begun.address, registries=registries, now=self._clock(),
                questions=self._questions or Questions(),
            )  # fmt: skip
        case.marks = None  # where it lies is something reports share

    async def _unsent(self, number: str) -> OpenCase:
        """The case in the making.

        Raises:
            InvalidInputError: ``report_sent``, ``report_unknown``.
        """
        case = self._cases.get(number)
        if case is not None:
            _refuse_sent(case)
            return case
        await self._sent(number)
        raise _already_sent()

    async def _sent(self, number: str) -> tuple[Desk, Case]:
        """The desk, and the case as it was sent.

        Raises:
            InvalidInputError: ``report_unknown``.
        """
        if await self._work.has_reports():
            desk = await self._work.desk()
            case = await asyncio.to_thread(desk.outbox.case, number)
            if case is not None:
                return desk, case
        hint = "begin the report again: what is not sent is forgotten after two hours"
        raise InvalidInputError("report_unknown", "there is no report of that number", hint)

    async def _receipts_of(self, desk: Desk, number: str, lang: str) -> sent.ReceiptsReply:
        return await asyncio.to_thread(report_receipts.of_cases, desk, [number], lang)


def _refuse_sent(case: OpenCase) -> None:
    if case.sent:
        raise _already_sent()


def _already_sent() -> InvalidInputError:
    return InvalidInputError("report_sent", "this report was sent already", "ask for its receipts")
