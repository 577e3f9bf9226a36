"""What RDAP answers hold: days as registries write them, and JSON made to break a reader."""

from datetime import date

import pytest

from guetteur.lookup.outcome import NoAgeError, Why
from guetteur.lookup.rdap import registration_day
from support.registries import domain


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-20T08:00:00Z", date(2026, 11, 20)),
        ("2026-11-20T08:00:00.123456789Z", date(2026, 11, 20)),
        ("2026-11-20T23:30:00-05:00", date(2026, 11, 21)),
        ("2026-11-20T00:30:00+0200", date(2026, 11, 19)),
        ("2026-11-20 08:00:00", date(2026, 11, 20)),
        ("2026-11-20", date(2026, 11, 20)),
        (" 2026-11-20T08:00:00.0Z ", date(2026, 11, 20)),
        ("2026-11-20T24:61:00Z", date(2026, 11, 20)),
        ("0001-01-01T00:00:00+01:00", date(1, 1, 1)),
    ],
)
def test_days_as_registries_write_them(text: str, day: date) -> None:
    assert registration_day(domain(text), "neuf.test") == day


@pytest.mark.parametrize("created", ["", "yesterday", "20/11/2026", "2026-13-45T00:00:00Z", 1763625600, None, {}, []])
def test_what_is_no_day(created: object) -> None:
    with pytest.raises(NoAgeError, match=Why.UNREADABLE):
        registration_day(domain(created), "neuf.test")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 20_000,
        b'{"events":' + b"[" * 60_000,
        b'{"events":[{"eventDate":' + b"[" * 60_000,
        b"[]",
        b"7",
        b"null",
        b"{}",
        b'{"events": null}',
        b'{"events": {}}',
        b'{"events": [7]}',
        b'{"events": [{}]}',
        b'{"events": [{"eventAction": {"registration": 1}, "eventDate": "2026-11-20"}]}',
        domain(events=[{"eventAction": "last changed", "eventDate": "2026-11-20T00:00:00Z"}]),
        domain(ldhName="other.test"),
        domain(objectClassName="entity"),
    ],
)
def test_json_that_answers_nothing(body: bytes) -> None:
    with pytest.raises(NoAgeError, match=Why.UNREADABLE):
        registration_day(body, "neuf.test")


@pytest.mark.parametrize(
    "more", [{"ldhName": "neuf.test."}, {"ldhName": "nœuf.test"}, {"ldhName": None}, {"ldhName": 7}]
)
def test_a_name_that_cannot_be_compared_is_let_pass(more: dict[str, object]) -> None:
    assert registration_day(domain(**more), "neuf.test") == date(2026, 11, 20)
