"""What two reports may share, out of the original evidence; and what is not the scammer's own."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guetteur.lists.knowledge import Knowledge
from guetteur.reports.campaigns import Commons, commons_of, marks_of
from guetteur.reports.case import Case, Item
from guetteur.reports.channels.interface import MAIL_KIND
from guetteur.reports.numbers import e164, ibans, phones
from guetteur.reports.table import ChannelTable
from guetteur.reports.wallets import wallets
from support.report_cases import FOUND, MAIL, PAGE, SEXTORTION, WALLET

IBAN = "FR76 3000 6000 0112 3456 7890 189"
PLAIN_IBAN = "FR7630006000011234567890189"
BODY = (
    "Bonjour, nous avons bien reçu votre demande de location et le propriétaire accepte votre dossier. Pour bloquer le "
    f"logement, versez la caution sur le compte {IBAN} ou appelez notre agence au 06 39 98 12 34 avant ce soir. "
    "Passé ce délai, l’appartement sera proposé au candidat suivant et les frais engagés resteront à votre charge. "
    "Nous vous remercions de votre confiance et restons disponibles pour organiser la remise des clés."
)


@pytest.fixture(scope="session")
def commons(knowledge: Knowledge, table: ChannelTable) -> Commons:
    return commons_of(knowledge, table)


def _item(path: str, content: Any, kind: str = "application/json") -> Item:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Item(path, kind, data, FOUND, "daemon")


def _mail(sender: str, body: str = BODY, to: str = "claire@exemple.fr", more: str = "") -> Item:
    head = (
        f"From: Agence <{sender}>\r\nTo: {to}\r\nSubject: Location\r\n{more}Content-Type: text/plain; charset=utf-8\r\n"
    )
    return Item("mail/original.eml", MAIL_KIND, f"{head}\r\n{body}\r\n".encode(), FOUND, "person")


def _at(url: str) -> Case:
    return msgspec.structs.replace(PAGE, url=url)


def _values(marks: tuple[Any, ...], kind: str) -> list[str]:
    return [mark.value for mark in marks if mark.kind == kind]


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.impots.scam.example.com/fr/login?x=1", "example.com"),
        ("https://impots-fr.pages.dev/login", "impots-fr.pages.dev"),
        ("https://www.impots-fr.weebly.com/", "impots-fr.weebly.com"),
        ("https://sites.google.com/view/remboursement/?x=1", "sites.google.com/view/remboursement"),
        ("https://bit.ly/3abcDEF", "bit.ly/3abcDEF"),
        ("http://203.0.113.9/x", "203.0.113.9"),
    ],
)
def test_the_site_is_what_one_person_holds(url: str, site: str, commons: Commons) -> None:
    assert _values(marks_of(_at(url), [], commons), "domain") == [site]


def test_a_genuine_page_is_no_mark(commons: Commons) -> None:
    visit = _item("page/visit.json", {"address": "203.0.113.7"})
    assert marks_of(_at("https://www.impots.gouv.fr/accueil"), [visit], commons) == ()


def test_addresses_and_certificate(commons: Commons) -> None:
    items = [
        _item("page/visit.json", {"address": "203.0.113.7"}),
        _item("network/dns.json", [
            {"name": "x", "type": "A", "state": "found", "values": ["203.0.113.7", "203.0.113.8"]},
            {"name": "x", "type": "TXT", "state": "found", "values": ["203.0.113.99"]},
        ]),
        _item("network/asn.json", [{"address": "203.0.113.7", "numbers": [64496]}]),
        _item("network/certificate.json", {"sha256": "ab" * 32, "names": ["impots-x.com", "www.impots-x.com"]}),
    ]  # fmt: skip
    marks = marks_of(_at("https://impots-x.com/"), items, commons)
    assert _values(marks, "ip") == ["203.0.113.7", "203.0.113.8"]
    assert _values(marks, "certificate") == ["ab" * 32]


@pytest.mark.parametrize(
    "item",
    [
        _item("network/asn.json", [{"address": "203.0.113.7", "numbers": [13335]}]),
        _item("network/dns.json", [{"type": "CNAME", "values": ["d1.cloudfront.net"]}]),
        _item("network/dns.json", [{"type": "A", "values": ["203.0.113.8"], "alias": "x.azureedge.net"}]),
    ],
)
def test_what_stands_in_front_of_everybody_marks_nobody(item: Item, commons: Commons) -> None:
    items = [
        item,
        _item("page/visit.json", {"address": "203.0.113.7"}),
        _item("network/certificate.json", {"sha256": "ab" * 32, "names": ["impots-x.com"]}),
    ]
    kinds = {mark.kind for mark in marks_of(_at("https://impots-x.com/"), items, commons)}
    assert kinds == {"domain"}


@pytest.mark.parametrize("names", [["*.github.io"], ["*.weebly.com"], ["weebly.com", "*.weebly.com"]])
def test_a_certificate_of_a_shared_zone_marks_nobody(names: list[str], commons: Commons) -> None:
    item = _item("network/certificate.json", {"sha256": "ab" * 32, "names": names})
    assert _values(marks_of(_at("https://impots-x.com/"), [item], commons), "certificate") == []


def test_a_mail(commons: Commons) -> None:
    case = msgspec.structs.replace(MAIL, kind="rental", url=None)
    item = _mail("agence.location@gmail.com", BODY + f"\r\nou en bitcoin : {WALLET}", more="Reply-To: b@rent-x.com\r\n")
    marks = marks_of(case, [item], commons)
    assert _values(marks, "sender") == ["agence.location@gmail.com", "b@rent-x.com"]
    assert _values(marks, "iban") == [PLAIN_IBAN]
    assert _values(marks, "phone") == ["+33639981234"]
    assert _values(marks, "wallet") == [WALLET]
    assert len(_values(marks, "text")) == 1
    assert not _values(marks, "domain")


@pytest.mark.parametrize("sender", ["ne-pas-repondre@impots.gouv.fr", "claire@exemple.fr", "CLAIRE@exemple.fr", "x"])
def test_a_forged_sender_is_no_mark(sender: str, commons: Commons) -> None:
    assert _values(marks_of(MAIL, [_mail(sender)], commons), "sender") == []


def test_a_subscriber_of_a_body_is_a_person(commons: Commons) -> None:
    assert _values(marks_of(MAIL, [_mail("jean.dupont12@orange.fr")], commons), "sender") == ["jean.dupont12@orange.fr"]


def test_numbers_of_bodies_and_of_victims_are_no_mark(commons: Commons) -> None:
    official = _mail("a@b-c.com", BODY.replace("06 39 98 12 34", "0 809 401 401"))
    assert _values(marks_of(MAIL, [official], commons), "phone") == []
    assert _values(marks_of(SEXTORTION, [_mail("a@b-c.com")], commons), "phone") == []


def test_a_mail_as_the_webmail_shows_it(commons: Commons) -> None:
    shown = {"from_address": "agence@rent-x.com", "to": ["claire@exemple.fr"], "text": BODY}
    marks = marks_of(MAIL, [_item("mail/shown.json", shown)], commons)
    whole = marks_of(MAIL, [_mail("agence@rent-x.com")], commons)
    assert set(marks) == set(whole)


def test_a_page_as_it_is_read(commons: Commons) -> None:
    page = (
        f"<html><style>.x{{display:none}}</style><body><p>{BODY}</p><p class=x>DE89 3704 0044 0532 0130 00</p></body>"
    )
    marks = marks_of(PAGE, [_item("page/page.html", page.encode(), "text/html")], commons)
    assert _values(marks, "iban") == [PLAIN_IBAN]
    mailed = marks_of(MAIL, [_mail("a@b-c.com", to="")], commons)
    assert _values(marks, "text") == _values(mailed, "text")


def test_numbers_are_read_however_they_are_written() -> None:
    spoken = f"{IBAN} GB82 WEST 1234 5698 7654 32, {PLAIN_IBAN.lower()} {IBAN[:-1]}8"
    assert ibans(spoken) == (PLAIN_IBAN, "GB82WEST12345698765432")
    text = (
        "01 23 45 67 89, +33 (0)6.39.98.12.34; 0033639981234 ou +44 20 7946 0958. Total 1.023.456, dossier 12345678901"
    )
    assert phones(text) == ("+33123456789", "+33639981234", "+442079460958")
    assert (e164("36 46"), e164("+33 442 605 303"), e164("")) == ("", "+33442605303", "")


@given(st.binary(max_size=400), st.sampled_from([
    "page/page.html", "page/screenshot.png", "page/visit.json", "network/dns.json", "network/asn.json",
    "network/certificate.json", "mail/original.eml", "mail/shown.json",
]))  # fmt: skip
def test_hostile_evidence_raises_nothing(data: bytes, path: str) -> None:
    kind = MAIL_KIND if path.endswith(".eml") else "application/octet-stream"
    for start in (b"", b"From: a@b.example\r\nTo: ", b"[{", b"<p>", b'{"sha256": "x", "names": ["'):
        marks_of(PAGE, [Item(path, kind, start + data, FOUND, "extension")])


@given(st.text(max_size=80))
def test_hostile_addresses_raise_nothing(url: str) -> None:
    marks_of(_at(url), [])
    marks_of(_at(f"https://{url}"), [])
    ibans(url)
    phones(url)


@pytest.mark.parametrize("odd", [b"; x*0*", b"; a*"])
def test_a_header_that_no_standard_parser_reads_hides_no_wallet(odd: bytes) -> None:
    head = b"From: x@evil.example\nTo: claire@exemple.fr\nMIME-Version: 1.0\n"
    text = head + b"Content-Type: text/plain; charset=utf-8" + odd + b"\n\nWallet: " + WALLET.encode() + b"\n"
    inner = (
        head
        + b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n"
        + text
        + b"\n--b--\n"
    )
    for raw in (text, inner):
        item = Item("mail/original.eml", MAIL_KIND, raw, FOUND, "person")
        assert _values(marks_of(SEXTORTION, [item]), "wallet") == [WALLET]
        assert wallets(raw) == (WALLET,)
