"""Scam scripts: several cues together, however they are written, and never in a text that warns of them."""

from __future__ import annotations

import pytest

from guetteur.config import PACKAGE_DATA
from guetteur.core.scripts import ScriptReader, phone_number, readable
from guetteur.core.similarity import Folder
from guetteur.lists.knowledge import load_knowledge

KNOWLEDGE = load_knowledge(PACKAGE_DATA)
READER = ScriptReader(KNOWLEDGE.scripts, KNOWLEDGE.page.reporting, Folder(KNOWLEDGE.confusables))

TEXTS = {
    "tax-refund": "Vous êtes admissible à recevoir un remboursement de 481,70 € sur la carte bancaire sur laquelle…",
    "vitale": "Votre carte Vitale est obsolète. Frais d'envoi de 0,99 €.",
    "fine": "Dernier rappel avant majoration : une amende de 35 € sous 48 heures.",
    "parcel-fee": "Votre colis est en attente de livraison, frais 1,95 €.",
    "tech-support": "Votre ordinateur est bloqué. Cheval de Troie. Appelez le support au 01 99 00 48 21.",
    "cpf": "Vos droits CPF : utilisez vos droits avant le 30 novembre.",
    "benefit": "Un montant de 215,40 € vous est dû. Suspension de vos aides sous 24 heures.",
    "sextortion": "J'ai accès à votre appareil. Envoyez 500 € en bitcoin ou la vidéo de vous part à tous vos contacts.",
}


def followed(text: str) -> list[str]:
    return [seen.script.id for seen in READER.read(text)]


@pytest.mark.parametrize("script", TEXTS)
def test_each_script_is_known_by_its_words(script: str) -> None:
    assert followed(TEXTS[script])[0] == script


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        lambda text: text.replace("o", "о"),
        "\u200b".join,
        lambda text: text.replace(" ", "\u00a0\n"),
        lambda text: text.replace("é", "e\u0301"),
        lambda text: text.replace("e", "e\u00ad"),
    ],
    ids=["case", "cyrillic", "zero-width", "spaces", "combining", "soft-hyphen"],
)
def test_disguises_change_nothing(change) -> None:  # type: ignore[no-untyped-def]
    assert followed(change(TEXTS["parcel-fee"])) == ["parcel-fee"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Votre colis est en attente de livraison.",
        "Livraison par Chronopost, frais de 9,90 €. Suivi de votre colis.",
        "Votre carte Vitale se met à jour en pharmacie.",
        f"Attention à l'arnaque : {TEXTS['vitale']} Ne tombez pas dans le piège de l'hameçonnage.",
    ],
)
def test_one_cue_or_a_warning_is_no_script(text: str) -> None:
    assert followed(text) == []


def test_every_script_needs_a_telling_phrase() -> None:
    telling = READER.telling()
    folder = Folder(KNOWLEDGE.confusables)
    for text in TEXTS.values():
        assert any(f" {phrase} " in readable(text, folder) for phrase in telling), text


def test_cues_that_share_words_count_once() -> None:
    assert followed("Votre colis est en attente de livraison. Suivi.") == []


def test_the_seen_words_are_quoted() -> None:
    (seen,) = READER.read(TEXTS["parcel-fee"])
    assert seen.phrases[0] in ("votre colis est en attente", "colis est en attente de livraison")
    assert all("#" not in phrase for phrase in seen.phrases)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("au 01 99 00 48 21 vite", "01 99 00 48 21"),
        ("+33 (0)1.99.00.48.21", "+33 (0)1.99.00.48.21"),
        ("0899 123 456", "0899 123 456"),
        ("dossier 2026-11-24 n° 123456", None),
    ],
)
def test_telephone_numbers(text: str, number: str | None) -> None:
    assert phone_number(text) == number
