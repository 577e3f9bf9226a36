"""``guetteur keys`` and ``guetteur lists`` as maintainers and a person type them: from the first key to a roll-back."""

import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from guetteur.cli import main
from guetteur.lists.sources import ListSource
from guetteur.publish.sync_blocklists import FAILED, PUBLISHED, REFUSED
from guetteur.publish.sync_blocklists import main as sync_blocklists

pytestmark = pytest.mark.enable_socket
MANY = [f"evil{number}.fr" for number in range(1000)]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def keys(desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GUETTEUR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GUETTEUR_KEY_PASSPHRASE", "only for this test")
    monkeypatch.setenv("GUETTEUR_KEYS", str(tmp_path / "keys"))
    monkeypatch.delenv("GUETTEUR_LISTS_URL", raising=False)
    desk.source("a", 0)
    desk.serve("a", *MANY)
    said(desk, "keys", "create")
    return tmp_path / "keys"


@pytest.fixture
def served(desk: Any, keys: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The published folder on the loopback, and this machine told to take its lists from there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(desk.blocklists / "repository")))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    monkeypatch.setenv("GUETTEUR_LISTS_URL", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setenv("GUETTEUR_LISTS_ROOT", str(desk.blocklists / "root.json"))
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def run(desk: Any, *arguments: str) -> Result:
    maintainers = (arguments[0] == "keys" and arguments[1] != "show") or arguments[1] == "explain"
    more = ["--blocklists", str(desk.blocklists)] if maintainers else []
    return CliRunner().invoke(main, [*arguments, *more])


def said(desk: Any, *arguments: str) -> str:
    done = run(desk, *arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def publish(desk: Any) -> None:
    assert sync_blocklists(["--blocklists", str(desk.blocklists), "--mirror", desk.address, "--force"]) == PUBLISHED


def test_keys_from_the_first_to_their_replacement(desk: Any, keys: Path) -> None:
    assert (desk.blocklists / "root.json").exists()
    assert run(desk, "keys", "create").exit_code == 2
    rows = json.loads(said(desk, "keys", "show", "--json"))
    assert {row["role"] for row in rows} == {"root", "targets", "never-block", "snapshot", "timestamp"}
    assert all(row["private"] for row in rows)
    shown = said(desk, "keys", "show").splitlines()
    assert len(shown) == len(rows)
    assert all(line.endswith("here") for line in shown)
    publish(desk)
    assert said(desk, "keys", "timestamp").startswith("timestamp ")
    assert "1 new, 1 gone; root is version 3" in said(desk, "keys", "rotate", "timestamp")
    assert "root is version 4" in said(desk, "keys", "renew-root")
    newer = json.loads(said(desk, "keys", "show", "--json"))
    assert {row["keyid"] for row in newer} != {row["keyid"] for row in rows}


def test_keys_cut_off_from_their_repository_are_finished(desk: Any, keys: Path) -> None:
    before = sorted(path.name for path in keys.iterdir())
    root = (desk.blocklists / "root.json").read_bytes()
    (desk.blocklists / "root.json").unlink()
    assert said(desk, "keys", "create").startswith("7 keys in ")
    assert (desk.blocklists / "root.json").read_bytes() == root
    (desk.blocklists / "root.json").unlink()
    shutil.rmtree(desk.blocklists / "repository")
    said(desk, "keys", "create")
    assert sorted(path.name for path in keys.iterdir()) == before
    publish(desk)


def test_keys_in_two_folders_publish_together(
    desk: Any, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    online = tmp_path / "online"
    online.mkdir()
    for path in [*keys.glob("snapshot-*"), *keys.glob("timestamp-*")]:
        path.rename(online / path.name)
    monkeypatch.setenv("GUETTEUR_KEYS", str(online))
    arguments = ["--blocklists", str(desk.blocklists), "--work", str(desk.work), "--mirror", desk.address]
    assert sync_blocklists(arguments) == FAILED
    assert "targets needs 1 of the keys" in capsys.readouterr().out
    assert not desk.work.exists(), "nothing is fetched for a list that cannot be signed"
    assert sync_blocklists([*arguments, "--keys", str(online), "--keys", str(keys)]) == PUBLISHED
    monkeypatch.setenv("GUETTEUR_KEYS", f"{online}{os.pathsep}{keys}")
    assert sync_blocklists([*arguments, "--force"]) == PUBLISHED
    monkeypatch.setenv("GUETTEUR_KEYS", str(online))
    assert said(desk, "keys", "timestamp").startswith("timestamp ")


def test_a_list_that_lost_most_of_itself_is_not_signed(
    desk: Any, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(desk)
    shutil.rmtree(desk.blocklists / ".work")
    desk.serve("a", *MANY[:10])
    arguments = ["--blocklists", str(desk.blocklists), "--mirror", desk.address, "--force"]
    assert sync_blocklists(arguments) == REFUSED
    assert "the list would shrink from 1,000 to 10 entries" in capsys.readouterr().out
    assert sync_blocklists([*arguments, "--accept", "list"]) == PUBLISHED


@pytest.mark.parametrize("content", [None, b"?"])
def test_a_damaged_repository_is_said_before_anything_is_fetched(
    desk: Any, keys: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    publish(desk)
    (index,) = (desk.blocklists / "repository/targets/lists").glob("*.index.json")
    index.unlink()
    if content is not None:
        index.write_bytes(content)
    arguments = ["--blocklists", str(desk.blocklists), "--mirror", desk.address, "--force", "--dry"]
    assert sync_blocklists(arguments) == FAILED
    assert "restore the folder from its copy" in capsys.readouterr().out


def test_a_wrong_passphrase_and_a_short_one_are_refused(desk: Any, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(desk)
    for passphrase in ("another for this test", "short", ""):
        monkeypatch.setenv("GUETTEUR_KEY_PASSPHRASE", passphrase)
        assert run(desk, "keys", "timestamp").exit_code == 2


def test_which_source_lists_a_host(desk: Any, keys: Path) -> None:
    publish(desk)
    assert said(desk, "lists", "explain", "evil1.fr").startswith("evil1.fr: listed")
    assert said(desk, "lists", "explain", "nobody.fr") == "no source names nobody.fr\n"
    (found,) = json.loads(said(desk, "lists", "explain", "evil1.fr", "--json"))
    assert (found["key"], found["listed"], found["sources"]) == ("evil1.fr", True, ["a"])


def test_lists_are_renewed_rolled_back_and_taken_up_again(desk: Any, served: str) -> None:
    assert "No list is stored" in said(desk, "lists", "status", "--lang", "en")
    publish(desk)
    assert re.match(
        r"Les listes \S+ sont en place \([\d\u00a0]+ octets reçus\)\.", said(desk, "lists", "sync", "--lang", "fr")
    )
    first = json.loads(said(desk, "lists", "status", "--json"))["version"]
    assert f"Lists {first}, 0 days old." in said(desk, "lists", "status", "--lang", "en")
    assert json.loads(said(desk, "lists", "sync", "--json"))["outcome"] == "up_to_date"
    desk.serve("a", *MANY, "fresh.fr")
    publish(desk)
    second = json.loads(said(desk, "lists", "sync", "--accept-size", "--json"))["version"]
    assert second != first
    assert f"The lists {first} are in use" in said(desk, "lists", "rollback", "--lang", "en")
    status = said(desk, "lists", "status", "--lang", "fr")
    assert f"dont vous êtes revenu en arrière\u00a0: {second}" in status
    assert "Dernier renouvellement\u00a0: " in status
    said(desk, "lists", "sync")
    assert json.loads(said(desk, "lists", "status", "--json"))["version"] == first
    said(desk, "lists", "release")
    said(desk, "lists", "sync")
    assert json.loads(said(desk, "lists", "status", "--json"))["version"] == second


@pytest.mark.parametrize("source", [ListSource("a", "A" * 301), ListSource("a", "A", "http://a.example/")])
def test_an_index_no_client_could_read_is_not_signed(
    desk: Any, served: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], source: ListSource
) -> None:
    publish(desk)
    said(desk, "lists", "sync")
    before = {path: path.read_bytes() for path in (desk.blocklists / "repository").rglob("*") if path.is_file()}
    with monkeypatch.context() as patch:
        patch.setattr("guetteur.publish.pipeline._list_sources", lambda _serving: (source,))
        done = sync_blocklists(["--blocklists", str(desk.blocklists), "--mirror", desk.address, "--force"])
    assert done == FAILED
    assert "clients would refuse it" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in (desk.blocklists / "repository").rglob("*") if path.is_file()} == before
    assert json.loads(said(desk, "lists", "sync", "--json"))["outcome"] == "up_to_date"


def test_a_renewal_that_fails_says_why_and_keeps_what_is_there(
    desk: Any, served: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    publish(desk)
    said(desk, "lists", "sync")
    monkeypatch.setenv("GUETTEUR_LISTS_URL", f"{served}nowhere/")
    failed = run(desk, "lists", "sync")
    assert failed.exit_code == 2
    assert json.loads(run(desk, "lists", "sync", "--json").output)["error"]["hint"]
    status = said(desk, "lists", "status", "--lang", "fr")
    assert "Dernier échec\u00a0: le serveur des listes a refusé\n  → " in status
    assert "datées de 0 jours" in status
    monkeypatch.setenv("GUETTEUR_LISTS_ROOT", str(tmp_path / "none.json"))
    assert run(desk, "lists", "sync").exit_code == 2
    assert run(desk, "lists", "rollback").exit_code == 2
