"""Whom a page claims to be and what it asks for: names are no claims, places are."""

from __future__ import annotations

import msgspec
import pytest

from guetteur.checker import Checker
from guetteur.core.pageclaim import PLAIN, STRONG
from guetteur.core.pagefields import Ask, Where
from guetteur.core.pageseen import FieldSeen, PageSeen
from guetteur.core.pageview import PageView
from guetteur.core.subject import parse_url

URL = "https://dossier-4821.fr/etape"


def read(checker: Checker, url: str = URL, **seen: object) -> PageView:
    return checker.pages.read(PageSeen(**seen), parse_url(url))  # type: ignore[arg-type]


def fields(*words: str, form: int = -1) -> tuple[FieldSeen, ...]:
    return tuple(FieldSeen(words=text, form=form) for text in words)


@pytest.mark.parametrize(
    ("seen", "body"),
    [
        ({"title": "Connexion à mon espace - Crédit Agricole"}, "credit-agricole"),
        ({"title": "Crédit Agricole | Accéder à mes comptes"}, "credit-agricole"),
        ({"title": "ameli.fr"}, "ameli"),
        ({"logos": ("Logo l’Assurance Maladie",)}, "ameli"),
        ({"names": ("Chronopost",), "title": "Suivi de votre colis"}, "chronopost"),
        ({"owners": ("© 2026 La Banque Postale. Tous droits réservés",)}, "la-banque-postale"),
        ({"title": "a\u200bme\u200bli.fr"}, "ameli"),
        ({"title": "іmроts.gоuv.fr"}, "impots"),
        ({"title": "Identifiez-vous - Orange", "logos": ("Orange",), "text": "numéro de mobile"}, "orange"),
        ({"title": "Amendes.gouv.fr", "logos": ("République Française",)}, "antai"),
    ],
)
def test_a_page_speaks_as_a_body_where_it_names_itself(checker: Checker, seen: dict[str, object], body: str) -> None:
    claim = read(checker, **seen).claim
    assert claim is not None
    assert claim.body.id == body
    assert claim.strength >= PLAIN


@pytest.mark.parametrize(
    "seen",
    [
        {"title": "Crédit Agricole : ce qui change en 2027 - Le Courrier du Perche"},
        {"title": "Crédit Agricole : ce qui change en 2027"},
        {"title": "Mutuelle des Salines - Ameli pro", "owners": ("© Mutuelle des Salines",)},
        {"title": "Paiement - Laines", "headings": ("Mondial Relay", "Chronopost")},
        {"title": "Comparatif", "logos": ("CompareTout", "BoursoBank", "Fortuneo")},
        {"title": "Outlook", "logos": ("Outlook",)},
        {"title": "Se connecter ‹ Le potager — WordPress"},
        {"title": "Orange"},
        {"title": "Helios - Connexion", "logos": ("Helios",), "names": ("Helios",), "text": "école de musique"},
        {"title": "Gîte du Moulin Gris - Gîtes de France", "logos": ("Gîtes de France",)},
        {"text": "Impôts, ameli, CAF, La Banque Postale"},
        {},
    ],
)
def test_a_name_is_no_claim(checker: Checker, seen: dict[str, object]) -> None:
    claim = read(checker, **seen).claim
    assert claim is None or claim.strength < PLAIN


def test_two_places_are_stronger_than_one_beside_a_strange_owner(checker: Checker) -> None:
    two = read(checker, title="ameli - Connexion", logos=("l'Assurance Maladie",)).claim
    beside = read(checker, title="ameli - Connexion", owners=("© Cabinet Rouvière",)).claim
    assert two is not None
    assert two.strength >= STRONG
    assert beside is None or beside.strength < PLAIN


def test_a_logo_fetched_from_the_real_site_counts(checker: Checker) -> None:
    plain = read(checker, title="ameli", owners=("© Xyz",), logos=("ameli",)).claim
    copied = read(
        checker, title="ameli", owners=("© Xyz",), logos=("ameli",), assets=("https://www.ameli.fr/i.png",)
    ).claim
    assert plain is not None
    assert copied is not None
    assert copied.strength > plain.strength


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (fields("Numéro de carte"), {Ask.CARD}),
        (fields("N° de carte bancaire"), {Ask.CARD}),
        (fields("card_number"), {Ask.CARD}),
        (fields("MM/AA", "CVV"), {Ask.CARD}),
        ((FieldSeen(autocomplete="section-a cc-number"),), {Ask.CARD}),
        ((*(FieldSeen(limit=4) for _ in range(4)), FieldSeen(words="MM/AA")), {Ask.CARD}),
        (fields("Numéro de carte de fidélité"), set()),
        (fields("IBAN"), {Ask.IBAN}),
        (fields("Numéro de sécurité sociale"), {Ask.SOCIAL}),
        (fields("Code reçu par SMS"), {Ask.CODE}),
        (fields("Identifiant"), {Ask.IDENTIFIER}),
        ((FieldSeen(kind="password"),), {Ask.PASSWORD}),
        (fields("Numérо dе cаrtе"), {Ask.CARD}),
        (fields("Votre nom", "Votre message", "Recherche"), set()),
    ],
)
def test_what_fields_ask_for(checker: Checker, asked: tuple[FieldSeen, ...], found: set[Ask]) -> None:
    assert read(checker, fields=asked).asks == found


def test_ten_digits_to_click_are_a_keypad(checker: Checker) -> None:
    view = read(checker, keypad=True)
    assert view.asks == {Ask.KEYPAD}
    assert view.heavy


@pytest.mark.parametrize(
    ("action", "where"),
    [
        ("https://api.telegram.org/bot1:A/sendMessage", Where.DROP),
        ("https://docs.google.com/forms/d/e/1/formResponse", Where.DROP),
        ("mailto:x@example.com", Where.DROP),
        ("http://203.0.114.9/p.php", Where.ADDRESS),
        ("https://ailleurs-test.fr/p", Where.ELSEWHERE),
        ("https://www.dossier-4821.fr/p", None),
        ("https://secure.payzen.eu/vads-payment/", None),
        ("https://www.ameli.fr/login", None),
        ("http://192.168.1.4/login", None),
        ("", None),
    ],
)
def test_where_secrets_go(checker: Checker, action: str, where: Where | None) -> None:
    targets = read(checker, forms=(action,), fields=(FieldSeen(kind="password", form=0),)).targets
    assert [target.where for target in targets] == ([where] if where else [])
    assert read(checker, forms=(action,), fields=fields("Votre message", form=0)).targets == ()


@pytest.mark.parametrize(
    ("url", "local"),
    [("http://192.168.1.1/", True), ("http://livebox.home/", True), ("http://intranet/", True), (URL, False)],
)
def test_private_networks_are_told_apart(checker: Checker, url: str, local: bool) -> None:
    assert read(checker, url).local is local


def test_a_hostile_description_costs_little(checker: Checker) -> None:
    """As long and as repetitive as the wire allows."""
    long = "ameli impots " * 23
    seen = PageSeen(
        title=long[:300], names=(long[:300],) * 16, headings=(long[:300],) * 16, logos=(long[:300],) * 16,
        owners=(long[:300],) * 16, text=(long * 20)[:4000], fields=fields(*[long[:300]] * 64),
    )  # fmt: skip
    assert checker.pages.read(seen, parse_url(URL)).claim is None


def test_limits_refuse_more() -> None:
    for wrong in ({"title": "x" * 301}, {"text": "x" * 4001}, {"names": ["x"] * 17}, {"fields": [{}] * 65}, {"x": 1}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, PageSeen)


def test_a_body_named_among_other_words_is_found_where_its_name_is_no_word(checker: Checker) -> None:
    named = checker.pages.claims.named("Votre conseiller Chronopost vous attend")
    assert named is not None
    assert (named.body.id, named.word, named.spoken, named.common) == ("chronopost", "chronopost", False, False)
    assert checker.pages.claims.named("Nous vous attendons dimanche") is None
    assert checker.pages.claims.named("La r\u00e9colte d\u2019orange est bonne") is None


def test_what_is_fetched_from_another_body_s_site_is_no_claim_of_this_one(checker: Checker) -> None:
    seen = {"title": "Ameli", "fields": fields("Num\u00e9ro de carte")}
    other = read(
        checker, **seen, assets=("https://www.chronopost.fr/logo.png", "https://cdn.example.org/a.png", "data:x")
    )
    own = read(checker, **seen, assets=("https://www.ameli.fr/logo.png",))
    assert other.claim is not None
    assert own.claim is not None
    assert (other.claim.body.id, own.claim.body.id) == ("ameli", "ameli")
    assert own.claim.strength > other.claim.strength


def test_a_field_for_a_code_sent_to_the_phone(checker: Checker) -> None:
    once = FieldSeen(autocomplete="one-time-code")
    assert read(checker, fields=(once,)).asks == {Ask.CODE}


def test_a_form_that_stays_on_its_host_sends_nothing_elsewhere(checker: Checker) -> None:
    password = (FieldSeen(kind="password", form=0),)
    assert read(checker, forms=(f"{URL}/suite",), fields=password).targets == ()
    assert read(checker, forms=("mailto:a@b.example?subject=x",), fields=password).targets[0].host == "a@b.example"
    assert read(checker, forms=("no address",), fields=password).targets == ()


def test_hints_are_phrases_that_telling_fields_and_texts_hold(checker: Checker) -> None:
    of_fields, of_texts = checker.pages.hints()
    assert "numero de carte" in of_fields
    assert len(set(of_fields)) == len(of_fields)
    assert all(phrase == phrase.strip() != "" for phrase in of_fields)
    assert of_texts
