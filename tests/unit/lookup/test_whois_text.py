"""Days of creation in WHOIS texts: the labels and shapes of real registries, and a registrant's own words."""

import time
from datetime import date

import pytest

from guetteur.lookup.whois_text import declined, labelled_day, no_such_domain, read_day

DAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-02",
        "2026-11-02T23:59:59Z",
        "2026/11/02",
        "2026.11.02 12:00:00",
        "2026. 11. 02.",
        "2026-Nov-02.",
        "20261102",
        "20261102101112",
        "20261102 #31337",
        "02.11.2026",
        "2.11.2026 10:11:12",
        "02/11/2026",
        "02-11-2026",
        "02-Nov-2026",
        "02-NOV-2026 10:11:12 UTC",
        "2 November 2026",
        "2nd November 2026",
        "02 Nov, 2026",
        "November 2, 2026",
        "Mon Nov 02 2026",
        "Mon Nov  2 10:11:12 2026",
        "Mon Nov 02 10:11:12 GMT 2026",
        "Monday 2nd November 2026",
        '"2026-11-02T10:11:12+01:00"',
    ],
)
def test_shapes(text: str) -> None:
    assert read_day(text) == DAY


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-13-02", "31.02.2026", "99999999", "02-Foo-2026", "1815-06-18", "12026-11-02", "2026-11-023"],
)
def test_what_is_no_day(text: str) -> None:
    assert read_day(text) is None


def test_shapes_of_few_registries() -> None:
    assert read_day("before Aug-1996") == date(1996, 8, 1)
    assert labelled_day("neuf.tk", "   Domain registered: 11/02/2026\n") == DAY
    assert labelled_day("neuf.lu", "domain-registered: no\nregistered: 02/11/2026\n") == DAY


@pytest.mark.parametrize(
    "line",
    [
        "created:       2026-11-02",
        "   Creation Date: 2026-11-02T10:11:12Z",
        "Created On:02-Nov-2026 10:11:12 UTC",
        "[Created on]                    2026/11/02",
        "a. [Registered Date]            2026/11/02",
        "Domain Name Commencement Date: 02-11-2026",
        "Registration Time: 2026-11-02 10:11:12",
        "created.............: 2.11.2026",
        "Record created on 2026-11-02 (YYYY-MM-DD)",
        "Registered\t2026-11-02",
        "First registration date:\n2026-11-02",
        "changed:      registrar AT ns.il 20261102 (Assigned)",
        "CREATED: 2026-11-02\r",
    ],
)
def test_labels(line: str) -> None:
    assert labelled_day("neuf.test", f"domain: neuf.test\n{line}\nchanged: 2026-11-03\n") == DAY


@pytest.mark.parametrize(
    "line",
    [
        "Registrant Organization: Creation Date: 1999-01-01",
        "descr: created: 1999-01-01",
        "% created: 1999-01-01",
        ">>> Creation Date: 1999-01-01 <<<",
        "Registrar registered: 1999-01-01",
        "Owner Created: 1999-01-01",
        "Expiry created: 1999-01-01",
        "created-by: 1999-01-01",
        "createdness: 1999-01-01",
        "Registered Postal Code: 19990101",
        "        created: 1999-01-01",
    ],
)
def test_another_s_words_count_for_nothing(line: str) -> None:
    assert labelled_day("neuf.test", f"{line}\ncreated: 2026-11-02\n") == DAY


def test_the_domain_comes_before_its_registrar() -> None:
    text = "created: 2026-11-02\n\nregistrar: X\nregistered: 1999-01-01\n\nnic-hdl: Y\ncreated: 2001-01-01\n"
    assert labelled_day("neuf.fr", text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "created:" + " " * 65_000,
        ("created:" + " " * 300 + "\n") * 200,
        " " * 65_000,
        "[" * 65_000,
        "created" + ":." * 32_000,
        "Mon " * 16_000,
        "created: " + "Mon " * 16_000,
        "created: " + "1" * 65_000,
        "changed: " + "a " * 32_000,
        "\n" * 65_000,
        "created:\n" * 7_000,
        "no data foun" * 5_000,
        "no information available " * 2_600,
        "status:" + " " * 65_000,
        ("status:" + " " * 500) * 128,
        "excessive querexcessive quer" * 2_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    assert labelled_day("neuf.test", text) is None
    no_such_domain(text)
    declined(text)
    assert time.process_time() - began < 0.25
