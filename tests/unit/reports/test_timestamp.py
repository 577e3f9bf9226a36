"""Time-stamps by a real authority (``openssl ts``) on loopback."""

import shutil
from pathlib import Path

import pytest

from guetteur.errors import InvalidInputError
from guetteur.reports.bundle import write_bundle
from guetteur.reports.manifest import BundleError
from guetteur.reports.timestamp import TimestampServer, load_authorities, read_timestamp
from guetteur.reports.verify import verify, verify_bytes
from support.evidence import CASE, page_items
from support.tsa import Authority
from unit.reports.test_bundle import KEY, NOW
from unit.reports.test_verify import changed

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="module")
def stamped(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stamped") / "a.zip"
    with authority.served() as url:
        write_bundle(path, CASE, page_items(), key=KEY, now=NOW, timestamp=TimestampServer(url))
    return path


def test_is_proven_by_its_authority_and_told_without_it(stamped: Path, authority: Authority, tmp_path: Path) -> None:
    found = verify(stamped)
    assert found.unaltered
    assert found.timestamp.state == "unproven"
    assert found.timestamp.authority == "CN=Horloge"
    assert found.timestamp.at is not None
    assert verify(stamped, authorities=load_authorities(authority.root)).timestamp.state == "proven"
    stranger = Authority(tmp_path / "stranger")
    doubted = verify(stamped, authorities=load_authorities(stranger.root))
    assert doubted.timestamp.state == "wrong"
    assert not doubted.unaltered


def test_only_the_hash_is_sent(stamped: Path, authority: Authority) -> None:
    assert verify(stamped).unaltered
    assert all(len(request) < 100 for request in authority.requests)


def test_taking_it_out_or_changing_it_is_told(stamped: Path) -> None:
    data = stamped.read_bytes()
    assert changed(data, lambda files: files.pop("timestamp.tsr")).timestamp.state == "missing"

    def swap(files: dict[str, bytes]) -> None:
        files["timestamp.tsr"] = files["timestamp.tsr"][:-1] + b"\x00"

    assert changed(data, swap).timestamp.state == "wrong"
    start = data.index(b"timestamp.tsr")
    for at in range(start, start + 1500, 3):
        other = bytearray(data)
        other[at] ^= 4
        try:
            assert not verify_bytes(bytes(other)).unaltered
        except BundleError:
            continue


def test_one_over_something_else_is_wrong(authority: Authority) -> None:
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    request = TimestampRequestBuilder().data(b"a").hash_algorithm(HashAlgorithm.SHA256).build().as_bytes()
    answer = authority.stamp(request)
    assert read_timestamp(answer, b"a").state == "unproven"
    assert read_timestamp(answer, b"b").state == "wrong"
    assert read_timestamp(b"", b"a").state == "wrong"
    for at in range(len(answer)):
        for other in (answer[:at], answer[:at] + bytes([answer[at] ^ 0x55]) + answer[at + 1 :]):
            read_timestamp(other, b"a", load_authorities(authority.root))


@pytest.mark.parametrize(
    ("status", "answer", "told"),
    [
        (503, b"", "503"),
        (302, b"", "302"),
        (200, b"", "cannot be read"),
        (200, b"<html>", "cannot be read"),
        (200, bytes(100_000), "too long"),
        (200, bytes.fromhex("30103003020102300930070c05"), "cannot be read"),
    ],
)
def test_a_server_that_fails_costs_no_bundle_in_silence(
    authority: Authority, tmp_path: Path, status: int, answer: bytes, told: str
) -> None:
    with authority.served() as url:
        authority.status, authority.answer = status, answer
        try:
            with pytest.raises(BundleError, match=told) as caught:
                write_bundle(tmp_path / "a.zip", CASE, [], key=KEY, now=NOW, timestamp=TimestampServer(url))
        finally:
            authority.status, authority.answer = 200, None
    assert caught.value.code == "timestamp_failed"
    assert list(tmp_path.iterdir()) == []


def test_an_answer_to_another_question_is_refused(authority: Authority) -> None:
    with authority.served() as url:
        TimestampServer(url)(b"one")
        authority.answer = authority.stamp(authority.requests[-1])
        try:
            with pytest.raises(BundleError, match="something else"):
                TimestampServer(url)(b"two")
            with pytest.raises(BundleError, match="an old one"):
                TimestampServer(url)(b"one")
        finally:
            authority.answer = None


def test_a_slow_or_absent_server_ends_in_time(authority: Authority) -> None:
    with authority.served() as url:
        authority.go.clear()
        with pytest.raises(BundleError, match="gave no time-stamp"):
            TimestampServer(url, timeout_s=0.3)(b"a")
    for url in ("http://127.0.0.1:9/", "ftp://127.0.0.1/", "nonsense"):
        with pytest.raises(BundleError):
            TimestampServer(url, timeout_s=1)(b"a")


def test_what_holds_no_certificates_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_bytes(b"nothing")
    for name in ("a.pem", "none.pem"):
        with pytest.raises(InvalidInputError):
            load_authorities(tmp_path / name)
