"""Sorted runs and their merge, against sets."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from guetteur.publish import runs
from guetteur.publish.runs import RunWriter, merge

keys = st.sets(st.text("ab./-", min_size=1, max_size=4), max_size=30)


@settings(max_examples=60)
@given(lists=st.lists(keys, min_size=1, max_size=4), block=st.integers(1, 40))
def test_merge(lists: list[set[str]], block: int) -> None:
    before = runs._BLOCK
    runs._BLOCK = block
    try:
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for number, content in enumerate(lists):
                path = Path(folder) / str(number)
                path.write_text("".join(f"{key}\n" for key in sorted(content)))
                files.append((path, 1 << number))
            merged = [pair for part in merge(files) for pair in part]
    finally:
        runs._BLOCK = before
    wanted = {
        key: sum(1 << number for number, content in enumerate(lists) if key in content) for key in set().union(*lists)
    }
    assert [line[:-1] for line, _ in merged] == sorted(wanted)
    assert {line[:-1]: mask for line, mask in merged} == wanted


@given(batches=st.lists(keys, max_size=5))
def test_spilling_does_not_matter(batches: list[set[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "keys"
        writer = RunWriter(path, max_in_memory=5)
        for batch in batches:
            writer.keys |= batch
            writer.spill_if_full()
        assert writer.finish() == len(set().union(*batches))
        assert path.read_text().split() == sorted(set().union(*batches))
        assert [file.name for file in path.parent.iterdir()] == ["keys"]
