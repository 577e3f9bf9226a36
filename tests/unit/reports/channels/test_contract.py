"""Every channel: texts, data, code, a test against a server where it has one, and a preview that hides nothing."""

from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from tests.unit.reports.channels import test_api, test_mail

from guetteur.reports.case import CaseKind, Item
from guetteur.reports.channels.api import ApiChannel
from guetteur.reports.channels.form import FormChannel
from guetteur.reports.channels.interface import Draft
from guetteur.reports.channels.mail import MailChannel
from guetteur.reports.channels.registry import MODULES, build_channels
from guetteur.reports.routing import route
from guetteur.reports.table import ChannelTable
from guetteur.reports.words import CODES, STATES
from support.report_cases import FOUND, MAIL, MAIL_ITEM, PAGE, PLACE, SEXTORTION
from support.report_doubles import Double

FOLDER = Path(__file__).parents[4] / "daemon/guetteur/reports/channels"
SHARED = {"__init__", "interface", "http", "api", "mail", "form", "fields", "letter", "registry"}
CASES = [(PAGE, ()), (MAIL, (MAIL_ITEM,)), (SEXTORTION, (MAIL_ITEM,))]
# What the code adds by itself: constants of the services' formats, and the case's own number.
FIXED = {"abuse_phishing", "send-anon", "none", "phish", "URL", "Phishing", "+0000", "FR", "", PAGE.id, MAIL.id}
FIXED |= {"content", "phishing", "user_report", "4.2.0", "2026-11-24T11:30:00Z", "1.2.3", SEXTORTION.id}


def drafts(table: ChannelTable, name: str) -> list[Draft]:
    channel = build_channels(table)[name]
    return [channel.draft(case, items, PLACE) for case, items in CASES if channel.accepts(case, items, PLACE)]


def test_data_and_code_are_the_same_channels(table: ChannelTable) -> None:
    assert {facts.id for facts in table.channels} == set(MODULES)
    assert set(MODULES.values()) == {path.stem for path in FOLDER.glob("*.py")} - SHARED


@pytest.mark.parametrize("name", MODULES)
def test_kind_and_tests(table: ChannelTable, name: str) -> None:
    channel = build_channels(table)[name]
    match channel.facts.kind:
        case "api":
            assert isinstance(channel, ApiChannel)
            assert name in test_api.API
            assert hasattr(Double, name.replace("-", "_"))
        case "mail":
            assert isinstance(channel, MailChannel)
            assert name in test_mail.MAILBOXES
        case "form":
            assert isinstance(channel, FormChannel)


@pytest.mark.parametrize("name", MODULES)
def test_what_is_shown_is_all_that_is_sent(table: ChannelTable, name: str) -> None:
    made = drafts(table, name)
    assert made
    for draft in made:
        shown = "\n".join(field.value for field in draft.fields)
        for text in strings(draft.content):
            assert text in FIXED or all(line in shown for line in text.splitlines()), (draft.channel, text)
        for file in draft.files:
            assert file.data.decode() in shown


@pytest.mark.parametrize("name", MODULES)
def test_drafts_are_the_same_every_time_and_outlive_the_outbox(table: ChannelTable, name: str) -> None:
    for first, second in zip(drafts(table, name), drafts(table, name), strict=True):
        assert first == second
        assert msgspec.json.decode(msgspec.json.encode(first), type=Draft) == first
        assert first.key == f"{first.case}.{name}"
        assert all(field.label and field.label_en for field in first.fields)
        assert first.to
        assert first.link or build_channels(table)[name].facts.kind != "form"


@pytest.mark.parametrize("name", MODULES)
def test_keys_are_in_no_draft(table: ChannelTable, name: str) -> None:
    secret = {need.id for need in table.needs if need.secret}
    assert all(not secret & set(draft.adds) for draft in drafts(table, name))


def test_other_evidence_goes_nowhere(table: ChannelTable) -> None:
    private = Item("page/screenshot.png", "image/png", b"PRIVATE", FOUND, "extension")
    for channel in build_channels(table).values():
        for case, items in CASES:
            if channel.accepts(case, (private, *items), PLACE):
                draft = channel.draft(case, (private, *items), PLACE)
                assert b"PRIVATE" not in msgspec.json.encode(draft)
                assert not any(b"PRIVATE" in file.data for file in draft.files)


@pytest.mark.parametrize("kind", get_args(CaseKind))
def test_every_kind_of_case_goes_somewhere_with_a_reason(table: ChannelTable, kind: CaseKind) -> None:
    case = msgspec.structs.replace(PAGE, kind=kind)
    routing = route(case, (MAIL_ITEM,), build_channels(table), table, PLACE)
    assert routing.choices
    assert all(choice.said("fr") and choice.said("en") for choice in routing.choices)


@pytest.mark.parametrize("texts", [STATES, CODES])
def test_states_and_codes_have_words(texts: dict[str, tuple[str, str]]) -> None:
    for name, (french, english) in texts.items():
        assert bool(french) == bool(english), name


def test_codes_of_the_sources_have_words() -> None:
    import re

    source = "".join(path.read_text() for path in (*FOLDER.glob("*.py"), *FOLDER.parent.glob("*.py")))
    used = set(re.findall(r'code="(\w+)"', source)) | set(re.findall(r'UnreachedError\("(\w+)"', source))
    assert used <= set(CODES)


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []
