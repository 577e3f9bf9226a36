"""A site's certificate, from the hand-shake alone; it is evidence, whoever signed it, and trusted for nothing."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from guetteur.egress import contact
from guetteur.outgoing import connect
from guetteur.reports.channels.http import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Address, IPv6Address

_MAX_ADDRESSES = 2
_MAX_CHAIN = 8
_MAX_NAMES = 100
_MAX_NAME = 253


class Certificate(msgspec.Struct, frozen=True):
    """What a certificate says.

    Attributes:
        subject: whom it is for, as in RFC 4514.
        issuer: who signed it, likewise.
        issuer_name: the signer's organisation, or its common name.
        names: host names and addresses it is for; at most 100.
        not_before: valid from, UTC.
        not_after: valid until, UTC.
        serial: serial number, hexadecimal.
        sha256: SHA-256 of its DER form, hexadecimal.
    """

    subject: str
    issuer: str
    issuer_name: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    serial: str
    sha256: str


async def fetch_chain(
    host: str, port: int, addresses: Sequence[IPv4Address | IPv6Address], seconds: float
) -> tuple[bytes, ...]:
    """Shake hands and hang up; nothing is asked of the site.

    Args:
        host: the name it is asked for (SNI).
        port: TCP port.
        addresses: checked ones; the first two are tried.
        seconds: for one address.

    Returns:
        certificates in DER, the site's own first; no others before Python 3.13, which cannot give them.

    Raises:
        OSError: no connection, no hand-shake, no certificate, no answer in time (`TimeoutError`, `ssl.SSLError`).
        ValueError: ``host`` is no name for TLS.
    """
    failure: OSError = TimeoutError()
    for address in addresses[:_MAX_ADDRESSES]:
        with contact(host, host) as noted:
            try:
                async with asyncio.timeout(seconds):
                    _, writer = await connect(noted, str(address), port, context=any_certificate(), name=host)
            except OSError as error:
                failure = error
                continue
            noted.end("answered")
        try:
            return _chain(writer.get_extra_info("ssl_object"))
        finally:
            # No farewell: a server that reads nothing more could hold it up.
            writer.transport.abort()
    raise failure


def read_certificate(der: bytes) -> Certificate:
    """What it says.

    Raises:
        ValueError: it is no certificate, or a broken one.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library complains of what is odd; here oddness is evidence
        try:
            read = x509.load_der_x509_certificate(der)
            return Certificate(
                shortened(read.subject.rfc4514_string(), 1024),
                shortened(read.issuer.rfc4514_string(), 1024),
                _issuer_name(read.issuer),
                _names(read),
                read.not_valid_before_utc,
                read.not_valid_after_utc,
                f"{read.serial_number:x}",
                read.fingerprint(hashes.SHA256()).hex(),
            )
        except (ValueError, TypeError, OverflowError, x509.InvalidVersion) as error:
            raise ValueError(str(error)) from None


def to_pem(chain: Sequence[bytes]) -> bytes:
    """Certificates behind one another, as programs exchange them."""
    return "".join(ssl.DER_cert_to_PEM_cert(der) for der in chain).encode()


def any_certificate() -> ssl.SSLContext:
    """Takes every certificate and every old protocol that can still be spoken."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


def _chain(connection: ssl.SSLObject) -> tuple[bytes, ...]:
    whole = getattr(connection, "get_unverified_chain", None)  # Python 3.13
    own = connection.getpeercert(binary_form=True)
    if own is None:
        raise ssl.SSLError("no certificate")
    return tuple(whole())[:_MAX_CHAIN] if whole is not None else (own,)


def _names(read: x509.Certificate) -> tuple[str, ...]:
    try:
        given = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return ()
    names = [str(name.value) for name in given if isinstance(name, x509.DNSName | x509.IPAddress)]
    return tuple(shortened(name, _MAX_NAME) for name in names[:_MAX_NAMES])


def _issuer_name(name: x509.Name) -> str:
    for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        for attribute in name.get_attributes_for_oid(kind):
            if text := shortened(str(attribute.value)):
                return text
    return ""
