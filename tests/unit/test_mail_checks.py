"""What is said of mails: one behaviour a test, with the shipped registry, words and scripts, lists off."""

from datetime import UTC, datetime
from typing import Any

import pytest

from guetteur.app import build_mail_checker
from guetteur.config import PACKAGE_DATA
from guetteur.core.facts import Known
from guetteur.core.mail.subject import (
    NOT_CHECKED,
    Attachment,
    Authentication,
    Mailbox,
    MailLink,
    MailSubject,
    Result,
)
from guetteur.core.mail.verdict import MailVerdict
from guetteur.core.verdict import Level
from guetteur.mail_checker import MailChecker
from guetteur.texts import load_explainers

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ME = "moi@exemple-asso.fr"
THREAT = (
    "J’ai piraté votre appareil et je vous ai filmé avec votre webcam. Envoyez 900 USD en bitcoin sur mon portefeuille "
    "bitcoin, ou la vidéo va à tous vos contacts."
)


@pytest.fixture(scope="module")
def checker() -> MailChecker:
    return build_mail_checker(PACKAGE_DATA, with_lists=False)


@pytest.fixture
def judge(checker: MailChecker):
    def run(name: str = "", address: str = "a@gite-du-moulin-vert.fr", **parts: Any) -> MailVerdict:
        parts.setdefault("authentication", NOT_CHECKED)
        parts.setdefault("recipients", (ME,))
        links = tuple(MailLink(url, text) for url, text in parts.pop("links", ()))
        return checker.check(MailSubject((box(address, name),), links=links, **parts), now=NOW)

    return run


def box(address: str, name: str = "") -> Mailbox:
    return Mailbox(name, address, address.rpartition("@")[2])


def proof(spf: str = "", dkim: str = "", *, fails: bool = False, policy: str = "") -> Known[Authentication]:
    """SPF and DKIM passes for these domains; ``fails``: both looked at and refused."""
    none = Result.FAIL if fails else Result.NONE
    found = Authentication(
        spf=Result.PASS if spf else none,
        envelope=spf,
        dkim=Result.PASS if dkim else none,
        signers=(dkim,) if dkim else (),
        dmarc=Result.FAIL if policy and fails else Result.NONE,
        policy=policy,
        checked_by="mx.exemple-asso.fr",
    )
    return Known(found)


def codes(verdict: MailVerdict) -> list[str]:
    return [piece.code for piece in verdict.evidence if piece.weight > 0 or piece.basis.value == "official"]


def test_ordinary_mail_raises_nothing(judge) -> None:
    verdict = judge(
        "Claire Vauzelle", text="On se voit dimanche ?", links=[("https://www.openstreetmap.org/", "le plan")]
    )
    assert verdict.level is Level.NO_KNOWN_RISK
    assert verdict.telling == ()


@pytest.mark.parametrize("found", [proof(spf="dgfip.finances.gouv.fr"), proof(dkim="dgfip.finances.gouv.fr")])
def test_proven_mail_of_a_body_really_comes_from_it(judge, found) -> None:
    verdict = judge("Impôts", "ne-pas-repondre@dgfip.finances.gouv.fr", authentication=found)
    assert verdict.level is Level.OFFICIAL
    assert verdict.body.id == "impots"
    assert load_explainers()["fr"].mail(verdict) == "Ce message vient bien de «\xa0Impôts (DGFiP)\xa0»."


def test_a_pass_for_another_domain_proves_nothing(judge) -> None:
    verdict = judge("Impôts", "a@dgfip.finances.gouv.fr", authentication=proof(spf="serveur-de-masse.net"))
    assert verdict.level is Level.CAUTION
    assert codes(verdict) == ["official_not_proven"]


def test_unproven_mail_is_danger_where_the_domain_asks_to_refuse_it(judge) -> None:
    found = proof(fails=True, policy="reject")
    assert judge("Impôts", "a@dgfip.finances.gouv.fr", authentication=found).level is Level.DANGER


def test_absent_results_are_not_a_failure(judge) -> None:
    verdict = judge("Impôts", "a@dgfip.finances.gouv.fr")
    assert verdict.level is Level.UNKNOWN
    assert [skip.why for skip in verdict.skipped] == ["authentication_not_checked"]


@pytest.mark.parametrize(
    "name", ["Impôts Gouv", "AMELI - Assurance Maladie", "Service client La Banque Postale", "NetfIix"]
)
def test_a_body_s_name_from_a_foreign_address_calls_for_care(judge, name) -> None:
    verdict = judge(name)
    assert verdict.level is Level.CAUTION
    assert codes(verdict) == ["named_from_elsewhere"]


def test_a_body_never_writes_from_an_address_anybody_can_get(judge) -> None:
    verdict = judge("Assurance Maladie", "ameli.remboursement@gmail.com")
    assert codes(verdict) == ["named_from_free"]
    assert verdict.level is Level.CAUTION


@pytest.mark.parametrize(("name", "address"), [("Pierre Leclerc", "p.leclerc@orange.fr"), ("Anna", "anna@free.fr")])
def test_people_called_like_a_shop_are_people(judge, name, address) -> None:
    assert judge(name, address).level is Level.NO_KNOWN_RISK


def test_a_customer_of_a_provider_is_not_the_provider(judge) -> None:
    verdict = judge("Odile", "odile.trescartes@orange.fr", authentication=proof(spf="orange.fr"))
    assert verdict.level is Level.NO_KNOWN_RISK
    assert verdict.body is None


def test_a_body_s_address_as_display_name_is_a_disguise(judge) -> None:
    verdict = judge("service@impots.gouv.fr", "contact@gite-du-moulin-vert.fr")
    assert "official_address_shown" in codes(verdict)
    assert verdict.level is Level.DANGER


def test_bodies_of_one_house_name_each_other(judge) -> None:
    assert judge("Assurance Maladie", "assurance-maladie@info.ameli.fr").level is Level.UNKNOWN
    assert judge("impots.gouv.fr", "ne-pas-repondre@dgfip.finances.gouv.fr").level is Level.UNKNOWN


def test_something_called_after_a_body_is_not_the_body(judge) -> None:
    assert judge("Théâtre de la Poste - Brivelle").level is Level.NO_KNOWN_RISK


def test_the_reader_s_own_domain_as_display_name(judge) -> None:
    verdict = judge("exemple-asso.fr Support", "x@gite-du-moulin-vert.fr")
    assert codes(verdict) == ["own_domain_shown"]
    assert verdict.level is Level.CAUTION


def test_a_scam_passed_on_is_never_danger(judge) -> None:
    assert judge("Nadia", "n@gite-du-moulin-vert.fr", text=THREAT).level is Level.DANGER
    assert judge("Nadia", "n@gite-du-moulin-vert.fr", text=THREAT, subject="Fwd: à lire").level is Level.CAUTION


def test_a_look_alike_sender_is_warned_of(judge) -> None:
    verdict = judge("Votre espace", "info@ameli-remboursement-vitale.com")
    assert verdict.level in (Level.DANGER, Level.CAUTION)
    assert "sender_like" in codes(verdict)


def test_link_text_of_a_body_that_leads_elsewhere(judge) -> None:
    verdict = judge(links=[("https://gite-du-moulin-vert.fr/x", "https://www.impots.gouv.fr/espace")])
    assert codes(verdict) == []  # the sender's own site: whoever counts clicks shows who they are
    verdict = judge(links=[("https://fleurs-du-val-sauvage.fr/x", "https://www.impots.gouv.fr/espace")])
    assert codes(verdict) == ["shows_official"]
    assert verdict.level is Level.CAUTION


def test_any_other_mismatch_counts_for_nothing(judge) -> None:
    verdict = judge(links=[("https://clics.routeur-de-lettres.fr/x", "www.jardinerie-des-lilas.fr")])
    assert verdict.level is Level.NO_KNOWN_RISK


def test_a_link_is_judged_where_it_leads(judge) -> None:
    target = "https%3A%2F%2Fimpots.gouv.fr.verif-dossier.com%2F"
    verdict = judge(links=[(f"https://www.google.com/url?q={target}", "ici")])
    assert verdict.level is Level.DANGER
    link = verdict.facts.links[0]
    assert link.target.host == "impots.gouv.fr.verif-dossier.com"
    assert verdict.level_of(link) is Level.DANGER


def test_links_of_a_dangerous_mail_are_dangerous_but_not_those_vouched_for(judge) -> None:
    links = [("https://fleurs-du-val-sauvage.fr/x", "payer"), ("https://www.impots.gouv.fr/", "aide")]
    verdict = judge("service@impots.gouv.fr", "x@gite-du-moulin-vert.fr", links=links)
    assert verdict.level is Level.DANGER
    assert [verdict.level_of(link) for link in verdict.facts.links] == [Level.DANGER, Level.OFFICIAL]


@pytest.mark.parametrize(
    ("attachment", "code"),
    [
        (Attachment("avis.html", "text/html", active=True), "file_asks_login"),
        (Attachment("facture.exe", "application/octet-stream"), "file_runs"),
        (Attachment("facture.exe. ", "application/octet-stream"), "file_runs"),
        (Attachment("facture.zip", "application/zip", holds=("facture.js",)), "file_runs"),
        (Attachment("facture.zip", "application/zip", holds=("lettre.txt", "facture.exe .")), "file_runs"),
        (Attachment("photo\u202egpj.exe", "application/octet-stream"), "file_name_turned"),
        (Attachment("dossier.zip", "application/zip", locked=True), "file_locked"),
    ],
)
def test_dangerous_attachments(judge, attachment, code) -> None:
    verdict = judge("EDF", text="Le mot de passe est 1234.", attachments=(attachment,))
    assert code in codes(verdict)
    assert verdict.points >= 1.5


@pytest.mark.parametrize("name", ["facture.pdf", "photo.jpg", "reunion.ics", "contrat.docx", "archive.zip"])
def test_ordinary_attachments(judge, name) -> None:
    assert judge(attachments=(Attachment(name, "application/pdf"),)).level is Level.NO_KNOWN_RISK


def test_mail_to_oneself_is_fine_until_it_threatens(judge) -> None:
    assert judge("", ME).level is Level.NO_KNOWN_RISK
    verdict = judge("", ME, text=THREAT)
    assert verdict.level is Level.DANGER
    assert verdict.script.script.id == "sextortion"


def test_answers_to_a_private_address_behind_a_body(judge) -> None:
    verdict = judge("EDF", "a@edf.fr", reply_to=(box("gestion.dossier@gmail.com"),))
    assert "answers_leave_body" in codes(verdict)
    assert verdict.level is Level.CAUTION


def test_words_in_letters_of_two_alphabets(judge) -> None:
    verdict = judge(subject="Votre cоlis est arrivé")  # the first o is Cyrillic
    assert codes(verdict) == ["words_disguised"]


def test_hidden_words_are_a_hint_and_no_more(judge) -> None:
    verdict = judge("Impôts Gouv", hidden=4000)
    assert codes(verdict) == ["named_from_elsewhere", "words_hidden"]
    assert [piece.code for piece in verdict.telling] == ["named_from_elsewhere"]
    assert judge(hidden=4000).level is Level.NO_KNOWN_RISK


def test_genuine_mail_with_a_listed_link_is_not_called_genuine(checker) -> None:
    # A broken-into sender: the list weighs more than the proof.
    link = MailLink("https://impots.gouv.fr.verif-dossier.com/", "x")
    mail = MailSubject((box("a@edf.fr"),), links=(link,), authentication=proof(spf="edf.fr"))
    assert checker.check(mail, now=NOW).level is Level.OFFICIAL  # a guess does not


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("Impots", "google.com"),
        ("Crédit Agricole", "linkedin.com"),
        ("Ameli", "paypal.com"),
        ("Impots", "paris.fr"),
    ],
)
def test_a_platform_s_proof_is_none_for_the_body_a_stranger_names(judge, name, domain) -> None:
    verdict = judge(name, f"notices@{domain}", authentication=proof(dkim=domain))
    assert verdict.level is Level.UNKNOWN
    assert verdict.body is None
    assert [piece.code for piece in verdict.telling] == ["comes_from"]
    assert [skip.why for skip in verdict.skipped] == ["name_not_proven"]
    own = judge("", f"notices@{domain}", authentication=proof(dkim=domain))
    assert own.level is Level.OFFICIAL
    assert own.body is own.facts.sender.official.body


def test_a_platform_that_carries_a_scam_is_not_said_to_be_unproven(judge) -> None:
    verdict = judge("", "service@paypal.com", authentication=proof(dkim="paypal.com"), text=THREAT)
    assert verdict.level is Level.CAUTION
    assert verdict.body is None
    assert "PayPal" not in load_explainers()["fr"].mail(verdict)


@pytest.mark.parametrize("domain", ["facture.orange.fr", "espace.sfr.fr", "x.laposte.net"])
def test_customers_of_a_provider_do_not_pass_for_it(judge, domain) -> None:
    provider = domain.partition(".")[2]
    verdict = judge("Service client", f"a@{domain}", authentication=proof(spf=provider))
    assert verdict.level is Level.UNKNOWN
    assert [skip.why for skip in verdict.skipped] == ["provider_checked"]
    assert judge("", f"a@{domain}", authentication=proof(dkim=domain)).level is Level.OFFICIAL


@pytest.mark.parametrize("letter", "iıſİKі\N{FULLWIDTH LATIN SMALL LETTER I}")
def test_hosts_in_letters_of_every_script_are_read(judge, letter) -> None:
    host = f"www.{letter}mpots-verif.fr"
    assert judge(f"service@{host}", links=[("https://fleurs-du-val-sauvage.fr/x", host)]).level is not Level.OFFICIAL


@pytest.mark.parametrize(
    "seen",
    ["www.ımpots.gouv.fr", "www.іmpots.gouv.fr", "WWW.İMPOTS.GOUV.FR", "www.impôts.gouv.fr", "www.impots.gouv.fr是"],
)
def test_a_host_that_reads_like_a_body_s_is_taken_for_it(judge, seen) -> None:
    verdict = judge(links=[("https://fleurs-du-val-sauvage.fr/x", f"https://{seen}/espace")])
    assert codes(verdict) == ["shows_official"]
    assert verdict.telling[0].params["seen"] == "www.impots.gouv.fr"
    verdict = judge(f"service@{seen}")
    assert "official_address_shown" in codes(verdict)
    assert verdict.telling[0].params["seen"] == seen.rstrip("是")


def test_a_name_with_dots_is_no_host(judge) -> None:
    assert judge("J.Éric", links=[("https://fleurs-du-val-sauvage.fr/x", "À.bientôt")]).level is Level.NO_KNOWN_RISK
    own = judge("service@forêt.fr", "a@xn--fort-ipa.fr")
    assert codes(own) == []
