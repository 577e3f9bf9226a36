"""Certificates and texts from elsewhere: whatever they hold, they are read or refused, never more."""

import json
import ssl
import string
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

import dns.rdata
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from guetteur.lookup.registries import OriginZones
from guetteur.reports.network.certificate import read_certificate, to_pem
from guetteur.reports.network.dns import values
from guetteur.reports.network.lines import LABELS, WHY, line, note
from guetteur.reports.network.origin import origin_name, read_name, read_origin
from guetteur.reports.network.rdap import holder_of, registrar_of

HERE = ip_address("192.0.2.7")
ZONES = OriginZones("origin.test", "origin6.test", "as.test")


def made(names: list[str], common: str = "Scam", organisation: str = "", days: int = 30) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if organisation:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    begun = datetime(2026, 11, 20, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(attributes))
        .issuer_name(x509.Name(attributes))
        .public_key(key.public_key())
        .serial_number(255)
        .not_valid_before(begun)
        .not_valid_after(begun + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.DER)


GOOD = made(["impots.example-scam.com", "*.example-scam.com"], organisation="Let’s Not Encrypt")


def test_a_certificate_says() -> None:
    read = read_certificate(GOOD)
    assert read.issuer_name == "Let’s Not Encrypt"
    assert read.names == ("impots.example-scam.com", "*.example-scam.com")
    assert (read.not_before, read.serial) == (datetime(2026, 11, 20, tzinfo=UTC), "ff")
    assert len(read.sha256) == 64
    assert ssl.PEM_cert_to_DER_cert(to_pem([GOOD]).decode()) == GOOD


def test_a_certificate_for_everybody_is_cut() -> None:
    read = read_certificate(made([f"{number}.example.com" for number in range(500)]))
    assert len(read.names) == 100


@given(st.binary(max_size=400))
def test_bytes_are_no_certificate(data: bytes) -> None:
    with pytest.raises(ValueError):
        read_certificate(data)


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_certificate_with_a_wrong_byte_is_read_or_refused(place: int, change: int) -> None:
    broken = bytearray(GOOD)
    broken[place] ^= change
    try:
        read = read_certificate(bytes(broken))
    except ValueError:
        return
    assert len(read.sha256) == 64
    assert (read.subject + read.issuer_name + "".join(read.names)).isprintable()


def test_an_origin_is_read() -> None:
    texts = (
        "64500 | 192.0.0.0/16 | DE | ripencc | 2001-01-01",
        "64496 64497 | 192.0.2.0/24 | FR | ripencc | 2010-01-01",
        "64499 | 198.51.100.0/24 | US | arin | 2010-01-01",
    )
    origin = read_origin(texts, HERE)
    assert origin is not None
    assert (origin.numbers, origin.block, origin.country) == ((64496, 64497), "192.0.2.0/24", "FR")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "|||||",
        "AS64496 | 192.0.2.0/24 | FR | ripencc",
        "0 | 192.0.2.0/24 | FR | ripencc",
        "4294967296 | 192.0.2.0/24 | FR | ripencc",
        "٣ | 192.0.2.0/24 | FR | ripencc",
        "64496 | 192.0.2.1/24 | FR | ripencc",
        "64496 | 198.51.100.0/24 | FR | ripencc",
        "64496 | 2001:db8::/32 | FR | ripencc",
        "64496 | anything | FR | ripencc",
    ],
)
def test_no_origin(text: str) -> None:
    assert read_origin((text,), HERE) is None


@given(st.lists(st.text(alphabet=string.printable + "| é\x00", max_size=80), max_size=5))
def test_any_text_is_an_origin_or_none(texts: list[str]) -> None:
    origin = read_origin(texts, HERE)
    assert origin is None or HERE in ip_network(origin.block)
    assert all(read_name(number, texts).isprintable() for number in (1, 64496))


def test_the_name_of_a_network() -> None:
    assert (
        read_name(64496, ("64496 | FR | ripencc | 2010-01-01 | EXAMPLE | AS\x1b[31m, FR",)) == "EXAMPLE | AS [31m, FR"
    )
    assert read_name(64497, ("64496 | FR | ripencc | 2010-01-01 | EXAMPLE, FR",)) == ""


def test_the_name_to_ask_about() -> None:
    assert origin_name(ZONES, HERE) == "7.2.0.192.origin.test"
    six = origin_name(ZONES, ip_address("2001:db8::1"))
    assert six.startswith("1.0.0.0.")
    assert six.endswith("8.b.d.0.1.0.0.2.origin6.test")
    assert len(six.split(".")) == 34


@given(st.lists(st.binary(max_size=255), min_size=1, max_size=8))
def test_texts_of_the_dns_are_one_printable_line(strings: list[bytes]) -> None:
    wire = b"".join(bytes([len(part)]) + part for part in strings)
    record = dns.rdata.from_wire("IN", "TXT", wire, 0, len(wire))
    (text,) = values("TXT", [record])
    assert text.isprintable()
    assert len(text) <= 1024


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["entities", "roles", "vcardArray", "name", "country", "fn"]) | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(_JSON)
def test_any_json_names_somebody_or_nobody(content: Any) -> None:
    body = json.dumps(content).encode()
    assert isinstance(registrar_of(body), str)
    assert isinstance(holder_of(body).country, str)


def test_lines_are_short_and_one_line() -> None:
    (field,) = line("network", "a\nb" * 500)
    assert "\n" not in field.value
    assert len(field.value) <= 300
    assert line("network", "", "") == ()


@pytest.mark.parametrize("what", LABELS)
@pytest.mark.parametrize("why", WHY)
def test_every_note_has_two_languages(what: str, why: str) -> None:
    (field,) = note(what, why)
    assert field.label != field.label_en
    assert field.value
