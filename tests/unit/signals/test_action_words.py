"""Names of action words alone: what they take, and the honest names beside them."""

from datetime import datetime

import pytest

from guetteur.checker import Checker
from guetteur.core.actionwords import ActionReader, ActionTable
from guetteur.core.lexicon import WordTable
from guetteur.core.subject import parse_host_or_url
from guetteur.core.verdict import Level

WORDS = WordTable(
    lures={"paperwork": ("service", "info")}, topics={}, weak_lures=("service",), ordinary=(), fillers=("mon", "des"),
    government=(), distinctive=(), everyday=(),
)  # fmt: skip
TABLE = ActionTable(
    themes={"fine": ("amende", "regler"), "parcel": ("suivi", "colis")},
    beside=("dossier", "vitale"),
    trades=("parcel",),
)


def read(host: str, zone: str | None = None) -> tuple[str, ...]:
    return ActionReader(TABLE, WORDS).read(parse_host_or_url(host), zone)


@pytest.mark.parametrize(
    "host",
    [
        "service-amendes-traitement.fr", "regler-infraction.com", "suivi-livraison-colis.info",
        "renouvellement-carte-vitale.fr", "remboursement-impot-en-ligne.fr", "mise-a-jour-vitale.fr",
        "reglermesamendes.fr", "www.dossier-telepaiement.fr",
    ],
)  # fmt: skip
def test_caught(checker_without_lists: Checker, now: datetime, host: str) -> None:
    verdict = checker_without_lists.check(parse_host_or_url(host), now=now)
    assert verdict.level in (Level.CAUTION, Level.DANGER)


def test_alone_it_is_caution_and_names_the_words(checker_without_lists: Checker, now: datetime) -> None:
    verdict = checker_without_lists.check(parse_host_or_url("suivi-livraison-colis.info"), now=now)
    assert verdict.level is Level.CAUTION
    assert verdict.evidence[0].code == "only_action_words"
    assert verdict.evidence[0].params["words"] == "suivi, livraison, colis"


@pytest.mark.parametrize(
    "host",
    [
        "suivi-de-colis.net", "resiliation-mutuelle.com", "renouvellementpasseport.fr", "portail-webmail.com",
        "emailverify.net", "espace-client.net", "paiement.fr", "validation.com", "dossier-familial.com",
        "suivi-des-chantiers.fr", "verification-extincteurs.fr",
    ],
)  # fmt: skip
def test_left_alone(checker_without_lists: Checker, now: datetime, host: str) -> None:
    verdict = checker_without_lists.check(parse_host_or_url(host), now=now)
    assert "action_words" not in {piece.signal for piece in verdict.evidence}


def test_trusted_and_named_hosts_are_others_business(checker_without_lists: Checker) -> None:
    named = checker_without_lists.facts(parse_host_or_url("regler-amende-antai.fr"))
    official = checker_without_lists.facts(parse_host_or_url("regler-amende.amendes.gouv.fr"))
    assert named.actions == official.actions == ()


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("regler-mon-amende.fr", ("regler", "amende")),
        ("regleramende.fr", ("regler", "amende")),
        ("amende-amende.fr", ()),  # one word, twice
        ("dossier-vitale.fr", ()),  # of no scam's theme
        ("suivi-des-colis.fr", ()),  # a trade
        ("service-suivi-colis.fr", ("service", "suivi", "colis")),
        ("regler-amende-dupontel.fr", ()),  # somebody's
        ("regler-amende-dup.fr", ("regler", "amende")),  # four fifths
        ("amende-service.fr", ()),  # one is shared with honest names
        ("xn--regler-amende-9db.fr", ()),
        ("192.0.2.1", ()),
        ("regler-amende", ()),
    ],
)
def test_reading(host: str, words: tuple[str, ...]) -> None:
    assert read(host) == words


def test_in_a_shared_zone_the_holder_s_label_is_read() -> None:
    assert read("www.regler-amende.example.com", "example.com") == ("regler", "amende")
    assert read("example.com", "example.com") == ()


def test_without_words_nothing_is_read() -> None:
    assert ActionReader(ActionTable(), WORDS).read(parse_host_or_url("regler-amende.fr"), None) == ()
