"""Channels the person reaches: the right address, fields ready to paste, nothing made up, nothing sent."""

from email import message_from_string
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec
import pytest

from guetteur.reports.channels.interface import Draft, Receipt
from guetteur.reports.channels.registry import build_channels
from guetteur.reports.table import ChannelTable
from guetteur.reports.wallets import wallets
from support.report_cases import EML, MAIL_ITEM, PAGE, SEXTORTION, URL, WALLET


def values(draft: Draft) -> dict[str, str]:
    return {field.label_en: field.value for field in draft.fields}


async def test_nothing_leaves_by_itself(table: ChannelTable) -> None:
    for channel in build_channels(table).values():
        if channel.facts.kind == "form":
            case = SEXTORTION if "sextortion" in channel.facts.accepts else PAGE
            draft = channel.draft(case, (MAIL_ITEM,))
            assert await channel.send(draft, None, {}) == Receipt("handed", code="by_person")  # type: ignore[arg-type]


def test_pharos_asks_in_this_order_and_in_french_time(table: ChannelTable) -> None:
    draft = build_channels(table)["pharos"].draft(PAGE, ())
    labels = [field.label for field in draft.fields]
    assert labels == ["Catégorie", "Date de publication", "Heure de publication", "Adresse de la page", "Commentaire"]
    assert [field.value for field in draft.fields][:4] == ["Escroquerie", "24/11/2026", "12:30", URL]


@pytest.mark.parametrize(
    ("kind", "action", "code"),
    [
        ("rental", "PLAINTE", "FL"),
        ("marketplace", "SIGNALEMENT", "FA"),
        ("sextortion", "SIGNALEMENT", "CEL"),
        ("romance", "SIGNALEMENT", "EASCEL"),
    ],
)
def test_thesee_is_opened_at_the_right_place(table: ChannelTable, kind: str, action: str, code: str) -> None:
    case = msgspec.structs.replace(SEXTORTION, kind=kind)
    query = parse_qs(urlsplit(build_channels(table)["thesee"].draft(case, ()).link).query)
    assert (query["action"], query["type"]) == ([action], [code])


def test_thesee_asks_who_may_and_says_what_is_missing(table: ChannelTable) -> None:
    facts = build_channels(table)["thesee"].facts
    assert [question.id for question in facts.questions] == [
        "adult",
        "own-name",
        "france-connect",
        "never-met",
        "money",
    ]
    assert len(facts.pieces) == 3


def test_google_opens_with_the_address_in_it(table: ChannelTable) -> None:
    odd = msgspec.structs.replace(PAGE, url="https://example-scam.com/?a=1&url=https://x.fr/#é")
    link = build_channels(table)["google"].draft(odd, ()).link
    assert parse_qs(urlsplit(link).query) == {"url": [odd.url]}


def test_the_sextortion_draft_holds_headers_and_wallet(table: ChannelTable) -> None:
    draft = build_channels(table)["sextortion"].draft(SEXTORTION, (MAIL_ITEM,))
    shown = values(draft)
    assert shown["Wallet"] == WALLET
    assert message_from_string(shown["Technical headers"])["Message-ID"] == "<1@example-scam.com>"
    assert WALLET in shown["Whole text"]
    assert "caméra" not in shown["Whole text"]
    assert draft.link.startswith("mailto:cyber-chantage@interieur.gouv.fr?subject=")
    assert shown["Subject"] in unquote(draft.link)
    assert len(draft.link) <= 2_000


def test_a_long_text_is_left_to_the_copy_button(table: ChannelTable) -> None:
    long = msgspec.structs.replace(MAIL_ITEM, data=b"X-Long: " + b"a" * 5_000 + b"\r\n" + EML)
    draft = build_channels(table)["sextortion"].draft(SEXTORTION, (long,))
    assert "body=" not in draft.link
    assert "a" * 5_000 in values(draft)["Whole text"]


def test_unknown_stays_blank(table: ChannelTable) -> None:
    draft = build_channels(table)["sextortion"].draft(SEXTORTION, ())
    assert values(draft)["Wallet"] == ""
    assert "indiqué : \n" in values(draft)["Whole text"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"pay to {WALLET} now", (WALLET,)),
        (f"pay to {WALLET[:-1]}3 now", ()),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",)),
        ("0x52908400098527886E0F7030069857D2E4169EE7", ("0x52908400098527886E0F7030069857D2E4169EE7",)),
        ("référence 1234567890123456789012345678901", ()),
        (f"{WALLET} {WALLET}", (WALLET,)),
    ],
)
def test_wallets(text: str, found: tuple[str, ...]) -> None:
    assert wallets(f"Subject: x\n\n{text}\n".encode()) == found


@pytest.mark.parametrize("raw", [b"", b"\x00\xff", b"Content-Type: text/plain; charset=nope\n\n\xff", b"\n\n\n"])
def test_wallets_of_broken_mails(raw: bytes) -> None:
    assert wallets(raw) == ()
