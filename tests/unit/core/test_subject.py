"""URLs are read as browsers read them: web-platform-tests vectors, and what the product adds."""

import json
from pathlib import Path

import ada_url
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guetteur.core.subject import HostKind, parse_host_or_url, parse_url, resolve
from guetteur.core.suffixes import split_host
from guetteur.errors import InvalidInputError

VECTORS = Path(__file__).parents[2] / "vectors"
URLS = [case for case in json.loads((VECTORS / "urltestdata.json").read_text("utf-8")) if isinstance(case, dict)]
HOSTS = [case for case in json.loads((VECTORS / "toascii.json").read_text("utf-8")) if isinstance(case, dict)]


def test_every_wpt_url_vector() -> None:
    """891 of 891: one test, so that the number stands in one place."""
    wrong = []
    for case in URLS:
        try:
            got = resolve(case["input"], case["base"])
        except InvalidInputError:
            got = None
        if got != case.get("href"):
            wrong.append((case["input"], case["base"], got))
    assert not wrong
    assert len(URLS) == 891


def test_every_wpt_toascii_vector() -> None:
    wrong = []
    for case in HOSTS:
        try:
            got = str(ada_url.URL(f"https://{case['input']}/x").host)
        except ValueError:
            got = None
        if got != case["output"]:
            wrong.append((case["input"], got, case["output"]))
    assert not wrong
    assert len(HOSTS) > 80


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("http://safe.example\\@evil.example/", "safe.example"),
        ("https://www.impots.gouv.fr@evil.example/", "evil.example"),
        ("https:/\\evil.example", "evil.example"),
        ("https://ＷＷＷ.ｉｍｐｏｔｓ.example/", "www.impots.example"),
        ("https://xn--mpots-u4e.fr/", "xn--mpots-u4e.fr"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://example.fr./", "example.fr"),
        ("http://[::1]:8080/", "[::1]"),
        ("http://ex\tam\nple.fr", "example.fr"),
    ],
)
def test_host_is_what_the_browser_opens(text: str, host: str) -> None:
    assert parse_url(text).host == host


def test_parts() -> None:
    subject = parse_url("https://user:pw@shop.example.co.uk:8443/a?b=c#d")
    assert (subject.scheme, subject.port, subject.path) == ("https", 8443, "/a?b=c")
    assert subject.has_userinfo
    assert (subject.registrable_domain, subject.suffix, subject.shared) == ("example.co.uk", "co.uk", False)


def test_private_suffixes_are_shared() -> None:
    subject = parse_url("https://impots-gouv-fr.web.app/")
    assert (subject.registrable_domain, subject.suffix, subject.shared) == ("impots-gouv-fr.web.app", "web.app", True)
    assert split_host("gouv.fr") == (None, "gouv.fr", False)
    assert split_host("www.impots.gouv.fr")[0] == "impots.gouv.fr"


def test_addresses_have_no_domain() -> None:
    assert parse_url("http://192.0.2.1/").host_kind is HostKind.IPV4
    assert parse_url("http://[2001:db8::1]/").host_kind is HostKind.IPV6
    assert parse_url("http://192.0.2.1/").registrable_domain is None


@pytest.mark.parametrize("text", ["http://1702.01..:10100/", "http://192.0.2.1../"])
def test_numbers_before_two_dots_are_no_address(text: str) -> None:
    subject = parse_url(text)
    assert (subject.host_kind, subject.registrable_domain) == (HostKind.DOMAIN, None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_url"),
        ("impots.gouv.fr", "not_a_url"),
        ("http://[zz/", "not_a_url"),
        ("https://exa mple.fr/", "not_a_url"),
        ("http:///", "not_a_url"),
        ("http://./", "not_a_url"),
        ("javascript:alert(1)", "not_a_web_address"),
        ("file:///etc/passwd", "not_a_web_address"),
        ("https://a.fr/" + "a" * 9000, "url_too_long"),
    ],
)
def test_what_is_no_address_gets_a_code_and_a_hint(text: str, code: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_url(text)
    assert caught.value.code == code
    assert caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("line", "host"),
    [
        ("example.fr", "example.fr"),
        ("  example.fr/login ", "example.fr"),
        ("example.fr:8080", "example.fr"),
        ("localhost:3000/x", "localhost"),
        ("https://example.fr", "example.fr"),
        ("é.example.fr", "xn--9ca.example.fr"),
    ],
)
def test_feed_lines(line: str, host: str) -> None:
    assert parse_host_or_url(line).host == host


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_a_coded_error(text: str) -> None:
    try:
        subject = parse_host_or_url(text)
    except InvalidInputError as error:
        code = error.code
    else:
        code = "read"
        assert subject.host.isascii()
        assert subject.url.startswith(f"{subject.scheme}://")
    assert code in {"read", "not_a_url", "not_a_web_address", "url_too_long", "empty_line"}


@pytest.mark.parametrize("text", ["", "  ", "\t\n"])
def test_a_line_of_a_feed_without_anything_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_host_or_url(text)
    assert (caught.value.code, caught.value.message) == ("empty_line", "the line is empty")
