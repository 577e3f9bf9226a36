"""The compiled list answers exactly as a Python set with the parent rule would, and refuses damaged files."""

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guetteur.core.hostwalk import parents
from guetteur.errors import DataFileError
from guetteur.lists.compiled import CompiledList
from guetteur.lists.writer import ListedKey, compile_list

BUILT = datetime(2026, 11, 20, tzinfo=UTC)
labels = st.text("ab1", min_size=1, max_size=3)
names = st.lists(labels, min_size=2, max_size=4).map(".".join)


def build(path: Path, hosts: list[ListedKey]) -> CompiledList:
    compile_list(path, hosts, version="v1", built_at=BUILT, sources=("one", "two"))
    return CompiledList(path)


@settings(max_examples=60)
@given(st.sets(names, max_size=40), st.lists(names, max_size=60))
def test_answers_like_a_set_with_the_parent_rule(listed: set[str], asked: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        compiled = build(Path(folder) / "list.bin", [ListedKey(host) for host in sorted(listed)])
        for host in [*asked, *listed, *(f"x.{host}" for host in listed)]:
            expected = [name for name in parents(host) if name in listed]
            found = compiled.find(host)
            assert (found is not None) == bool(expected)
            if found is not None:
                assert found.entry == expected[-1]
        assert len(compiled) == len(list(compiled.entries()))


def test_tells_sources_and_first_day(tmp_path: Path) -> None:
    compiled = build(tmp_path / "l.bin", [ListedKey("evil.example", 3, date(2026, 7, 1)), ListedKey("bad.example", 2)])
    found = compiled.find("www.evil.example")
    assert found is not None
    assert (found.entry, found.sources, found.first_seen) == ("evil.example", ("one", "two"), date(2026, 7, 1))
    other = compiled.find("bad.example")
    assert other is not None
    assert (other.sources, other.first_seen) == (("two",), None)
    assert "good.example" not in compiled
    assert "example" not in compiled


def test_siblings_on_a_shared_suffix_are_not_listed(tmp_path: Path) -> None:
    compiled = build(tmp_path / "l.bin", [ListedKey("bad.web.app")])
    assert "bad.web.app" in compiled
    assert "good.web.app" not in compiled
    assert "web.app" not in compiled


def test_children_of_listed_hosts_are_dropped(tmp_path: Path) -> None:
    compiled = build(tmp_path / "l.bin", [ListedKey("z.example"), ListedKey("a.z.example"), ListedKey("b.example")])
    assert sorted(compiled.entries()) == ["b.example", "z.example"]
    assert compiled.meta.listed == 2


def test_nested_lists_are_asked_host_by_host(tmp_path: Path) -> None:
    hosts = [ListedKey("com.example"), ListedKey("a.com.example")]
    compile_list(tmp_path / "l.bin", hosts, version="v", built_at=BUILT, sources=("s",), nested=True)
    compiled = CompiledList(tmp_path / "l.bin")
    assert compiled.holds("a.com.example")
    assert compiled.holds("com.example")
    assert not compiled.holds("b.com.example")
    assert not compiled.holds("example")


def test_pages_of_a_shared_host(tmp_path: Path) -> None:
    compiled = build(tmp_path / "l.bin", [ListedKey("sites.example/view/fake"), ListedKey("evil.example")])
    assert compiled.find("sites.example") is None
    assert compiled.find("sites.example", "/view") is None
    assert compiled.find("sites.example", "/view/fakes") is None
    found = compiled.find("sites.example", "/view/fake/login")
    assert found is not None
    assert found.entry == "sites.example/view/fake"
    assert compiled.find("user.sites.example", "/view/fake") is None
    assert compiled.find("evil.example", "/any") is not None


def test_same_input_same_bytes(tmp_path: Path) -> None:
    hosts = [ListedKey(f"h{n}.example") for n in range(100)]
    build(tmp_path / "a.bin", hosts)
    build(tmp_path / "b.bin", hosts)
    assert (tmp_path / "a.bin").read_bytes() == (tmp_path / "b.bin").read_bytes()


def test_age_is_never_negative(tmp_path: Path) -> None:
    compiled = build(tmp_path / "l.bin", [ListedKey("a.example")])
    assert compiled.age_days(datetime(2026, 11, 24, tzinfo=UTC)) == 4
    assert compiled.age_days(datetime(2020, 1, 1, tzinfo=UTC)) == 0


@pytest.mark.parametrize("damage", ["empty", "cut", "magic", "short", "meta"])
def test_damaged_files_are_refused_with_a_hint(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "l.bin"
    build(path, [ListedKey(f"h{n}.example") for n in range(50)])
    content = path.read_bytes()
    changed = {
        "empty": b"",
        "cut": content[:-1],
        "magic": b"X" + content[1:],
        "short": content[:20],
        "meta": content[:48] + b"\xff" * 8 + content[56:],
    }[damage]
    path.write_bytes(changed)
    with pytest.raises(DataFileError) as caught:
        CompiledList(path)
    assert caught.value.code == "list_damaged"
    assert caught.value.hint


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataFileError) as caught:
        CompiledList(tmp_path / "none.bin")
    assert caught.value.code == "list_missing"
