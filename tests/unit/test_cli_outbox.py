"""``guetteur report channels|send|list|retract|export`` against doubles of the channels on this machine."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import click
import keyring
import keyring.backends.fail
import msgspec
import pytest
from click.testing import CliRunner, Result

from guetteur import cli_outbox, cli_report
from guetteur.cli import _Commands
from guetteur.config import PACKAGE_DATA, Settings
from guetteur.lists.knowledge import Knowledge
from guetteur.lists.shipped import write_shipped
from guetteur.publish.channels import read_channels
from guetteur.reports.credentials import Credentials
from guetteur.reports.network import Questions, gather
from guetteur.reports.table import FILE_NAME, load_channels
from support.report_cases import EML
from support.report_doubles import CREDENTIALS, Doubles

URL = "https://impots-gouv-remboursement.com/fr/login?email=claire@exemple.fr"
BLOCKLISTS = Path(__file__).parents[2] / "blocklists"


class Person:
    """Runs commands as one person with a folder of her own."""

    def __init__(self, settings: Settings, doubles: Doubles) -> None:
        self.settings, self.doubles = settings, doubles
        self.keys = Credentials(settings.state_dir)
        self.group = _Commands("report", commands={str(one.name): one for one in cli_outbox.COMMANDS})

    async def run(self, *arguments: str, answer: str = "") -> Result:
        return await asyncio.to_thread(CliRunner().invoke, self.group, [*arguments, "--lang", "fr"], answer)

    async def told(self, *arguments: str) -> Any:
        result = await self.run(*arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@pytest.fixture
async def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knowledge: Knowledge) -> AsyncIterator[Person]:
    doubles = Doubles()
    for name in ("netcraft", "spamhaus"):
        await doubles.add(name)
    ids = ({body.id for body in knowledge.bodies}, {script.id for script in knowledge.scripts})
    table = read_channels(BLOCKLISTS / "channels", *ids)
    channels = tuple(
        msgspec.structs.replace(facts, address=doubles.bases.get(facts.id, facts.address)) for facts in table.channels
    )
    data = tmp_path / "data"
    data.mkdir()
    for path in PACKAGE_DATA.iterdir():
        if path.name != FILE_NAME:
            (data / path.name).symlink_to(path)
    write_shipped(data / FILE_NAME, msgspec.structs.replace(table, channels=channels))
    settings = Settings(tmp_path / "run", tmp_path / "state", data)
    monkeypatch.setattr(cli_outbox, "load_settings", lambda: settings)
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    yield Person(settings, doubles)
    await doubles.close()


async def test_channels_say_what_is_missing_and_keep_what_they_are_given(person: Person) -> None:
    result = await person.run("channels", "--set", "spamhaus_token", answer="geheim\n")
    assert result.exit_code == 0, result.output
    assert "spamhaus_token ✓" in result.output
    assert "lisible par vous seul" in result.output
    assert "geheim" not in result.output
    listed = await person.told("channels", "--unset", "spamhaus_token")
    assert {one["id"]: one["missing"] for one in listed}["spamhaus"] == ["spamhaus_token"]
    assert {one["id"] for one in listed} == {facts.id for facts in load_channels(person.settings.data_dir).channels}


async def test_the_preview_shows_all_and_a_no_sends_nothing(person: Person) -> None:
    person.keys.set("email", CREDENTIALS["email"])
    result = await person.run("send", URL, answer="n\n")
    assert result.exit_code == 1
    assert "■ Netcraft [netcraft]" in result.output
    assert "impots-gouv-remboursement.com" in result.output
    shown, _, hidden = result.output.partition("Masqué partout")
    assert "claire@exemple.fr" not in shown
    assert "claire@exemple.fr" in hidden
    assert "il manque (spamhaus_token)" in result.output
    assert "internet-signalement.gouv.fr" in result.output
    assert all(not double.asked for double in person.doubles.by_channel.values())
    assert "Aucun signalement" in (await person.run("list")).output


async def test_where_the_page_lies_is_asked_only_when_agreed_to(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    async def resolve(host: str) -> list[str]:
        asked.append(host)
        return []

    questions = Questions(nameservers=("127.0.0.1",), dns_port=9, resolve=resolve, dns_s=0.2, total_s=1.0)
    monkeypatch.setattr(cli_outbox, "gather", partial(gather, questions=questions))
    assert "Adresse IP de la page" not in (await person.run("send", URL, answer="n\n")).output
    assert not asked
    assert "○ Adresse IP de la page" in (await person.run("send", URL, "--lookups", answer="n\n")).output
    assert asked


async def test_a_yes_sends_and_lists_and_is_not_sent_twice(person: Person) -> None:
    person.keys.set("email", CREDENTIALS["email"])
    person.keys.set("spamhaus_token", CREDENTIALS["spamhaus_token"])
    result = await person.run("send", URL, answer="oui\n")
    assert result.exit_code == 0, result.output
    assert "Netcraft\u00a0: accepté" in result.output
    taken = person.doubles.by_channel["netcraft"].taken
    assert len(taken) == 1
    assert "claire" not in taken[0]["urls"][0]["url"]
    again = await person.run("send", URL, "--yes")
    assert "déjà signalé le" in again.output
    assert [len(double.taken) for double in person.doubles.by_channel.values()] == [1, 1]
    entries = await person.told("list")
    assert {(entry["channel"], entry["state"]) for entry in entries} == {
        ("netcraft", "accepted"),
        ("spamhaus", "accepted"),
    }


async def test_a_report_is_taken_back_before_it_goes(person: Person) -> None:
    person.keys.set("email", CREDENTIALS["email"])
    person.doubles.by_channel["netcraft"].mode = "500"
    await person.run("send", URL, "--channel", "netcraft", "--yes")
    (entry,) = await person.told("list")
    assert (entry["state"], entry["code"]) == ("queued", "server_error")
    result = await person.run("retract", entry["case"][:8])
    assert result.exit_code == 0, result.output
    assert "annulé par vous" in result.output
    assert (await person.run("retract", entry["case"][:8])).exit_code == 2


async def test_a_mail_goes_redacted(person: Person, tmp_path: Path) -> None:
    person.keys.set("email", CREDENTIALS["email"])
    path = tmp_path / "mail.eml"
    path.write_bytes(EML.replace(b"To: REDACTED", b"To: Claire Martin <claire.martin@exemple.fr>"))
    told = await person.told("send", str(path), "--yes")
    assert [one["channel"] for one in told["offers"]]
    for double in person.doubles.by_channel.values():
        assert "claire.martin" not in str(double.taken)


async def test_a_form_is_noted_when_it_is_asked_for(person: Person) -> None:
    told = await person.told("send", URL, "--channel", "pharos", "--yes")
    assert [(one["channel"], one["state"]) for one in told["entries"]] == [("pharos", "handed")]
    assert told["offers"][0]["link"] == "https://www.internet-signalement.gouv.fr/"


@pytest.mark.parametrize(
    "arguments",
    [
        ("send", URL, "--channel", "nobody"),
        ("channels", "--set", "nothing"),
        ("retract", "zzz"),
        ("send", "x.eml"),
        ("send", "x.zip"),
    ],
)
async def test_what_is_not_there_is_said(person: Person, arguments: tuple[str, ...]) -> None:
    result = await person.run(*arguments)
    assert result.exit_code == 2
    assert "→" in result.output


async def test_export(person: Person, tmp_path: Path) -> None:
    person.keys.set("email", CREDENTIALS["email"])
    await person.run("send", URL, "--channel", "netcraft", "--yes")
    path = tmp_path / "out.csv"
    export = next(one for one in cli_outbox.COMMANDS if one.name == "export")
    result = await asyncio.to_thread(CliRunner().invoke, export, ["--out", str(path)])
    assert result.exit_code == 0, result.output
    (row,) = csv.DictReader(io.StringIO(path.read_text(), newline=""))
    assert row["channel"] == "netcraft"
    result = await asyncio.to_thread(CliRunner().invoke, export, ["--format", "stix"])
    assert json.loads(result.stdout)["type"] == "bundle"


def test_names_do_not_clash_with_the_group() -> None:
    assert isinstance(cli_report.report, click.Group)
    assert {command.name for command in cli_outbox.COMMANDS} == {"channels", "send", "list", "retract", "export"}
