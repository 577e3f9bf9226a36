"""How host names are read: names however they are disguised, what stands around them, and what is only chance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guetteur.config import PACKAGE_DATA
from guetteur.core.lexicon import Lexicon
from guetteur.core.nameview import NameView, read_name
from guetteur.core.subject import parse_host_or_url
from guetteur.core.suffixes import suffix_kind
from guetteur.errors import InvalidInputError
from guetteur.lists.knowledge import load_knowledge


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    knowledge = load_knowledge(PACKAGE_DATA)
    return knowledge.lexicon(knowledge.registry())


def read(host: str, lexicon: Lexicon) -> NameView:
    return read_name(parse_host_or_url(host), lexicon)


@pytest.mark.parametrize(
    ("host", "word", "how", "touch"),
    [
        ("la-banque-postale.info", "labanquepostale", "exact", "alone"),
        ("suivi-chronopost.top", "chronopost", "exact", "apart"),
        ("trackingups.eu", "ups", "exact", "joined"),
        ("theatredelaposte-foix.fr", "laposte", "exact", "glued"),
        ("b0urs0rama.info", "boursorama", "digits", "alone"),
        ("creditagricoie.fr", "creditagricole", "skeleton", "alone"),
        ("crediitmutueel.com", "creditmutuel", "stretched", "alone"),
        ("carrefouir.fr", "carrefour", "edit", "alone"),
        ("labnaquepostole.duckdns.org", "labanquepostale", "near", "alone"),
        ("credit-agrico.example.com", "creditagricole", "near", "alone"),
        ("xchronopoxyz.com", "chronopost", "cut", "glued"),
        ("bоursоrаma.com", "boursorama", "script", "alone"),
        ("amendes-infraction.fr", "amendes", "exact", "apart"),
    ],
)
def test_names_are_found(lexicon: Lexicon, host: str, word: str, how: str, touch: str) -> None:
    names = read(host, lexicon).names
    assert (word, how, touch) in [(found.entry.word, found.entry.how, found.touch) for found in names]


@pytest.mark.parametrize(
    "host",
    ["camelia.fr", "startups.com", "international.com", "www.example.org", "localhost", "10.0.0.1", "co.uk", "225.fr"],
)
def test_chance_is_no_name(lexicon: Lexicon, host: str) -> None:
    assert not read(host, lexicon).names


def test_what_stands_around_a_name(lexicon: Lexicon) -> None:
    view = read("remboursement.ameli-theatre2.dossier-gouv.fr", lexicon)
    assert [lure.entry.word for lure in view.lures] == ["remboursement", "dossier"]
    assert [word.seen for word in view.government] == ["gouv"]
    assert [word.seen for word in view.ordinary] == ["theatre"]
    assert view.masked == "remboursement.N-theatre0.dossier-G"
    assert view.registered == 2
    assert view.unread == (0, 0, 0)


def test_an_official_host_inside_another(lexicon: Lexicon) -> None:
    embedded = read("impots.gouv.fr.verif.com", lexicon).embedded
    assert embedded is not None
    assert embedded.host == "impots.gouv.fr"
    assert read("www-impots-gouv.fr", lexicon).embedded is not None
    assert read("payments-amazon.com", lexicon).embedded is None


def test_a_name_spelt_out_is_not_read_as_another_misspelt(lexicon: Lexicon) -> None:
    assert {word.entry.word for word in read("chronopostlive.fr", lexicon).names} == {"chronopost"}
    assert "saurclient" not in {word.entry.word for word in read("sfrclient.fr", lexicon).names}


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-.éèçіа", min_size=1, max_size=60))
def test_any_host_is_read(lexicon: Lexicon, text: str) -> None:
    try:
        subject = parse_host_or_url(f"https://{text}.fr/")
    except InvalidInputError:
        return
    view = read_name(subject, lexicon)
    assert len(view.unread) == len(view.labels)
    assert all(0 <= word.label < len(view.labels) for word in view.names)


@pytest.mark.parametrize(
    ("suffix", "kind"), [("fr", "fr"), ("com", "old"), ("co.uk", "country"), ("top", "new"), ("web.app", "new")]
)
def test_suffix_kind(suffix: str, kind: str) -> None:
    assert suffix_kind(suffix) == kind
