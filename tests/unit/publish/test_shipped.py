"""The files the package ships: compiled from ``blocklists/``, the same each time; a broken source is refused."""

import shutil
import sys
from pathlib import Path

import pytest

from guetteur.config import PACKAGE_DATA
from guetteur.errors import DataFileError
from guetteur.lists.compiled import CompiledList
from guetteur.publish import bundle

BLOCKLISTS = Path(__file__).parents[3] / "blocklists"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    target = tmp_path_factory.mktemp("data")
    return target, bundle.build(BLOCKLISTS, target)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(BLOCKLISTS, tmp_path / "blocklists", ignore=shutil.ignore_patterns(".work", "repository"))
    return tmp_path / "blocklists"


def test_the_same_sources_give_the_same_bytes(built: tuple[Path, dict[str, int]], tmp_path: Path) -> None:
    target, counts = built
    assert all(counts.values())
    assert bundle.build(BLOCKLISTS, tmp_path) == counts
    for path in target.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
    assert set(counts) <= {path.name for path in PACKAGE_DATA.iterdir()}


def test_nothing_official_is_on_the_starter_list(built: tuple[Path, dict[str, int]]) -> None:
    target, counts = built
    starter, public = CompiledList(target / bundle.STARTER), CompiledList(target / bundle.PUBLIC_HOSTS)
    entries = list(starter.entries())
    assert len(entries) == counts[bundle.STARTER]
    assert not [host for host in entries if host in public]
    assert "google.com" not in entries


def test_a_root_of_trust_is_shipped_where_there_is_one(copy: Path, tmp_path: Path) -> None:
    (copy / "root.json").write_text("{}")
    bundle.build(copy, tmp_path / "data")
    assert (tmp_path / "data/root.json").read_text() == "{}"


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("lexicon/words.toml", "words = [", 'words = ["Été", ', "words_invalid"),
        ("lexicon/words.toml", "words = [", "words = [1, ", "words_invalid"),
        ("lexicon/action.toml", "words = [", 'words = ["a1b", ', "words_invalid"),
        ("lexicon/action.toml", "words = [", "words = [1, ", "words_invalid"),
        ("lexicon/redirectors.toml", "hosts = [", "host = [", "redirectors_invalid"),
        ("lexicon/senders.toml", "domains = [", 'domains = ["GMAIL.com", ', "senders_invalid"),
        ("lexicon/senders.toml", "domains = [", "domains = [1, ", "senders_invalid"),
        ("lexicon/mail.toml", "strips = true", 'strips = "yes"', "receivers_invalid"),
        ("model/weights.toml", "bias = ", "byas = ", "model_invalid"),
        ("shipped.toml", 'licence = "', 'licence = 1 # "', "shipped_invalid"),
        ("lexicon/zones.toml", "[shared]", "[shared", "data_unreadable"),
    ],
)
def test_a_broken_source_is_named_with_what_to_do(
    copy: Path, tmp_path: Path, file: str, old: str, new: str, code: str
) -> None:
    text = (copy / file).read_text("utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(DataFileError) as caught:
        bundle.build(copy, tmp_path / "data")
    assert caught.value.code == code
    assert Path(file).name in caught.value.message
    assert caught.value.hint


def test_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["bundle", str(BLOCKLISTS), str(tmp_path)])
    bundle.main()
    assert "starter.bin: " in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["bundle", str(tmp_path / "none"), str(tmp_path)])
    with pytest.raises(SystemExit, match="hint: "):
        bundle.main()
