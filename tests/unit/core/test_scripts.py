"""Scam scripts: several cues together, however they are written, and never in a text that warns of them."""

from __future__ import annotations

import pytest

from guetteur.config import PACKAGE_DATA
from guetteur.core.scripts import ScriptReader, phone_number, readable
from guetteur.core.scriptwords import WordReader
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
    "summons": "Convocation en justice : vous faites l'objet de poursuites pour pédopornographie. Sous 72 heures.",
    "recovery": "Vos fonds ont été retrouvés. Réglez 300 € de frais de déblocage à l'agent d'Interpol.",
    "bank-adviser": "Service fraude : un conseiller va vous appeler, communiquez le code pour annuler l'opération.",
    "account": "Activité de connexion inhabituelle : confirmez votre identité, sinon votre compte sera suspendu.",
    "mailbox": "Votre mot de passe expire sous 24 heures. Cliquez ici pour conserver le même mot de passe.",
    "subscription": "Nous n'avons pas pu traiter votre paiement. Votre abonnement Netflix sera suspendu.",
    "wallet": "Vérifiez votre portefeuille avec votre phrase secrète, sinon il sera suspendu. Trust Wallet",
    "prize": "Vous avez été sélectionné pour recevoir un iPhone : répondez à ce court sondage, 1,95 € de frais.",
    "loyalty": "Vos points de fidélité expirent aujourd'hui : convertissez vos points, cliquez ici.",
    "advance-fee": "Atteinte d'un cancer, je souhaite faire don de 850 000 € . Dieu vous bénisse.",
    "loan": "Offre de prêt entre particuliers de 2 000 € à 90 000 €, même aux interdits bancaires.",
    "rental": "Je vis à l'étranger, envoyez le dépôt de garantie par mandat, les clés par transporteur.",
    "marketplace": "L'acheteur a déjà payé : entrez votre carte pour recevoir le paiement.",
    "romance": "J'ai vu votre profil, mon amour. Bloqué à l'aéroport, payer mon billet d'avion, Western Union.",
    "energy": "Vous êtes éligible au chèque énergie de 277 € : demandez votre chèque énergie, carte bancaire.",
    "toll": "Péage impayé : réglez votre péage sous 48 heures, sinon majoration de 90 €.",
    "telecom": "Suspension de votre ligne : votre paiement n'a pas été accepté, régularisez sous 24 heures.",
    "job": "Travaillez depuis chez vous, gagnez 300 € par jour avec des tâches simples. WhatsApp.",
    "investment": "Rendement garanti : doublez votre capital sans aucun risque, bitcoin.",
    "antivirus-invoice": "Norton has been successfully renewed. You have been charged $349. To cancel this order call.",
    "transfer-order": "Coucou maman, voici mon nouveau numéro. Peux-tu me faire un virement ? Je te rembourse.",
    "lure-document": "You have received a secure document. Sign in to view the document.",
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
        lambda text: text.replace("o", "0").replace("i", "1"),
        " ".join,
        lambda text: ".".join(text.replace(" ", "")),
        lambda text: "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text),
        lambda text: "".join(chr(ord(char) - 97 + 0x1D41A) if "a" <= char <= "z" else char for char in text),
        lambda text: text.replace("o", "ο"),
        lambda text: text.replace("e", "&#101;").replace("é", "&eacute;"),
        "\u034f".join,
    ],
    ids=[
        *(
            "case",
            "cyrillic",
            "zero-width",
            "spaces",
            "combining",
            "soft-hyphen",
            "digits",
            "spelt",
            "dotted",
            "fullwidth",
        ),
        *("bold", "greek", "entities", "grapheme-joiner"),
    ],
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


def test_every_script_of_pages_has_a_telling_phrase() -> None:
    telling = READER.telling()
    folder = Folder(KNOWLEDGE.confusables)
    for script in KNOWLEDGE.scripts:
        text = TEXTS.get(script.id)
        if script.pages and text is not None:
            assert any(f" {phrase} " in readable(text, folder) for phrase in telling), text


def test_cues_that_share_words_count_once() -> None:
    assert followed("Votre colis est en attente de livraison. Suivi.") == []


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("VOTRE COLIS EST EN ATTENTE. Il y a des frais de 1,95 € pour sa livraison.", "VOTRE COLIS EST EN ATTENTE"),
        ("Vоtre cоlis est en\n attente : frais de 1,95€", "Vоtre cоlis est en attente"),
        ("Vo\u200btre co\u00adlis est en attente, frais de 1 234,50 €.", "frais de 1 234,50 €"),
        ("Votre colis est en attente. Frais de € 12.", "Frais de € 12"),
    ],
)
def test_the_words_are_quoted_as_written(text: str, phrase: str) -> None:
    seen = READER.read(text)
    assert phrase in seen[0].phrases
    assert all(len(quoted) <= 80 for quoted in seen[0].phrases)


def test_a_long_quotation_is_cut() -> None:
    (words,) = WordReader(Folder({}), ()).read("x" * 50 + " " + "y" * 50).written([(0, 103)])
    assert words == "x" * 50 + "…"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("1 234,56 €", " # eur "),
        ("$ 2,000.00", " # eur "),
        ("3 millions d'euros", " # eur "),
        ("sous 72h", " sous # h "),
        ("12/11/2026", " # "),
        ("", "  "),
    ],
)
def test_numbers_and_amounts(text: str, line: str) -> None:
    assert WordReader(Folder({}), ()).read(text).line == line


def test_a_scam_that_warns_at_its_foot_is_still_a_scam() -> None:
    foot = " Méfiez-vous du phishing : ne communiquez jamais votre mot de passe. Votre sécurité est notre priorité."
    for script in ("parcel-fee", "vitale", "account", "summons"):
        assert followed(TEXTS[script] * 8 + foot)[0] == script


def test_quotation_marks_alone_report_nothing() -> None:
    assert followed(f"« {TEXTS['parcel-fee']} »") == ["parcel-fee"]
    assert followed(f"Une arnaque du moment : « {TEXTS['parcel-fee']} »") == []


def test_words_suffice_only_for_some_scripts() -> None:
    sure = {name for name, text in TEXTS.items() for seen in READER.read(text) if seen.sure}
    assert sure <= {"sextortion", "summons", "recovery", "advance-fee", "loan", "wallet", "antivirus-invoice"}
    assert "summons" in sure


def test_long_hostile_texts_are_read_in_bounded_time() -> None:
    for text in ("1 " * 32_000, "a " * 32_000, "« " * 32_000, "&amp;" * 12_000, TEXTS["parcel-fee"] * 900):
        READER.read(text[:64_000])


def test_every_script_says_what_to_do() -> None:
    for script in KNOWLEDGE.scripts:
        assert 1 <= len(script.todo) == len(script.todo_en) <= 3


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


def test_a_reader_without_scripts_sees_none() -> None:
    reader = ScriptReader((), (), Folder(KNOWLEDGE.confusables))
    reader.prepare()
    assert reader.read("Votre colis est bloqué, payez les frais") == ()
    assert reader.telling() == ()


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (
            "Chèque énergie : vous avez encore277 € non réclamés, demandez votre chèque énergie.",
            "encore277 € non réclamés",
        ),
        (
            "Chèque énergie, non réclamés 27$7 € non réclamés, €demandez votre chèque énergie",
            "€demandez votre chèque énergie",
        ),
        ("Votre colis est en attente, frais 1,95 €.", "frais 1,95 €"),
    ],
)
def test_what_is_quoted_are_whole_words(text: str, quoted: str) -> None:
    phrases = {phrase for seen in READER.read(text) for phrase in seen.phrases}
    assert quoted in phrases


def test_the_likeliest_script_comes_first() -> None:
    text = f"{TEXTS['parcel-fee']} {TEXTS['sextortion']} {TEXTS['vitale']}"
    seen = READER.read(text)
    assert len(seen) > 1
    shares = [one.score / one.script.threshold for one in seen]
    assert shares == sorted(shares, reverse=True)
    assert all(share >= 1 for share in shares)


def test_a_long_quotation_ends_with_a_whole_word() -> None:
    text = "Votre colis est en attente de livraison, frais de " + "tr\u00e8s " * 30 + "1,95 \u20ac"
    for one in READER.read(text):
        assert all(len(phrase) <= 80 for phrase in one.phrases)
