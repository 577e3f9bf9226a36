"""What crosses a loopback port, sealed with this start's key: a port has no owner that a client could ask for.

    request   Authorization: Guetteur base64url(nonce 12 | milliseconds since 1970, 8 | HMAC-SHA256 of the head, 32)
              body, unless it is a GET: ChaCha20-Poly1305(nonce, JSON), bound to the head
    answer    nonce 12 | ChaCha20-Poly1305(nonce, JSON), bound to the head of its request and to its status

The *head* is method, path, host, nonce and time. The key itself never travels. Whoever listens in the daemon's place
learns a path and lengths, and can neither make an answer nor use an old one; whoever repeats a request is told from
who made it by its nonce and time. Each of the three uses has a key of its own, so that no nonce serves twice.
"""

from __future__ import annotations

import binascii
import hmac
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from guetteur.transport.ownership import AUTH_SCHEME

SEALED_TYPE = "application/vnd.guetteur.sealed"

VALID_MS = 30_000
"""Both ends share one clock: what is older, or ahead of it, was not sent just now."""

_NONCE = 12
_TIME = 8
_MAC = 32


class SealError(ValueError):
    """What came was not made with this key, or not for this."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a request is bound to.

    Attributes:
        bound: method, path, host, nonce and time, as bytes.
        nonce: of this request alone.
        sent_ms: when it was made, milliseconds since 1970.
    """

    bound: bytes
    nonce: bytes
    sent_ms: int


class Seal:
    """Both ends of it.

    Args:
        key: as it lies in ``loopback.json``.
    """

    def __init__(self, key: str) -> None:
        head, body, answer = (hmac.digest(key.encode(), b"guetteur 1 " + use, "sha256") for use in _USES)
        self._head = head
        self._body = ChaCha20Poly1305(body)
        self._answer = ChaCha20Poly1305(answer)

    def begin(self, method: str, path: str, host: str) -> tuple[Head, str]:
        """The head of a new request and its ``Authorization``."""
        head = _head(method, path, host, os.urandom(_NONCE), time.time_ns() // 1_000_000)
        told = head.nonce + head.sent_ms.to_bytes(_TIME, "big") + self._mac(head)
        return head, f"{AUTH_SCHEME} {urlsafe_b64encode(told).decode()}"

    def read_head(self, method: str, path: str, host: str, authorization: str, now_ms: int) -> Head:
        """The head of a request that came.

        Raises:
            SealError: it was made without the key, for another request, or not now.
        """
        scheme, _, text = authorization.partition(" ")
        try:
            told = urlsafe_b64decode(text.encode("ascii"))
        except (binascii.Error, ValueError):
            raise SealError from None
        if scheme != AUTH_SCHEME or len(told) != _NONCE + _TIME + _MAC:
            raise SealError
        sent_ms = int.from_bytes(told[_NONCE : _NONCE + _TIME], "big")
        head = _head(method, path, host, told[:_NONCE], sent_ms)
        if not hmac.compare_digest(told[-_MAC:], self._mac(head)) or abs(now_ms - sent_ms) > VALID_MS:
            raise SealError
        return head

    def close_body(self, head: Head, body: bytes) -> bytes:
        """The body as it travels."""
        return self._body.encrypt(head.nonce, body, head.bound)

    def open_body(self, head: Head, sealed: bytes) -> bytes:
        """The body as it was.

        Raises:
            SealError: it belongs to another request, or was touched.
        """
        return _open(self._body, head.nonce, sealed, head.bound)

    def close_answer(self, head: Head, status: int, answer: bytes) -> bytes:
        """The answer as it travels."""
        nonce = os.urandom(_NONCE)
        return nonce + self._answer.encrypt(nonce, answer, _of_answer(head, status))

    def open_answer(self, head: Head, status: int, sealed: bytes) -> bytes:
        """The answer as it was.

        Raises:
            SealError: it answers another request, was touched, or comes from somebody without the key.
        """
        return _open(self._answer, sealed[:_NONCE], sealed[_NONCE:], _of_answer(head, status))

    def _mac(self, head: Head) -> bytes:
        return hmac.digest(self._head, head.bound, "sha256")


class Nonces:
    """Those of the requests that are still valid: each is let in once."""

    def __init__(self) -> None:
        self._seen: dict[bytes, int] = {}

    def is_new(self, head: Head, now_ms: int) -> bool:
        """Whether this is the first request with this nonce; remembers it."""
        if head.nonce in self._seen:
            return False
        # In order of arrival: the first that is still needed ends the search. A request may be stamped ahead of its
        # arrival by as much as it may lag behind, hence twice.
        while self._seen and abs(now_ms - next(iter(self._seen.values()))) > 2 * VALID_MS:
            del self._seen[next(iter(self._seen))]
        self._seen[head.nonce] = now_ms
        return True


_USES = (b"head", b"body", b"answer")


def _head(method: str, path: str, host: str, nonce: bytes, sent_ms: int) -> Head:
    # None of the three texts holds a line end: a request with one in them never gets this far.
    bound = f"{method}\n{path}\n{host}\n".encode() + nonce + sent_ms.to_bytes(_TIME, "big")
    return Head(bound, nonce, sent_ms)


def _of_answer(head: Head, status: int) -> bytes:
    return head.bound + status.to_bytes(2, "big")


def _open(cipher: ChaCha20Poly1305, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, sealed, bound)
    except (InvalidTag, ValueError):
        raise SealError from None
