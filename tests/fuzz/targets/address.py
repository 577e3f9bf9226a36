"""Web addresses: read like a browser or refused with a code, then judged and redacted without an error."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from guetteur.app import build_checker
from guetteur.checker import Checker
from guetteur.config import PACKAGE_DATA
from guetteur.core.subject import parse_host_or_url, parse_url
from guetteur.errors import InvalidInputError
from guetteur.reports.redact import redact_url

MAX_LENGTH = 9000
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
VECTORS = Path(__file__).parents[2] / "vectors/urltestdata.json"
CODES = {"not_a_url", "not_a_web_address", "url_too_long", "empty_line"}


@cache
def checker() -> Checker:
    return build_checker(PACKAGE_DATA)


def seeds() -> Iterator[bytes]:
    yield b"https://impots-gouv.remboursement.example.com:8443/fr/ameli?next=https%3A%2F%2Fevil.example&e=a%40b.fr#x"
    yield b"https://www.google.com/url?q=http://xn--impts-rta.example/%2e%2e/la-banque-postale"
    yield b"http://1702.01..:10100/"
    for one in json.loads(VECTORS.read_text("utf-8")):
        if isinstance(one, dict) and one["input"].startswith("http"):
            yield one["input"].encode("utf-8", "replace")


def check(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    redact_url(text)
    try:
        subject = parse_host_or_url(text)
    except InvalidInputError as error:
        assert error.code in CODES
        assert error.hint
        return
    assert subject.host.isascii()
    assert subject.url.startswith(f"{subject.scheme}://")
    if len(subject.url) <= 8192:
        assert parse_url(subject.url) == subject
    verdict = checker().check(subject, now=NOW)
    assert not verdict.skipped or verdict.level is not None
