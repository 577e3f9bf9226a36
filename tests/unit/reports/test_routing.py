"""Who is told: by kind of case, host and imitated body; what goes elsewhere is said."""

import msgspec
import pytest

from guetteur.reports.case import Case, Item
from guetteur.reports.channels.interface import NOWHERE, Place
from guetteur.reports.channels.registry import build_channels
from guetteur.reports.contacts import RDAP_KIND, abuse_mailboxes, contacts_of
from guetteur.reports.fingerprint import fingerprint, normal_address
from guetteur.reports.routing import Routing, hosted_by, route
from guetteur.reports.table import ChannelTable
from support.report_cases import EML, FOUND, MAIL, MAIL_ITEM, PAGE, PLACE, SEXTORTION, rdap


def routed(table: ChannelTable, case: Case, place: Place = NOWHERE, *items: Item) -> Routing:
    return route(case, items, build_channels(table), table, place)


def names(routing: Routing) -> list[str]:
    return [choice.channel for choice in routing.choices]


def test_a_page_goes_first_to_who_closes_it(table: ChannelTable) -> None:
    found = names(routed(table, PAGE))
    assert found[:2] == ["netcraft", "phishing-initiative"]
    assert {"google", "pharos", "body-mailbox"} <= set(found)
    assert not {"microsoft", "cloudflare", "abuse-mailbox", "thesee", "sextortion"} & set(found)


def test_who_hosts_it_is_told(table: ChannelTable) -> None:
    assert {"microsoft", "cloudflare", "abuse-mailbox"} <= set(names(routed(table, PAGE, PLACE)))


def test_a_sextortion_leads_to_the_police_mailbox_first(table: ChannelTable) -> None:
    routing = routed(table, SEXTORTION, NOWHERE, MAIL_ITEM)
    assert names(routing)[:2] == ["sextortion", "thesee"]
    assert "netcraft" not in names(routing)
    assert [(note.channel, note.instead) for note in routing.outside] == [("pharos", ("thesee",))]


def test_a_mail_outside_the_scope_of_pharos_says_where_it_goes(table: ChannelTable) -> None:
    routing = routed(table, MAIL, NOWHERE, MAIL_ITEM)
    assert "pharos" not in names(routing)
    assert "PHAROS ne prend pas" in next(note.text for note in routing.outside if note.channel == "pharos")


@pytest.mark.parametrize("script", ["parcel-fee", "prize"])
def test_parcel_and_lottery_mails_are_in_its_scope(table: ChannelTable, script: str) -> None:
    routing = routed(table, msgspec.structs.replace(MAIL, script=script), NOWHERE, MAIL_ITEM)
    assert names(routing)[0] == "pharos"
    assert "pharos" not in [note.channel for note in routing.outside]


@pytest.mark.parametrize("url", [None, "mailto:x@y.fr", "http://192.168.1.1/", "http://localhost/", "javascript:1"])
def test_what_is_no_address_on_the_web_is_reported_to_nobody_as_one(table: ChannelTable, url: str | None) -> None:
    found = names(routed(table, msgspec.structs.replace(PAGE, url=url, body=None), PLACE))
    assert not set(found) & {"netcraft", "phishing-initiative", "spamhaus", "microsoft", "abuse-mailbox", "google"}


@pytest.mark.parametrize(
    ("url", "servers", "networks", "found"),
    [
        ("https://impots.pages.dev/x", (), (), ("cloudflare",)),
        ("https://evilpages.dev/", (), (), ()),
        ("https://scam.fr/", ("ADA.ns.cloudflare.com.",), (), ("cloudflare",)),
        ("https://scam.fr/", ("ns.cloudflare.com.evil.fr",), (), ()),
        ("https://scam.fr/", (), (8075,), ("microsoft",)),
        ("https://x.azurewebsites.net/", (), (13335,), ("cloudflare", "microsoft")),
        (None, (), (), ()),
    ],
)
def test_hosts_are_known_by_name_servers_and_network(
    table: ChannelTable, url: str, servers: tuple[str, ...], networks: tuple[int, ...], found: tuple[str, ...]
) -> None:
    assert hosted_by(url, table.hosts, servers, networks) == found


@pytest.mark.parametrize("nested", [True, False])
def test_abuse_mailboxes_lie_in_the_registrar(nested: bool) -> None:
    answer = rdap("abuse@registrar.test", "x y@z", "mailto:second@registrar.test", nested=nested)
    assert abuse_mailboxes(answer) == ("abuse@registrar.test", "second@registrar.test")
    items = [Item(f"rdap/{number}.json", RDAP_KIND, answer, FOUND, "daemon") for number in range(2)]
    assert contacts_of(items) == ("abuse@registrar.test", "second@registrar.test")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"entities": 3}',
        b'{"entities": [{"roles": ["abuse"]}]}',
        b'{"entities": [{"roles": "abuse", "vcardArray": ["vcard", [["email", {}, "text", "a@b.fr"]]]}]}',
        b'{"entities": [{"roles": ["abuse"], "vcardArray": ["vcard", [["email"], 3, ["email", {}, "text", 3]]]}]}',
        b'{"entities": [{"roles": ["technical"], "vcardArray": ["vcard", [["email", {}, "text", "a@b.fr"]]]}]}',
    ],
)
def test_answers_without_a_mailbox(answer: bytes) -> None:
    assert abuse_mailboxes(answer) == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("HTTPS://Scam.FR:443/a?b#c", "https://scam.fr/a?b", True),
        ("https://me@scam.fr/a", "https://scam.fr/a", True),
        ("https://scam.fr/a", "http://scam.fr/a", False),
        ("https://scam.fr/a", "https://scam.fr/a/", False),
        ("https://scam.fr./", "https://scam.fr/", True),
    ],
)
def test_addresses_that_lead_to_the_same_page(one: str, other: str, same: bool) -> None:
    assert (normal_address(one) == normal_address(other)) is same


def test_a_mail_is_the_same_whichever_way_it_came() -> None:
    again = EML.replace(b"\r\n", b"\n").replace(b"Received:", b"X-Seen: 1\nReceived:")
    other = msgspec.structs.replace(MAIL_ITEM, data=again)
    assert fingerprint(MAIL, (MAIL_ITEM,)) == fingerprint(SEXTORTION, (other,))
    assert fingerprint(MAIL, (MAIL_ITEM,)) != fingerprint(MAIL, ())
