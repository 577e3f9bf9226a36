"""From codes to sentences: names in the reader's language, days as people write them, no field that reaches further."""

from datetime import UTC, datetime

import pytest

from guetteur.core.bodies import Body
from guetteur.core.explain import Explainer
from guetteur.core.mail.facts import MailFacts
from guetteur.core.mail.verdict import MailVerdict
from guetteur.core.scripts import Script, ScriptSeen
from guetteur.core.signal import CERTAIN, Basis, Evidence, Skip
from guetteur.core.verdict import Level, Verdict
from guetteur.texts import load_explainers

BANK = Body("bank", "Ma Banque", "bank", None, (), name_en="My Bank", advice="Appelez.", advice_en="Call.")
NOW = datetime(2026, 11, 24, tzinfo=UTC)
LISTED = Evidence("listed", "listed", weight=CERTAIN, basis=Basis.LISTED)
SCRIPT = ScriptSeen(Script("s", "le faux colis", "the false parcel", "money", "a", "a", 1.0, ()), (), 9.0)
ALL = load_explainers()


def verdict(level: Level, *evidence: Evidence, body: Body | None = None) -> Verdict:
    return Verdict(level, 1.0, evidence, (), body, None, NOW)


def mail(level: Level, *, body: Body | None = None, script: ScriptSeen | None = None) -> MailVerdict:
    return MailVerdict(level, 1.0, (), (), body, script, MailFacts(), None, NOW)


@pytest.mark.parametrize("field", ["{name.body}", "{name[0]}", "{name!r}", "{name:>9}", "{0}", "{}"])
def test_a_sentence_with_more_than_a_plain_field_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="is no plain field"):
        Explainer("fr", {"reason": {"code": f"voir {field}"}})
    assert Explainer("fr", {"reason": {"code": "voir {name} {{ici}}"}}).say("reason", "code", {"name": "{x}"}) == (
        "voir {x} {ici}"
    )


def test_a_body_is_named_in_the_reader_s_language() -> None:
    assert (BANK.named("fr"), BANK.named("en")) == ("Ma Banque", "My Bank")
    assert (BANK.advised("fr"), BANK.advised("en")) == ("Appelez.", "Call.")
    french = Body("b", "Ameli", "health", None, (), advice="Appelez.")
    assert (french.named("en"), french.advised("en")) == ("Ameli", "Appelez.")
    piece = Evidence("foreign_name", "name_in_domain", {"name": "Ma Banque", "real": "x.fr"}, BANK)
    assert "Ma Banque" in ALL["fr"].reason(piece)
    assert "My Bank" in ALL["en"].reason(piece)


def test_parameters_come_in_the_reader_s_language_and_days_as_people_write_them() -> None:
    table = {"reason": {"code": "{label} depuis le {since}"}, "month": {"03": "mars"}}
    piece = Evidence("s", "code", {"label_fr": "colis", "label_en": "parcel", "since": "2026-03-09"})
    assert Explainer("fr", table).reason(piece) == "colis depuis le 9 mars 2026"
    since = Evidence("listed", "listed_since", {"entry": "x.fr", "sources": "a", "since": "2026-03-09"})
    assert "9 mars 2026" in ALL["fr"].reason(since)
    assert "9 March 2026" in ALL["en"].reason(since)


def test_what_could_not_be_looked_at_and_levels_have_words() -> None:
    for explainer in ALL.values():
        assert explainer.skip(Skip("listed", "no_list"))
        assert len({explainer.level(level) for level in Level}) == len(Level)


def test_the_summary_names_the_body_or_what_warned() -> None:
    french = ALL["fr"]
    say = french.template
    assert french.summary(verdict(Level.NO_KNOWN_RISK)) == say("summary", "NO_KNOWN_RISK")
    assert french.summary(verdict(Level.DANGER, LISTED)) == say("summary", "DANGER_listed")
    assert french.summary(verdict(Level.DANGER, Evidence("guess", "c", weight=2))) == say("summary", "DANGER")
    assert french.summary(verdict(Level.CAUTION, LISTED)) == say("summary", "CAUTION")
    script = Evidence("page_script", "follows_script", weight=1)
    assert french.summary(verdict(Level.CAUTION, script)) == say("summary", "CAUTION_page")
    assert "Ma Banque" in french.summary(verdict(Level.CAUTION, script, body=BANK))
    for level in (Level.DANGER, Level.CAUTION, Level.OFFICIAL):
        assert "Ma Banque" in french.summary(verdict(level, LISTED, body=BANK))
    assert "My Bank" in ALL["en"].summary(verdict(Level.DANGER, LISTED, body=BANK))
    assert french.summary(verdict(Level.UNKNOWN, body=BANK)) == say("summary", "UNKNOWN")
    leads = Evidence("redirector", "leads_to_danger", weight=2)
    assert french.summary(verdict(Level.DANGER, leads, body=BANK)) == say("summary", "DANGER_link")


def test_the_summary_of_a_mail_says_as_much_as_is_known() -> None:
    said = {lang: ALL[lang].mail for lang in ALL}
    plain = said["fr"](mail(Level.DANGER))
    with_body = said["fr"](mail(Level.DANGER, body=BANK))
    with_script = said["fr"](mail(Level.DANGER, script=SCRIPT))
    both = said["fr"](mail(Level.DANGER, body=BANK, script=SCRIPT))
    assert plain == ALL["fr"].template("mail", "DANGER")
    assert "Ma Banque" in with_body
    assert "le faux colis" in with_script
    assert "Ma Banque" in both or "le faux colis" in both
    assert "the false parcel" in said["en"](mail(Level.DANGER, script=SCRIPT))
    assert said["fr"](mail(Level.NO_KNOWN_RISK)) == ALL["fr"].template("mail", "NO_KNOWN_RISK")
