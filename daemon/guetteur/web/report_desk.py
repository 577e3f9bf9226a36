"""What reports need beside their own evidence: the outbox, the channels, the keys; opened when first needed."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guetteur.egress import errand
from guetteur.lists.knowledge import load_knowledge
from guetteur.lookup.addresses import Addresses
from guetteur.reports.campaigns import Campaigns
from guetteur.reports.channels.interface import Channel
from guetteur.reports.channels.registry import build_channels
from guetteur.reports.credentials import Credentials
from guetteur.reports.delivery import Delivery
from guetteur.reports.marks import Commons, commons_of
from guetteur.reports.outbox import FILE_NAME, Outbox
from guetteur.reports.table import load_channels
from guetteur.reports.watch import Lookout, Watches

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from guetteur.config import Settings
    from guetteur.core.bodies import Registry
    from guetteur.egress import Ledger
    from guetteur.reports.table import ChannelTable, Need


class Keys:
    """The person's settings; the keyring is tried when they are first asked for. Calls block."""

    def __init__(self, state_dir: Path, needs: tuple[Need, ...]) -> None:
        self._state_dir, self._needs = state_dir, needs
        self._lock = threading.Lock()
        self._opened: Credentials | None = None

    @property
    def store(self) -> Credentials:
        """Where they are kept."""
        with self._lock:
            if self._opened is None:
                self._opened = Credentials(self._state_dir)
            return self._opened

    def values(self) -> dict[str, str]:
        """Those there are, by id.

        Raises:
            CredentialError: ``credentials_unreadable``.
        """
        return self.store.all(need.id for need in self._needs)


@dataclass(frozen=True, slots=True)
class Desk:
    """All of it.

    Attributes:
        folder: of the sealed originals.
        table: the shipped channels.
        channels: by id.
        asked: those that can be asked what became of a report.
        registry: the official bodies.
        commons: what marks no campaign.
        outbox: what is to be sent.
        keys: the person's settings.
        delivery: sends.
        watches: pages that are looked after.
        lookout: looks.
        campaigns: what reports share.
        egress: keeps what leaves.
        clock: the moment, in UTC.
    """

    folder: Path
    table: ChannelTable
    channels: dict[str, Channel]
    asked: tuple[str, ...]
    registry: Registry
    commons: Commons
    outbox: Outbox
    keys: Keys
    delivery: Delivery
    watches: Watches
    lookout: Lookout
    campaigns: Campaigns
    egress: Ledger
    clock: Callable[[], datetime]

    async def deliver(self) -> None:
        """Send what is due, and ask what became of the rest; see `Delivery.run`."""
        with errand(self.egress, "report"):
            await self.delivery.run()

    async def look(self) -> None:
        """Look at the pages that are due; see `Lookout.run`."""
        with errand(self.egress, "watch"):
            await self.lookout.run()


def open_desk(  # noqa: PLR0913, PLR0917 -- all that it depends on is passed in
    settings: Settings,
    registry: Registry,
    clock: Callable[[], datetime],
    egress: Ledger,
    bases: Mapping[str, str] | None,
    addresses: Addresses | None,
) -> Desk:
    """Open it; blocks.

    Raises:
        DataFileError: the shipped channels cannot be read.
        OutboxError: ``outbox_unreadable``, ``outbox_newer``.
    """
    table = load_channels(settings.data_dir)
    channels = build_channels(table, dict(bases) if bases is not None else None)
    keys = Keys(settings.state_dir, table.needs)
    outbox = Outbox(settings.state_dir / FILE_NAME, clock)
    watches = Watches(outbox.file, clock)
    return Desk(
        folder=settings.state_dir / "reports",
        table=table,
        channels=channels,
        asked=tuple(name for name, channel in channels.items() if type(channel).status is not Channel.status),
        registry=registry,
        commons=commons_of(load_knowledge(settings.data_dir), table),
        outbox=outbox,
        keys=keys,
        delivery=Delivery(outbox, channels, keys.values),
        watches=watches,
        lookout=Lookout(watches, addresses=addresses or Addresses()),
        campaigns=Campaigns(outbox.file),
        egress=egress,
        clock=clock,
    )
