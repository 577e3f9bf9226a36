"""STIX that the library reads back, CSV that no spreadsheet runs."""

import csv
import io
from datetime import UTC, datetime

import msgspec
import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st

from guetteur.reports.case import Case
from guetteur.reports.export import COLUMNS, to_csv, to_stix
from guetteur.reports.outbox import Entry
from support.report_cases import PAGE, SEXTORTION

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ENTRY = Entry(PAGE.id, "netcraft", "accepted", "x.test", "url:1", PAGE.url or "", "u-1", "", "", 1, NOW, NOW, NOW)
REFUSED = msgspec.structs.replace(ENTRY, channel="spamhaus", state="refused", reference="")


def test_stix_says_what_and_who_was_told() -> None:
    text = to_stix([(PAGE, [ENTRY, REFUSED]), (SEXTORTION, [])])
    bundle = stix2.parse(text)
    kinds = [one.type for one in bundle.objects]
    assert kinds == ["identity", "indicator", "report"]
    indicator, report = bundle.objects[1:]
    assert indicator.pattern == f"[url:value = '{PAGE.url}']"
    assert [(one.source_name, one.external_id) for one in report.external_references] == [("netcraft", "u-1")]
    assert to_stix([(PAGE, [ENTRY, REFUSED]), (SEXTORTION, [])]) == text


@settings(deadline=None)  # the grammar of patterns is read at the first one
@given(st.text(max_size=40))
def test_no_address_breaks_out_of_the_pattern(tail: str) -> None:
    case = msgspec.structs.replace(PAGE, url=f"https://x.fr/'] OR [{tail}")
    bundle = stix2.parse(to_stix([(case, [])]))
    assert len(bundle.objects) == 3


def test_csv_has_a_line_a_report() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv([(PAGE, [ENTRY, REFUSED])]), newline="")))
    assert [row["channel"] for row in rows] == ["netcraft", "spamhaus"]
    assert rows[0]["url"] == PAGE.url
    assert tuple(rows[0]) == COLUMNS


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(start: str) -> None:
    case: Case = msgspec.structs.replace(PAGE, url=f"{start}HYPERLINK(1)", script=f"{start}1")
    entry = msgspec.structs.replace(ENTRY, reference=f"{start}cmd|' /C calc'!A0")
    (row,) = csv.DictReader(io.StringIO(to_csv([(case, [entry])]), newline=""))
    assert not any(value.startswith(start) for value in row.values())
