"""Whether the registry is asked for a domain's age, and whether the person's own word ends a warning."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from guetteur.checker import Checker
from guetteur.core.facts import NOT_ASKED, Facts, Known, Unavailable
from guetteur.core.prospects import WORTH_ASKING, age_would_help, exceptable
from guetteur.core.signal import CAUTION_POINTS, CERTAIN, DANGER_POINTS, Basis, Evidence
from guetteur.core.subject import UrlSubject, parse_url
from guetteur.core.verdict import Level, Verdict

NAMED = parse_url("https://orangerie-du-chateau.fr/")
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def verdict(level: Level, points: float, *evidence: Evidence) -> Verdict:
    return Verdict(level, points, evidence, (), None, None, NOW)


def guess(points: float, basis: Basis = Basis.GUESS) -> Evidence:
    return Evidence("s", "c", weight=points, basis=basis)


@pytest.mark.parametrize(
    ("level", "points", "asked"),
    [
        (Level.NO_KNOWN_RISK, WORTH_ASKING, True),
        (Level.NO_KNOWN_RISK, WORTH_ASKING - 0.01, False),
        (Level.CAUTION, DANGER_POINTS - 0.01, True),
        (Level.CAUTION, DANGER_POINTS, False),  # nothing that the age could still change
        (Level.DANGER, 1.0, False),
        (Level.OFFICIAL, 1.0, False),
    ],
)
def test_only_an_open_verdict_is_worth_a_question(checker: Checker, level: Level, points: float, asked: bool) -> None:
    assert age_would_help(NAMED, verdict(level, points), checker.facts) is asked


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({}, True),
        ({"age": Known(date(2026, 1, 1))}, False),
        ({"age": Unavailable("age_timeout")}, False),
        ({"popular": True}, False),
        ({"wording": None}, False),
        ({"shared_zone": True}, False),
        ({"exempt": True}, False),
    ],
)
def test_what_is_known_decides_whether_to_ask(checker: Checker, change: dict[str, object], asked: bool) -> None:
    def facts(subject: UrlSubject) -> Facts:
        known = checker.facts(subject)
        assert known.age == NOT_ASKED
        return replace(known, **change)

    assert age_would_help(NAMED, verdict(Level.CAUTION, 1.0), facts) is asked


@pytest.mark.parametrize("url", ["http://192.0.2.1/", "https://ameli-suivi.web.app/"])
def test_addresses_and_free_hosting_have_no_age_of_their_own(url: str) -> None:
    def facts(_subject: UrlSubject) -> Facts:
        raise AssertionError("asked for facts that decide nothing")

    assert not age_would_help(parse_url(url), verdict(Level.CAUTION, 1.0), facts)


@pytest.mark.parametrize(
    ("level", "evidence", "ends"),
    [
        (Level.DANGER, (guess(9.0),), True),
        (Level.CAUTION, (guess(1.0),), True),
        (Level.NO_KNOWN_RISK, (guess(0.5),), False),
        (Level.OFFICIAL, (guess(0.0, Basis.OFFICIAL),), False),
        (Level.DANGER, (guess(CERTAIN, Basis.LISTED),), False),
        (Level.DANGER, (guess(9.0), guess(CAUTION_POINTS, Basis.LISTED)), False),
        (Level.DANGER, (guess(9.0), guess(CAUTION_POINTS - 0.01, Basis.LISTED)), True),
    ],
)
def test_an_exception_ends_what_guesses_alone_carry(level: Level, evidence: tuple[Evidence, ...], ends: bool) -> None:
    assert exceptable(verdict(level, 9.0, *evidence)) is ends
