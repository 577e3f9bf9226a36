"""Reading, counting and showing an evaluation; the intervals against published values."""

import csv
import gzip
from pathlib import Path

import pytest

from guetteur.cli_evaluate import write_mistakes
from guetteur.config import PACKAGE_DATA
from guetteur.errors import DataFileError
from guetteur.evaluate import Collection, evaluate, seen_between
from guetteur.evaluate.files import (
    Benign,
    Lookalike,
    Score,
    WrongLabel,
    WrongLabels,
    read_benign,
    read_lookalikes,
    read_scores,
    read_wrong_labels,
)
from guetteur.evaluate.judging import Judgement
from guetteur.evaluate.rates import rare, wilson
from guetteur.evaluate.tables import Table, alarm_cell, as_json, markdown, recall_cell, tables
from guetteur.evaluate.tally import Report, tally

LOOKALIKES = """host,host_kind,body,sector,cue,first_seen,sources,label
impots-a.example,own,impots,gov,strong:impots,2026-02-01,x,confirmed
impots-b.example,own,impots,gov,strong:impots,2025-02-01,x,confirmed
dhl.web.app,free,dhl,parcel,weak:dhl+web,0000-00-00,x,suspicious
"""
BENIGN = """host,stratum,note
town.example,fr_public,
bank.example,bank,official
shop.example,fr_web,
"""


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    (tmp_path / "looks.csv").write_text(LOOKALIKES)
    with gzip.open(tmp_path / "benign.csv.gz", "wt") as file:
        file.write(BENIGN)
    return Collection(read_lookalikes(tmp_path / "looks.csv"), read_benign(tmp_path / "benign.csv.gz"))


def said(*levels: str) -> list[Judgement]:
    points = {"DANGER": 2.5, "CAUTION": 1.2}
    return [Judgement(level, points.get(level, 0.0), ("action_words",), "impots") for level in levels]


def count_of(report: Report, dimension: str, value: str, label: str) -> tuple[int, int, int]:
    count = report.recall[dimension][value][label]
    return count.total, count.warned, count.danger


def test_both_files_are_read(collection: Collection) -> None:
    assert collection.hosts[0] == "impots-a.example"
    assert collection.benign[1] == Benign("bank.example", "bank", "official")
    assert collection.lookalikes[2].host_kind == "free"


def test_hits_misses_and_alarms_are_counted_in_every_dimension(collection: Collection) -> None:
    judgements = said("DANGER", "UNKNOWN", "CAUTION", "NO_KNOWN_RISK", "CAUTION", "DANGER")
    report = tally(collection, judgements)
    assert count_of(report, "all", "all", "confirmed") == (2, 1, 1)
    assert count_of(report, "all", "all", "suspicious") == (1, 1, 0)
    assert count_of(report, "year first seen", "2025", "confirmed") == (1, 0, 0)
    assert count_of(report, "year first seen", "unknown", "suspicious") == (1, 1, 0)
    assert count_of(report, "kind of cue", "weak", "suspicious") == (1, 1, 0)
    assert (report.alarms["all"].total, report.alarms["all"].warned, report.alarms["all"].danger) == (3, 2, 1)
    assert report.official["note official"].warned == 1
    assert report.official["stratum fr_public"].warned == 0
    assert report.alone["action_words"] == {"benign": 2, "confirmed": 1, "suspicious": 1}
    assert {mistake.host for mistake in report.mistakes} == {"impots-b.example", "bank.example", "shop.example"}


def test_a_warning_that_two_signals_share_is_nobodys_alone(collection: Collection) -> None:
    judgements = [Judgement("CAUTION", 1.0, ("idn", "combosquat")) for _ in collection.hosts]
    assert not tally(collection, judgements).alone


def test_a_lookalike_called_official_is_shouted_out(collection: Collection) -> None:
    report = tally(collection, said(*["OFFICIAL"] * 6))
    assert len(report.called_official) == 3
    assert "called OFFICIAL: 3: impots-a.example" in markdown(tables(report))


def test_wrong_labels_leave_the_rates_and_are_listed(collection: Collection) -> None:
    wrong = WrongLabels(
        (WrongLabel("impots-b.example", "the body's own"),), (WrongLabel("shop.example", "a fake shop"),)
    )
    marked = Collection(collection.lookalikes, collection.benign, wrong)
    report = tally(marked, said("DANGER", "UNKNOWN", "CAUTION", "UNKNOWN", "UNKNOWN", "DANGER"))
    assert count_of(report, "all", "all", "confirmed") == (1, 1, 1)
    assert report.alarms["all"].warned == 0
    assert (report.raw_recall["confirmed"].warned, report.raw_alarms.warned) == (1, 1)
    text = markdown(tables(report))
    assert "a fake shop" in text
    assert "With these 2 rows counted as they are labelled: confirmed 50.0" in text
    assert not report.mistakes


def test_scores_stand_in_for_the_checker_and_gaps_are_counted(collection: Collection) -> None:
    scores = {"impots-a.example": Score(2.0, "DANGER"), "town.example": Score(0.0, "NO_KNOWN_RISK")}
    report = evaluate(collection, data_dir=PACKAGE_DATA, workers=1, scores=scores)
    assert count_of(report, "all", "all", "confirmed") == (1, 1, 1)
    assert report.unscored == 4
    assert "4 rows of which the scored file says nothing" in markdown(tables(report))
    with pytest.raises(DataFileError) as caught:
        evaluate(collection, data_dir=PACKAGE_DATA, workers=1, scores={"other.example": Score(0.0, "UNKNOWN")})
    assert caught.value.code == "evaluation_unscored"


def test_the_shipped_checker_is_asked() -> None:
    look = Lookalike(
        "impots.gouv.fr.verif-dossier.com", "own", "impots", "gov", "strong:impots", "2026-01-01", "confirmed"
    )
    hosts = [Benign("www.example.org", "fr_web", ""), Benign("[", "fr_web", "")]
    report = evaluate(Collection([look], hosts), data_dir=PACKAGE_DATA, workers=1)
    assert count_of(report, "all", "all", "confirmed") == (1, 1, 1)
    assert (report.alarms["all"].warned, report.unreadable) == (0, 1)


def test_rows_are_chosen_by_the_day_first_seen(collection: Collection) -> None:
    rows = collection.lookalikes
    assert seen_between(rows, None, None) == rows
    assert [row.host for row in seen_between(rows, "2026-01-01", None)] == ["impots-a.example"]
    assert [row.host for row in seen_between(rows, None, "2026-01-01")] == ["impots-b.example"]


def test_mistakes_are_written_one_a_line(collection: Collection, tmp_path: Path) -> None:
    report = tally(collection, said("UNKNOWN", "UNKNOWN", "DANGER", "UNKNOWN", "CAUTION", "DANGER"))
    write_mistakes(tmp_path / "errors.csv", report.mistakes)
    with (tmp_path / "errors.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["kind", "host", "points", "level", "signals", "body"]
    assert [row["host"] for row in rows] == ["shop.example", "bank.example", "impots-a.example", "impots-b.example"]
    with pytest.raises(DataFileError, match="none"):
        write_mistakes(tmp_path / "none" / "errors.csv", report.mistakes)


def test_json_has_every_rate(collection: Collection) -> None:
    found = as_json(tally(collection, said("DANGER", "UNKNOWN", "CAUTION", "UNKNOWN", "UNKNOWN", "UNKNOWN")))
    confirmed = found["recall"]["all"]["all"]["confirmed"]
    assert (confirmed["total"], confirmed["danger"]["count"], confirmed["danger"]["share"]) == (2, 1, 0.5)
    assert found["false_alarms"]["all"]["warned"]["interval_95"][1] == 1.0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "evaluation_empty"),
        (LOOKALIKES.partition("\n")[0] + "\n", "evaluation_empty"),
        (LOOKALIKES.replace("sector", "branch"), "evaluation_column_missing"),
        (LOOKALIKES + "x.example,own\n", "evaluation_row_invalid"),
        (LOOKALIKES.replace("impots-a.example", ""), "evaluation_row_invalid"),
        (LOOKALIKES.replace("suspicious", "odd"), "evaluation_row_invalid"),
        ("\0\udcff", "evaluation_unreadable"),
    ],
)
def test_broken_files_are_named_with_a_hint(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "looks.csv"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DataFileError) as caught:
        read_lookalikes(path)
    assert caught.value.code == code
    assert "looks.csv" in caught.value.message
    assert caught.value.hint


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    (tmp_path / "benign.csv").write_text(BENIGN, encoding="utf-8-sig")
    assert len(read_benign(tmp_path / "benign.csv")) == 3


@pytest.mark.parametrize("data", [b"plain text", gzip.compress(BENIGN.encode())[:-12]])
def test_a_file_that_is_no_gzip_is_said(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "benign.csv.gz").write_bytes(data)
    with pytest.raises(DataFileError) as caught:
        read_benign(tmp_path / "benign.csv.gz")
    assert caught.value.code == "evaluation_unreadable"


@pytest.mark.parametrize("row", ["a.example,high,DANGER", "a.example,nan,DANGER", "a.example,1.0,AWFUL"])
def test_scores_must_be_numbers_and_levels(tmp_path: Path, row: str) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(f"host,points,level\n{row}\n")
    with pytest.raises(DataFileError) as caught:
        read_scores(path)
    assert caught.value.code == "evaluation_row_invalid"


def test_wrong_label_files(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text('[[lookalike]]\nhost = "a.example"\nwhy = "own"\n')
    assert read_wrong_labels(path).lookalike == (WrongLabel("a.example", "own"),)
    for text in ("[[lookalike]]\nhost = 3\n", "[[other]]\n", "= ="):
        path.write_text(text)
        with pytest.raises(DataFileError) as caught:
            read_wrong_labels(path)
        assert caught.value.code == "evaluation_labels_invalid"


def test_intervals_match_published_values() -> None:
    # Wilson 81 of 263 (Newcombe 1998, table I); exact Poisson 0, 1 and 10 events (Garwood 1936).
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert rare(0, 1000) == pytest.approx((0.0, 3.6889e-3), rel=1e-4)
    assert rare(1, 1000) == pytest.approx((0.0253e-3, 5.5716e-3), rel=1e-3)
    assert rare(10, 1000) == pytest.approx((4.7954e-3, 18.3904e-3), rel=1e-4)
    assert rare(500, 100_000) == wilson(500, 100_000)
    assert wilson(0, 0) == rare(0, 0) == (0.0, 1.0)


def test_cells_and_tables_read_well() -> None:
    assert recall_cell(1, 2) == "50.0 (9.5–90.5)"
    assert alarm_cell(0, 100_000) == "0.0 (0.0–3.7)"
    assert recall_cell(0, 0) == alarm_cell(0, 0) == "–"
    text = markdown([Table("T", ("a", "bb"), (("x|y", "1"),), "A note.")], heading="###")
    assert text.split("\n") == ["### T", "", "| a    | bb  |", "| ---- | --- |", r"| x\|y | 1   |", "", "A note.", ""]
