"""Signals of mails one by one: which facts they speak at, what they say, and how much it weighs."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from guetteur.core.bodies import Body, Official
from guetteur.core.facts import Known
from guetteur.core.mail.facts import LinkFacts, MailFacts, SenderFacts
from guetteur.core.mail.subject import (
    NOT_CHECKED,
    PROVIDER_CHECKED,
    Authentication,
    Mailbox,
    MailLink,
    MailSubject,
    Result,
)
from guetteur.core.pageclaim import Named
from guetteur.core.scripts import Script, ScriptSeen
from guetteur.core.signal import CAUTION_POINTS, CERTAIN, DANGER_POINTS, Basis, Evidence, Skip
from guetteur.core.subject import parse_url
from guetteur.core.verdict import Level, Verdict
from guetteur.signals import load_mail_signals

SIGNALS = {signal.id: signal for signal in load_mail_signals()}
BANK = Body("bank", "Ma Banque", "bank", None, ("bank.example",))
PLATFORM = Body("platform", "Le Forum", "platform", None, ("forum.example",))
OWNER, CARRIER = Official(BANK, "bank.example"), Official(PLATFORM, "forum.example")
NAMED = Named(BANK, "mabanque", common=False, spoken=True)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
PROVEN, DISPROVEN = Known(True), Known(False)
STRANGER = SenderFacts("x.example", "x.example")


def ask(signal: str, facts: MailFacts, address: str = "a@x.example", **parts: Any) -> Evidence | Skip | None:
    senders = (Mailbox("", address, address.rpartition("@")[2]),) if address else ()
    return SIGNALS[signal].check(MailSubject(senders, **parts), facts)


def said(found: Evidence | Skip | None) -> tuple[str, float] | None:
    """Code and weight."""
    return (found.code, found.weight) if isinstance(found, Evidence) else None


def sender(**parts: Any) -> SenderFacts:
    return msgspec.structs.replace(STRANGER, **parts)


def link(
    url: str = "https://y.example/", *, origin: str = "html", level: Level | None = None, **parts: Any
) -> LinkFacts:
    piece = Evidence("listed" if parts.pop("listed", False) else "guess", "c", weight=1)
    if piece.signal == "listed":
        piece = msgspec.structs.replace(piece, basis=Basis.LISTED, weight=CERTAIN)
    body = parts.pop("body", None)
    verdict = None if level is None else Verdict(level, piece.weight, (piece,), (), body, None, NOW)
    return LinkFacts(MailLink(url, "", origin), parse_url(url), verdict, **parts)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (MailFacts(STRANGER), None),
        (MailFacts(STRANGER, (link(),)), None),
        (MailFacts(STRANGER, (link(anonymous=True),)), ("leads_to_anonymous", 0.2)),
        (MailFacts(sender(claim=NAMED), (link(anonymous=True),)), ("leads_to_anonymous", 0.7)),
        (MailFacts(STRANGER, (link(anonymous=True), link("http://192.0.2.1/"))), ("leads_to_number", 0.7)),
        (MailFacts(sender(proven=PROVEN, popular=True), (link(anonymous=True),)), None),
    ],
)
def test_links_to_places_where_anybody_puts_a_page(facts: MailFacts, expected: tuple[str, float] | None) -> None:
    found = ask("anonymous_link", facts)
    assert said(found) == expected
    if isinstance(found, Evidence):
        assert found.vague is (facts.addresses_body is None)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (sender(), None),
        (sender(claim=NAMED), ("named_from_elsewhere", CAUTION_POINTS)),
        (sender(claim=NAMED, domain=""), None),
        (sender(claim=NAMED, official=OWNER), None),
        (sender(claim=NAMED, official=CARRIER), ("named_from_elsewhere", CAUTION_POINTS)),
        (sender(claim=NAMED, free=True), ("named_from_free", 1.6)),
        (sender(claim=NAMED, free=True, host=BANK), ("named_from_free", 0.4)),
        (sender(claim=NAMED, free=True, host=PLATFORM), ("named_from_free", 1.6)),
        (sender(claim=NAMED, popular=True, proven=PROVEN), ("named_from_elsewhere", 0.4)),
        (sender(claim=NAMED, verdict=link(level=Level.CAUTION).verdict), ("named_from_elsewhere", 0.6)),
        (sender(claim=NAMED, verdict=link(level=Level.DANGER).verdict), ("named_from_elsewhere", CAUTION_POINTS)),
    ],
)
def test_a_name_that_the_address_does_not_bear_out(facts: SenderFacts, expected: tuple[str, float] | None) -> None:
    assert said(ask("claimed_name", MailFacts(facts))) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (MailFacts(STRANGER, (link(),)), None),
        (MailFacts(STRANGER, (link(),), topic=NAMED), ("subject_names", 0.5)),
        (MailFacts(STRANGER, topic=NAMED), None),
        (MailFacts(sender(claim=NAMED), (link(),), topic=NAMED), None),
        (MailFacts(sender(official=OWNER), (link(),), topic=NAMED), None),
        (MailFacts(sender(popular=True, proven=PROVEN), (link(),), topic=NAMED), None),
        (MailFacts(STRANGER, (link(level=Level.OFFICIAL, body=BANK),), topic=NAMED), None),
        (MailFacts(STRANGER, (link(level=Level.OFFICIAL, body=PLATFORM),), topic=NAMED), ("subject_names", 0.5)),
        (MailFacts(STRANGER, (link(level=Level.OFFICIAL, body=BANK, own=True),), topic=NAMED), ("subject_names", 0.5)),
    ],
)
def test_a_subject_that_names_a_body(facts: MailFacts, expected: tuple[str, float] | None) -> None:
    assert said(ask("claimed_topic", facts)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (MailFacts(STRANGER), None),
        (MailFacts(STRANGER, disguised="b\u0430nque"), ("words_disguised", CAUTION_POINTS)),
        (MailFacts(STRANGER, styled="\U0001d401anque"), ("words_styled", 0.6)),
        (MailFacts(sender(popular=True, proven=PROVEN), disguised="x"), None),
    ],
)
def test_disguised_words(facts: MailFacts, expected: tuple[str, float] | None) -> None:
    assert said(ask("disguised_words", facts)) == expected


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ((link(),), None),
        ((link(level=Level.UNKNOWN), link(level=Level.OFFICIAL, body=BANK)), None),
        ((link(level=Level.CAUTION),), ("link_odd", 1.0)),
        ((link(level=Level.CAUTION, body=BANK),), ("link_like", 1.0)),
        ((link(level=Level.DANGER, listed=True, body=BANK),), ("link_listed", 2.0)),
        ((link(level=Level.CAUTION), link(level=Level.DANGER, listed=True)), ("link_listed", 2.0)),
        ((link(level=Level.DANGER, listed=True, origin="qr"),), ("link_in_picture", 2.0)),
    ],
)
def test_the_worst_link(links: tuple[LinkFacts, ...], expected: tuple[str, float] | None) -> None:
    found = ask("link_target", MailFacts(STRANGER, links))
    assert said(found) == expected
    if isinstance(found, Evidence):
        listed = any(piece.basis is Basis.LISTED for one in links if one.verdict for piece in one.verdict.evidence)
        assert found.basis is (Basis.LISTED if listed else Basis.GUESS)


def shows(official: Official | None = OWNER, **parts: Any) -> LinkFacts:
    return link(shown="www.bank.example", shown_of=official, **parts)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (MailFacts(STRANGER, (shows(),)), ("shows_official", 1.2)),
        (MailFacts(STRANGER, (shows(anonymous=True),)), ("shows_official", DANGER_POINTS)),
        (MailFacts(STRANGER, (shows(url="http://192.0.2.1/"),)), ("shows_official", DANGER_POINTS)),
        (MailFacts(sender(claim=NAMED), (shows(),)), ("shows_official", DANGER_POINTS)),
        (MailFacts(STRANGER, (shows(None),)), None),
        (MailFacts(STRANGER, (shows(own=True),)), None),
        (MailFacts(STRANGER, (shows(trusted=True),)), None),
        (MailFacts(STRANGER, (shows(trusted=True, anonymous=True),)), ("shows_official", DANGER_POINTS)),
        (MailFacts(STRANGER, (shows(level=Level.OFFICIAL, body=BANK),)), None),
        (MailFacts(STRANGER, (shows(CARRIER),)), None),
        (
            MailFacts(STRANGER, (shows(CARRIER),), topic=Named(PLATFORM, "leforum", common=False, spoken=True)),
            ("shows_official", 1.2),
        ),
        (MailFacts(sender(popular=True, proven=PROVEN), (shows(),)), None),
    ],
)
def test_words_of_a_link_that_show_a_body(facts: MailFacts, expected: tuple[str, float] | None) -> None:
    assert said(ask("link_text", facts)) == expected


@pytest.mark.parametrize(
    ("facts", "list_id", "expected"),
    [
        (sender(), False, None),
        (sender(quoted="y.example"), False, ("other_address_shown", 0.6)),
        (sender(quoted="y.example", quoted_own=True), False, ("own_domain_shown", CAUTION_POINTS)),
        (sender(quoted="bank.example", quoted_of=OWNER), False, ("official_address_shown", 1.5)),
        (sender(quoted="bank.example", quoted_of=OWNER), True, None),
        (sender(quoted="y.example", official=OWNER), False, None),
    ],
)
def test_an_address_in_front_of_another(facts: SenderFacts, list_id: bool, expected: tuple[str, float] | None) -> None:
    assert said(ask("quoted_address", MailFacts(facts), list_id=list_id)) == expected


ELSEWHERE = (Mailbox("", "b@y.example", "y.example"),)


@pytest.mark.parametrize(
    ("facts", "parts", "expected"),
    [
        (MailFacts(STRANGER), {}, None),
        (MailFacts(STRANGER), {"reply_to": ELSEWHERE}, None),
        (MailFacts(STRANGER, answers_private=True), {"reply_to": ELSEWHERE}, ("answers_go_to_private", 0.5)),
        (MailFacts(sender(official=OWNER)), {"reply_to": ELSEWHERE}, ("answers_leave_body", 1.2)),
        (MailFacts(sender(official=OWNER)), {"reply_to": ELSEWHERE, "list_id": True}, None),
        (MailFacts(sender(official=OWNER, proven=PROVEN)), {"reply_to": ELSEWHERE}, None),
        (
            MailFacts(sender(official=OWNER, domain="x.fr", registrable="x.fr")),
            {"reply_to": (*ELSEWHERE, Mailbox("", "c@m.x.fr", "m.x.fr"))},
            None,
        ),
        (MailFacts(sender(official=OWNER)), {"reply_to": (Mailbox("nobody", "", ""),)}, None),
    ],
)
def test_answers_that_go_elsewhere(facts: MailFacts, parts: dict[str, Any], expected: tuple[str, float] | None) -> None:
    assert said(ask("reply_elsewhere", facts, **parts)) == expected


def script(score: float, *, alone: bool = False) -> tuple[ScriptSeen, ...]:
    one = Script("s", "arnaque", "scam", "money", "non", "no", threshold=10.0, cues=(), alone=alone)
    return (ScriptSeen(one, ("payez vite", "en coupons"), score),)


@pytest.mark.parametrize(
    ("facts", "scripts", "subject", "weight"),
    [
        (sender(), script(11), "", 0.8),
        (sender(), script(12), "", CAUTION_POINTS),
        (sender(), script(99), "", CAUTION_POINTS),
        (sender(), script(99, alone=True), "", DANGER_POINTS),
        (sender(), script(99, alone=True), "TR : attention", CAUTION_POINTS),
        (sender(proven=PROVEN), script(14), "", 0.8),
        (sender(proven=PROVEN), script(15), "", CAUTION_POINTS),
        (sender(proven=PROVEN, free=True), script(14), "", CAUTION_POINTS),
        (sender(proven=PROVEN, official=OWNER), script(99, alone=True), "", 0.4),
        (sender(proven=PROVEN, popular=True), script(99), "", DANGER_POINTS / 2),
        (sender(proven=PROVEN, official=CARRIER), script(99), "", 0.5),
        (sender(proven=PROVEN, official=CARRIER), script(99, alone=True), "", CAUTION_POINTS),
        (sender(official=OWNER), script(99, alone=True), "", 0.6),
        (sender(official=OWNER, proven=DISPROVEN), script(99), "", CAUTION_POINTS),
    ],
)
def test_what_a_script_weighs_depends_on_who_writes(
    facts: SenderFacts, scripts: tuple[ScriptSeen, ...], subject: str, weight: float
) -> None:
    found = ask("scam_script", MailFacts(facts, scripts=scripts), subject=subject)
    assert said(found) == ("mail_follows_script", weight)
    assert isinstance(found, Evidence)
    assert found.params["words_fr"] == "payez vite\u00a0», «\u00a0en coupons"
    assert (found.params["label_fr"], found.params["label_en"]) == ("arnaque", "scam")


@pytest.mark.parametrize(
    ("address", "parts", "expected"),
    [
        ("jean.martin@x.example", {}, None),
        ("service-4821@x.example", {}, None),
        ("no-reply-client-4821@x.example", {}, ("sender_made_up", 0.4)),
        ("no-reply-client-482@x.example", {}, None),
        ("kXbQzRwTpLmN4Q@x.example", {}, ("sender_made_up", 0.4)),
        ("kXbQ4Q@x.example", {}, None),
        ("a@a.b.c.x.example", {"domain": "a.b.c.x.example"}, ("sender_made_up", 0.7)),
        ("a@a.b.xyz.example", {"domain": "a.b.xyz.example"}, None),
        ("a@xn--fort-verte-y9a.example", {"domain": "xn--fort-verte-y9a.example"}, None),
        ("a@xn--a-b-c-d-e-y9a.example", {"domain": "xn--a-b-c-d-e-y9a.example"}, ("sender_made_up", 0.7)),
        ("a@a-b-c-d-e.example", {"domain": "a-b-c-d-e.example"}, ("sender_made_up", 0.7)),
        ("a@a-b-c-d.example", {"domain": "a-b-c-d.example"}, None),
        ("no-reply-client-4821@x.example", {"free": True}, None),
        ("no-reply-client-4821@x.example", {"popular": True, "proven": PROVEN}, None),
        ("root@localhost", {"domain": "localhost", "registrable": None}, ("sender_nowhere", 0.9)),
        ("", {}, None),
    ],
)
def test_senders_that_machines_make(address: str, parts: dict[str, Any], expected: tuple[str, float] | None) -> None:
    assert said(ask("sender_form", MailFacts(sender(**parts)), address)) == expected


def result(**parts: Any) -> Known[Authentication]:
    none = {"spf": Result.NONE, "dkim": Result.NONE, "dmarc": Result.NONE}
    return Known(Authentication(**{"envelope": "", "signers": (), "policy": "", "checked_by": "mx"} | none | parts))


@pytest.mark.parametrize(
    ("facts", "parts", "expected"),
    [
        (sender(proven=PROVEN), {}, None),
        (sender(proven=DISPROVEN), {}, ("not_proven", 0.2)),
        (sender(proven=DISPROVEN), {"authentication": result(spf=Result.FAIL)}, ("not_proven", 0.5)),
        (sender(proven=DISPROVEN), {"authentication": result(dkim=Result.FAIL)}, ("not_proven", 0.5)),
        (sender(proven=DISPROVEN), {"authentication": result(dmarc=Result.FAIL)}, ("not_proven", 0.5)),
        (sender(proven=DISPROVEN, popular=True), {}, ("known_not_proven", 1.0)),
        (sender(proven=DISPROVEN, popular=True, free=True), {}, ("not_proven", 0.2)),
        (sender(proven=DISPROVEN, official=OWNER), {}, ("official_not_proven", 1.2)),
        (sender(proven=DISPROVEN, official=OWNER, refuses=True), {}, ("official_not_proven", DANGER_POINTS)),
        (sender(proven=DISPROVEN, official=OWNER, refuses=True), {"list_id": True}, ("official_not_proven", 1.2)),
    ],
)
def test_senders_without_proof(facts: SenderFacts, parts: dict[str, Any], expected: tuple[str, float] | None) -> None:
    found = ask("unproven_sender", MailFacts(facts), **({"authentication": result()} | parts))
    assert said(found) == expected
    if isinstance(found, Evidence):
        assert found.vague is (found.code == "not_proven")


def test_what_nobody_checked_is_missing_of_bodies_alone() -> None:
    for proven in (NOT_CHECKED, PROVIDER_CHECKED):
        assert ask("unproven_sender", MailFacts(sender(proven=proven))) is None
        found = ask("unproven_sender", MailFacts(sender(official=OWNER, proven=proven)))
        assert found == Skip("unproven_sender", proven.why)
