"""``guetteur egress``, ``history`` and ``lists sources``: what is said, in both languages, and how it is forgotten."""

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from guetteur.app import now_utc, open_egress
from guetteur.cli import main
from guetteur.cli_install import forget_person
from guetteur.config import load_settings
from guetteur.egress import contact, errand
from guetteur.lists.sources import ListSource
from guetteur.lists.store import ListState, Store
from guetteur.lists.writer import ListedKey, compile_list
from guetteur.store.database import DAMAGED_SUFFIX
from guetteur.store.egress import GAP_SUFFIX
from guetteur.store.person import FILE_NAME, PersonStore
from support.tsa import Authority


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GUETTEUR_HOME", str(tmp_path))
    return tmp_path / "state"


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return result


def test_what_left_is_told_in_both_languages_and_forgotten(state: Path) -> None:
    assert "aucun autre ordinateur" in run("egress", "--lang", "fr").output
    with closing(open_egress(state)) as log:
        for _ in range(2):
            with errand(log, "age", "scam.fr"), contact("rdap.nic.fr") as noted:
                noted.end("answered")
        with errand(log, "lookup"), contact("dns", "scam.fr"):
            pass
    french, english = run("egress", "--lang", "fr").output, run("egress", "--lang", "en").output
    assert "âge d’un nom «\u00a0scam.fr\u00a0» → rdap.nic.fr\u00a0: a répondu (2 fois, la dernière à " in french
    told = "recherche pour un signalement «\u00a0scam.fr\u00a0» → serveurs de noms du réseau\u00a0: pas de réponse"
    assert told in french
    assert "age of a name" in english
    assert "the network’s name servers: no answer" in english
    told = json.loads(run("egress", "--json").output)
    assert {one["to"]: one["count"] for one in told["entries"]} == {"rdap.nic.fr": 2, "dns": 1}
    assert "contacted no other computer" in run("egress", "--clear", "--lang", "en").output
    assert json.loads(run("egress", "--json").output) == {"entries": [], "kept_days": 90, "complete": True}


def test_warnings_are_told_in_both_languages_and_forgotten(state: Path) -> None:
    assert "No warning is kept" in run("history", "--lang", "en").output
    with closing(PersonStore(state, now_utc)) as person:
        for _ in range(3):
            person.history.add("remboursement-ameli.info", "DANGER", "ameli")
    assert "remboursement-ameli.info, imite Assurance" in run("history", "--lang", "fr").output
    assert "3 times, the last at" in run("history", "--lang", "en").output
    (one,) = json.loads(run("history", "--json").output)["entries"]
    assert (one["host"], one["times"], one["body"]) == ("remboursement-ameli.info", 3, "ameli")
    assert "Aucune alerte" in run("history", "--clear", "--lang", "fr").output
    assert json.loads(run("history", "--json").output)["entries"] == []


def test_what_is_not_whole_is_said(state: Path) -> None:
    state.mkdir(parents=True)
    (state / FILE_NAME).write_bytes(b"no database " * 900)
    assert "disque plein" in run("egress", "--lang", "fr").output
    assert run("history", "--lang", "fr").output
    assert (state / FILE_NAME).read_bytes() == b"no database " * 900  # it is the daemon's to move aside


def test_all_of_it_is_told(state: Path) -> None:
    with closing(open_egress(state)) as log, errand(log, "lookup"):
        for number in range(510):
            with contact("dns", f"site-{number}.fr") as noted:
                noted.end("answered")
    with closing(PersonStore(state, now_utc)) as person:
        for number in range(510):
            person.history.add(f"site-{number}.example", "DANGER", None)
    for command in ("egress", "history"):
        assert len(run(command, "--lang", "fr").output.splitlines()) == 510
        assert len(json.loads(run(command, "--json").output)["entries"]) == 510


@pytest.mark.parametrize("command", [("channels",), ("list",), ("export",), ("list", "--deliver")])
def test_a_command_that_contacts_nobody_opens_no_log(state: Path, command: tuple[str, ...]) -> None:
    run("report", *command)
    assert (state / "outbox.db").exists()
    assert not (state / FILE_NAME).exists()


@pytest.mark.parametrize("command", ["egress", "history"])
def test_what_cannot_be_forgotten_is_an_error(tmp_path: Path, state: Path, command: str) -> None:
    state.write_text("in the folder's place")
    result = CliRunner().invoke(main, [command, "--clear"])
    assert result.exit_code == 2
    assert "guetteur doctor" in result.output


def test_uninstall_forget_erases_both(state: Path) -> None:
    with closing(PersonStore(state, now_utc)) as person:
        person.history.add("remboursement-ameli.info", "DANGER", None)
        with errand(person.egress, "age", "scam.fr"), contact("rdap.nic.fr"):
            pass
    for suffix in (DAMAGED_SUFFIX, f"{DAMAGED_SUFFIX}-wal", GAP_SUFFIX):
        (state / (FILE_NAME + suffix)).write_bytes(b"scam.fr")
    assert all(one.ok for one in forget_person(load_settings()))
    assert not [path for path in state.parent.rglob("*") if path.is_file() and path.name.startswith(FILE_NAME)]


def test_whose_lists_are_in_use(state: Path, tmp_path: Path) -> None:
    shipped = run("lists", "sources", "--lang", "fr").output
    assert "livrées avec Guetteur" in shipped
    assert "Phishing.Database\u00a0: MIT, 60326 adresses, du 2026-07-29 (il y a " in shipped
    at = datetime(2026, 11, 20, tzinfo=UTC)
    compile_list(tmp_path / "list", [ListedKey("scam.fr")], version="v7", built_at=at, sources=("One",))
    sources = (ListSource("one", "One", "https://one.example/", None, 12, at), ListSource("two", "Two"))
    Store(state / "lists").add(ListState("v7", "00", at, 12, sources), {"base": tmp_path / "list"}, at)
    lines = run("lists", "sources", "--lang", "en").output.splitlines()
    assert lines[0] == "The lists v7 are in use; they are from:"
    assert lines[1].startswith("  One: licence not stated, 12 addresses, of 2026-11-20 (")
    assert lines[2:] == ["    https://one.example/", "  Two: licence not stated"]
    told = json.loads(run("lists", "sources", "--json").output)
    assert told[0]["fetched_at"] == "2026-11-20T00:00:00Z"
    assert told[1] == {"id": "two", "name": "Two", "url": None, "licence": None, "entries": None, "fetched_at": None}
    (tmp_path / "list").write_bytes(b"x")
    Store(state / "lists").add(ListState("v8", "01", at, 12, sources[:1]), {"base": tmp_path / "list"}, at)
    line = run("lists", "sources", "--lang", "en").output.splitlines()[0]
    assert line == "The lists v7 are in use; they are from:", "those of v8 are damaged, and serve nobody"


def test_a_time_stamp_asked_for_by_a_command_is_noted(state: Path, tmp_path: Path) -> None:
    out = tmp_path / "bundle.zip"
    with Authority(tmp_path / "tsa").served() as url:
        run("report", "bundle", "https://scam.example.com/", "--out", str(out), "--timestamp", url)
    (one,) = json.loads(run("egress", "--json").output)["entries"]
    assert (one["purpose"], one["to"], one["what"], one["outcome"]) == ("timestamp", "127.0.0.1", "", "answered")
