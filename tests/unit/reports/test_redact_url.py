"""Addresses: the host and the shape stay, what tells the person goes."""

import base64
import string
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guetteur.reports.redact import redact_url
from support.leaks import readings

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqZWFuIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("url", "after"),
    [
        ("https://a.example/", "https://a.example/"),
        ("https://a.example/impots-gouv/remboursement/index.php", "https://a.example/impots-gouv/remboursement/index.php"),
        ("https://a.example/2026/11/24/suivi_colis.html?lang=fr&step=2", "https://a.example/2026/11/24/suivi_colis.html?lang=fr&step=2"),
        ("https://a.example/?email=jean@free.fr", "https://a.example/?email=REDACTED"),
        ("https://a.example/?x=jean%40free.fr&lang=fr", "https://a.example/?x=REDACTED&lang=fr"),
        ("https://a.example/?jean@free.fr", "https://a.example/?REDACTED"),
        ("https://a.example/jean@free.fr/login", "https://a.example/REDACTED/login"),
        ("https://a.example/amVhbkBmcmVlLmZy/login", "https://a.example/REDACTED/login"),
        ("https://a.example/login#amVhbkBmcmVlLmZy", "https://a.example/login#REDACTED"),
        ("https://jean:secret@a.example/x", "https://REDACTED@a.example/x"),
        (f"https://a.example/go/{JWT}", "https://a.example/go/REDACTED"),
        ("https://a.example/06-12-34-56-78/ok", "https://a.example/REDACTED/ok"),
        ("https://a.example/tel/+33612345678", "https://a.example/tel/REDACTED"),
        ("https://a.example/c/550e8400-e29b-41d4-a716-446655440000.php", "https://a.example/c/REDACTED.php"),
        ("https://a.example/colis-8Xk29fQz71mLpA/suivi", "https://a.example/colis-REDACTED/suivi"),
        ("https://a.example/?id=7&sessionid=abc&userToken=oui", "https://a.example/?id=REDACTED&sessionid=REDACTED&userToken=REDACTED"),
        ("https://a.example/?utm_source=mail&page=contact", "https://a.example/?utm_source=mail&page=contact"),
        ("https://a.example/r?u=https%3A%2F%2Fb.example%2Flogin%3Fe%3Djean%2540free.fr",
         "https://a.example/r?u=https%3A%2F%2Fb.example%2Flogin%3Fe%3DREDACTED"),
        ("https://a.example:8443/x;jsessionid=AB12CD34EF/y", "https://a.example:8443/x;jsessionid=REDACTED/y"),
        ("https://a.example\\@b.example/x", "https://a.example/REDACTED.example/x"),
    ],
)  # fmt: skip
def test_keeps_what_tells_the_scam(url: str, after: str) -> None:
    found = redact_url(url)
    assert found.value == after
    assert bool(found.changes) == (url != after)


def test_the_exact_address_stays_where_the_person_says_so() -> None:
    url = "https://a.example/?token=8Xk29fQz71mLpA"
    assert redact_url(url, keep_exact=True).value == url
    change = redact_url(url).changes[0]
    assert (change.kind, change.before, change.after) == ("token", url, "https://a.example/?token=REDACTED")


TOKENS = st.one_of(
    st.binary(min_size=16, max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("=")),
    st.binary(min_size=8, max_size=32).map(bytes.hex),
    st.uuids().map(str),
    st.from_regex(r"[a-z]{3,9}\.[a-z]{3,9}[0-9]{0,2}@[a-z]{3,9}\.(?:fr|com)", fullmatch=True),
    st.from_regex(r"0[67]([ .-]?[0-9]{2}){4}", fullmatch=True),
    st.from_regex(r"[0-9]{7,15}", fullmatch=True),
    st.just(JWT),
)
SPELLED = [str, lambda token: quote(token, safe=""), lambda token: quote(quote(token, safe=""), safe=""), str.upper]


@given(
    TOKENS,
    st.sampled_from(SPELLED),
    st.sampled_from(["/a/{}/b", "/a?q={}", "/a?x=1&{}", "/{}.php", "/a#{}", "/p-{}-q?x=1"]),
)
def test_tokens_never_leave(token: str, spell, shape: str) -> None:
    url = "https://shop.example" + shape.format(spell(token))
    after = redact_url(url).value
    assert urlsplit(after).hostname == "shop.example"
    assert not any(token.lower() in reading for reading in readings(after))


@given(st.text(max_size=60))
def test_any_text_is_taken_and_a_second_time_changes_nothing(text: str) -> None:
    once = redact_url("https://a.example/" + text).value
    assert redact_url(once).value == once
    redact_url(text)


@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=12), min_size=1, max_size=5))
def test_words_stay(words: list[str]) -> None:
    url = "https://a.example/" + "/".join(words) + "/" + "-".join(words)
    assert redact_url(url).value == url


@pytest.mark.parametrize("letters", ["impotssgouv", "a" * 60, "Aa" * 30, "A" * 60, "aA.bB_cC-" * 12])
def test_names_of_parameters_made_to_be_slow_are_not(letters: str) -> None:
    # A name of sixty letters held the reader for more than ten seconds: it could be split in every way.
    name = ".".join([letters] * 7)
    assert "REDACTED" in redact_url(f"https://a.example/?{name}%25=Jeanne42").value
    assert "REDACTED" in redact_url(f"https://a.example/{name}%25=1/b").value
