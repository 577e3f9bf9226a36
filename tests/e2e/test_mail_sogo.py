"""The same person reads in a real SOGo: one page, whose messages come and go without a new document."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest_asyncio

from support import pages
from support.sites import FAKE
from support.webmail import letters
from support.webmail.reading import MARK, Reader, gone, look, picture, told, verdict, wording
from support.webmail.sogo import BODY

if TYPE_CHECKING:
    from support.browser import Browser
    from support.webmail.imap import Imap
    from support.webmail.sogo import Sogo

SETTLE_S = 0.4
LINK = f"""(() => {{ const box = document.querySelector('{BODY} a[href*="{FAKE}"]').getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2] }})()"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def in_sogo(browser: Browser, sogo: Sogo, mail_server: Imap) -> Reader:
    """A person who has agreed, with the ordinary mail before them."""
    await pages.set_language(browser, "fr")
    reader = Reader(browser, sogo, mail_server)
    # SOGo opens only what was there when it drew its list.
    mails = {"refund": letters.refund(), "genuine": letters.genuine(), "ordinary": letters.ordinary()}
    for name, raw in mails.items():
        mail_server.inbox.put(name, raw)
    await reader.sit_down()
    await reader.open("ordinary", letters.ordinary())
    await reader.agree()
    return reader


async def test_false_genuine_and_ordinary_one_after_the_other(in_sogo: Reader) -> None:
    await in_sogo.checked("Dimanche")
    await in_sogo.open("refund", letters.refund())
    seen = await in_sogo.banner("DANGER")
    assert seen.said.startswith(wording("mailDanger"))
    await picture(in_sogo.browser, in_sogo.tab, "sogo-danger-fr")
    await in_sogo.open("genuine", letters.genuine())
    await in_sogo.checked("Votre avis d'impôt est disponible")
    assert "vient bien de" in (await in_sogo.banner("OFFICIAL")).said
    await in_sogo.open("ordinary", letters.ordinary())
    await in_sogo.checked("Dimanche")
    await gone(in_sogo.browser, in_sogo.tab)
    await asyncio.sleep(SETTLE_S)
    assert await look(in_sogo.browser, in_sogo.tab) is None


async def test_a_message_in_a_window_of_its_own_is_told_too(in_sogo: Reader, browser: Browser, sogo: Sogo) -> None:
    uid = in_sogo.server.inbox.put("refund", letters.refund())
    window = await browser.new_tab()
    await browser.go(window, sogo.popup(uid))
    assert (await told(browser, window)).level == "DANGER"
    found = await verdict(browser, window)
    assert found
    assert found["sender"] == "contact@verif-dossier.com"
    await picture(browser, window, "sogo-window-fr")
    await browser.close_tab(window)


async def test_a_dangerous_link_leads_to_the_warning(in_sogo: Reader, browser: Browser) -> None:
    await in_sogo.open("refund", letters.refund())
    await in_sogo.banner("DANGER")
    mark = await look(browser, in_sogo.tab, MARK)
    assert mark
    assert FAKE in mark.label
    before = await browser.tabs()
    await browser.click_at(in_sogo.tab, *await browser.wait_js(in_sogo.tab, LINK))
    await pages.covered(browser, await browser.wait_new_tab(before))
