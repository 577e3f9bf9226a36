"""What a channel is: it drafts without I/O, sends a draft as it was shown, and tells what became of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aiohttp

    from guetteur.reports.case import Case, Item
    from guetteur.reports.table import ChannelFacts

MAIL_KIND = "message/rfc822"

State = Literal[
    "queued", "sending", "sent", "accepted", "known", "refused", "gone", "handed", "retracted"
]  # fmt: skip
"""``queued``: to be sent, for the first time or again. ``sending``: begun, no answer yet. ``sent``: taken without a
word. ``accepted``: taken, with a reference. ``known``: they had it already. ``refused``: not taken, see the code.
``gone``: they found nothing there any more. ``handed``: the person sends it. ``retracted``: taken back in time."""

TAKEN = frozenset({"sent", "accepted", "known", "gone", "handed"})
"""States in which somebody has the report."""


class Field(msgspec.Struct, frozen=True):
    """One thing a channel gets, as it is shown and as it is pasted.

    Attributes:
        label: what it is, in French.
        label_en: the same in English.
        value: the text itself.
    """

    label: str
    label_en: str
    value: str


class Attached(msgspec.Struct, frozen=True):
    """A file that goes with a draft."""

    name: str
    kind: str
    data: bytes


class Place(msgspec.Struct, frozen=True):
    """What is known of where a page lies and whom it plays.

    Attributes:
        hosted: ids of the companies that host it, as in ``routing.toml``.
        contacts: abuse mailboxes of its registrar and host.
        address: its IP address, or empty.
        imitated: name of the imitated body, or empty.
        imitated_home: that body's real address, or empty.
        sector: that body's sector, or empty.
    """

    hosted: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    address: str = ""
    imitated: str = ""
    imitated_home: str = ""
    sector: str = ""


NOWHERE = Place()


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What one channel will get, complete but for the sender's own address and keys.

    Attributes:
        channel: its id.
        case: id of the case; with ``channel`` the idempotency key.
        to: who gets it: a host, a mailbox, the address of a form.
        subject: what is reported, as the guard against doubles compares it (`fingerprint`).
        url: the reported address, as the channel gets it; empty for a mail.
        fields: all that is sent, for the person to read; of a form, what is to be pasted.
        content: the same for the program.
        files: files that go with it.
        link: of a form, the address to open.
        adds: credentials that are sent along (the person's address, say), by id.
    """

    channel: str
    case: str
    to: str
    subject: str
    fields: tuple[Field, ...]
    url: str = ""
    content: dict[str, Any] = {}
    files: tuple[Attached, ...] = ()
    link: str = ""
    adds: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key: the same for every attempt, different for everything else."""
        return f"{self.case}.{self.channel}"


class Receipt(msgspec.Struct, frozen=True):
    """What became of a draft.

    Attributes:
        state: see `State`.
        reference: the channel's own id of the report.
        code: why, in a word for programs (see `guetteur.reports.words`).
        detail: what the other side said, shortened, for the curious.
        retry_after_s: seconds the other side asks us to wait.
    """

    state: State
    reference: str = ""
    code: str = ""
    detail: str = ""
    retry_after_s: float | None = None


class Channel(ABC):
    """One place that takes reports."""

    def __init__(self, facts: ChannelFacts, base: str | None = None) -> None:
        """``base`` takes the place of the address in the data, for tests against a server on this machine."""
        self.facts = facts
        self.base = (facts.address if base is None else base).rstrip("/")

    @property
    def id(self) -> str:
        """Name of the channel in routes, receipts and the outbox."""
        return self.facts.id

    def accepts(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> bool:
        """Whether the case is one for this channel and holds what it needs."""
        return case.kind in self.facts.accepts and self.has_matter(case, items, place)

    def missing(self, credentials: Mapping[str, str]) -> tuple[str, ...]:
        """Credentials without which nothing can be sent, by id."""
        return tuple(need for need in self.facts.needs if not credentials.get(need))

    @abstractmethod
    def has_matter(self, case: Case, items: Sequence[Item], place: Place) -> bool:
        """Whether what this channel reports (an address, a message) is there."""

    @abstractmethod
    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """What would be sent; pure. ``case`` and ``items`` are the redacted copy, and `accepts` holds for them."""

    @abstractmethod
    async def send(self, draft: Draft, session: aiohttp.ClientSession, credentials: Mapping[str, str]) -> Receipt:
        """Send it; never raises for what the other side or the network does."""

    async def status(self, receipt: Receipt, session: aiohttp.ClientSession, credentials: Mapping[str, str]) -> Receipt:
        """Ask what became of an accepted report; a channel that cannot be asked gives the receipt back."""
        del session, credentials
        return receipt


def mail_of(items: Sequence[Item]) -> Item | None:
    """The reported message among the evidence, redacted as the items are."""
    return next((item for item in items if item.kind == MAIL_KIND), None)
