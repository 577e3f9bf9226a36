"""Deltas: an overlay answers exactly like the new list, and what does not fit is refused."""

import tempfile
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from guetteur.errors import DataFileError
from guetteur.lists import delta
from guetteur.lists.compiled import CompiledList
from guetteur.lists.delta import DeltaHeader
from guetteur.lists.layout import key_parents
from guetteur.lists.view import ListView
from guetteur.lists.writer import ListedKey, compile_list, digest_of

BUILT = datetime(2026, 11, 20, tzinfo=UTC)
State = dict[str, tuple[int, int]]
labels = st.text("ab", min_size=1, max_size=2)
names = st.lists(labels, min_size=2, max_size=3).map(".".join)


def pruned(state: State) -> State:
    return {key: mark for key, mark in state.items() if not any(up in state for up in key_parents(key))}


states = st.dictionaries(names, st.tuples(st.integers(1, 3), st.just(0)), max_size=12).map(pruned)


def base(folder: Path, state: State, version: str = "0") -> ListView:
    keys = [ListedKey(key, bits) for key, (bits, _) in state.items()]
    compile_list(folder / "base.list", keys, version=version, built_at=BUILT, sources=("one", "two"))
    return ListView(CompiledList(folder / "base.list"))


def step(old: State, new: State, number: int) -> bytes:
    header = DeltaHeader(str(number), str(number + 1), BUILT, ("one", "two"), digest_of(new))
    return delta.encode(header, old, new)


@settings(max_examples=60, deadline=None)
@given(st.lists(states, min_size=2, max_size=4), st.lists(names, max_size=20))
def test_a_chain_of_overlays_answers_like_the_last_list(chain: list[State], asked: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        view = base(folder, chain[0])
        for number, (old, new) in enumerate(pairwise(chain)):
            view = delta.apply(view, step(old, new, number), folder / str(number))
        last = chain[-1]
        assert set(view.entries()) == set(last)
        assert len(view) == len(last)
        assert view.version == str(len(chain) - 1)
        for host in [*asked, *chain[0], *last]:
            expected = next((up for up in reversed([host, *key_parents(host)]) if up in last), None)
            found = view.find(host)
            assert (found.entry if found else None) == expected
        for key, mark in last.items():
            assert view.mark(key) == mark


def test_a_days_delta_is_small(tmp_path: Path) -> None:
    old = {f"host-{n}.example{n % 7}.com": (1, 0) for n in range(20_000)}
    new = {key: mark for n, (key, mark) in enumerate(old.items()) if n % 100} | {
        f"new-{n}.example.net": (1, 0) for n in range(200)
    }
    content = step(old, new, 0)
    assert len(content) < 400 * 15
    assert set(delta.apply(base(tmp_path, old), content, tmp_path / "o").entries()) == set(new)


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    old, new = {"a.example": (1, 0)}, {"b.example": (1, 0)}
    view = base(tmp_path, old)
    good = step(old, new, 0)
    no_mark = [step(old, {"b.example": mark}, 0) for mark in ((1, 10**9), (1, 10**30), (1, -1), (1 << 32, 0), (-1, 0))]
    no_host = step(old, {"bé.example": (1, 0)}, 0)
    cases = {
        "delta_damaged": [
            b"",
            b"garbage",
            good[:-3],
            zstandard.compress(b"{}\n"),
            zstandard.compress(b"x\n+a"),
            *no_mark,
            no_host,
        ],
        "delta_does_not_fit": [
            step(old, new, 5),
            step({"c.example": (1, 0)}, new, 0),
            step({"a.example": (2, 0)}, new, 0),
            delta.encode(DeltaHeader("0", "1", BUILT, ("one",), "0" * 64), old, new),
        ],
        "delta_too_large": [zstandard.compress(bytes(delta.MAX_DELTA_BYTES + 1))],
    }
    for code, contents in cases.items():
        for content in contents:
            with pytest.raises(DataFileError) as caught:
                delta.apply(view, content, tmp_path / "o")
            assert caught.value.code == code
    assert set(view.entries()) == {"a.example"}
