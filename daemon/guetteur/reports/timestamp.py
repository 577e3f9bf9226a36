"""A third party's word for the time (RFC 3161): only the hash of the manifest leaves the machine."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import aiohttp
import msgspec
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    VerifierBuilder,
    decode_timestamp_response,
)

from guetteur import __version__
from guetteur.errors import InvalidInputError
from guetteur.outgoing import open_session
from guetteur.reports.manifest import BundleError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rfc3161_client import TimeStampRequest, TimeStampResponse

MAX_BYTES = 64 * 1024
_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")

TimestampState = Literal["none", "missing", "wrong", "unproven", "proven"]
"""none: none was asked for; missing: the manifest promises one; wrong: it is about something else, or forged;
unproven: it is about this manifest, and whose word it is was not checked; proven: signed by an authority trusted by
the caller."""


class Timestamp(msgspec.Struct, frozen=True):
    """What a time-stamp is worth.

    Attributes:
        state: see `TimestampState`.
        at: the moment it tells, UTC.
        authority: name on the certificate that signed it; empty when there is none.
    """

    state: TimestampState
    at: datetime | None = None
    authority: str = ""


@dataclass(frozen=True, slots=True)
class TimestampServer:
    """Asks one server. Blocks: not for use inside an event loop.

    Attributes:
        url: where it answers; ``http`` is usual, the answer is signed.
        timeout_s: for the whole exchange.
    """

    url: str
    timeout_s: float = 15.0

    def __call__(self, manifest: bytes) -> bytes:
        """The DER of a response over the SHA-256 of ``manifest``, checked as far as can be without its authority.

        Raises:
            BundleError: ``timestamp_failed``.
        """
        request = TimestampRequestBuilder().data(manifest).hash_algorithm(HashAlgorithm.SHA256).build()
        try:
            answer = asyncio.run(self._ask(request.as_bytes()))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise _failed(self.url, str(error) or type(error).__name__) from None
        fault = _fault(answer, manifest, request)
        if fault:
            raise _failed(self.url, fault)
        return answer

    async def _ask(self, request: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "User-Agent": f"guetteur/{__version__}"}
        async with (
            asyncio.timeout(self.timeout_s),
            open_session(headers) as session,
            session.post(self.url, data=request, allow_redirects=False) as reply,
        ):
            if reply.status != 200:
                raise aiohttp.ClientError(f"it answered {reply.status}")
            answer = bytearray()
            async for chunk in reply.content.iter_chunked(16 * 1024):
                answer += chunk
                if len(answer) > MAX_BYTES:
                    raise aiohttp.ClientError("its answer is too long")
            return bytes(answer)


def load_authorities(path: Path) -> tuple[x509.Certificate, ...]:
    """Certificates of authorities whose time-stamps are trusted, from a PEM file.

    Raises:
        InvalidInputError: ``no_certificates``.
    """
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise InvalidInputError(
            "no_certificates", f"{path} holds no certificates: {error}", "give a PEM file of the authority's root"
        ) from None


def read_timestamp(answer: bytes, manifest: bytes, authorities: Sequence[x509.Certificate] = ()) -> Timestamp:
    """Judge the response ``answer`` over ``manifest``; never raises."""
    if _fault(answer, manifest):
        return Timestamp("wrong")
    try:
        response = decode_timestamp_response(answer)
        at = response.tst_info.gen_time.astimezone(UTC)
        name = _authority(response)
        if not authorities:
            return Timestamp("unproven", at, name)
        verifier = VerifierBuilder(roots=list(authorities), intermediates=_carried(response)).build()
        verifier.verify_message(response, manifest)
    except Exception:  # noqa: BLE001 -- a stranger's DER: its readers raise KeyError, InvalidVersion and more
        return Timestamp("wrong")
    return Timestamp("proven", at, name)


def _fault(answer: bytes, manifest: bytes, request: TimeStampRequest | None = None) -> str:
    """What is wrong with an answer, in words; empty when nothing is."""
    if len(answer) > MAX_BYTES:
        return "its answer is too long"
    try:
        return _fault_in(decode_timestamp_response(answer), manifest, request)
    except Exception:  # noqa: BLE001 -- as above
        return "its answer cannot be read"


def _fault_in(response: TimeStampResponse, manifest: bytes, request: TimeStampRequest | None) -> str:
    if response.status not in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
        return "it refused: " + "; ".join(response.status_string)[:200]
    imprint = response.tst_info.message_imprint
    if imprint.hash_algorithm != _SHA256 or imprint.message != hashlib.sha256(manifest).digest():
        return "its answer is about something else"
    if request is not None and response.tst_info.nonce != request.nonce:
        return "its answer is an old one"
    return ""


def _carried(response: TimeStampResponse) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(one) for one in response.signed_data.certificates]


def _authority(response: TimeStampResponse) -> str:
    signers = {(one.issuer, one.serial_number) for one in response.signed_data.signer_infos}
    for certificate in _carried(response):
        if (certificate.issuer, certificate.serial_number) in signers:
            return certificate.subject.rfc4514_string()
    return ""


def _failed(url: str, why: str) -> BundleError:
    return BundleError(
        "timestamp_failed", f"{url} gave no time-stamp: {why}", "try again, or make the bundle without a time-stamp"
    )
