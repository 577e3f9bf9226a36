"""A person opens mails in a real Roundcube: the false ones are told, the genuine ones too, the others left in peace."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

import pytest

from support import pages
from support.browser import until
from support.mails import mails
from support.script_mails import SCRIPTS, warned
from support.sites import FAKE
from support.webmail import letters
from support.webmail.reading import BUBBLE, MARK, Reader, gone, look, press, told, verdict, wording

if TYPE_CHECKING:
    from support.browser import Browser

WRITTEN = {mail.id: mail for mail in mails()}
#: Received by servers such as Gmail's, Free's and OVH's.
GENUINE = ("ameli-remboursement", "impots-declaration-ouverte", "impots-messagerie")
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


@pytest.mark.parametrize("script", SCRIPTS)
async def test_each_script_is_told_as_the_command_line_tells_it(reader: Reader, script: str) -> None:
    name, raw, want = warned(script)
    await reader.open(name, raw)
    seen = await reader.banner(want["level"])
    found = await verdict(reader.browser, reader.tab)
    assert found
    assert [found[key] for key in ("summary", "script", "todo")] == [want[key] for key in ("summary", "script", "todo")]
    assert found["summary"] in seen.said
    assert found["todo"][0] in seen.text
    await press(reader.browser, reader.tab, wording("barWhy"))
    text = (await told(reader.browser, reader.tab)).text
    if found["script"]:
        assert found["script"]["label"] in text
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
