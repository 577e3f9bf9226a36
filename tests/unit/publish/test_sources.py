"""The file of sources: what is shipped holds, and each fault is named."""

from datetime import date
from pathlib import Path

import pytest

from guetteur.errors import DataFileError
from guetteur.publish.gates import load_canaries
from guetteur.publish.sources import Slot, load_sources

BLOCKLISTS = Path(__file__).parents[3] / "blocklists"
GOOD = """
[[source]]
id = "one"
name = "One"
url = "https://lists.example/one.txt"
format = "hosts"
licence = "MIT"
kind = "phishing-hosts"
family = "one"
trust = 1
bit = 0
refresh_h = 6
max_bytes = 1000
deadline_s = 5
checked = 2026-11-24
"""


def test_shipped_sources() -> None:
    sources = load_sources(BLOCKLISTS / "sources.toml")
    assert len(sources.source) >= 15
    assert {source.kind for source in sources.source} == {
        "phishing-hosts", "phishing-urls", "newly-registered", "allow", "top-sites",
    }  # fmt: skip
    assert not any(source.on for source in sources.source if not source.commercial_use)
    assert len({source.family for source in sources.source if source.on and source.lists}) >= 6
    assert sources.names()[2] == "red.flag.domains"
    assert [source.id for source in sources.named(0b101)] == ["phishing-database-domains", "red-flag-domains"]


def test_shipped_canaries() -> None:
    canaries = load_canaries(BLOCKLISTS / "canaries.toml")
    ids = {source.id for source in load_sources(BLOCKLISTS / "sources.toml").source}
    assert canaries.must_not
    assert all(group.source in ids and group.at_least <= len(group.hosts) for group in canaries.must)


def test_dated_source_has_one_address_a_day() -> None:
    afnic = next(source for source in load_sources(BLOCKLISTS / "sources.toml").source if source.id == "afnic-new-fr")
    slots = afnic.slots(date(2026, 11, 24))
    assert [slot.day for slot in slots][:2] == [date(2026, 11, 23), date(2026, 11, 22)]
    assert len(slots) == 7
    assert slots[0].url() == "https://www.afnic.fr/wp-media/ftp/domaineTLD_Afnic/20261123_CREA_fr.txt"
    assert slots[0].url("http://127.0.0.1:1/") == "http://127.0.0.1:1/afnic-new-fr/2026-11-23"


def test_undated_source_has_one_slot(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(GOOD)
    (source,) = load_sources(tmp_path / "sources.toml").source
    assert source.slots(date(2026, 11, 24)) == (Slot(source, None),)
    assert Slot(source, None).url("http://m.example") == "http://m.example/one"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('id = "one"', 'id = "One_"'), "id is malformed"),
        (("https://", "http://"), "url is not https"),
        (('"hosts"', '"excel"'), "format excel is not one of adblock, csv"),
        (("bit = 0", ""), "bit is missing"),
        (("bit = 0", "bit = 32"), "bit"),
        (('"phishing-hosts"', '"allow"'), "bit is only for"),
        (('"phishing-hosts"', '"newly-registered"'), "newly-registered sources are dated"),
        (("one.txt", "{YYYYMMDD}.txt"), "only newly-registered sources are dated"),
        (("trust = 1", "trust = 9"), "trust"),
        (("trust = 1", "trust = 1\nenabeld = true"), "enabeld"),
        (("trust = 1", "trust = 1\ndays = 3"), "days and delay"),
        (('"hosts"', '"json"'), "path is missing"),
        (("trust = 1", 'trust = 1\nwhere = ["a"]'), "where needs where_column"),
        (('"MIT"', '""'), "licence, name or family is empty"),
        (('id = "one"', f'id = "{"o" * 65}"'), "id is longer than 64 characters"),
        (('"One"', f'"{"O" * 301}"'), "licence or name is longer than 300 characters"),
        (('"MIT"', f'"{"M" * 301}"'), "licence or name is longer than 300 characters"),
        (("one.txt", "o" * 1024), "url is longer than 1024 characters"),
        (("", ""), None),
    ],
)
def test_faults(tmp_path: Path, change: tuple[str, str], fault: str | None) -> None:
    (tmp_path / "sources.toml").write_text(GOOD.replace(*change) if change[0] else GOOD)
    if fault is None:
        assert load_sources(tmp_path / "sources.toml")
        return
    with pytest.raises(DataFileError) as caught:
        load_sources(tmp_path / "sources.toml")
    assert caught.value.code == "sources_invalid"
    assert fault in caught.value.message


def test_twins_are_all_named(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(GOOD + GOOD)
    with pytest.raises(DataFileError) as caught:
        load_sources(tmp_path / "sources.toml")
    assert "id one stands 2 times" in caught.value.message
    assert "bit 0 stands 2 times" in caught.value.message


def test_more_sources_than_can_be_told(tmp_path: Path) -> None:
    many = [GOOD.replace('id = "one"', f'id = "n{number}"').replace("bit = 0\n", "") for number in range(129)]
    (tmp_path / "sources.toml").write_text("".join(many).replace('"phishing-hosts"', '"allow"'))
    with pytest.raises(DataFileError) as caught:
        load_sources(tmp_path / "sources.toml")
    assert caught.value.message == "sources.toml: more than 128 sources"


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(DataFileError) as caught:
        load_sources(tmp_path / "sources.toml")
    assert caught.value.code == "data_unreadable"
