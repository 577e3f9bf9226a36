"""Page signals end to end in the daemon: description in, level out."""

from __future__ import annotations

from datetime import datetime

import pytest

from guetteur.checker import Checker
from guetteur.core.pageseen import FieldSeen, PageSeen
from guetteur.core.subject import parse_url
from guetteur.core.verdict import Level

CARD = (FieldSeen(words="Numéro de carte", form=0),)
LOGIN = (FieldSeen(words="Identifiant", form=0), FieldSeen(kind="password", form=0))
AMELI = {"title": "ameli - Connexion", "logos": ("l'Assurance Maladie",)}
PARCEL = "Votre colis est bloqué : affranchissement insuffisant, frais 2,99 €."
CALL = "Votre ordinateur a été bloqué. Cheval de Troie. N'éteignez pas votre ordinateur. Appelez le 01 99 00 48 21."


def level(checker: Checker, now: datetime, url: str, **seen: object) -> Level:
    return checker.check(parse_url(url), now=now, page=PageSeen(**seen)).level  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "seen", "expected"),
    [
        ("https://dossier-4821.fr/", AMELI | {"fields": CARD}, Level.DANGER),
        ("https://dossier-4821.fr/", AMELI | {"fields": LOGIN}, Level.DANGER),
        ("https://dossier-4821.fr/", AMELI, Level.NO_KNOWN_RISK),
        ("https://dossier-4821.fr/", {"fields": CARD}, Level.NO_KNOWN_RISK),
        ("https://www.ameli.fr/", AMELI | {"fields": CARD}, Level.OFFICIAL),
        ("https://www.wikipedia.org/", AMELI | {"fields": CARD}, Level.NO_KNOWN_RISK),
        ("https://sites.google.com/view/x", AMELI | {"fields": CARD}, Level.DANGER),
        ("http://192.168.1.1/", AMELI | {"fields": CARD}, Level.NO_KNOWN_RISK),
        ("https://dossier-4821.fr/", {"text": PARCEL, "fields": CARD}, Level.DANGER),
        ("https://dossier-4821.fr/", {"text": PARCEL, "fields": LOGIN}, Level.CAUTION),
        ("https://dossier-4821.fr/", {"text": PARCEL}, Level.NO_KNOWN_RISK),
        ("https://dossier-4821.fr/", {"text": CALL}, Level.DANGER),
        ("https://dossier-4821.fr/", {"forms": ("https://webhook.site/1",), "fields": LOGIN}, Level.DANGER),
        ("https://dossier-4821.fr/", {"forms": ("https://autre-site.fr/1",), "fields": LOGIN}, Level.NO_KNOWN_RISK),
    ],
)
def test_levels(checker: Checker, now: datetime, url: str, seen: dict[str, object], expected: Level) -> None:
    assert level(checker, now, url, **seen) is expected


def test_a_body_at_home_in_many_countries_is_only_doubted_for_a_login(checker: Checker, now: datetime) -> None:
    seen = {"title": "Société Générale", "logos": ("Société Générale",)}
    url = "https://societegenerale.is/"
    assert level(checker, now, url, **seen, fields=LOGIN) is Level.CAUTION
    assert level(checker, now, url, **seen, fields=CARD) is Level.DANGER


def test_a_body_of_france_alone_is_not_believed_abroad(checker: Checker, now: datetime) -> None:
    seen = {"title": "France Travail", "logos": ("France Travail",)}
    assert level(checker, now, "https://francetravail.be/", **seen, fields=LOGIN) is Level.DANGER


def test_reasons_read_in_both_languages(checker: Checker, now: datetime) -> None:
    from guetteur.texts import load_explainers

    page = PageSeen(**AMELI, text=PARCEL, fields=CARD, forms=("https://webhook.site/1",))  # type: ignore[arg-type]
    verdict = checker.check(parse_url("https://dossier-4821.fr/"), now=now, page=page)
    codes = {piece.code for piece in verdict.telling}
    assert codes >= {"asks_heavy_as", "posts_to_drop", "follows_script"}
    for lang, said in (("fr", "colis bloqué"), ("en", "parcel on hold")):
        texts = [load_explainers()[lang].reason(piece) for piece in verdict.telling]
        assert any(said in text for text in texts)
        assert all("{" not in text for text in texts)
