"""The gates, each with what it must stop and what it must let through."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guetteur.errors import DataFileError
from guetteur.publish.gates import WHOLE, Canaries, EntryGate, judge_list, judge_size, load_canaries
from guetteur.publish.sources import Source, Sources
from guetteur.publish.zones import NeverBlock


def source(name: str, bit: int, **changes: Any) -> Source:
    fields: dict[str, Any] = {
        "id": name, "name": name, "url": f"https://lists.example/{name}", "format": "hosts", "licence": "MIT",
        "kind": "phishing-hosts", "family": name, "trust": 1, "bit": bit, "refresh_h": 6, "max_bytes": 1_000_000,
        "deadline_s": 5.0, "checked": date(2026, 11, 24),
    }  # fmt: skip
    return Source(**(fields | changes))


SOURCES = Sources((source("a", 0), source("b", 1), source("b-too", 2, family="b"), source("strong", 3, trust=3)))
NEVER = NeverBlock(
    official=frozenset({"impots.gouv.fr", "labanque.fr", "provider.fr"}),
    public=frozenset({"mairie-exemple.fr"}),
    popular=frozenset({"popular.com", "shop.popular.co.uk"}),
    shared=frozenset({"sites.popular.com", "bit.ly", "lines.provider.fr"}),
    infrastructure=frozenset({"edge.net"}),
)
GATE = EntryGate(NEVER, {"honest.fr": "etalab", "www.two.honest.net": "etalab"}, SOURCES)


@pytest.mark.parametrize(
    ("key", "rule", "detail"),
    [
        ("impots.gouv.fr", "never_block", "official"),
        ("cfspart.impots.gouv.fr", "never_block", "official"),
        ("www.labanque.fr/login", "never_block", "official"),
        ("gouv.fr", "never_block", "above official"),
        ("fr", "never_block", "above official"),
        ("mairie-exemple.fr", "never_block", "public"),
        ("www.mairie-exemple.fr", "never_block", "public"),
        ("popular.com", "never_block", "popular"),
        ("www.popular.com", "never_block", "popular"),
        ("popular.co.uk", "never_block", "above popular"),
        ("bit.ly", "never_block", "shared"),
        ("lines.provider.fr", "never_block", "shared"),
        ("www.provider.fr", "never_block", "official"),
        ("edge.net", "never_block", "infrastructure"),
        ("popular.com/url", "path_too_broad", ""),
        ("www.popular.com/l.php", "path_too_broad", ""),
        ("popular.com/redir/redirect", "path_too_broad", ""),
        ("sites.popular.com/view", "path_too_broad", ""),
        ("bit.ly/login", "path_too_broad", ""),
        ("mairie-exemple.fr/index.html", "path_too_broad", ""),
        ("honest.fr", "allowed", "etalab"),
        ("www.honest.fr", "allowed", "etalab"),
        ("honest.net", "allowed", "etalab"),
    ],
)
def test_refused(key: str, rule: str, detail: str) -> None:
    found = GATE.judge(key, 1)
    assert found is not None
    assert (found.key, found.rule, found.detail, found.listed) == (key, rule, detail, False)


@pytest.mark.parametrize(
    "key",
    [
        "evil.fr",
        "impots-gouv.fr",
        "evil.mairie-exemple.fr",
        "mairie-exemple.fr/wp-content/plugins/evil.html",
        "evil.popular.com",
        "popular.com/someone/evil/page",
        "popular.com/docs/1FAIpQLSc3",
        "sites.popular.com/view/evil",
        "bit.ly/3xYz",
        "evil.edge.net",
        "evil.honest.fr",
        "honest.fr/evil",
        "93.184.216.34",
        "[2606:2800:220:1::]/x",
    ],
)
def test_let_through(key: str) -> None:
    assert GATE.judge(key, 1) is None


def test_official_is_never_listed_whoever_says_so() -> None:
    found = GATE.judge("impots.gouv.fr", 0b1111)
    assert found is not None
    assert not found.listed


@pytest.mark.parametrize(
    ("bits", "listed"), [(0b0001, False), (0b0110, False), (0b1000, False), (0b0011, True), (0b1001, True)]
)
def test_a_poisoned_allow_source_frees_nothing_two_families_list(bits: int, listed: bool) -> None:
    found = GATE.judge("honest.fr", bits)
    assert found is not None
    assert found.listed is listed
    assert found.rule == ("allow_overruled" if listed else "allowed")


def test_what_was_overruled_is_not_in_the_clients_never_block_list() -> None:
    """Else every client would refuse the list that holds it."""
    assert {"honest.fr", "www.two.honest.net", "impots.gouv.fr"} <= GATE.never_block_hosts([])
    hosts = GATE.never_block_hosts(["honest.net"])
    assert "www.two.honest.net" not in hosts
    assert "honest.fr" in hosts


def test_trust() -> None:
    gate = EntryGate(NEVER, {}, Sources(SOURCES.source, min_trust=2))
    assert (found := gate.judge("evil.fr", 0b0001)) is not None
    assert found.rule == "below_trust"
    assert gate.judge("evil.fr", 0b0110) is not None, "one family counts once"
    assert gate.judge("evil.fr", 0b0011) is None
    assert gate.judge("evil.fr", 0b1000) is None


@pytest.mark.parametrize(
    ("before", "after", "held"),
    [
        (None, 1_000_000, False),
        (None, 0, True),
        (1000, 0, True),
        (50, 0, True),
        (1000, 800, False),
        (1000, 799, True),
        (1000, 1500, False),
        (1000, 1501, True),
        (1000, 10_000, True),
        (50, 120, False),
        (120, 30, False),
    ],
)
def test_size(before: int | None, after: int, held: bool) -> None:
    assert (judge_size(source("a", 0), before, after) is not None) is held


def test_size_limits_are_the_sources() -> None:
    assert judge_size(source("a", 0, max_shrink=0.6), 1000, 450) is None
    assert judge_size(source("a", 0, max_growth=9.0), 1000, 9_000) is None


def test_canaries(tmp_path: Path) -> None:
    path = tmp_path / "canaries.toml"
    path.write_text(
        'must_not = ["www.google.com"]\n[[must]]\nsource = "a"\nat_least = 2\nhosts = ["x.fr", "y.fr", "z.fr"]\n'
    )
    canaries = load_canaries(path)
    assert canaries.watched() == {"www.google.com", "google.com", "com", "x.fr", "y.fr", "z.fr"}
    served = frozenset({"a"})
    assert canaries.faults(frozenset({"x.fr", "z.fr"}), served) == []
    assert canaries.faults(frozenset({"x.fr"}), served) == ["only 1 of the 3 canaries of a are listed"]
    assert canaries.faults(frozenset(), frozenset()) == []
    found = frozenset({"google.com", "x.fr", "y.fr"})
    assert canaries.faults(found, served) == ["www.google.com must not be listed, but google.com is"]
    assert Canaries(()).faults(frozenset(), served) == []
    path.write_text("must_nto = []")
    with pytest.raises(DataFileError) as caught:
        load_canaries(path)
    assert caught.value.code == "canaries_invalid"


@pytest.mark.parametrize(
    ("entries", "published", "absent", "accept", "said"),
    [
        (1, None, [], set(), []),
        (0, None, [], set(), ["would be empty"]),
        (0, 1000, [], {WHOLE}, ["would be empty"]),
        (2400, 3000, [], set(), []),
        (2399, 3000, [], set(), ["would shrink from 3,000 to 2,399 entries, 20% are allowed"]),
        (2399, 3000, [], {WHOLE}, []),
        (5, 105, [], set(), []),
        (9000, 3000, [], set(), []),
        (3000, 3000, ["a", "b"], set(), ["no copy of a, b serves"]),
        (3000, 3000, ["a", "b"], {"a", WHOLE}, ["no copy of b serves"]),
        (1, 3001, ["a"], {"a"}, ["would shrink"]),
    ],
)
def test_the_size_of_a_whole_list(
    entries: int, published: int | None, absent: list[str], accept: set[str], said: list[str]
) -> None:
    faults = judge_list(entries, published, absent, frozenset(accept))
    assert len(faults) == len(said)
    assert all(words in fault for words, fault in zip(said, faults, strict=True))
