"""Errands: why something leaves is said before it does, and follows the call."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guetteur.egress import Contact, UnstatedError, about, contact, errand
from guetteur.store.database import StateDatabase
from guetteur.store.egress import EgressLog


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EgressLog]:
    database = StateDatabase(tmp_path / "guetteur.db")
    made = EgressLog(database, lambda: datetime(2026, 11, 24, 12, tzinfo=UTC))
    yield made
    made.close()
    database.close()


def told(log: EgressLog) -> list[tuple[str, ...]]:
    return [(one.purpose, one.to, one.what, one.outcome, str(one.count)) for one in log.report(9).entries]


def test_an_errand_says_why_and_follows_the_call(log: EgressLog) -> None:
    with errand(log, "report", "netcraft"):
        with contact("API.Example") as noted:
            noted.end("answered")
            noted.end("refused")  # too late
        with about("spamhaus"), pytest.raises(OSError, match="gone"), contact("api.example"):
            raise OSError("gone")
        with contact("dns", "scam.fr"):
            pass
    assert sorted(told(log)) == [
        ("report", "api.example", "netcraft", "answered", "1"),
        ("report", "api.example", "spamhaus", "failed", "1"),
        ("report", "dns", "scam.fr", "failed", "1"),
    ]


def test_a_name_without_end_is_cut(log: EgressLog) -> None:
    with errand(log, "age", "x" * 5_000), contact("y" * 5_000):
        pass
    assert {len(text) for text in told(log)[0][1:3]} == {253}


def test_nothing_opens_without_an_errand() -> None:
    def without() -> None:
        with pytest.raises(UnstatedError):
            Contact("api.example")
        with pytest.raises(UnstatedError), about("x"):
            pass

    thread = threading.Thread(target=without)  # a thread of its own begins without the tests' errand
    failed: list[BaseException] = []
    thread.run = lambda: failed.extend(_caught(without))  # type: ignore[method-assign]
    thread.start()
    thread.join()
    assert failed == []


def _caught(call: object) -> list[BaseException]:
    try:
        call()  # type: ignore[operator]
    except BaseException as error:  # noqa: BLE001
        return [error]
    return []
