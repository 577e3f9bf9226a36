"""Who can be told, and of what: ``blocklists/channels/`` as shipped in ``data/channels.json``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

import msgspec

from guetteur.lists.shipped import read_shipped
from guetteur.reports.case import CaseKind

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "channels.json"

Kind = Literal["api", "mail", "form"]
"""How a channel is reached: by program, by mail, or by the person, who fills in a form or sends a letter."""


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence in both languages."""

    text: str
    text_en: str

    def said(self, lang: str) -> str:
        """The sentence in the reader's language."""
        return self.text_en if lang == "en" else self.text


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One condition of a channel, asked of the person; the answer that opens the channel is yes.

    Attributes:
        id: short name.
        text: the question.
        text_en: the same in English.
        otherwise: where to go when the answer is no.
        otherwise_en: the same in English.
    """

    id: str
    text: str
    text_en: str
    otherwise: str
    otherwise_en: str


class ChannelFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One channel; the fields are described in ``blocklists/channels/README.md``."""

    id: str
    kind: Kind
    name: str
    name_en: str
    accepts: tuple[CaseKind, ...]
    privacy: str
    privacy_en: str
    sent: str
    sent_en: str
    source: str
    checked: date
    address: str = ""
    needs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    links: dict[str, str] = {}
    mailboxes: dict[str, str] = {}
    settings: dict[str, str] = {}
    questions: tuple[Question, ...] = ()
    pieces: tuple[Text, ...] = ()

    def named(self, lang: str) -> str:
        """Its name in the reader's language."""
        return self.name_en if lang == "en" else self.name

    def promised(self, lang: str) -> str:
        """What becomes of what it gets, in the reader's language."""
        return self.privacy_en if lang == "en" else self.privacy

    def given(self, lang: str) -> str:
        """What it gets, in the reader's language."""
        return self.sent_en if lang == "en" else self.sent


class Need(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something a channel cannot do without: an address, a key, a server.

    Attributes:
        id: its name in `guetteur.reports.credentials`.
        label: what it is.
        label_en: the same in English.
        hint: where it comes from.
        hint_en: the same in English.
        secret: whether it is never shown again.
    """

    id: str
    label: str
    label_en: str
    hint: str
    hint_en: str
    secret: bool = False


class HostedBy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a host's company is known by what can be seen.

    Attributes:
        id: name in the routes.
        suffixes: names under which it hosts strangers.
        nameservers: ends of the names of its name servers.
        networks: numbers of its autonomous systems.
    """

    id: str
    suffixes: tuple[str, ...] = ()
    nameservers: tuple[str, ...] = ()
    networks: tuple[int, ...] = ()


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of the routes: where all that is named holds, the channels are offered, with the reason.

    Attributes:
        kinds: kinds of case.
        channels: where to.
        reason: why, shown to the person.
        reason_en: the same in English.
        hosted: companies, any of which hosts the page; empty for all.
        bodies: imitated bodies; empty for all, and for none.
        sectors: sectors of imitated bodies; likewise.
        scripts: scam scripts; likewise.
    """

    kinds: tuple[CaseKind, ...]
    channels: tuple[str, ...]
    reason: str
    reason_en: str
    hosted: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()


class Outside(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A case that a channel people think of does not take, and where it goes instead.

    Attributes:
        channel: the channel.
        kinds: kinds of case it does not take.
        unless: scripts that it takes nevertheless.
        instead: channels that do.
        text: what is said.
        text_en: the same in English.
    """

    channel: str
    kinds: tuple[CaseKind, ...]
    instead: tuple[str, ...]
    text: str
    text_en: str
    unless: tuple[str, ...] = ()


class ChannelTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shipped file."""

    channels: tuple[ChannelFacts, ...]
    needs: tuple[Need, ...]
    hosts: tuple[HostedBy, ...]
    rules: tuple[Rule, ...]
    outside: tuple[Outside, ...] = ()

    def get(self, channel: str) -> ChannelFacts | None:
        """The channel of that id."""
        return next((facts for facts in self.channels if facts.id == channel), None)


def load_channels(data_dir: Path) -> ChannelTable:
    """Read the shipped file.

    Raises:
        DataFileError: ``channels_missing``, ``channels_damaged``.
    """
    return read_shipped(data_dir / FILE_NAME, ChannelTable)
