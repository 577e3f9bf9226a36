"""Which registry answers for a zone: the shipped table, and what its sources may hold."""

import json
import shutil
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from guetteur.config import PACKAGE_DATA
from guetteur.errors import DataFileError
from guetteur.lists.shipped import write_shipped
from guetteur.lookup.registries import FILE_NAME, Registries, load_registries
from guetteur.publish.registries import read_registries

BLOCKLISTS = Path(__file__).parents[3] / "blocklists"
WANTED = """com net org info biz name pro xyz top online site shop store app dev page club vip icu live life world
    cloud space website fun tech click link cfd sbs buzz cyou bond today support services center email agency group
    fr re pm tf wf yt bzh paris alsace corsica be ch li lu it pt nl uk ie pl cz sk hu ro bg hr si rs gr_ ua ru su
    dk se no fi is ee lv lt us ca mx br ar cl co pe au nz in id my sg th tw jp kr hk cn tr il ae za_ ma tn dz sn ci cm
    ga cf tk ml io me cc tv ws to vu la pw so gg im sh ac ai ly eu_ de_ at_""".split()  # noqa: SIM905 -- easier to read
"""Zones; with _ behind those that nobody answers for, or whose registry keeps the day to itself."""


@pytest.fixture(scope="module")
def shipped() -> Registries:
    return Registries(read_registries(BLOCKLISTS))


@pytest.mark.parametrize("zone", WANTED)
def test_zones_met_in_france(shipped: Registries, zone: str) -> None:
    known = shipped.rdap(f"neuf.{zone.rstrip('_')}") or shipped.whois(f"neuf.{zone.rstrip('_')}")
    assert (known is None) == zone.endswith("_"), "silent, or nobody answers in public"


def test_afnic_answers_both_ways(shipped: Registries) -> None:
    for zone in ("fr", "re", "pm", "tf", "wf", "yt"):
        rdap, whois = shipped.rdap(f"neuf.{zone}"), shipped.whois(f"neuf.{zone}")
        assert rdap
        assert whois
        assert (rdap.base, whois.server) == (f"https://rdap.nic.{zone}/", "whois.nic.fr")


def test_deeper_zones(shipped: Registries) -> None:
    deep = shipped.whois("neuf.co.za")
    assert deep
    assert deep.server == "coza-whois.registry.net.za"
    assert shipped.rdap("neuf.co.uk") == shipped.rdap("neuf.uk")
    assert shipped.silent("neuf.de")
    assert shipped.rdap("neuf.de") is None
    assert shipped.rdap("com") is None


def test_every_base_is_a_name_over_https() -> None:
    table = read_registries(BLOCKLISTS)
    for server in table.rdap:
        parts = urlsplit(server.base)
        assert (parts.scheme, parts.port, server.base[-1]) == ("https", None, "/")
        assert not (parts.hostname or "1").replace(".", "").isdigit()
    assert sum(len(server.zones) for server in table.rdap) > 1_200


def test_written_and_read(tmp_path: Path) -> None:
    assert load_registries(PACKAGE_DATA).rdap("neuf.fr")
    write_shipped(tmp_path / FILE_NAME, read_registries(BLOCKLISTS))
    assert load_registries(tmp_path).rdap("neuf.fr")


@pytest.mark.parametrize(("content", "code"), [(None, "missing"), (b"", "damaged"), (b'{"rdap": 7}', "damaged")])
def test_a_file_that_cannot_be_used(tmp_path: Path, content: bytes | None, code: str) -> None:
    if content is not None:
        (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(DataFileError) as caught:
        load_registries(tmp_path)
    assert caught.value.code == f"registries_{code}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('base = "https://rdap.nic.ch/"', 'base = "http://rdap.nic.ch/"'),
        ('base = "https://rdap.nic.ch/"', 'base = "https://rdap.nic.ch"'),
        ('base = "https://rdap.nic.ch/"', 'base = "https://127.0.0.1/"'),
        ('base = "https://rdap.nic.ch/"', 'base = "https://[::1]/"'),
        ('base = "https://rdap.nic.ch/"', 'base = "https://[::1/"'),
        ('server = "whois.nic.fr"', 'server = "10.0.0.1"'),
        ('server = "whois.nic.fr"', 'server = "whois.nic.fr:43"'),
        ('query = "{}/e"', 'query = "help"'),
        ('query = "{}/e"', r'query = "{}\nhelp"'),
        ('zones = ["jp"]', 'zones = ["fr"]'),
        ('zones = ["jp"]', 'zones = [".jp"]'),
        ('zones = ["jp"]', 'zones = ["de"]'),
        ('source = "whoisit"', 'source = "hearsay"'),
        ('source = "whoisit"', ""),
        ("[silent]\n#", "[quiet]\n#"),
    ],
)
def test_a_wrong_entry_is_refused(tmp_path: Path, old: str, new: str) -> None:
    shutil.copytree(BLOCKLISTS / "registries", tmp_path / "registries")
    text = (BLOCKLISTS / "registries.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "registries.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(DataFileError, match="registries") as caught:
        read_registries(tmp_path)
    assert caught.value.code == "registries_invalid"


@pytest.mark.parametrize("services", [None, 7, [[["fr"]]], [["fr", "https://rdap.nic.fr/"]]])
def test_another_file_than_iana_s_is_refused(tmp_path: Path, services: object) -> None:
    for name in ("dns", "ipv4", "ipv6"):
        shutil.copytree(BLOCKLISTS / "registries", tmp_path / "registries", dirs_exist_ok=True)
        (tmp_path / f"registries/iana_{name}.json").write_text(json.dumps({"publication": "x", "services": services}))
        shutil.copy(BLOCKLISTS / "registries.toml", tmp_path)
        with pytest.raises(DataFileError):
            read_registries(tmp_path)


@pytest.mark.parametrize("block", ["192.0.2.1/24", "everything", "2001:db8::/200"])
def test_a_wrong_block_is_refused(tmp_path: Path, block: str) -> None:
    shutil.copytree(BLOCKLISTS / "registries", tmp_path / "registries")
    shutil.copy(BLOCKLISTS / "registries.toml", tmp_path)
    content = {"publication": "x", "services": [[[block], ["https://rdap.example.net/"]]]}
    (tmp_path / "registries/iana_ipv4.json").write_text(json.dumps(content))
    with pytest.raises(DataFileError):
        read_registries(tmp_path)


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("51.15.0.1", "https://rdap.db.ripe.net/"),
        ("104.16.0.1", "https://rdap.arin.net/registry/"),
        ("1.1.1.1", "https://rdap.apnic.net/"),
        ("2001:67c::1", "https://rdap.db.ripe.net/"),
        ("2c0f::1", "https://rdap.afrinic.net/rdap/"),
        ("177.0.0.1", "https://rdap.lacnic.net/rdap/"),
        ("240.0.0.1", None),
    ],
)
def test_each_address_has_one_of_five_registries(shipped: Registries, address: str, base: str | None) -> None:
    server = shipped.of_address(ip_address(address))
    assert (server and server.base) == base
    assert len(shipped.addresses) == 5
