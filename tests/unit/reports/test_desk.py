"""What the person is shown: why, to whom, what is missing, what was told before; genuine addresses go to nobody."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from guetteur.lists.knowledge import Knowledge
from guetteur.reports.case import Case, Item
from guetteur.reports.channels.interface import Draft
from guetteur.reports.channels.registry import build_channels
from guetteur.reports.contacts import RDAP_KIND
from guetteur.reports.desk import Offers, offers_for
from guetteur.reports.outbox import Outbox
from guetteur.reports.table import ChannelTable
from support.report_cases import FOUND, MAIL, MAIL_ITEM, PAGE, rdap
from support.report_doubles import CREDENTIALS


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Outbox]:
    with closing(Outbox(tmp_path / "outbox.db")) as box:
        yield box


def offered(
    table: ChannelTable, knowledge: Knowledge, box: Outbox, case: Case, *items: Item, url: str | None = None
) -> Offers:
    return offers_for(
        case,
        items,
        channels=build_channels(table),
        table=table,
        registry=knowledge.registry(),
        credentials={"email": CREDENTIALS["email"]} | ({"intake_url": url} if url else {}),
        outbox=box,
    )


def test_each_offer_says_why_what_and_what_is_missing(table: ChannelTable, knowledge: Knowledge, box: Outbox) -> None:
    answer = Item("network/rdap.json", RDAP_KIND, rdap("abuse@registrar.test"), FOUND, "daemon")
    found = {offer.facts.id: offer for offer in offered(table, knowledge, box, PAGE, answer).offers}
    assert found["netcraft"].missing == ()
    assert found["spamhaus"].missing == ("spamhaus_token",)
    assert found["abuse-mailbox"].draft.to == "abuse@registrar.test"
    assert "La Banque Postale" in str(found["netcraft"].draft.content)
    assert found["pharos"].draft.link
    assert all(offer.choice.reason for offer in found.values())


def test_a_host_that_the_person_set_is_named(table: ChannelTable, knowledge: Knowledge, box: Outbox) -> None:
    given = offered(table, knowledge, box, PAGE, url="https://Listes.exemple:8443/intake").offers
    found = {offer.facts.id: offer.draft.to for offer in given}
    assert found["intake"] == "listes.exemple"
    assert found["netcraft"] == "report.netcraft.com"


@pytest.mark.parametrize("url", ["https://[intake.exemple/report", "https://intake.exemple:x/", "nonsense"])
def test_a_setting_that_is_no_address_stops_no_report(
    table: ChannelTable, knowledge: Knowledge, box: Outbox, url: str
) -> None:
    found = {offer.facts.id for offer in offered(table, knowledge, box, PAGE, url=url).offers}
    assert {"netcraft", "intake"} <= found


def test_what_was_told_before_is_said(table: ChannelTable, knowledge: Knowledge, box: Outbox) -> None:
    first = {offer.facts.id: offer for offer in offered(table, knowledge, box, PAGE).offers}
    box.queue(PAGE, [first["netcraft"].draft])
    box.hand_over(PAGE, first["pharos"].draft)
    again = msgspec.structs.replace(PAGE, id="again")
    earlier = {offer.facts.id: offer.earlier for offer in offered(table, knowledge, box, again).offers}
    assert earlier["netcraft"] is not None
    assert earlier["netcraft"].case == PAGE.id
    assert earlier["pharos"] is None


@pytest.mark.parametrize("url", ["https://www.impots.gouv.fr/accueil", "https://www.labanquepostale.fr/"])
def test_an_official_page_is_reported_to_nobody(
    table: ChannelTable, knowledge: Knowledge, box: Outbox, url: str
) -> None:
    for case, items in ((PAGE, ()), (MAIL, (MAIL_ITEM,))):
        offers = offered(table, knowledge, box, msgspec.structs.replace(case, url=url), *items)
        assert offers.case.url is None
        made: list[Draft] = [offer.draft for offer in offers.offers]
        assert all(not draft.url and url not in str(draft.content.get("urls")) for draft in made)
        assert not {"phishing-initiative", "spamhaus", "google"} & {draft.channel for draft in made}
