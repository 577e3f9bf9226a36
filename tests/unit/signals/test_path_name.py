"""Bodies in paths: kits are caught, honest mentions are not."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from guetteur.app import build_checker
from guetteur.checker import Checker
from guetteur.config import PACKAGE_DATA
from guetteur.core.pathview import PathReader, is_public_address
from guetteur.core.signal import Evidence
from guetteur.core.subject import parse_url
from guetteur.core.verdict import Level
from guetteur.lists.knowledge import load_knowledge

KNOWLEDGE = load_knowledge(PACKAGE_DATA)
READER = PathReader(KNOWLEDGE.lexicon(KNOWLEDGE.registry()))


def seen(checker: Checker, now: datetime, url: str) -> Evidence | None:
    verdict = checker.check(parse_url(url), now=now)
    return next((piece for piece in verdict.evidence if piece.signal == "path_name"), None)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/antai-Fr/paiement.php", "antai"),
        ("/amendes/antai/connexion.php", "antai"),
        ("/wp-content/labanquepostale/bc5da3cf424b69b1/login.php", "la-banque-postale"),
        ("/CREDIT%20AGRICOLE/pages/region.php", "credit-agricole"),
        ("/Cr%C3%A9dit%20Agricole/pages/login.php", "credit-agricole"),
        ("/wp-includes/dhl/info.php", "dhl"),
        ("/caf/7365c189da3d0e7a32e48d6b51f689f4/index.php", "caf"),
    ],
)
def test_kits(checker_without_lists: Checker, now: datetime, path: str, body: str) -> None:
    piece = seen(checker_without_lists, now, f"https://www.bakery-smith.com{path}")
    assert piece is not None
    assert (piece.code, piece.weight) == ("name_in_path", 1.0)
    assert piece.body is not None
    assert piece.body.id == body


@pytest.mark.parametrize("path", ["/impots.gouv/new/app/", "/amendesgouvfr/infospage.php", "/leboncoin.fr/login.php"])
def test_official_hosts_weigh_more(checker_without_lists: Checker, now: datetime, path: str) -> None:
    piece = seen(checker_without_lists, now, f"https://www.bakery-smith.com{path}")
    assert piece is not None
    assert (piece.code, piece.weight) == ("official_host_in_path", 1.2)
    assert checker_without_lists.check(parse_url(f"https://www.bakery-smith.com{path}"), now=now).level is Level.CAUTION


@pytest.mark.parametrize(
    "path",
    [
        "/economie/article/credit-agricole-resultats", "/livraison-chronopost", "/@laposte", "/marques/orange/",
        "/marques/orange/index.php", "/banque/boursobank/index.php", "/credit-agricole.php",
        "/partenaires/credit-agricole/login", "/modules/chronopost/validation.php", "/paypal/payment.php",
        "/community/login.php", "/free/login.php", "/office/login.php", "/sncf/photos.php", "/edf/login.php",
        "/~dupont/sncf/gares.html", "/site/impots.gouv.fr", "/domain/www.impots.gouv.fr/whois",
        "/review/laredoute.fr", "/web/2020/https://www.impots.gouv.fr/portail/index.php", "/impots.gouv.fr",
        "/guide/impots-gouv/connexion", "/aide/se-connecter-a-ameli", "/ameli/connexion", "/ameli/contact.php",
        "/fr/suivi/chronopost/XY123456789FR", "/carriers/dhl-uk", "/connexion/france-connect/callback.php",
        "/auth/google/callback?code=4f8a7c6b5e4d3c2b1a09", "/group/project/-/tree/main/credit-agricole",
        "/wp-content/uploads/2023/05/credit-agricole.pdf", "/index.php/credit-agricole", "/img/logo-leboncoin.png",
        "/clients/edf/",
    ],
)  # fmt: skip
def test_honest_mentions(checker_without_lists: Checker, now: datetime, path: str) -> None:
    verdict = checker_without_lists.check(parse_url(f"https://www.bakery-smith.com{path}"), now=now)
    assert verdict.level not in (Level.CAUTION, Level.DANGER), verdict.evidence


def test_almost_a_kit_is_a_hint(checker_without_lists: Checker, now: datetime) -> None:
    piece = seen(checker_without_lists, now, "https://bakery-smith.web.app/ameli/connexion")
    assert piece is not None
    assert piece.weight == 0.6


@pytest.mark.parametrize("host", ["www.impots.gouv.fr", "www.google.com", "cdn.cloudfront.net", "boursobank.es"])
def test_trusted_hosts_and_a_body_s_own_label_are_not_asked(
    checker_without_lists: Checker, now: datetime, host: str
) -> None:
    assert seen(checker_without_lists, now, f"https://{host}/boursobank/auth/login.php") is None


def test_bare_addresses_count_unless_they_are_at_home(checker_without_lists: Checker, now: datetime) -> None:
    assert seen(checker_without_lists, now, "http://93.184.216.34/ameli/login.php") is not None
    told = [READER.read(parse_url(f"http://{host}/ameli/"), shared=False) for host in ("93.184.216.34", "192.168.1.1")]
    assert [view.strength for view in told if view is not None] == [-1, -3]
    assert is_public_address(parse_url("http://[2606:2800:220:1::1]/"))
    assert not is_public_address(parse_url("http://[::1]/"))
    assert not is_public_address(parse_url("http://example.org/"))


@given(st.text(max_size=200))
def test_any_path_is_read(path: str) -> None:
    READER.read(replace(parse_url("https://example.org/"), path=f"/{path}"), shared=True)


def test_the_shipped_checker_reads_paths() -> None:
    assert build_checker(PACKAGE_DATA, with_lists=False).facts(parse_url("https://a.example/ameli/")).path is not None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("ameli/x/impots.gouv.fr/y", "impots"),
        ("impots.gouv.fr/x/ameli", "impots"),
        ("ameli/x/impots/login.php", "ameli"),  # of two that say as much the first
    ],
)
def test_the_most_telling_part_of_a_path_counts(path: str, body: str) -> None:
    found = READER.read(parse_url(f"https://exemple.fr/{path}"), shared=False)
    assert found is not None
    assert found.body.id == body
