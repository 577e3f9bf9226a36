"""The well-known shapes, on the shipped registry: what must be caught, and what must be left alone."""

from datetime import datetime

import pytest

from guetteur.checker import Checker
from guetteur.core.subject import parse_host_or_url
from guetteur.core.verdict import Level

CAUGHT = [
    ("impots.gouv.fr.verif-dossier.com", "impots", "embedding"),
    ("impots-gouv-fr.web.app", "impots", "embedding"),
    ("www-impots-gouv.fr", "impots", "embedding"),
    ("remboursement-ameli.info", "ameli", "combosquat"),
    ("ameli-renouvellement-vitale.fr", "ameli", "combosquat"),
    ("chronopost-livraison.fr", "chronopost", "combosquat"),
    ("antai-telepaiement-amende.com", "antai", "foreign_name"),
    ("facture-impayee-sfr-verification.net", "sfr", "combosquat"),
    ("labanquepostale.certicode-activation.info", "la-banque-postale", "combosquat"),
    ("credit-agricole.securipass.web.app", "credit-agricole", "foreign_name"),
    ("creditagricoie-connexion.fr", "credit-agricole", "lookalike"),
    ("crediitmutueel-authentification.com", "credit-mutuel", "lookalike"),
]


@pytest.mark.parametrize(("host", "body", "signal"), CAUGHT)
def test_caught(checker_without_lists: Checker, now: datetime, host: str, body: str, signal: str) -> None:
    verdict = checker_without_lists.check(parse_host_or_url(host), now=now)
    assert verdict.level is Level.DANGER
    assert verdict.body is not None
    assert verdict.body.id == body
    assert signal in {piece.signal for piece in verdict.evidence}


@pytest.mark.parametrize(
    "host",
    ["lfbn-lyo-1-2.w2-7.abo.wanadoo.fr", "abo.wanadoo.fr", "ip-200.net-89-2.rev.numericable.fr", "x.perso.sfr.fr"],
)
def test_a_customer_s_own_line_is_not_the_provider_s(checker_without_lists: Checker, now: datetime, host: str) -> None:
    assert checker_without_lists.check(parse_host_or_url(f"https://{host}/"), now=now).level is Level.UNKNOWN
    assert checker_without_lists.official(".".join(host.split(".")[-2:])) is not None


@pytest.mark.parametrize("zone", ["azurefd.net", "trafficmanager.net", "z6.web.core.windows.net"])
def test_a_fake_under_a_cloud_s_name_is_caught(checker_without_lists: Checker, now: datetime, zone: str) -> None:
    verdict = checker_without_lists.check(parse_host_or_url(f"ameli-remboursement.{zone}"), now=now)
    assert verdict.level is Level.DANGER


def test_a_name_that_no_dns_can_hold_is_not_read(checker_without_lists: Checker, now: datetime) -> None:
    host = "ameli-remboursement." * 13 + "com"
    assert checker_without_lists.check(parse_host_or_url(host), now=now).evidence == ()
    assert checker_without_lists.check(parse_host_or_url(host[20:]), now=now).level is Level.DANGER


@pytest.mark.parametrize("host", ["suividhl.com", "b0ursorama.com", "laposte.re", "mondialrelay.info"])
def test_doubted(checker_without_lists: Checker, now: datetime, host: str) -> None:
    verdict = checker_without_lists.check(parse_host_or_url(host), now=now)
    assert verdict.level in (Level.CAUTION, Level.DANGER)


@pytest.mark.parametrize("host", ["societegenerale.is", "dhl.mn", "labanquepostale.re"])
def test_a_body_s_own_label_under_another_suffix_is_never_danger(
    checker_without_lists: Checker, now: datetime, host: str
) -> None:
    assert checker_without_lists.check(parse_host_or_url(host), now=now).level is not Level.DANGER


@pytest.mark.parametrize(
    "host", ["xn--crdit-agricole-ckb.com", "сhrοnороѕt-colis.com", "bоursоrаma.com", "іmpots-remboursement.fr"]
)
def test_foreign_letters_are_caught(checker_without_lists: Checker, now: datetime, host: str) -> None:
    verdict = checker_without_lists.check(parse_host_or_url(host), now=now)
    assert verdict.level in (Level.DANGER, Level.CAUTION)
    assert "idn" in {piece.signal for piece in verdict.evidence}


@pytest.mark.parametrize("host", ["secure-gouv.fr", "amende.gouv-fr.com", "dossier.qouv.fr", "antai.g0uv.fr"])
def test_false_government_zone(checker_without_lists: Checker, now: datetime, host: str) -> None:
    verdict = checker_without_lists.check(parse_host_or_url(host), now=now)
    assert verdict.level in (Level.DANGER, Level.CAUTION)
    assert "government_zone" in {piece.signal for piece in verdict.evidence}


@pytest.mark.parametrize(
    "host",
    [
        "theatredelaposte-foix.fr", "simulation-impots.net", "pierre-morange.fr", "camelia.fr", "orangerie.fr",
        "international.com", "bankinter.com", "internet.fr", "lafreebox.com", "carrefour.ro", "societegenerale.rs",
        "ants.com", "melia.com", "decafe.fr", "edfringe.com", "www.example.org", "bookingdirect.com", "gouv.ci",
        "maison-de-justice.be",
    ],
)  # fmt: skip
def test_left_alone(checker_without_lists: Checker, now: datetime, host: str) -> None:
    verdict = checker_without_lists.check(parse_host_or_url(host), now=now)
    assert verdict.level not in (Level.DANGER, Level.CAUTION), verdict.evidence


@pytest.mark.parametrize("name", ["lcl", "caf", "sfr", "edf", "cic", "orange", "free"])
def test_a_short_name_alone_says_nothing(checker_without_lists: Checker, now: datetime, name: str) -> None:
    for host in (f"{name}.example.com", f"my{name}x.com", f"{name}.io"):
        verdict = checker_without_lists.check(parse_host_or_url(host), now=now)
        assert verdict.level not in (Level.DANGER, Level.CAUTION), (host, verdict.evidence)


@pytest.mark.parametrize("name", ["lcl", "sfr", "edf", "dhl", "caf"])
def test_a_short_name_with_a_plain_lure_is_caught(checker_without_lists: Checker, now: datetime, name: str) -> None:
    verdict = checker_without_lists.check(parse_host_or_url(f"verification-{name}-paiement.com"), now=now)
    assert verdict.level is Level.DANGER


def test_listed_hosts_are_danger_and_say_since_when(checker: Checker, now: datetime) -> None:
    assert checker.blocklist is not None
    host = next(iter(checker.blocklist.entries()))
    for name in (host, f"login.{host}"):
        verdict = checker.check(parse_host_or_url(name), now=now)
        assert verdict.level is Level.DANGER
        assert verdict.evidence[0].signal == "listed" or "listed" in {piece.signal for piece in verdict.evidence}


def test_userinfo_hides_the_host(checker: Checker, now: datetime) -> None:
    verdict = checker.check(parse_host_or_url("https://www.impots.gouv.fr@example.org/"), now=now)
    assert verdict.level is Level.CAUTION
    assert verdict.evidence[0].code == "hidden_host"


def test_without_lists_nothing_seen_is_unknown(checker_without_lists: Checker, checker: Checker, now: datetime) -> None:
    subject = parse_host_or_url("www.example.org")
    assert checker_without_lists.check(subject, now=now).level is Level.UNKNOWN
    assert checker.check(subject, now=now).level is Level.NO_KNOWN_RISK


def test_official_over_https_and_http(checker: Checker, now: datetime) -> None:
    assert checker.check(parse_host_or_url("https://www.impots.gouv.fr/accueil"), now=now).level is Level.OFFICIAL
    assert checker.check(parse_host_or_url("http://www.impots.gouv.fr/"), now=now).level is Level.NO_KNOWN_RISK
    town = checker.check(parse_host_or_url("https://www.bischheim.alsace/"), now=now)
    assert town.level is Level.OFFICIAL
    assert town.evidence[0].code == "public_sector_host"


def test_a_body_s_own_zone_is_neither_flagged_nor_vouched_for(checker: Checker, now: datetime) -> None:
    # Only named hosts of google.com are official, since the zone carries user pages; the rest raises no alarm.
    verdict = checker.check(parse_host_or_url("https://gmail-smtp-relay.l.google.com/"), now=now)
    assert verdict.level is Level.NO_KNOWN_RISK
    # Free hosting in a carrier's zone is anybody's.
    hosted = checker.check(parse_host_or_url("https://remboursement-ameli.pagesperso-orange.fr/"), now=now)
    assert hosted.level is Level.DANGER


def test_numeric_and_ip_hosts_are_judged_without_fuss(checker: Checker, now: datetime) -> None:
    for host in (
        "http://192.0.2.1/",
        "http://[2001:db8::1]/",
        "http://localhost/",
        "http://web.app/",
        "http://123.fr/",
    ):
        assert checker.check(parse_host_or_url(host), now=now).level is Level.NO_KNOWN_RISK
