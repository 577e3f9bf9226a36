"""Words that a reader and a filter see differently."""

import pytest

from guetteur.core.mail.disguise import disguised_word


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Votre colis est arriv\u00e9", ""),
        ("Votre c\u043elis", "c\u043elis"),
        ("\u041c\u043e\u0441\u043a\u0432\u0430 Paris", ""),
        ("\U0001d401anque", "\U0001d401anque"),
        ("re\u00adce\u00advoir", ""),
        ("p\u200bayez v\u200bite m\u200baintenant", "p\u00b7ayez"),
        ("p\u200bayez v\u200bite", ""),
        ("paie\u00adment rece\u00advoir main\u00adtenant", ""),
        ("ami\u200d p\u200bayez v\u2060ite c\u043elis m\u200baintenant", "c\u043elis"),
        ("a" * 20_000 + " c\u043elis", ""),
    ],
)
def test_words_that_mix_alphabets_or_are_broken_apart(text: str, seen: str) -> None:
    assert disguised_word("plain", text) == seen
    assert disguised_word(text, "plain", "") == seen
