"""Wallets that a message asks for money to: Bitcoin and Ethereum addresses whose form holds."""

from __future__ import annotations

import hashlib
import re
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_WALLETS = 8
_MAX_BYTES = 2 * 1024 * 1024
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


def _texts(message: bytes) -> list[str]:
    texts = []
    for part in message_from_bytes(message, policy=default).walk():
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                texts.append(payload.decode("latin-1"))  # addresses are ASCII, whatever the rest is
    return texts


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
