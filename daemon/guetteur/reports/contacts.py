"""Abuse mailboxes in an RDAP answer (RFC 9083): of a domain its registrar's, of an address its network's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from guetteur.reports.mailboxes import is_mailbox
from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from guetteur.reports.case import Item

RDAP_KIND = "application/rdap+json"
_MAX_DEPTH = 4
_MAX_ENTITIES = 64


def contacts_of(items: Iterable[Item]) -> tuple[str, ...]:
    """Abuse mailboxes of all RDAP answers among the evidence, each once."""
    found = (address for item in items if item.kind == RDAP_KIND for address in abuse_mailboxes(item.data))
    return tuple(dict.fromkeys(found))


def abuse_mailboxes(answer: bytes) -> tuple[str, ...]:
    """Mailboxes of entities with the role ``abuse``, often nested inside the registrar's; nothing for what is no RDAP.

    What stands there is the registrar's word; an address that is not a plain mailbox is left out.
    """
    try:
        content = msgspec.json.decode(answer)
    except UNREADABLE:
        return ()
    found: dict[str, None] = {}
    for entity in _entities(content, _MAX_DEPTH):
        roles = entity.get("roles")
        if isinstance(roles, list) and "abuse" in roles:
            found |= dict.fromkeys(filter(is_mailbox, _mailboxes(entity)))
    return tuple(found)


def _entities(holder: Any, depth: int) -> Iterator[dict[str, Any]]:
    inner = holder.get("entities") if isinstance(holder, dict) and depth else None
    for entity in inner[:_MAX_ENTITIES] if isinstance(inner, list) else ():
        if isinstance(entity, dict):
            yield entity
            yield from _entities(entity, depth - 1)


def _mailboxes(entity: dict[str, Any]) -> Iterator[str]:
    """RFC 7095: ``["vcard", [["email", {}, "text", "abuse@example"], …]]``."""
    card = entity.get("vcardArray")
    lines = card[1] if isinstance(card, list) and len(card) == 2 else None
    for line in lines if isinstance(lines, list) else ():
        if isinstance(line, list) and len(line) >= 4 and line[0] == "email" and isinstance(line[3], str):
            yield line[3].strip().removeprefix("mailto:")
