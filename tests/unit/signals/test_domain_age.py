"""A young domain tips the balance, and does so alone nowhere."""

from datetime import date, datetime, timedelta

import pytest

from guetteur.checker import Checker
from guetteur.core.facts import Known, Unavailable
from guetteur.core.signal import CAUTION_POINTS
from guetteur.core.subject import parse_host_or_url
from guetteur.core.verdict import Verdict
from guetteur.signals.domain_age import points_of_age

NAMED, PLAIN, ACTION = "orangerie-du-chateau.fr", "example-shop.fr", "regler-infraction-amende.fr"


def aged(checker: Checker, now: datetime, host: str, days: int) -> Verdict:
    created = Known(now.date() - timedelta(days=days))
    return checker.check(parse_host_or_url(host), now=now, age=created)


@pytest.mark.parametrize(("days", "points"), [(0, 0.9), (30, 0.9), (31, 0.7), (90, 0.7), (91, 0.0), (4000, 0.0)])
def test_points(days: int, points: float) -> None:
    assert points_of_age(days) == points
    assert points < CAUTION_POINTS


@pytest.mark.parametrize("host", [NAMED, ACTION])
def test_told_where_something_is_suspicious(checker_without_lists: Checker, now: datetime, host: str) -> None:
    seen = {piece.code: piece for piece in aged(checker_without_lists, now, host, 3).evidence}
    assert seen["registered_lately"].params["days"] == "3"
    assert "registered_today" in {piece.code for piece in aged(checker_without_lists, now, host, 0).evidence}
    assert not {"registered_lately", "registered_today"} & {
        piece.code for piece in aged(checker_without_lists, now, host, 400).evidence
    }


@pytest.mark.parametrize("host", [PLAIN, "www.impots.gouv.fr", "ameli-suivi.web.app"])
def test_silent_elsewhere(checker_without_lists: Checker, now: datetime, host: str) -> None:
    assert "domain_age" not in {piece.signal for piece in aged(checker_without_lists, now, host, 3).evidence}


def test_an_age_asked_for_in_vain_is_said(checker_without_lists: Checker, now: datetime) -> None:
    subject = parse_host_or_url(NAMED)
    verdict = checker_without_lists.check(subject, now=now, age=Unavailable("age_timeout"))
    assert ("domain_age", "age_timeout") in {(skip.signal, skip.why) for skip in verdict.skipped}
    assert "domain_age" not in {skip.signal for skip in checker_without_lists.check(subject, now=now).skipped}


def test_the_lists_know_the_age_of_new_domains(checker_without_lists: Checker, now: datetime) -> None:
    class Newly:
        def registered_on(self, domain: str) -> date | None:
            return now.date() if domain == NAMED else None

    before = checker_without_lists.newly
    checker_without_lists.newly = Newly()
    try:
        verdict = checker_without_lists.check(parse_host_or_url(NAMED), now=now)
    finally:
        checker_without_lists.newly = before
    assert "registered_today" in {piece.code for piece in verdict.evidence}
