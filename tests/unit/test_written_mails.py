"""The mails of ``tests/mails`` are enough, whole, different from each other, and true about who sends them."""

import re
import tomllib
from collections import Counter
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr
from itertools import combinations
from pathlib import Path

import pytest

from support.mails import Written, mails

BODIES = Path(__file__).parents[2] / "blocklists" / "bodies"
EXPECT = {"genuine": {"silent", "official"}, "scams": {"warned", "danger"}}
ONLY_HERE = {"critair", "transfer-order"}
AT_MOST_ALIKE = 0.4


def shingles(mail: Written) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", re.sub(r"\]\([^)]*\)|https?://\S+", " ", mail.words.casefold()))
    return frozenset(zip(words, words[1:], words[2:], strict=False))


@pytest.fixture(scope="module")
def bodies() -> dict[str, tuple[str, ...]]:
    found = {}
    for path in BODIES.glob("*.toml"):
        for body in tomllib.loads(path.read_text("utf-8"))["body"]:
            found[body["id"]] = (*body["domains"], *body.get("sender_domains", ()))
    return found


def test_each_has_its_own_name() -> None:
    assert not [name for name, often in Counter(mail.id for mail in mails()).items() if often > 1]


def test_there_are_enough_of_each_half_and_script() -> None:
    halves = Counter(mail.is_scam for mail in mails())
    scripts = Counter(mail.script for mail in mails() if mail.is_scam)
    assert min(halves.values()) >= 150, halves
    assert min(scripts.values()) >= 6, scripts


@pytest.mark.parametrize("half", EXPECT)
def test_the_folder_says_which_half(half: str) -> None:
    assert {mail.expect for mail in mails() if mail.kind.startswith(half + "/")} == EXPECT[half]


def test_scripts_are_those_that_are_shipped() -> None:
    shipped = {path.stem for path in (BODIES.parent / "scripts").glob("*.toml")}
    assert {mail.script for mail in mails() if mail.is_scam} <= shipped | ONLY_HERE
    assert not [mail.id for mail in mails() if mail.script and not mail.is_scam]


def test_every_mail_is_read_by_the_standard_library() -> None:
    for mail in mails():
        message = message_from_bytes(mail.raw(), policy=default)
        defects = [defect for part in message.walk() for defect in part.defects]
        text = message.get_body(("plain", "html"))
        assert not defects, (mail.id, defects)
        assert parseaddr(str(message["from"]))[1].count("@") == 1, mail.id
        assert message["subject"], mail.id
        assert text is not None, mail.id
        assert len(text.get_content().split()) > 5, mail.id


def test_a_mail_is_built_the_same_each_time() -> None:
    assert all(mail.raw() == mail.raw() for mail in mails())


def test_no_wording_comes_twice() -> None:
    read = [(mail.id, shingles(mail)) for mail in mails()]
    alike = [
        (one, other)
        for (one, words), (other, more) in combinations(read, 2)
        if len(words & more) > AT_MOST_ALIKE * min(len(words), len(more))
    ]
    assert not alike


def test_bodies_exist_and_official_mail_comes_from_theirs(bodies: dict[str, tuple[str, ...]]) -> None:
    assert {mail.body for mail in mails() if mail.body} <= bodies.keys()
    foreign = [
        mail.id
        for mail in mails()
        if mail.expect == "official"
        and not f".{mail.entry['from'].rstrip('>').rpartition('@')[2]}".endswith(
            tuple(f".{host}" for host in bodies[mail.body])
        )
    ]
    assert not foreign
