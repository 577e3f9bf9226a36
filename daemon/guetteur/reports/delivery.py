"""Sends what is due: one report at a time through each channel, the receipt on the disk before and after."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from guetteur.egress import about
from guetteur.reports.channels.http import report_session
from guetteur.reports.channels.interface import Channel, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import aiohttp

    from guetteur.reports.outbox import Entry, Outbox

LOG = logging.getLogger(__name__)


class Delivery:
    """Sends; only one process of this user at a time."""

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        credentials: Callable[[], Mapping[str, str]],
        session: Callable[[], aiohttp.ClientSession] = report_session,
    ) -> None:
        """Nothing is sent yet.

        Args:
            outbox: what is to be sent.
            channels: by id.
            credentials: asked anew for every run; may block.
            session: opens the connections of one run.
        """
        self._outbox = outbox
        self._channels = channels
        self._credentials = credentials
        self._session = session
        self._lock = FileLock(outbox.path.with_suffix(".lock"))

    async def run(self) -> tuple[Entry, ...]:
        """Send what is due now, one report a channel, and ask after one; return what changed.

        Runs within an errand (`guetteur.egress`); each contact is noted with its channel's id. Nothing is done while
        another process delivers.

        Raises:
            OutboxError: a receipt could not be kept.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return ()
        try:
            await asyncio.to_thread(self._outbox.recover)
            credentials = await asyncio.to_thread(self._credentials)
            async with self._session() as session:
                lanes = (self._lane(channel, session, credentials) for channel in self._channels.values())
                done = await asyncio.gather(*lanes, return_exceptions=True)
        finally:
            self._lock.release()
        # Every lane has ended, so no report is left between two receipts because another lane failed.
        failed = next((result for result in done if isinstance(result, BaseException)), None)
        if failed is not None:
            raise failed
        return tuple(entry for result in done if not isinstance(result, BaseException) for entry in result)

    async def _lane(
        self, channel: Channel, session: aiohttp.ClientSession, credentials: Mapping[str, str]
    ) -> tuple[Entry, ...]:
        with about(channel.id):
            return await self._send(channel, session, credentials)

    async def _send(
        self, channel: Channel, session: aiohttp.ClientSession, credentials: Mapping[str, str]
    ) -> tuple[Entry, ...]:
        begun = await asyncio.to_thread(self._outbox.begin, channel.id)
        if begun is None:
            return await self._ask_after(channel, session, credentials)
        draft, attempt = begun
        LOG.info("report %s, attempt %d", draft.key, attempt)
        try:
            receipt = await channel.send(draft, session, credentials)
        except Exception:
            # A fault of ours in one channel must neither lose the report nor stop the others.
            LOG.exception("report %s could not be sent", draft.key)
            receipt = Receipt("queued", code="internal")
        return (await asyncio.to_thread(self._outbox.finish, draft, receipt),)

    async def _ask_after(
        self, channel: Channel, session: aiohttp.ClientSession, credentials: Mapping[str, str]
    ) -> tuple[Entry, ...]:
        if type(channel).status is Channel.status:
            return ()
        entry = await asyncio.to_thread(self._outbox.to_ask, channel.id)
        if entry is None:
            return ()
        known = Receipt(entry.state, entry.reference, entry.code, entry.detail)
        try:
            receipt = await channel.status(known, session, credentials)
        except Exception:
            LOG.exception("%s could not be asked after", entry.case)
            return ()
        after = await asyncio.to_thread(self._outbox.answered, entry, receipt)
        return (after,) if after.updated_at != entry.updated_at else ()
