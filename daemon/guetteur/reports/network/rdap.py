"""What is shown to the person of an RDAP answer (RFC 9083): registrar, holder, country; the answer itself is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from guetteur.unreadable import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOLDERS = ("registrant", "administrative")
_MAX_ENTITIES = 64


class Holder(msgspec.Struct, frozen=True):
    """Who holds a block of addresses.

    Attributes:
        network: the block's name.
        name: the holder's, or empty.
        country: two letters, or empty.
    """

    network: str = ""
    name: str = ""
    country: str = ""


def registrar_of(answer: bytes) -> str:
    """Name of the registrar in an answer about a domain, or empty."""
    return _named(_object(answer), ("registrar",))


def holder_of(answer: bytes) -> Holder:
    """Who holds the block in an answer about an address."""
    content = _object(answer)
    country = _text(content.get("country"))
    return Holder(_text(content.get("name")), _named(content, _HOLDERS), country.upper() if len(country) == 2 else "")


def _object(answer: bytes) -> dict[str, Any]:
    try:
        content = msgspec.json.decode(answer)
    except UNREADABLE:
        return {}
    return content if isinstance(content, dict) else {}


def _named(content: dict[str, Any], roles: tuple[str, ...]) -> str:
    """The full name of the first entity with one of the roles, the first role first."""
    given = content.get("entities")
    entities = (
        [entity for entity in given[:_MAX_ENTITIES] if isinstance(entity, dict)] if isinstance(given, list) else []
    )
    for role in roles:
        for entity in entities:
            held = entity.get("roles")
            name = next(_names(entity), "") if isinstance(held, list) and role in held else ""
            if name:
                return name
    return ""


def _names(entity: dict[str, Any]) -> Iterator[str]:
    """RFC 7095: ``["vcard", [["fn", {}, "text", "Example"], …]]``."""
    card = entity.get("vcardArray")
    lines = card[1] if isinstance(card, list) and len(card) == 2 else None
    for line in lines if isinstance(lines, list) else ():
        if isinstance(line, list) and len(line) >= 4 and line[0] in ("fn", "org") and _text(line[3]):
            yield _text(line[3])


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
