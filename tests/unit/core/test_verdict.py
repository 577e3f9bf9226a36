"""The policy, line by line, and what softens it."""

import pytest

from guetteur.core.bodies import Body
from guetteur.core.facts import Facts, Known
from guetteur.core.model import ModelFile, NameModel, Table
from guetteur.core.nameview import NOTHING
from guetteur.core.signal import CERTAIN, Basis, Evidence, Need, Signal, Skip
from guetteur.core.subject import parse_url
from guetteur.core.verdict import Level, Verdict, decide, judge
from guetteur.signals import load_signals

HTTPS, HTTP = parse_url("https://example.fr/"), parse_url("http://example.fr/")
SKIP = (Skip("listed", "no_list"),)
BODY = Body(id="b", name="B", sector="bank", home=None, domains=())
OFFICIAL = (Evidence("official", "x", body=BODY, basis=Basis.OFFICIAL),)
MODEL = NameModel(
    ModelFile(
        bias=-1.0, calm=0.0, caution=1.0, danger=3.0, weights={"a": 2.0, "b": 2.0, "c": -1.0},
        form=Table(0.0, 0.0, b"\0"), letters=Table(0.0, 0.0, b"\0"),
    )
)  # fmt: skip


def evidence(*weights: float) -> tuple[Evidence, ...]:
    return tuple(Evidence(f"s{at}", "code", weight=weight) for at, weight in enumerate(weights))


def judged(now, *pieces: Evidence, exempt: bool = False, familiar: bool = False) -> Verdict:  # type: ignore[no-untyped-def]
    facts = Facts(
        official=None, popular=False, infrastructure=False, kin=False, shared_zone=False, listing=Known(None),
        names=NOTHING, exempt=exempt, familiar=familiar,
    )  # fmt: skip
    signals = [Signal(piece.signal, ("x",), lambda _s, _f, piece=piece: piece) for piece in pieces]  # type: ignore[misc]
    return judge(HTTPS, facts, signals, MODEL, list_version=None, now=now)


@pytest.mark.parametrize(
    ("weights", "level"),
    [
        ((CERTAIN,), Level.DANGER),
        ((1.0, 1.0), Level.DANGER),
        ((1.2, 0.3), Level.CAUTION),
        ((0.5, 0.5), Level.CAUTION),
        ((0.9,), Level.NO_KNOWN_RISK),
        ((0.1,) * 10, Level.CAUTION),
        ((), Level.NO_KNOWN_RISK),
    ],
)
def test_policy(weights: tuple[float, ...], level: Level) -> None:
    assert decide(HTTPS, evidence(*weights), ()) is level


def test_something_unchecked_is_unknown_unless_something_was_seen() -> None:
    assert decide(HTTPS, (), SKIP) is Level.UNKNOWN
    assert decide(HTTPS, evidence(0.5), SKIP) is Level.UNKNOWN
    assert decide(HTTPS, evidence(2.0), SKIP) is Level.DANGER


def test_official_is_said_only_over_https() -> None:
    assert decide(HTTPS, OFFICIAL, ()) is Level.OFFICIAL
    assert decide(HTTP, OFFICIAL, ()) is Level.NO_KNOWN_RISK


@pytest.mark.parametrize(("weight", "named"), [(2.5, True), (1.0, True), (0.9, False)])
def test_a_body_is_named_only_where_something_follows(now, weight: float, named: bool) -> None:  # type: ignore[no-untyped-def]
    assert (judged(now, Evidence("a", "x", weight=weight, body=BODY)).body is BODY) == named


def test_the_weightiest_evidence_comes_first_and_names_the_body(now) -> None:  # type: ignore[no-untyped-def]
    other = Body(id="o", name="O", sector="bank", home=None, domains=())
    verdict = judged(
        now, Evidence("a", "x", weight=0.5, body=other), Evidence("b", "y", weight=2.5, body=BODY), Evidence("c", "z")
    )
    assert [piece.signal for piece in verdict.evidence] == ["b", "a", "c"]
    assert verdict.body is BODY
    assert [piece.signal for piece in verdict.telling] == ["b", "a"]


def test_learned_evidence_shares_the_points_of_its_sum(now) -> None:  # type: ignore[no-untyped-def]
    one = judged(now, Evidence("a", "x", cues={"a": 1.0}))
    assert (one.level, one.points) == (Level.CAUTION, 1.0)
    two = judged(now, Evidence("a", "x", cues={"a": 1.0}), Evidence("b", "x", cues={"b": 1.0}))
    assert (two.level, two.points) == (Level.DANGER, 2.0)
    assert [piece.weight for piece in two.evidence] == [1.0, 1.0]
    calmed = judged(now, Evidence("a", "x", cues={"a": 1.0}), Evidence("b", "x", cues={"c": 1.0, "unknown": 9.0}))
    assert (calmed.level, calmed.points) == (Level.NO_KNOWN_RISK, 0.0)


def test_learned_and_given_weights_add_up(now) -> None:  # type: ignore[no-untyped-def]
    verdict = judged(now, Evidence("a", "x", cues={"a": 1.0}), Evidence("domain_age", "x", weight=0.9))
    assert (verdict.level, verdict.points) == (Level.CAUTION, 1.9)


def test_the_persons_exception_silences_guesses_but_not_lists(now) -> None:  # type: ignore[no-untyped-def]
    guess = Evidence("a", "x", weight=3.0)
    listed = Evidence("listed", "x", weight=CERTAIN, basis=Basis.LISTED)
    assert judged(now, guess, exempt=True).level is Level.NO_KNOWN_RISK
    assert judged(now, guess, listed, exempt=True).level is Level.DANGER


def test_a_site_visited_often_before_is_judged_one_level_calmer(now) -> None:  # type: ignore[no-untyped-def]
    assert judged(now, Evidence("a", "x", weight=2.0), familiar=True).level is Level.CAUTION
    assert judged(now, Evidence("a", "x", weight=1.5), familiar=True).level is Level.NO_KNOWN_RISK
    listed = Evidence("listed", "x", weight=CERTAIN, basis=Basis.LISTED)
    assert judged(now, listed, familiar=True).level is Level.DANGER


@pytest.mark.parametrize("signal", [signal for signal in load_signals() if signal.needs], ids=lambda signal: signal.id)
def test_a_signal_says_nothing_without_what_it_needs(signal: Signal) -> None:
    facts = Facts(
        official=None, popular=False, infrastructure=False, kin=False, shared_zone=False, listing=Known(None),
        names=NOTHING,
    )  # fmt: skip
    assert signal.needs in Need
    for url in ("https://user:word@a.b-c.example.fr/login?x=1", "http://gouv.example.com/", "https://x.web.app/"):
        assert signal.check(parse_url(url), facts) is None


def test_at_most_three_reasons_are_told_and_vague_ones_only_alone(now) -> None:  # type: ignore[no-untyped-def]
    vague = Evidence("v", "x", weight=2.0, vague=True)
    many = [Evidence(f"s{at}", "x", weight=1.0 + at) for at in range(4)]
    assert [piece.signal for piece in judged(now, vague, *many).telling] == ["s3", "s2", "s1"]
    assert [piece.signal for piece in judged(now, vague).telling] == ["v"]
