"""Names of bodies that are misspelt, cut short or half there, and what only resembles them by chance."""

import pytest

from guetteur.config import PACKAGE_DATA
from guetteur.core.lookalikes import spans, whole_parts
from guetteur.core.nameview import NOTHING, NameView, read_name
from guetteur.core.subject import parse_host_or_url
from guetteur.lists.knowledge import load_knowledge

KNOWLEDGE = load_knowledge(PACKAGE_DATA)
LEXICON = KNOWLEDGE.lexicon(KNOWLEDGE.registry())


def read(host: str) -> NameView:
    return read_name(parse_host_or_url(host), LEXICON)


def seen(host: str) -> set[tuple[str, str, str]]:
    """Of each name its word, the written part, and the trick."""
    return {(word.entry.word, word.seen, word.entry.how) for word in read(host).names}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("chronopost-suivi.com", ("chronopost", "chronopost", "exact")),
        ("chronop0st-suivi.com", ("chronopost", "chronopost", "digits")),
        ("chronoqost-suivi.com", ("chronopost", "chronoqost", "edit")),
        ("chronopsot-suivi.com", ("chronopost", "chronopsot", "edit")),
        ("vhronopost-suivi.com", ("chronopost", "vhronopost", "head")),
        ("chhronoppost.com", ("chronopost", "chhronoppost", "stretched")),
        ("creditagric-suivi.com", ("creditagricole", "creditagric", "cut")),
        ("moncreditagric.com", ("creditagricole", "creditagric", "cut")),
        ("labanquepostele-suivi.com", ("labanquepostale", "labanquepostele", "edit")),
        ("xlabanquepostelex.com", ("labanquepostale", "labanquepostele", "edit")),
        ("\u0441hronopost-suivi.com", ("chronopost", "chronopost", "script")),
    ],
)
def test_a_name_is_found_in_each_disguise(host: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(host)


@pytest.mark.parametrize(
    "host",
    [
        "startups.com",
        "225.com",
        "chronometre.com",
        "postal-museum.com",
        "credit-travaux.fr",
        "bankinter.com",
        "orangina.fr",
    ],
)
def test_what_only_resembles_a_name_is_none(host: str) -> None:
    assert not {(word, how) for word, _, how in seen(host) if how != "exact"}


def test_a_short_name_needs_a_word_beside_it() -> None:
    assert {word for word, *_ in seen("trackingups.com")} >= {"ups"}
    assert {word for word, *_ in seen("upslivraison.com")} >= {"ups"}
    assert not {word for word, *_ in seen("startups.com")} & {"ups"}
    assert not {word for word, *_ in seen("upsidedown.com")} & {"ups"}


def test_nothing_is_read_into_a_name_that_is_spelt_out() -> None:
    found = spans("chronopost", "chronopost", LEXICON)
    assert found is not None
    assert ("chronopost" in found.exact, found.parts) == (True, {})
    assert spans("jardinage", "jardinage", LEXICON) is None
    assert whole_parts("chronopost.jardinage", frozenset(), LEXICON) == {}
    assert whole_parts("chronoposts", frozenset(("chronopost",)), LEXICON) == {}


def test_an_official_host_inside_another() -> None:
    for host, inside in (
        ("impots.gouv.fr.verif-dossier.com", "impots.gouv.fr"),
        ("impots-gouv-fr.web.app", "impots.gouv.fr"),
        ("www-impots-gouv.fr", "impots.gouv.fr"),
    ):
        embedded = read(host).embedded
        assert embedded is not None, host
        assert embedded.host.replace("-", ".").endswith(inside)
    for host in ("impots-gouv.com", "www-impots.fr", "payments-chronopost.fr"):
        assert read(host).embedded is None, host


def test_a_host_that_names_nobody_reads_as_nothing() -> None:
    for host in ("jardinage.fr", "192.0.2.1", "fr", "[2001:db8::1]"):
        assert read(host) is NOTHING


def test_a_cheap_question_about_many_hosts() -> None:
    assert LEXICON.names_somebody("suivi-chrono-post.com")
    assert LEXICON.names_somebody("credit.agricole.example")
    assert not LEXICON.names_somebody("jardinage-du-moulin.com")
