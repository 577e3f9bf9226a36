"""Data of an earlier version is taken over as it stands; that of a later one is left alone, and both are said.

``tests/data/NAME-N.sql`` are dumps of what the code wrote when ``user_version`` was N; a new step of the migrations
needs a dump of the one before it.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guetteur.config import Settings
from guetteur.reports.channels.interface import Receipt
from guetteur.reports.outbox import FILE_NAME as OUTBOX
from guetteur.reports.outbox import Outbox, OutboxError
from guetteur.reports.outbox_file import MIGRATIONS as OUTBOX_MIGRATIONS
from guetteur.state_checks import look_at_state
from guetteur.store.migrations import MIGRATIONS
from guetteur.store.person import FILE_NAME as PERSON
from guetteur.store.person import PersonStore

DUMPS = Path(__file__).parents[2] / "data"
NOW = datetime(2026, 12, 3, 12, tzinfo=UTC)


def written_by(version: int, state: Path, name: str) -> None:
    """The file as that version left it."""
    dump = DUMPS / f"{name.removesuffix('.db')}-{version}.sql"
    with closing(sqlite3.connect(state / name)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.executescript(dump.read_text("utf-8"))
        assert connection.execute("pragma user_version").fetchone() == (version,)


def dumped(name: str) -> list[int]:
    return sorted(int(path.stem.rpartition("-")[2]) for path in DUMPS.glob(f"{name.removesuffix('.db')}-*.sql"))


def codes(state: Path) -> set[str]:
    settings = Settings(runtime_dir=state / "run", state_dir=state)
    return {finding.code for finding in look_at_state(settings, now=NOW, search_path="")}


@pytest.mark.parametrize("version", dumped(PERSON))
async def test_choices_and_habits_of_an_earlier_version(tmp_path: Path, version: int) -> None:
    written_by(version, tmp_path, PERSON)
    store = PersonStore(tmp_path, lambda: NOW)
    assert (store.database.kept, store.database.fault) == (True, None)
    assert [one.host for one in store.exceptions.all()] == ["mon-jardin.example"]
    assert store.exceptions.holds("www.mon-jardin.example")
    assert store.visits.familiar("association.example")
    assert not store.visits.familiar("autre.example")
    assert store.database.read(lambda db: db.execute("select created from ages").fetchall(), []) == [("2001-02-03",)]
    assert store.exceptions.add("neuf.example", NOW)
    store.close()
    with closing(sqlite3.connect(tmp_path / PERSON)) as connection:
        assert connection.execute("pragma user_version").fetchone() == (len(MIGRATIONS),)
    assert "database_ok" in codes(tmp_path)


@pytest.mark.parametrize("version", dumped(OUTBOX))
def test_reports_of_an_earlier_version(tmp_path: Path, version: int) -> None:
    written_by(version, tmp_path, OUTBOX)
    passed = timedelta()
    box = Outbox(tmp_path / OUTBOX, lambda: NOW + passed, lambda: 1_000.0 + passed.total_seconds())
    states = {(entry.case, entry.channel): (entry.state, entry.reference) for entry in box.entries()}
    assert states == {
        ("case-1", "netcraft"): ("accepted", "ref-1"),
        ("case-1", "spamhaus"): ("queued", ""),
        ("case-2", "netcraft"): ("queued", ""),
        ("case-3", "apwg"): ("sending", ""),
    }
    found = box.case("case-1")
    assert found is not None
    assert found.body == "la-banque-postale"
    assert [step.state for step in box.history("case-1", "netcraft")] == ["queued", "sending", "accepted"]
    # What waits goes out, and what the old version was sending when it ended is sent again.
    assert box.recover() == 1
    passed = timedelta(days=1)
    for channel in ("spamhaus", "netcraft", "apwg"):
        begun = box.begin(channel)
        assert begun is not None, channel
        box.finish(begun[0], Receipt("accepted", reference=f"late-{channel}"))
    assert {entry.state for entry in box.entries()} == {"accepted"}
    box.close()
    with closing(sqlite3.connect(tmp_path / OUTBOX)) as connection:
        assert connection.execute("pragma user_version").fetchone() == (len(OUTBOX_MIGRATIONS),)
    assert "database_ok" in codes(tmp_path)


@pytest.mark.parametrize(("name", "steps"), [(PERSON, len(MIGRATIONS)), (OUTBOX, len(OUTBOX_MIGRATIONS))])
def test_there_is_a_dump_of_the_step_before_the_last(name: str, steps: int) -> None:
    assert steps == 1 or {steps - 1, steps} & set(dumped(name))


def open_person(state: Path) -> str:
    store = PersonStore(state, lambda: NOW)
    store.exceptions.add("neuf.example", NOW)
    store.close()
    return store.database.fault.code if store.database.fault else ""


def open_outbox(state: Path) -> str:
    with pytest.raises(OutboxError) as caught:
        Outbox(state / OUTBOX)
    return caught.value.code


@pytest.mark.parametrize(
    ("name", "opened", "code"), [(PERSON, open_person, "store_newer"), (OUTBOX, open_outbox, "outbox_newer")]
)
def test_data_of_a_later_version_is_left_alone_and_said(
    tmp_path: Path, name: str, opened: Callable[[Path], str], code: str
) -> None:
    written_by(dumped(name)[-1], tmp_path, name)
    with closing(sqlite3.connect(tmp_path / name)) as connection:
        connection.execute("create table of_tomorrow (day text)")
        connection.execute("pragma user_version = 99")
    before = (tmp_path / name).read_bytes()
    assert opened(tmp_path) == code
    assert (tmp_path / name).read_bytes() == before
    assert not list(tmp_path.glob("*.damaged"))
    assert "database_newer" in codes(tmp_path)
