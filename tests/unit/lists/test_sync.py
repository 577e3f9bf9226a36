"""The client around the attacks: progress, two daemons, a full disk, rollback by the user, status."""

import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

sys.path.insert(0, str(Path(__file__).parents[2]))
from guetteur.errors import DataFileError
from guetteur.lists.fetcher import USER_AGENT
from guetteur.lists.index import Index, decode_index, delta_chain, delta_target
from guetteur.lists.poison import PoisonError, check_contents
from guetteur.lists.status import SyncRecord, make_status, read_record, write_record
from guetteur.lists.store import Store
from guetteur.lists.sync import Progress, read_status
from support.lists import DAY, HOSTS, NOW, ListServer, PlainContents, Publisher, User, small_disk

pytestmark = pytest.mark.enable_socket
V1, V2 = HOSTS, HOSTS | {"new.example"}


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    made = Publisher(tmp_path / "publisher").begin()
    made.release("v1", V1)
    return made


@pytest.fixture
def server(publisher: Publisher) -> Iterator[ListServer]:
    made = ListServer(publisher.repo)
    yield made
    made.close()


@pytest.fixture
def user(tmp_path: Path, server: ListServer, publisher: Publisher) -> User:
    return User(tmp_path / "user", server.url, publisher.root)


def test_each_step_is_told(user: User, server: ListServer) -> None:
    agents = set()

    async def noted(request: web.Request, content: bytes) -> web.Response:
        agents.add(request.headers["User-Agent"])
        return web.Response(body=content)

    server.hooks[".list"] = noted
    events: list[Progress] = []
    assert user.sync(progress=events.append).outcome == "updated"
    stages = [event.stage for event in events]
    assert (stages[0], stages[-1]) == ("checking", "done")
    assert {"downloading", "applying", "installing"} <= set(stages)
    assert agents == {USER_AGENT}


def test_two_daemons_sync_one_folder(user: User, server: ListServer, publisher: Publisher, tmp_path: Path) -> None:
    other = User(tmp_path / "user", server.url, publisher.root)
    results = []
    for round_ in range(4):
        publisher.release(f"w{round_}", V1 | {f"w{round_}.example"}, now=NOW + timedelta(seconds=round_))
        threads = [threading.Thread(target=lambda who=who: results.append(who.sync())) for who in (user, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert user.hosts() == other.hosts() == V1 | {f"w{round_}.example"}
        assert user.store.verify() == ()
    assert {result.outcome for result in results} <= {"updated", "up_to_date", "busy"}


def test_a_full_disk_is_said_and_the_list_stays(server: ListServer, publisher: Publisher, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "600k") as disk:
        user = User(disk, server.url, publisher.root)
        assert user.sync().version == "v1"
        big = {f"{'x' * 50}{number}.example" for number in range(4000)}
        publisher.release("v2", big)
        (disk / "filler").write_bytes(b"x" * 400_000)
        result = user.sync(accept_size=True)
        assert (result.outcome, result.error.code, user.hosts()) == ("failed", "disk_full", V1)
        (disk / "filler").write_bytes(b"x" * 560_000)
        assert user.sync(accept_size=True).error.code == "disk_full"
        assert (user.hosts(), user.store.verify()) == (V1, ())
        (disk / "filler").unlink()
        publisher.release("v3", V2)
        assert user.sync().version == "v3"


def test_a_rollback_is_kept_until_something_newer(user: User, publisher: Publisher) -> None:
    user.sync()
    publisher.release("v2", V2)
    user.sync()
    user.store.rollback()
    for _ in range(2):
        result = user.sync()
        assert (result.outcome, result.version) == ("held", "v1")
    assert read_status(user.store, NOW).held == ("v2",)
    publisher.release("v3", V2 | {"third.example"})
    assert user.sync().version == "v3"


def test_trust_survives_a_restart_and_damage_to_it(user: User, publisher: Publisher, tmp_path: Path) -> None:
    user.sync()
    for name in ("timestamp", "snapshot", "targets", "never-block"):
        (user.store.folder / f"tuf/{name}.json").write_bytes(b"\0" * 100)
    (user.store.folder / "tuf/root_history/1.root.json").write_bytes(b"")
    (user.store.folder / "tuf/tmpleft").write_bytes(b"")
    publisher.release("v2", V2)
    assert user.sync().version == "v2"
    assert not (user.store.folder / "tuf/tmpleft").exists()


def test_a_shipped_root_that_is_none(user: User, tmp_path: Path) -> None:
    broken = User(tmp_path / "user", user.setup.url, b"{}")
    assert broken.sync().error.code == "root_damaged"


def test_status(user: User) -> None:
    empty = read_status(user.store, NOW)
    assert (empty.version, empty.stale, empty.last_success, empty.age_s) == (None, True, None, None)
    user.sync()
    later = NOW + timedelta(hours=1)
    fresh = read_status(user.store, later, next_try=later)
    assert (fresh.version, fresh.age_s, fresh.stale, fresh.next_try) == ("v1", 3600.0, False, later)
    write_record(user.store.folder, SyncRecord(NOW + 8 * DAY))
    assert read_status(Store(user.store.folder), NOW + 8 * DAY).stale  # asked, but nothing new for a week
    for damaged in (b"?", b'{"last_success": "\xff"}'):
        (user.store.folder / "status.json").write_bytes(damaged)
        assert read_record(user.store.folder) == SyncRecord()
    assert make_status(None, SyncRecord(NOW + 30 * DAY), frozenset(), NOW).clock_behind


def test_poison_check() -> None:
    many = PlainContents({f"h{number}.example" for number in range(2000)})
    check_contents(many, ["google.com"], 500)
    check_contents(many, ["google.com"], None)
    with pytest.raises(PoisonError, match="would block a0, a1, a2, a3, a4 and 2 more"):
        check_contents(PlainContents({f"a{number}" for number in range(7)}), [f"x.a{n}" for n in range(7)], None)
    with pytest.raises(PoisonError, match="2000 entries"):
        check_contents(many, [], 399)
    check_contents(many, [], 399, accept_size=True)


def index(**deltas: str) -> Index:
    return Index("v9", "d", NOW, 1, "lists/v9.list", deltas)


def test_delta_chains() -> None:
    assert delta_chain(index(), "v9") == ()
    assert delta_chain(index(v8=delta_target("v8", "v9")), "v8") == ("lists/v8..v9.delta",)
    assert delta_chain(index(v7="lists/v7..v8.delta", v8="lists/v8..v9.delta"), "v7") is not None
    assert delta_chain(index(v7="lists/v7..v8.delta"), "v7") is None
    assert delta_chain(index(v7="lists/v8..v9.delta"), "v7") is None
    assert delta_chain(index(v7="lists/v7..v7.delta"), "v7") is None  # a ring
    long = {f"w{n}": delta_target(f"w{n}", f"w{n + 1}") for n in range(15)} | {"w14": delta_target("w14", "v9")}
    assert delta_chain(index(**long), "w0") is None
    assert len(delta_chain(index(**long), "w1") or ()) == 14


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"v9"', '"../9"'),
        ('"v9"', '"a..b"'),
        ("lists/v9.list", "lists/../../etc/passwd"),
        ("lists/v9.list", "/etc/passwd"),
        ("+00:00", ""),
        ("Z", ""),
        ('"entries": 1', '"entries": -1'),
    ],
)
def test_an_index_that_is_none(old: str, new: str) -> None:
    good = index().encode().decode()
    assert decode_index(good.encode()) == index()
    if old in good:
        with pytest.raises(DataFileError):
            decode_index(good.replace(old, new).encode())


@pytest.mark.parametrize("new", [b'"v\xff"', b"[" * 100_000])
def test_an_index_that_is_no_json(new: bytes) -> None:
    with pytest.raises(DataFileError):
        decode_index(index().encode().replace(b'"v9"', new, 1))
