"""Cases to report, with evidence."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec

from guetteur.reports.case import Case, Item
from guetteur.reports.channels.interface import MAIL_KIND, Place

FOUND = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
URL = "https://impots-gouv-remboursement.example-scam.com/fr/login?etape=1"
PLACE = Place(
    hosted=("cloudflare", "microsoft"),
    contacts=("abuse@registrar.test", "abuse@host.test"),
    address="203.0.113.7",
    imitated="Direction générale des Finances publiques",
    imitated_home="https://www.impots.gouv.fr/",
    sector="state",
)
PAGE = Case(
    id="7c2c4c4e-8a55-4a59-9e0d-1a8f1b0a0001",
    kind="page",
    found_at=FOUND,
    url=URL,
    redirects=("https://bit.example-scam.com/x",),
    body="la-banque-postale",
    level="DANGER",
    reasons=("L’adresse imite celle des impôts.",),
    signals=("lookalike", "page_form"),
    product="1.2.3",
    browser="Firefox 140",
)
WALLET = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
EML = (
    b"Received: from mail.example-scam.com (203.0.113.9) by mx.exemple.fr; Tue, 24 Nov 2026 10:00:00 +0000\r\n"
    b"From: Hacker <h@example-scam.com>\r\nTo: REDACTED\r\nSubject: Votre compte\r\n"
    b"Message-ID: <1@example-scam.com>\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    b"J'ai pirat\xc3\xa9 votre cam\xc3\xa9ra. Payez 1200 euros \xc3\xa0 " + WALLET.encode() + b" sous 48 h.\r\n"
)
MAIL_ITEM = Item("mail/original.eml", MAIL_KIND, EML, FOUND, "person")
MAIL = msgspec.structs.replace(
    PAGE, id="7c2c4c4e-8a55-4a59-9e0d-1a8f1b0a0002", kind="mail", sender="h@example-scam.com", redirects=()
)
SEXTORTION = msgspec.structs.replace(
    MAIL, id="7c2c4c4e-8a55-4a59-9e0d-1a8f1b0a0003", kind="sextortion", script="sextortion", url=None, body=None
)


def rdap(*mailboxes: str, nested: bool = True) -> bytes:
    """An answer about a domain as registries give it."""
    card = ["vcard", [["version", {}, "text", "4.0"], *(["email", {}, "text", box] for box in mailboxes)]]
    abuse: dict[str, Any] = {"objectClassName": "entity", "roles": ["abuse"], "vcardArray": card}
    registrar = {"objectClassName": "entity", "roles": ["registrar"], "entities": [abuse]}
    return json.dumps({"objectClassName": "domain", "entities": [registrar if nested else abuse]}).encode()
