"""`guetteur evaluate` as a person runs it, in a real process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

LOOKALIKES = """host,host_kind,body,sector,cue,first_seen,label
impots.gouv.fr.verif-dossier.com,own,impots,gov,strong:impots,2026-02-01,confirmed
quiet.example,own,dhl,parcel,weak:dhl+suivi,2025-02-01,suspicious
"""
BENIGN = "host,stratum,note\nwww.example.org,fr_web,\n"


def run(*arguments: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "guetteur", "evaluate", *map(str, arguments)],
        env=os.environ | {"GUETTEUR_HOME": str(home), "LANG": "fr_FR.UTF-8"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    looks, benign = tmp_path / "looks.csv", tmp_path / "benign.csv"
    looks.write_text(LOOKALIKES)
    benign.write_text(BENIGN)
    return looks, benign


def test_tables_and_the_file_of_errors(files: tuple[Path, Path], tmp_path: Path) -> None:
    done = run(*files, "--workers", "2", "--errors", tmp_path / "errors.csv", home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "| all | 1         | 100.0 (20.7–100.0) | 100.0" in done.stdout
    assert "missed suspicious,quiet.example,0," in (tmp_path / "errors.csv").read_text()


def test_json_for_one_year_with_points_from_a_file(files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "scored.csv").write_text(
        "host,points,level\nimpots.gouv.fr.verif-dossier.com,0.2,UNKNOWN\nwww.example.org,1.5,CAUTION\n"
    )
    done = run(*files, "--json", "--since", "2026-01-01", "--scored", tmp_path / "scored.csv", home=tmp_path)
    found = json.loads(done.stdout)
    assert found["recall"]["all"]["all"]["confirmed"]["warned"]["count"] == 0
    assert found["false_alarms"]["all"]["warned"]["count"] == 1
    assert [mistake["kind"] for mistake in found["mistakes"]] == ["missed confirmed", "false alarm"]


def test_rows_whose_label_is_known_to_be_wrong_are_left_out(files: tuple[Path, Path], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[[lookalike]]\nhost = "quiet.example"\nwhy = "an honest shop"\n')
    found = json.loads(run(*files, "--json", "--wrong-labels", wrong, home=tmp_path).stdout)
    assert [(row["host"], row["why"]) for row in found["wrong_labels"]] == [("quiet.example", "an honest shop")]
    assert found["mistakes"] == []
    wrong.write_text("lookalikes = 1\n")
    refused = run(*files, "--wrong-labels", wrong, home=tmp_path)
    assert (refused.returncode, "wrong.toml" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("label", "tag"), "no column label"),
        (("host,host_kind", ""), "no column host"),
        (("confirmed", "sure"), "sure"),
    ],
)
def test_bad_input_is_said_with_a_hint(
    files: tuple[Path, Path], tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    files[0].write_text(LOOKALIKES.replace(*change))
    done = run(*files, home=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert "→" in done.stderr


def test_a_missing_file_and_an_empty_span_are_said(files: tuple[Path, Path], tmp_path: Path) -> None:
    done = run(tmp_path / "none.csv", files[1], home=tmp_path)
    assert (done.returncode, "none.csv" in done.stderr) == (2, True)
    done = run(*files, "--before", "2001-01-01", home=tmp_path)
    assert (done.returncode, "no look-alike" in done.stderr) == (2, True)
