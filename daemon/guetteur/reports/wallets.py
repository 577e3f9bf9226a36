"""Wallets that a message asks for money to: Bitcoin and Ethereum addresses whose form holds."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from guetteur.core.mail.mime import Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_WALLETS = 8
_MAX_BYTES = 2 * 1024 * 1024
_MAX_INNER = 3
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ADDRESS = re.compile(
    r"(?<![0-9A-Za-z])(bc1[02-9ac-hj-np-z]{25,87}|0x[0-9a-fA-F]{40}|[13][1-9A-HJ-NP-Za-km-z]{25,34})(?![0-9A-Za-z])"
)


def wallets(message: bytes) -> tuple[str, ...]:
    """Addresses in the texts of a raw message, in order, each once, at most eight."""
    return wallets_in(_texts(message[:_MAX_BYTES]))


def wallets_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Addresses in ``texts``, likewise."""
    found: dict[str, None] = {}
    for text in texts:
        for address in _ADDRESS.findall(text):
            if address[0] in "b0" or _checks(address):
                found[address] = None
    return tuple(found)[:MAX_WALLETS]


def _texts(message: bytes, depth: int = 0) -> Iterator[str]:
    """Not by the standard library's parser: it fails at headers that anybody may write."""
    tree = Tree(message)
    for part, _ in tree.leaves():
        data = tree.read(part, _MAX_BYTES)
        if part.kind.startswith("text/"):
            yield data.decode("latin-1")  # addresses are ASCII, whatever the rest is
        elif part.kind == "message/rfc822" and depth < _MAX_INNER:
            yield from _texts(data, depth + 1)


def _checks(address: str) -> bool:
    """Base58Check: the last four bytes are the head of the double SHA-256 of the rest."""
    number = 0
    for char in address:
        number = number * 58 + _BASE58.index(char)
    try:
        data = number.to_bytes(25, "big")
    except OverflowError:
        return False
    return hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()[:4] == data[-4:]
