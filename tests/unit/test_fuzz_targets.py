"""The fuzz targets in short: their seeds hold, and so does what lies near them."""

import importlib
import random
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FOLDER = Path(__file__).parents[1] / "fuzz/targets"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))
PIECES = [
    b"\x00", b"\xff", b"\xc3", b'"', b"[", b"{", b"}", b",", b":", b"\n", b"\r\n\r\n", b"<", b">", b"%25", b"&#", b"=",
    b"@", b"--b\n", b"9999999999999999999999", b"-1", b"null", b"1e999", "İ".encode(), "\u202e".encode(), b"\x01A",
]  # fmt: skip


@cache
def target(name: str) -> ModuleType:
    return importlib.import_module(f"fuzz.targets.{name}")


@cache
def seeds(name: str) -> list[bytes]:
    found = [*target(name).seeds()]
    return found if len(found) <= 60 else random.Random(1).sample(found, 60)


@pytest.mark.parametrize("name", NAMES)
def test_seeds_hold(name: str) -> None:
    assert target(name).__doc__
    assert all(len(seed) <= target(name).MAX_LENGTH for seed in seeds(name))
    for seed in seeds(name):
        target(name).check(seed)


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_lies_near_the_seeds_holds(name: str, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(seeds(name)))
    for _ in range(data.draw(st.integers(1, 6))):
        at, gone = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(st.sampled_from(PIECES) | st.binary(max_size=6)) + text[at + gone :]
    target(name).check(text)
