"""The channels' files as shipped, and what a fault in them is told as."""

import re
import shutil
from pathlib import Path

import pytest

from guetteur.errors import DataFileError
from guetteur.lists.knowledge import Knowledge
from guetteur.publish.channels import read_channels, write_channels
from guetteur.reports.table import load_channels

BLOCKLISTS = Path(__file__).parents[3] / "blocklists"


@pytest.fixture
def ids(knowledge: Knowledge) -> tuple[set[str], set[str]]:
    return {body.id for body in knowledge.bodies}, {script.id for script in knowledge.scripts}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(BLOCKLISTS / "channels", tmp_path / "channels")
    return tmp_path / "channels"


def test_what_is_written_is_read_back(tmp_path: Path, ids: tuple[set[str], set[str]]) -> None:
    assert write_channels(BLOCKLISTS, tmp_path, *ids) == 16
    assert load_channels(tmp_path) == read_channels(BLOCKLISTS / "channels", *ids)


@pytest.mark.parametrize(
    ("file", "pattern", "by", "told"),
    [
        ("netcraft.toml", "^id = .*$", 'id = "other"', "netcraft.toml: id 'other' is not the file's name"),
        ("netcraft.toml", "^address = .*$", 'address = "http://x.fr"', "neither https nor a mailbox"),
        ("netcraft.toml", "^needs = .*$", 'needs = ["x"]', "what needs.toml lacks"),
        ("netcraft.toml", "^privacy = .*$", f'privacy = "{"x" * 141}"', "empty or too long"),
        ("netcraft.toml", "^sent_en = .*$", "", "sent_en"),
        ("netcraft.toml", "^checked = .*$", "checked = false", "checked"),
        ("netcraft.toml", "^source = .*$", 'source = "x"\nodd = 1', "odd"),
        ("body-mailbox.toml", "^la-banque-postale", "nobody", "a body that is not in the registry"),
        ("body-mailbox.toml", '"alertespam@.*"', '"x"', "a mailbox is none"),
        ("thesee.toml", 'rental = "https', 'rental = "http', "a link is not https"),
        ("needs.toml", '^label = "Votre adresse e-mail"$', 'label = ""', "needs.toml: email"),
        ("routing.toml", 'channels = \\["sextortion"\\]', 'channels = ["nobody"]', "nobody is no channel"),
        ("routing.toml", 'hosted = \\["google"\\]', 'hosted = ["nobody"]', "unknown host"),
        ("routing.toml", 'scripts = \\["cpf", "toll"\\]', 'scripts = ["nobody"]', "a script is not"),
        ("routing.toml", 'instead = \\["thesee"\\]', 'instead = ["nobody"]', "an unknown channel"),
    ],
)
def test_a_fault_names_its_file(
    folder: Path, ids: tuple[set[str], set[str]], file: str, pattern: str, by: str, told: str
) -> None:
    path = folder / file
    text, count = re.subn(pattern, lambda _: by, path.read_text(), count=1, flags=re.MULTILINE)
    assert count == 1
    path.write_text(text)
    with pytest.raises(DataFileError, match=re.escape(told)):
        read_channels(folder, *ids)


def test_a_channel_without_a_rule_is_said(folder: Path, ids: tuple[set[str], set[str]]) -> None:
    path = folder / "routing.toml"
    path.write_text(path.read_text().replace('channels = ["spamhaus", "apwg"]', 'channels = ["apwg"]'))
    with pytest.raises(DataFileError, match="no rule leads to spamhaus"):
        read_channels(folder, *ids)


@pytest.mark.parametrize("content", [None, b"{", b'{"channels": []}'])
def test_a_shipped_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "channels.json").write_bytes(content)
    with pytest.raises(DataFileError) as caught:
        load_channels(tmp_path)
    assert caught.value.code == ("channels_missing" if content is None else "channels_damaged")
