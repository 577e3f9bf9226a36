"""The copy for third parties: whatever a webmail shows, nothing of the reader's returns."""

import re
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guetteur.app import build_mail_checker
from guetteur.config import PACKAGE_DATA
from guetteur.core.explain import Explainer
from guetteur.core.mail.seen import LinkSeen, MailSeen
from guetteur.core.subject import parse_url
from guetteur.errors import InvalidInputError
from guetteur.mail_checker import MailChecker
from guetteur.reports.redact import Person
from guetteur.texts import load_explainers
from guetteur.web.report_reading import copy_of, host_of, read_mail, read_page, with_kind
from support.report_cases import EML

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OWN = "claire.martin@exemple.fr"
LINE = st.text(max_size=40)


@pytest.fixture(scope="module")
def mails() -> MailChecker:
    return build_mail_checker(PACKAGE_DATA, with_lists=False)


@pytest.fixture(scope="module")
def french() -> Explainer:
    return load_explainers()["fr"]


@settings(max_examples=60, deadline=None)
@given(
    LINE, LINE, LINE, st.sampled_from(["a@impots-remboursement.com", OWN, "", f"x+{OWN}"]),
    st.sampled_from(["https://impots-gouv-dossier.com/", "javascript:x", "https://a.example/?e=", ""]),
)  # fmt: skip
def test_nothing_of_the_reader_returns(
    mails: MailChecker, french: Explainer, name: str, subject: str, text: str, sender: str, url: str
) -> None:
    seen = MailSeen(
        from_name=name + OWN, from_address=sender, to=(OWN,), subject=f"{subject} {OWN}",
        text=f"Bonjour {OWN}, {text} impots.gouv.fr", links=(LinkSeen(url + OWN, text),),
    )  # fmt: skip
    reading = read_mail(None, seen, mails, french, case_id="1", now=NOW, found_at=NOW)
    copy = copy_of(reading, now=NOW, keep_exact=False)
    assert copy.items == ()
    assert "claire.martin" not in msgspec.json.encode(copy.case).decode().lower()
    assert msgspec.json.decode(reading.items[0].data, type=MailSeen) == seen


def test_lines_of_a_mail_cannot_make_headers(mails: MailChecker, french: Explainer) -> None:
    seen = MailSeen(from_name='A"\r\nTo: b@b.fr', from_address="a@a.fr", subject="x\r\nReply-To: evil@a.fr\r\n\r\nbody")
    reading = read_mail(None, seen, mails, french, case_id="1", now=NOW, found_at=NOW)
    assert reading.safe is not None
    assert reading.safe.sender == "a@a.fr"


def test_redirects_and_address_of_a_page_are_masked(mails: MailChecker, french: Explainer) -> None:
    subject = parse_url(f"https://impots-gouv-dossier.com/?mail={OWN}")
    verdict = mails.checker.check(subject, now=NOW)
    reading = read_page(
        subject, verdict, french, case_id="1", now=NOW, found_at=NOW, redirects=[f"https://r.example/{OWN}"]
    )
    masked = copy_of(reading, now=NOW, keep_exact=False)
    assert OWN not in msgspec.json.encode(masked.case).decode()
    assert OWN not in masked.items[0].data.decode()
    exact = copy_of(reading, now=NOW, keep_exact=True)
    assert exact.case.url == subject.url
    assert OWN not in " ".join(exact.case.redirects)
    assert {change.where for change in masked.changes} == {"url"}


def test_names_masked_in_a_mail_do_not_leave_in_its_address(mails: MailChecker, french: Explainer) -> None:
    url = "https://impots.gouv.fr.verif-dossier.com/remboursement/jean-dupont?n=dupont&p=jean"
    raw = f"From: Impots <x@remboursement-fisc.top>\nTo: Jean Dupont <jd@free.fr>\nSubject: x\n\nM. Dupont, {url}\n"
    reading = read_mail(raw.encode(), None, mails, french, case_id="1", now=NOW, found_at=NOW)
    assert reading.case.url == url
    masked = copy_of(reading, now=NOW, keep_exact=False)
    assert masked.case.url is not None
    assert "verif-dossier.com/remboursement/" in masked.case.url
    assert not {"jean", "dupont"} & set(re.split(r"\W+", masked.case.url.lower()))
    assert copy_of(reading, now=NOW, keep_exact=True).case.url == url


def test_the_persons_own_name_does_not_leave_in_the_address_of_a_page(mails: MailChecker, french: Explainer) -> None:
    subject = parse_url("https://impots-gouv-dossier.com/dossier/claire.martin/suite?nom=x")
    reading = read_page(
        subject, mails.checker.check(subject, now=NOW), french, case_id="1", now=NOW, found_at=NOW,
        redirects=["https://r.example/Martin"], person=Person(OWN, "Claire Martin"),
    )  # fmt: skip
    masked = copy_of(reading, now=NOW, keep_exact=False)
    assert "martin" not in msgspec.json.encode(masked.case).decode().lower()
    assert "martin" not in masked.items[0].data.decode().lower()
    assert copy_of(reading, now=NOW, keep_exact=True).case.url == subject.url


def test_another_kind_leaves_the_script_that_spoke_for_the_first(mails: MailChecker, french: Explainer) -> None:
    case = read_mail(EML, None, mails, french, case_id="1", now=NOW, found_at=NOW, mask=False).case
    assert (case.kind, case.script) == ("sextortion", "sextortion")
    assert with_kind(case, None) is case
    assert with_kind(case, "sextortion") is case
    assert (with_kind(case, "mail").kind, with_kind(case, "mail").script) == ("mail", None)
    parcel = msgspec.structs.replace(case, kind="mail", script="parcel-fee")
    assert with_kind(parcel, "other").script == "parcel-fee"


def test_what_is_no_mail_and_no_address(mails: MailChecker, french: Explainer) -> None:
    for raw, code in ((None, "nothing_to_read"), (b"\x00\x01", "not_a_mail")):
        with pytest.raises(InvalidInputError) as caught:
            read_mail(raw, None, mails, french, case_id="1", now=NOW, found_at=NOW)
        assert caught.value.code == code
    assert (host_of(None), host_of("REDACTED"), host_of("https://a.fr/x")) == ("", "", "a.fr")
