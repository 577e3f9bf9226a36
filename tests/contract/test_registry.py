"""The registry as shipped: schema, size, and that no body's own host is ever flagged."""

from datetime import datetime
from pathlib import Path

import pytest

from guetteur.checker import Checker
from guetteur.core.subject import parse_host_or_url
from guetteur.core.verdict import Level
from guetteur.errors import DataFileError
from guetteur.publish.bodies import read_bodies

BODIES = Path(__file__).parents[2] / "blocklists/bodies"
ENTRY = """
[[body]]
id = "x"
name = "X"
sector = "bank"
home = "https://www.x-bank.fr/"
domains = ["x-bank.fr"]
names = ["xbank bank"]
advice = "a"
advice_en = "a"
source = "test"
checked = 2026-11-24
"""


def test_at_least_two_hundred_bodies_pass_the_schema() -> None:
    assert len(read_bodies(BODIES, {})) >= 200


def test_no_own_host_is_flagged(checker: Checker, now: datetime) -> None:
    flagged = []
    for domain, body in checker.registry.domains():
        for host in (domain, f"www.{domain}", f"espace-client.{domain}"):
            verdict = checker.check(parse_host_or_url(f"https://{host}/"), now=now)
            if verdict.level is not Level.OFFICIAL:
                flagged.append((host, body.id, verdict.level))
    assert not flagged


def test_no_public_sector_host_is_flagged(checker: Checker, now: datetime) -> None:
    flagged = [
        host
        for host in checker.public_hosts.entries()
        if checker.check(parse_host_or_url(f"https://{host}/"), now=now).level is not Level.OFFICIAL
    ]
    assert not flagged
    assert len(checker.public_hosts) > 25_000


def test_every_home_is_official(checker: Checker, now: datetime) -> None:
    wrong = [
        body.id
        for body in checker.registry.bodies
        if body.home and checker.check(parse_host_or_url(body.home), now=now).level is not Level.OFFICIAL
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id = "x"', 'id = "X!"', "id is malformed"),
        ('domains = ["x-bank.fr"]', 'domains = ["web.app", "x-bank.fr"]', "public suffix"),
        ('domains = ["x-bank.fr"]', 'domains = ["x-bank.fr", "Éé.fr"]', "no lower-case ASCII host"),
        ('home = "https://www.x-bank.fr/"', 'home = "https://www.y.fr/"', "does not lie under domains"),
        ('home = "https://www.x-bank.fr/"', 'home = "http://www.x-bank.fr/"', "not https"),
        ('home = "https://www.x-bank.fr/"', 'home = "x"', "not a web address"),
        ('names = ["xbank bank"]', 'names = ["LCL"]', "too short"),
        ('names = ["xbank bank"]', 'short_names = ["!!"]', "no letters"),
        ('advice = "a"', f'advice = "{"a" * 141}"', "1 to 140"),
        ('source = "test"', 'source = ""', "source is empty"),
        ('sector = "bank"', 'sector = "casino"', "Invalid enum value"),
        ('sector = "bank"', 'sector = "bank"\nextra = 1', "unknown field"),
        ("[[body]]", "[[body]", "test.toml"),
    ],
)
def test_faults_are_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    (tmp_path / "test.toml").write_text(ENTRY.replace(old, new), encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        read_bodies(tmp_path, {})
    assert fault in caught.value.message


def test_a_domain_belongs_to_one_body(tmp_path: Path) -> None:
    (tmp_path / "test.toml").write_text(ENTRY + ENTRY.replace('id = "x"', 'id = "y"'), encoding="utf-8")
    with pytest.raises(DataFileError, match="is already x's"):
        read_bodies(tmp_path, {})
