"""From candidates to keys, and the traps public lists have set."""

from pathlib import Path

import ada_url
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guetteur.publish.normalise import Normaliser
from guetteur.publish.zones import SuffixTable, load_never_block, load_suffixes, upwards

BLOCKLISTS = Path(__file__).parents[3] / "blocklists"
SUFFIXES = load_suffixes(BLOCKLISTS)


def key(text: str) -> str | None:
    normaliser, keys = Normaliser(SUFFIXES), set[str]()
    normaliser.add([text], keys)
    assert len(keys) + normaliser.refusals.counts.total() == 1
    return next(iter(keys), None)


def reason(text: str) -> str:
    normaliser, keys = Normaliser(SUFFIXES), set[str]()
    normaliser.add([text], keys)
    assert not keys
    (found,) = normaliser.refusals.counts
    assert normaliser.refusals.examples[found] == [text[:120]]
    return found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("evil.fr", "evil.fr"),
        ("EVIL.fr.", "evil.fr"),
        ("https://evil.fr", "evil.fr"),
        ("https://evil.fr/", "evil.fr"),
        ("https://evil.fr/?id=3", "evil.fr"),
        ("https://evil.fr/index.php?id=3", "evil.fr"),
        ("https://evil.fr/a/index.php", "evil.fr/a/index.php"),
        ("http://user:word@evil.fr:8080/a/", "evil.fr/a"),
        ("https://evil.fr/a//b/#top", "evil.fr/a//b"),
        ("https://evil.fr/a/../b/./c", "evil.fr/b/c"),
        ("https://evil.fr/a/%2e%2e/b", "evil.fr/b"),
        ("https://evil.fr\\@good.fr/x", "evil.fr/@good.fr/x"),
        ("https://evil.fr/É t", "evil.fr/%C3%89%20t"),
        ("https://Evil.FR/Case", "evil.fr/Case"),
        ("bücher.fr", "xn--bcher-kva.fr"),
        ("evil.fr:8443/a", "evil.fr/a"),
        ("my_site.evil.fr", "my_site.evil.fr"),
        ("https://github.com/someone/evil", "github.com/someone/evil"),
        ("https://web.app/evil", "web.app/evil"),
        ("evil.web.app", "evil.web.app"),
        ("https://evil.web.app/login", "evil.web.app/login"),
        ("https://docs.google.com/forms/d/e/1FAIpQL/viewform?usp=x", "docs.google.com/forms/d/e/1FAIpQL/viewform"),
        ("https://www.mairie-exemple.fr/wp-content/evil.html", "www.mairie-exemple.fr/wp-content/evil.html"),
        ("http://93.184.216.34/login", "93.184.216.34/login"),
        ("http://1572395042/", "93.184.216.34"),
        ("http://[2606:2800:220:1::]/x", "[2606:2800:220:1::]/x"),
    ],
)
def test_keys(text: str, wanted: str) -> None:
    assert key(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "no_host"),
        ("not a host", "no_host"),
        ("%20mandrillapp.com", "no_host"),
        ("javascript:alert(1)", "no_web_address"),
        ("mailto:a@b.fr", "no_web_address"),
        ("localhost", "no_domain"),
        ("http://router/", "no_domain"),
        ("printer.local", "unknown_suffix"),
        ("evil.php", "unknown_suffix"),
        ("fr", "no_domain"),
        ("gouv.fr", "public_suffix"),
        ("co.uk", "public_suffix"),
        ("anything.ck", "public_suffix"),
        ("ck", "no_domain"),
        ("https://co.uk/evil", "public_suffix"),
        ("web.app", "shared_host"),
        ("https://web.app/", "shared_host"),
        ("github.com", "shared_host"),
        ("www.github.com", "shared_host"),
        ("https://bit.ly/?x=1", "shared_host"),
        ("google.com", "shared_host"),
        ("amazonaws.com", "shared_host"),
        ("s3.eu-west-3.amazonaws.com", "shared_host"),
        ("10.0.0.1", "private_address"),
        ("http://127.1/", "private_address"),
        ("http://0x7f000001/", "private_address"),
        ("http://169.254.169.254/latest", "private_address"),
        ("http://[::1]/", "private_address"),
        ("http://[::ffff:10.0.0.1]/", "private_address"),
        ("http://[fe80::1]/", "private_address"),
        ("http://224.0.0.1/", "private_address"),
        ("a." * 130 + "fr", "no_host"),
        ("https://evil.fr/" + "a" * 1100, "too_long"),
    ],
)
def test_refusals(text: str, wanted: str) -> None:
    assert reason(text) == wanted


def test_examples_are_few_and_bare_hosts_remembered() -> None:
    normaliser = Normaliser(SUFFIXES)
    normaliser.add(["bit.ly"] * 20 + ["web.app", "co.uk"], set())
    assert normaliser.refusals.counts == {"shared_host": 21, "public_suffix": 1}
    assert len(normaliser.refusals.examples["shared_host"]) == 5
    assert normaliser.refusals.bare == {"bit.ly": "shared_host", "web.app": "shared_host", "co.uk": "public_suffix"}


labels = st.text("abz09-_.", min_size=1, max_size=12)
steps = st.text("aZ9.-_~%2eé /;=&", max_size=8)


@settings(max_examples=400)
@given(host=labels, path=st.lists(steps, max_size=3), end=st.sampled_from(["", "?q=/../x", "#f", "/", "/?a#b"]))
def test_the_fast_way_reads_like_the_browser(host: str, path: list[str], end: str) -> None:
    """Whatever way a candidate takes, host and path are those of the URL core."""
    text = f"http://{host}.fr/" + "/".join(path) + end
    found = key(text)
    try:
        url = ada_url.URL(text)
    except ValueError:
        assert found is None
        return
    if found is not None:
        name, _, rest = found.partition("/")
        assert name == url.hostname.rstrip(".")
        assert f"/{rest}" == (url.pathname.rstrip("/") or "/") or not rest
    assert found is None or found.isascii()


@given(host=st.from_regex(r"[a-z0-9_.-]{1,20}\.(com|fr|ck|app)", fullmatch=True))
def test_a_bare_host_reads_like_its_address(host: str) -> None:
    assert key(host) == key(f"http://{host}/")


def test_wildcards_and_exceptions() -> None:
    table = SuffixTable(["zone.fr"])
    assert table.standing("www.ck") is None
    assert table.standing("city.kawasaki.jp") is None
    assert table.standing("kawasaki.jp") == "shared_host"
    assert table.standing("zone.fr") == "shared_host"
    assert table.standing("x.zone.fr") is None
    assert table.digest != SuffixTable().digest


def test_never_block_holds_what_public_lists_have_named() -> None:
    never = load_never_block(BLOCKLISTS, SUFFIXES)
    barred = upwards(never.hosts)
    for host in ("google.com", "github.com", "facebook.com", "impots.gouv.fr", "bit.ly", "paris.fr", "fr"):
        assert host in barred
    assert "web.app" not in never.public
