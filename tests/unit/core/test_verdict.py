"""The policy table, line by line."""

from itertools import product

import pytest

from guetteur.core.bodies import Body
from guetteur.core.signal import Evidence, Severity, Signal, Skip
from guetteur.core.subject import parse_url
from guetteur.core.verdict import Level, decide, judge

HTTPS, HTTP = parse_url("https://example.fr/"), parse_url("http://example.fr/")
SKIP = (Skip("listed", "no_list"),)


def evidence(*severities: Severity) -> tuple[Evidence, ...]:
    return tuple(Evidence(f"s{at}", severity, "code") for at, severity in enumerate(severities))


@pytest.mark.parametrize(
    ("severities", "level"),
    [
        ((Severity.STRONG,), Level.DANGER),
        ((Severity.MODERATE, Severity.MODERATE), Level.DANGER),
        ((Severity.MODERATE,), Level.CAUTION),
        ((Severity.MODERATE, Severity.WEAK), Level.CAUTION),
        ((Severity.WEAK, Severity.WEAK), Level.CAUTION),
        ((Severity.WEAK,), Level.NO_KNOWN_RISK),
        ((), Level.NO_KNOWN_RISK),
    ],
)
def test_policy(severities: tuple[Severity, ...], level: Level) -> None:
    assert decide(HTTPS, evidence(*severities), ()) is level


def test_something_unchecked_is_unknown_unless_something_was_seen() -> None:
    assert decide(HTTPS, (), SKIP) is Level.UNKNOWN
    assert decide(HTTPS, evidence(Severity.WEAK), SKIP) is Level.UNKNOWN
    assert decide(HTTPS, evidence(Severity.STRONG), SKIP) is Level.DANGER


def test_official_is_said_only_over_https() -> None:
    assert decide(HTTPS, evidence(Severity.OFFICIAL), ()) is Level.OFFICIAL
    assert decide(HTTP, evidence(Severity.OFFICIAL), ()) is Level.NO_KNOWN_RISK


def test_more_evidence_never_calms() -> None:
    order = [Level.NO_KNOWN_RISK, Level.CAUTION, Level.DANGER]
    scale = (Severity.WEAK, Severity.MODERATE, Severity.STRONG)
    for first, second, third in product(scale, repeat=3):
        fewer = decide(HTTPS, evidence(first, second), ())
        more = decide(HTTPS, evidence(first, second, third), ())
        assert order.index(more) >= order.index(fewer)


@pytest.mark.parametrize(
    ("severity", "named"),
    [(Severity.STRONG, True), (Severity.MODERATE, True), (Severity.WEAK, False), (Severity.OFFICIAL, True)],
)
def test_a_body_is_named_only_where_something_follows(checker, now, severity: Severity, named: bool) -> None:  # type: ignore[no-untyped-def]
    body = Body(id="b", name="B", sector="bank", home=None, domains=())
    signals = (Signal("a", ("x",), lambda _s, _f: Evidence("a", severity, "x", body=body)),)
    assert (judge(HTTPS, checker.facts(HTTPS), signals, list_version=None, now=now).body is body) == named


def test_the_weightiest_evidence_names_the_body(checker, now) -> None:  # type: ignore[no-untyped-def]
    body = Body(id="b", name="B", sector="bank", home=None, domains=())
    signals = (
        Signal("a", ("x",), lambda _s, _f: Evidence("a", Severity.WEAK, "x")),
        Signal("b", ("y",), lambda _s, _f: Evidence("b", Severity.STRONG, "y", body=body)),
    )
    verdict = judge(HTTPS, checker.facts(HTTPS), signals, list_version=None, now=now)
    assert [piece.signal for piece in verdict.evidence] == ["b", "a"]
    assert verdict.body is body
