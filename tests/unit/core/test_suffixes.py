"""Public suffixes: our table beside tldextract, rule by rule."""

import ada_url
import pytest
import tldextract

from guetteur.core import suffixes
from guetteur.core.suffixes import public_suffixes, split_host, suffix_kind
from guetteur.errors import DataFileError

_extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def reference(host: str) -> tuple[str | None, str, bool]:
    parts = _extract.extract_str(host)
    if not parts.domain or not parts.suffix:
        return None, parts.suffix, parts.is_private
    return f"{parts.domain}.{parts.suffix}", parts.suffix, parts.is_private


def in_ascii(rule: str) -> str:
    name = rule.lstrip("!*.")
    return name if name.isascii() else ada_url.idna_to_ascii(name).decode()


def test_every_rule_is_read_as_tldextract_reads_it() -> None:
    names = {in_ascii(rule) for rule in _extract.tlds}
    assert len(names) > 9_000
    assert public_suffixes() == names
    for name in names:
        below = [f"{left}{name}" for left in ("", "a.", "b.a.", "c.b.a.", "www.", ".", "a..")]
        for host in (*below, name.partition(".")[2], f"other.{name.partition('.')[2]}"):
            assert split_host(host) == reference(host), host


@pytest.mark.parametrize("host", ["", "a", "localhost", "a.b.c", "intranet.lan", ".com", "1.2.3.4", "xn--zzzz.fr"])
def test_what_is_under_no_rule(host: str) -> None:
    assert split_host(host) == reference(host)


def test_a_missing_list_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suffixes, "find_spec", lambda _name: None)
    with pytest.raises(DataFileError) as caught:
        public_suffixes()
    assert caught.value.code == "suffixes_missing"


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [
        ("fr", "fr"),
        ("com", "old"),
        ("org", "old"),
        ("de", "country"),
        ("co.uk", "country"),
        ("info", "new"),
        ("gouv.fr", "country"),
    ],
)
def test_kinds_of_suffixes(suffix: str, kind: str) -> None:
    assert suffix_kind(suffix) == kind
