"""The person's own exceptions: one exact site, and nothing below it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guetteur.errors import InvalidInputError
from guetteur.store import exceptions as module
from guetteur.store.database import StateDatabase
from guetteur.store.exceptions import Exceptions

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def exceptions(tmp_path: Path) -> Iterator[Exceptions]:
    database = StateDatabase(tmp_path / "guetteur.db")
    yield Exceptions(database)
    database.close()


def test_the_host_and_its_www_twin_and_nothing_below(exceptions: Exceptions) -> None:
    exceptions.add("www.amicale-orange.fr", NOW)
    assert exceptions.holds("amicale-orange.fr")
    assert exceptions.holds("www.amicale-orange.fr")
    for other in ("login.amicale-orange.fr", "www.www.amicale-orange.fr", "orange.fr", "fr", "xamicale-orange.fr"):
        assert not exceptions.holds(other), other
    assert [one.host for one in exceptions.all()] == ["amicale-orange.fr"]
    exceptions.remove("amicale-orange.fr")
    assert not exceptions.holds("www.amicale-orange.fr")


def test_www_alone_is_no_prefix(exceptions: Exceptions) -> None:
    exceptions.add("www.fr", NOW)
    assert exceptions.holds("www.fr")
    assert not exceptions.holds("fr")


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "a b",
        "http://a.fr",
        "a.fr/",
        "a.fr:80",
        "A.fr",
        "a.fr.",
        "é.fr",
        "a@b.fr",
        "x" * 300,
        "a.fr?b",
        "a\nb.fr",
    ],
)
def test_what_is_no_host_is_refused(exceptions: Exceptions, host: str) -> None:
    with pytest.raises(InvalidInputError):
        exceptions.add(host, NOW)
    assert exceptions.all() == ()


@pytest.mark.parametrize("host", ["xn--crdit-agricole-ckb.com", "127.0.0.1", "[::1]", "localhost", "a_b.example"])
def test_every_host_a_browser_shows_can_be_one(exceptions: Exceptions, host: str) -> None:
    exceptions.add(host, NOW)
    assert exceptions.holds(host)


def test_there_is_an_end(exceptions: Exceptions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_EXCEPTIONS", 2)
    exceptions.add("a.example", NOW)
    exceptions.add("b.example", NOW)
    exceptions.add("b.example", NOW)
    with pytest.raises(InvalidInputError):
        exceptions.add("c.example", NOW)


def test_what_is_removed_cannot_be_read_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "guetteur.db"
    database = StateDatabase(path)
    exceptions = Exceptions(database)
    exceptions.add("tres-personnel.example", NOW)
    exceptions.remove("tres-personnel.example")
    database.close()
    assert all(b"tres-personnel" not in file.read_bytes() for file in tmp_path.iterdir())
