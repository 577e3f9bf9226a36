"""Mails over the daemon's socket: raw, as shown, both; what is refused."""

from base64 import b64encode
from typing import Any

RAW = b"""\
From: "AMELI - Assurance Maladie" <contact@gite-du-moulin-vert.fr>\r
To: <moi@exemple-asso.fr>\r
Subject: Votre carte Vitale\r
Content-Type: text/html; charset=utf-8\r
\r
<p><a href="https://ameli-renouvellement-vitale.fr/x">renouveler</a> <a href="https://www.ameli.fr/">ameli</a></p>
"""
SHOWN = {
    "from_name": "AMELI",
    "from_address": "contact@gite-du-moulin-vert.fr",
    "links": [
        {"url": "https://www.ameli.fr/", "text": "ameli"},
        {"url": "mailto:x@y.fr", "text": "nous écrire"},
        {"url": "https://ameli-renouvellement-vitale.fr/x", "text": "renouveler"},
    ],
}


def encoded(raw: bytes) -> str:
    return b64encode(raw).decode()


async def test_a_raw_message_in_both_languages(ask: Any) -> None:
    status, french = await ask("/v1/check/mail", {"raw": encoded(RAW)})
    assert (status, french["level"], french["body"]["id"]) == (200, "DANGER", "ameli")
    assert french["summary"].startswith("Ce message se fait passer pour")
    assert [link["level"] for link in french["links"]] == ["DANGER", "OFFICIAL"]
    assert french["links"][0]["registrable_domain"] == "ameli-renouvellement-vitale.fr"
    assert french["todo"]
    _, english = await ask("/v1/check/mail", {"raw": encoded(RAW), "lang": "en"})
    assert english["summary"].startswith("This message pretends to come from")
    assert [reason["code"] for reason in english["reasons"]] == [reason["code"] for reason in french["reasons"]]


async def test_links_come_back_in_the_order_shown(ask: Any) -> None:
    for question in ({"shown": SHOWN}, {"shown": SHOWN, "raw": encoded(RAW)}):
        _, reply = await ask("/v1/check/mail", question)
        assert [link["url"] for link in reply["links"]] == [link["url"] for link in SHOWN["links"]]
        assert [link["level"] for link in reply["links"]] == ["OFFICIAL", "UNKNOWN", "DANGER"]


async def test_what_only_the_headers_tell_is_unknown_without_them(ask: Any) -> None:
    shown = {"from_name": "Impôts", "from_address": "a@dgfip.finances.gouv.fr"}
    _, reply = await ask("/v1/check/mail", {"shown": shown})
    assert reply["level"] == "UNKNOWN"
    assert [skip["why"] for skip in reply["skipped"]] == ["headers_not_shown"]
    _, reply = await ask("/v1/check/mail", {"shown": shown | {"signed_by": "dgfip.finances.gouv.fr"}})
    assert (reply["level"], reply["summary"]) == ("OFFICIAL", "Ce message vient bien de «\xa0Impôts (DGFiP)\xa0».")


async def test_the_beginning_of_a_message_is_enough(ask: Any) -> None:
    attached = RAW[:-4] + b"<!--" + b"x" * 300_000
    _, reply = await ask("/v1/check/mail", {"raw": encoded(attached), "truncated": True})
    assert reply["level"] == "DANGER"
    assert "mail_cut_size" in [skip["why"] for skip in reply["skipped"]]


async def test_refusals(ask: Any) -> None:
    for question, code in (
        ({}, "nothing_to_read"),
        ({"raw": "***"}, "invalid_base64"),
        ({"raw": encoded(b"\x89PNG\r\n\x1a\n")}, "not_a_mail"),
        ({"raw": "A" * 700_001}, "invalid_request"),
        ({"shown": {"text": "x" * 64_001}}, "invalid_request"),
        ({"shown": {"unknown": 1}}, "invalid_request"),
        ({"shown": {"links": [{"url": "https://x.fr/"}] * 257}}, "invalid_request"),
    ):
        status, reply = await ask("/v1/check/mail", question)
        assert (status, reply["error"]["code"]) == (400, code), question
        assert reply["error"]["hint"]
