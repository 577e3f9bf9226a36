"""Signals of host names, lists and pages at the edges of what they say."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from guetteur.checker import Checker
from guetteur.core.bodies import Body
from guetteur.core.facts import Facts, Known, Listing, Unavailable
from guetteur.core.nameview import NOTHING
from guetteur.core.pageclaim import PLAIN, STRONG, Claim
from guetteur.core.pagefields import Ask, Target, Where
from guetteur.core.pageview import PageView, vouched_for
from guetteur.core.signal import CERTAIN, Basis, Evidence, Skip
from guetteur.core.subject import parse_url
from guetteur.core.verdict import Level, Verdict
from guetteur.signals import domain_age, listed, load_mail_signals, load_signals, page_form, page_identity

SUBJECT = parse_url("https://dossier-4821.fr/")
NOTHING_KNOWN = Facts(
    official=None, popular=False, infrastructure=False, kin=False, shared_zone=False, listing=Known(None), names=NOTHING
)
BANK = Body("bank", "Ma Banque", "bank", None, ("mabanque.fr", "www.mabanque-pro.fr"))


def known(**more: Any) -> Facts:
    return replace(NOTHING_KNOWN, **more)


def check(checker: Checker, now: datetime, host: str) -> Verdict:
    return checker.check(parse_url(f"https://{host}/"), now=now)


def signals(verdict: Verdict) -> set[str]:
    return {piece.signal for piece in verdict.evidence}


def test_signals_are_found_by_their_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = [signal.id for signal in (*load_signals(), *load_mail_signals())]
    assert {"listed", "official", "foreign_name", "sender_domain", "scam_script"} <= set(ours)
    assert sorted(ours[: len(load_signals())]) == ours[: len(load_signals())]
    package = tmp_path / "stray_signals"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "right.py").write_text(
        "from guetteur.core.signal import Signal\nSIGNAL = Signal('right', ('a',), lambda subject, facts: None)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    from guetteur.signals import _load

    assert [signal.id for signal in _load("stray_signals")] == ["right"]
    for wrong in ("SIGNAL = 'right'", (package / "right.py").read_text("utf-8")):
        (package / "wrong.py").write_text(wrong)
        sys.modules.pop("stray_signals.wrong", None)
        with pytest.raises(TypeError, match="must define SIGNAL with id 'wrong'"):
            _load("stray_signals")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (known(listing=Known(None)), None),
        (known(listing=Unavailable("no_list")), Skip("listed", "no_list")),
        (
            known(listing=Known(Listing("x.fr", ("a", "b"), None))),
            Evidence("listed", "listed", {"entry": "x.fr", "sources": "a, b"}, weight=CERTAIN, basis=Basis.LISTED),
        ),
        (
            known(listing=Known(Listing("x.fr", ("a",), date(2026, 1, 2)))),
            Evidence(
                "listed",
                "listed_since",
                {"entry": "x.fr", "sources": "a", "since": "2026-01-02"},
                weight=CERTAIN,
                basis=Basis.LISTED,
            ),
        ),
    ],
)
def test_listed(facts: Facts, expected: Evidence | Skip | None) -> None:
    assert listed.check(SUBJECT, facts) == expected


def test_a_domain_registered_in_the_future_or_on_no_known_day_has_no_age(checker: Checker) -> None:
    named = checker.facts(parse_url("https://orangerie-du-chateau.fr/"), age=Known(date(2026, 11, 25)))
    assert named.wording is not None
    assert named.days_old is None
    assert domain_age.check(SUBJECT, named) is None
    tomorrow = checker.facts(
        parse_url("https://orangerie-du-chateau.fr/"), age=Known(date(2026, 11, 25)), today=date(2026, 11, 24)
    )
    assert tomorrow.days_old == -1
    assert domain_age.check(SUBJECT, tomorrow) is None


def test_two_bodies_in_one_name(checker_without_lists: Checker, now: datetime) -> None:
    verdict = check(checker_without_lists, now, "laposte-chronopost.fr")
    assert verdict.level is Level.DANGER
    piece = next(piece for piece in verdict.evidence if piece.signal == "foreign_name")
    assert piece.code == "several_names"
    assert {"names.two_bodies", "names.same_body"} & piece.cues.keys() == {"names.two_bodies"}


@pytest.mark.parametrize(
    ("host", "looks"),
    [
        ("chronnopost.com", True),  # alone: also by the suffix
        ("chronnopost.pagesperso-orange.fr", True),
        ("chronnopost-suivi.fr", True),
        ("chronopost.chronnopost.fr", False),  # spelt out beside it: nothing to guess
    ],
)
def test_a_look_alike_is_told_of_where_nothing_is_spelt_out(
    checker_without_lists: Checker, now: datetime, host: str, looks: bool
) -> None:
    verdict = check(checker_without_lists, now, host)
    assert ("lookalike" in signals(verdict)) is looks
    for piece in verdict.evidence:
        if piece.signal == "lookalike":
            alone = host == "chronnopost.com"
            assert ("imitated.alone.stretched" in piece.cues) is alone
            assert ("look.alone.com" in piece.cues or any(cue.startswith("look.alone.") for cue in piece.cues)) is alone
            assert (piece.code, piece.params["seen"]) == ("doubled_letters", "chronnopost")


def test_numbers_beside_a_name_are_read_past(checker_without_lists: Checker, now: datetime) -> None:
    verdict = check(checker_without_lists, now, "24.ameli-verif.com")
    assert (verdict.level, verdict.body and verdict.body.id) == (Level.DANGER, "ameli")


def target(where: Where, *asks: Ask) -> Target:
    return Target(where, "elsewhere.fr", frozenset(asks))


def page(*targets: Target, asks: tuple[Ask, ...] = (), claim: Claim | None = None, local: bool = False) -> PageView:
    return PageView(claim=claim, asks=frozenset(asks), targets=targets, scripts=(), phone=None, local=local)


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ((target(Where.ELSEWHERE, Ask.PASSWORD),), ("posts_elsewhere", 0.3)),
        ((target(Where.ELSEWHERE, Ask.CARD),), ("posts_elsewhere", 0.5)),
        ((target(Where.ELSEWHERE, Ask.CARD), target(Where.ADDRESS, Ask.PASSWORD)), ("posts_to_address", 1.2)),
        ((target(Where.ADDRESS, Ask.CARD), target(Where.DROP, Ask.PASSWORD)), ("posts_to_drop", 2.0)),
        ((), None),
    ],
)
def test_where_a_form_sends_secrets(targets: tuple[Target, ...], expected: tuple[str, float] | None) -> None:
    found = page_form.check(SUBJECT, known(page=page(*targets)))
    assert ((found.code, found.weight) if isinstance(found, Evidence) else found) == expected
    assert page_form.check(SUBJECT, known(page=page(*targets, local=True))) is None


@pytest.mark.parametrize(
    ("strength", "asks", "url", "expected"),
    [
        (STRONG, Ask.CARD, "https://dossier.fr/", ("asks_heavy_as", 4.0)),
        (PLAIN, Ask.CARD, "https://dossier.fr/", ("asks_heavy_as", 4.0)),
        (PLAIN / 2, Ask.CARD, "https://dossier.fr/", ("asks_heavy_as", 1.05)),
        (STRONG, Ask.PASSWORD, "https://dossier.fr/", ("asks_login_as", 2.0)),
        (STRONG, Ask.PASSWORD, "https://mabanque.be/", ("asks_login_as", 1.05)),
        (STRONG, Ask.PASSWORD, "https://mabanque-pro.be/", ("asks_login_as", 1.05)),
        (STRONG, Ask.PASSWORD, "https://mabanque.com/", ("asks_login_as", 2.0)),
        (PLAIN, Ask.PASSWORD, "https://dossier.fr/", ("asks_login_as", 1.05)),
        (PLAIN / 2, Ask.PASSWORD, "https://dossier.fr/", None),
    ],
)
def test_what_a_page_asks_for_in_a_body_s_name(
    strength: float, asks: Ask, url: str, expected: tuple[str, float] | None
) -> None:
    facts = known(page=page(asks=(asks,), claim=Claim(BANK, strength, "Ma Banque")))
    found = page_identity.check(parse_url(url), facts)
    assert ((found.code, found.weight) if isinstance(found, Evidence) else found) == expected


def test_pages_of_those_who_answer_for_themselves_raise_nothing(checker: Checker) -> None:
    for url, vouched in (
        ("https://www.impots.gouv.fr/", True),
        ("https://gmail-smtp-relay.l.google.com/", True),
        ("https://www.wikipedia.org/", True),
        ("https://sites.google.com/view/x", False),
        ("https://dossier-4821.fr/", False),
    ):
        subject = parse_url(url)
        assert vouched_for(subject, checker.facts(subject)) is vouched, url
