"""The channels and the person's settings, as the options page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.errors import InvalidInputError
from guetteur.web.report_preview import need_reply
from guetteur.web.wire_receipts import ChannelsReply, ChannelState

if TYPE_CHECKING:
    from guetteur.web.report_desk import Desk


def edit(desk: Desk, name: str, value: str | None) -> None:
    """Keep a setting, or forget it; blocks.

    Raises:
        InvalidInputError: ``unknown_setting``, and those of `guetteur.reports.settings.check`.
        CredentialError: it could not be kept.
    """
    names = [need.id for need in desk.table.needs]
    if name not in names:
        known = ", ".join(names)
        raise InvalidInputError("unknown_setting", f"{name} is no setting", f"one of: {known}", name=name, names=known)
    if value is None:
        desk.keys.store.remove(name)
    else:
        desk.keys.store.set(name, value)


def listed(desk: Desk, lang: str) -> ChannelsReply:
    """All of them; of a secret only that there is one; blocks.

    Raises:
        CredentialError: the settings cannot be read.
    """
    have = desk.keys.values()
    return ChannelsReply(
        kept_in=desk.keys.store.kept_in,
        where=desk.keys.store.where(lang),
        needs=[need_reply(need, have, lang) for need in desk.table.needs],
        channels=[
            ChannelState(
                id=channel.id,
                name=channel.facts.named(lang),
                kind=channel.facts.kind,
                gets=channel.facts.given(lang),
                privacy=channel.facts.promised(lang),
                needs=list(channel.facts.needs),
                optional=list(channel.facts.optional),
                ready=not channel.missing(have),
            )
            for channel in desk.channels.values()
        ],
    )
