"""A person opens mails in a real Roundcube: the false ones are told, the genuine ones too, the others left in peace."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

import pytest

from support import pages
from support.browser import until
from support.mails import mails
from support.sites import FAKE
from support.webmail import letters
from support.webmail.reading import BUBBLE, MARK, Reader, gone, look, press, told, verdict, wording

if TYPE_CHECKING:
    from support.browser import Browser

#: A mail of each script.
SCRIPTS = {
    "account": "box-laposte-lookalike",
    "advance-fee": "adv-donation-malade",
    "antivirus-invoice": "tech-norton-renewal",
    "bank-adviser": "bank-annuler-operation",
    "benefit": "caf-maj-dossier",
    "cpf": "cpf-perdus",
    "energy": "energy-cheque-eligible",
    "fine": "fine-dernier-rappel",
    "job": "job-likes",
    "loan": "loan-particulier",
    "mailbox": "box-orange-verif",
    "marketplace": "mk-leboncoin-paid",
    "parcel-fee": "parcel-laposte-frais",
    "prize": "prize-carrefour-500",
    "recovery": "recov-interpol",
    "rental": "rent-abroad-keys",
    "romance": "rom-militaire",
    "sextortion": "sext-classic-own",
    "subscription": "sub-netflix-suspendu",
    "summons": "summons-bpm",
    "tax-refund": "tax-classic",
    "tech-support": "tech-microsoft-call",
    "telecom": "tel-orange-double-facturation",
    "toll": "toll-impaye-vinci",
    "vitale": "vitale-expire",
    "wallet": "wallet-metamask-kyc",
}
WRITTEN = {mail.id: mail for mail in mails()}
GENUINE = ("impots-avis-disponible", "ameli-remboursement", "bnp-releve")
WANTED = ("brevo-jardinerie", "maman-dimanche")

#: The middle of the dangerous link in the tab's viewport.
LINK = f"""(() => {{ const box = document.querySelector('#messagebody a[href*="{FAKE}"]').getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2] }})()"""
FOCUSED = "document.activeElement?.localName"
SETTLE_S = 0.4
MOST_TABS = 60


async def point_of_link(reader: Reader) -> list[float]:
    return list(await reader.browser.wait_js(reader.tab, LINK))


async def banner_by_keyboard(reader: Reader) -> int:
    """Press Tab until the focus is in the banner; returns how often."""
    for count in itertools.count(1):
        await reader.browser.press(reader.tab, "Tab")
        if await reader.browser.eval(reader.tab, FOCUSED) == "guetteur-banner":
            return count
        assert count < MOST_TABS
    raise AssertionError


@pytest.mark.parametrize("script", sorted(SCRIPTS))
async def test_each_script_is_told_with_its_own_words(reader: Reader, script: str) -> None:
    mail = WRITTEN[SCRIPTS[script]]
    await reader.open(mail.id, mail.raw())
    seen = await told(reader.browser, reader.tab)
    found = await verdict(reader.browser, reader.tab)
    assert found
    assert seen.level in ({"DANGER"} if mail.expect == "danger" else {"DANGER", "CAUTION"}), found
    assert found["summary"] in seen.said
    assert found["todo"][0] in seen.text
    assert found["script"], found
    assert found["script"]["id"] == script
    await press(reader.browser, reader.tab, wording("barWhy"))
    text = (await told(reader.browser, reader.tab)).text
    for words in found["script"]["words"]:
        assert " ".join(words.split()) in text


@pytest.mark.parametrize("name", GENUINE)
async def test_a_genuine_mail_is_told_to_be_genuine(reader: Reader, name: str) -> None:
    await reader.open(name, WRITTEN[name].raw())
    seen = await reader.banner("OFFICIAL")
    assert "vient bien de" in seen.said
    assert set(seen.buttons) == {wording("barClose")}


@pytest.mark.parametrize("name", WANTED)
async def test_an_ordinary_mail_is_left_in_peace(reader: Reader, name: str) -> None:
    await reader.open(name, WRITTEN[name].raw())
    await until(lambda: verdict(reader.browser, reader.tab), "the verdict", 5)
    await asyncio.sleep(SETTLE_S)
    assert await look(reader.browser, reader.tab) is None
    assert await look(reader.browser, reader.tab, MARK) is None


async def test_the_preview_beside_the_list_is_told_too(browser: Browser, reader: Reader) -> None:
    webmail, inbox = reader.webmail, reader.server.inbox
    uids = [inbox.put("refund", letters.refund()), inbox.put("genuine", letters.genuine())]
    tab = await browser.new_tab()
    await browser.go(tab, webmail.url)
    await browser.wait_js(tab, "!!document.querySelector('#messagelist tbody tr')")
    for uid, level in zip((*uids, uids[0]), ("DANGER", "OFFICIAL", "DANGER"), strict=True):
        await webmail.preview(browser, tab, uid)
        assert (await told(browser, tab)).level == level
    await browser.close_tab(tab)


async def test_the_banner_stands_over_the_message(reader: Reader) -> None:
    await reader.open("refund", letters.refund())
    seen = await reader.banner("DANGER")
    below = await reader.browser.eval(reader.tab, "document.querySelector('#messagebody').getBoundingClientRect().top")
    assert 0 <= seen.top < below


async def test_a_dangerous_link_is_marked_and_leads_to_the_warning(reader: Reader, browser: Browser) -> None:
    await reader.open("refund", letters.refund())
    await reader.banner("DANGER")
    mark = await look(browser, reader.tab, MARK)
    assert mark
    assert mark.role == "img"
    assert FAKE in mark.label
    assert await browser.eval(reader.tab, f"document.querySelectorAll('{MARK}').length") == 1  # the real site has none
    before = await browser.tabs()
    await browser.click_at(reader.tab, *await point_of_link(reader))
    warning = await browser.wait_new_tab(before)
    text = await pages.covered(browser, warning)
    assert FAKE in text.replace("\u200b", "").replace("\n", "")
    await browser.click(warning, pages.LEAVE)
    await browser.wait_js(reader.tab, "document.visibilityState === 'visible'")
    assert "_uid=" in await browser.url(reader.tab)


async def test_pointing_at_a_link_says_where_it_leads(reader: Reader, browser: Browser) -> None:
    await reader.open("refund", letters.refund())
    await reader.banner("DANGER")
    await browser.point_at(reader.tab, 5, 5)
    await browser.point_at(reader.tab, *await point_of_link(reader))
    bubble = await told(browser, reader.tab, BUBBLE)
    assert FAKE in bubble.said
    strong = await browser.within(reader.tab, BUBBLE, "function () { return this.querySelector('strong').textContent }")
    assert strong == "verif-dossier.com"
    await browser.press(reader.tab, "Escape")
    assert not (await look(browser, reader.tab, BUBBLE) or bubble).shown


async def test_the_banner_by_keyboard_and_by_ear(reader: Reader, browser: Browser) -> None:
    await reader.open("refund", letters.refund())
    seen = await reader.banner("DANGER")
    assert (seen.role, seen.label) == ("region", wording("mailRegion"))
    assert seen.said.startswith(wording("mailDanger"))
    await banner_by_keyboard(reader)
    order = []
    while await browser.eval(reader.tab, FOCUSED) == "guetteur-banner":
        seen = await told(browser, reader.tab)
        order.append(seen.focused)
        if seen.focused == wording("barWhy"):
            await browser.press(reader.tab, "Enter")
            opened = await told(browser, reader.tab)
            assert opened.buttons[wording("barWhy")] == "true"
            assert len(opened.text) > len(seen.text)
        await browser.press(reader.tab, "Tab")
    assert order[:4] == [wording(key) for key in ("mailTodo", "barWhy", "mailReport", "barClose")]
    # A link is told to whoever reaches it by keyboard, too.
    while FAKE not in str(await browser.eval(reader.tab, "document.activeElement?.href")):
        await browser.press(reader.tab, "Tab")
    bubble = await told(browser, reader.tab, BUBBLE)
    assert FAKE in bubble.said


async def test_a_closed_banner_stays_away_until_the_mail_is_opened_again(reader: Reader, browser: Browser) -> None:
    await reader.open("refund", letters.refund())
    await reader.banner("DANGER")
    await press(browser, reader.tab, wording("barClose"))
    await gone(browser, reader.tab)
    await reader.open("ordinary", letters.ordinary())
    await reader.open("refund", letters.refund())
    await reader.banner("DANGER")


async def test_the_popup_says_the_same(reader: Reader, browser: Browser) -> None:
    await reader.open("refund", letters.refund())
    seen = await reader.banner("DANGER")
    url = await browser.url(reader.tab)
    number = await browser.extension(f"return (await api.tabs.query({{}})).find((tab) => tab.url === {url!r}).id")
    popup = await browser.open_extension_page(f"pages/popup/popup.html?tab={number}")
    found = await verdict(browser, reader.tab)
    assert found
    assert found["summary"] in seen.said
    await browser.wait_js(popup, f"document.body.innerText.includes({found['summary']!r})")
    await browser.close_tab(popup)
