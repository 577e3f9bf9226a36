"""What becomes of a report, said in whole sentences in both languages."""

from datetime import datetime, timedelta
from typing import get_args

import msgspec
import pytest

from guetteur.config import PACKAGE_DATA
from guetteur.reports.case import CaseKind
from guetteur.reports.channels.interface import State
from guetteur.reports.outbox_entry import Entry
from guetteur.reports.table import load_channels
from guetteur.reports.words import (
    CODES,
    EVIDENCE,
    KINDS,
    STATES,
    WATCHES,
    at_about,
    evidence_label,
    sentence,
    told,
    watch_told,
)
from support.report_cases import FOUND

TABLE = load_channels(PACKAGE_DATA)
ENTRY = Entry(
    "case", "netcraft", "accepted", "report.netcraft.com", "url:0", "", "N-1", "", "", 1, FOUND, FOUND,
    FOUND + timedelta(minutes=5),
)  # fmt: skip


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("state", get_args(State))
def test_every_state_and_reason_is_a_whole_sentence(state: State, lang: str) -> None:
    for code in CODES:
        for facts in (*TABLE.channels, None):
            channel = facts.id if facts is not None else "elsewhere"
            entry = msgspec.structs.replace(ENTRY, state=state, code=code, channel=channel)
            text = sentence(entry, facts, lang, FOUND)
            assert text[0].isupper(), text
            assert text.endswith("."), text
            assert "{" not in text, text
            assert ".." not in text
            assert "  " not in text
            assert told(entry, lang)


def test_what_is_said_where_it_matters() -> None:
    netcraft = TABLE.get("netcraft")
    assert sentence(ENTRY, netcraft, "fr", FOUND) == "Reçu par Netcraft, sous le numéro N-1."
    processing = msgspec.structs.replace(ENTRY, code="processing")
    assert sentence(processing, netcraft, "fr", FOUND).endswith("N-1. Examen en cours.")
    known = msgspec.structs.replace(ENTRY, state="known")
    assert sentence(known, netcraft, "fr", FOUND).startswith("Déjà connu de Netcraft")
    refused = msgspec.structs.replace(ENTRY, state="refused", code="credentials")
    assert "Correct that setting" in sentence(refused, netcraft, "en", FOUND)
    waiting = msgspec.structs.replace(ENTRY, state="queued", code="offline")
    assert sentence(waiting, netcraft, "en", FOUND).startswith("No connection. Next try at about ")
    taken_back = msgspec.structs.replace(ENTRY, state="retracted", code="by_person")
    assert sentence(taken_back, netcraft, "en", FOUND) == "Cancelled by you: nothing was sent."
    too_late = msgspec.structs.replace(ENTRY, state="retracted", code="may_have_arrived")
    assert "nothing was sent" not in sentence(too_late, netcraft, "en", FOUND)
    assert "peut-être arrivé" in sentence(too_late, netcraft, "fr", FOUND)
    mailbox = msgspec.structs.replace(ENTRY, channel="body-mailbox", state="sent")
    assert "l’organisme imité" in sentence(mailbox, TABLE.get("body-mailbox"), "fr", FOUND)
    letter = msgspec.structs.replace(ENTRY, channel="sextortion", state="handed")
    assert sentence(letter, TABLE.get("sextortion"), "en", FOUND) == "For you to send: the e-mail is ready."


def test_a_time_today_is_told_without_its_day() -> None:
    at = datetime(2026, 11, 24, 14, 5).astimezone()
    assert at_about(at, "fr", at) == "vers 14\u00a0h\u00a005"
    assert at_about(at, "en", at - timedelta(days=1)) == "on 24 November at about 14:05"


def test_whether_a_page_is_still_there() -> None:
    assert watch_told("closed", "fr", FOUND, FOUND) == "Page fermée le 24\u00a0novembre 2026."
    assert watch_told("open", "en", FOUND, None) == "Page still there on 24\u00a0November 2026."
    for state in WATCHES:
        for lang in ("fr", "en"):
            assert watch_told(state, lang, FOUND, FOUND).endswith(".")


def test_nothing_lacks_a_word() -> None:
    assert set(KINDS) == set(get_args(CaseKind))
    assert set(STATES) == set(get_args(State))
    assert all(all(pair) for table in (KINDS, STATES, EVIDENCE) for pair in table.values())
    assert evidence_label("page/screenshot.png", "en") == "The picture of the page"
    assert evidence_label("network/dns.json", "fr") == EVIDENCE["network"][0]
    assert evidence_label("else/where.bin", "fr") == "else/where.bin"
