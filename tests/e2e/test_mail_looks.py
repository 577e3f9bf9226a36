"""Mail in French and English: pictures to look at, and no axe finding on what is ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from support import axe, pages
from support.browser import running
from support.mails import mails
from support.webmail import letters
from support.webmail.reading import ASK, Reader, picture, press, told, wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.browser import Browser
    from support.daemon import Daemon
    from support.webmail.imap import Imap
    from support.webmail.roundcube import Roundcube
    from support.webmail.sogo import Sogo

WORDS = {"DANGER": "mailDanger", "CAUTION": "mailCaution", "OFFICIAL": "mailOfficial"}
#: A webmail whose adapter is on trial.
TRIAL = "webmail.sfr.fr"

#: What is opened, and which of the banner's buttons is pressed before the picture.
PICTURES = {
    "danger": (letters.refund, "mailTodo"),
    "danger-why": (letters.refund, "barWhy"),
    "genuine": (letters.genuine, ""),
    "caution": (lambda: next(mail.raw() for mail in mails() if mail.id == "rent-abroad-keys"), "barWhy"),
}


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", PICTURES)
async def test_the_banner(reader: Reader, name: str, lang: str) -> None:
    raw, button = PICTURES[name]
    await pages.set_language(reader.browser, lang)
    await reader.open("ordinary", letters.ordinary())
    await reader.open(name, raw())
    seen = await told(reader.browser, reader.tab)
    assert seen.label == wording("mailRegion", lang)
    word = wording(WORDS[seen.level], lang)
    assert seen.said.startswith(word)
    assert seen.said.lower().count(word.lower()) == 1
    if button:
        await press(reader.browser, reader.tab, wording(button, lang))
    await picture(reader.browser, reader.tab, f"{name}-{lang}")


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_popup_options_and_banner_are_accessible(reader: Reader, browser: Browser, lang: str) -> None:
    """axe cannot look into a closed root: the same banner stands open on our own page for a pasted mail."""
    await pages.set_language(browser, lang)
    await reader.open("ordinary", letters.ordinary())
    await reader.open("danger", letters.refund())
    await told(browser, reader.tab)
    url = json.dumps(await browser.url(reader.tab))
    number = await browser.extension(f"return (await api.tabs.query({{}})).find((tab) => tab.url === {url}).id")
    popup = await browser.open_extension_page(f"pages/popup/popup.html?tab={number}")
    await browser.resize(popup, 470, 900)
    await browser.wait_js(popup, "document.querySelector('#mail-summary')?.textContent.length > 10")
    await picture(browser, popup, f"popup-{lang}")
    assert await axe.violations(browser, popup) == []
    options = await browser.open_extension_page("pages/options/options.html")
    await browser.wait_js(options, "!!document.querySelector('#mail-hosts button')")
    await browser.resize(options, 900, 1200)
    await picture(browser, options, f"options-{lang}")
    assert await axe.violations(browser, options) == []
    pasted = await browser.open_extension_page("pages/mail/mail.html")
    raw = json.dumps(letters.refund().decode("ascii"))
    await browser.eval(pasted, f"(document.querySelector('#text').value = {raw}, true)")
    await browser.click(pasted, "#paste button[type=submit]")
    await browser.wait_js(pasted, "!!document.querySelector('guetteur-banner')?.shadowRoot.querySelector('button')")
    for key in ("mailTodo", "barWhy"):
        await press(browser, pasted, wording(key, lang))
    await picture(browser, pasted, f"pasted-{lang}")
    assert await axe.violations(browser, pasted) == []
    for tab in (popup, options, pasted):
        await browser.close_tab(tab)


async def test_the_question(
    prepare: Callable[..., Browser], daemon: Daemon, roundcube: Roundcube, mail_server: Imap
) -> None:
    async with running(prepare(daemon)) as browser:
        reader = Reader(browser, roundcube, mail_server)
        await reader.sit_down()
        for lang in ("fr", "en"):
            await pages.set_language(browser, lang)
            await reader.open("refund", letters.refund())
            assert (await told(browser, reader.tab, ASK)).said == wording("mailAsk", lang)
            await picture(browser, reader.tab, f"ask-{lang}")
            await browser.go(reader.tab, f"https://{TRIAL}/")
            asked = await told(browser, reader.tab, ASK)
            assert asked.said == f"{wording('mailAsk', lang)} {wording('mailAskTrial', lang)}"
            await picture(browser, reader.tab, f"ask-trial-{lang}")
        await press(browser, reader.tab, wording("mailAskYes", "en"), ASK)
        for lang in ("fr", "en"):
            await pages.set_language(browser, lang)
            options = await browser.open_extension_page("pages/options/options.html")
            words = f"SFR Mail) {wording('optionsMailOn', lang)}, {wording('optionsMailTrial', lang)}"
            await browser.wait_js(options, f"document.querySelector('#mail-hosts')?.textContent.includes({words!r})")
            await picture(browser, options, f"options-trial-{lang}")
            await browser.close_tab(options)


async def test_sogo(browser: Browser, sogo: Sogo, mail_server: Imap) -> None:
    reader = Reader(browser, sogo, mail_server)
    for name, raw in (("refund", letters.refund()), ("genuine", letters.genuine())):
        mail_server.inbox.put(name, raw)  # SOGo opens only what was there when it drew its list
    await pages.set_language(browser, "en")
    await reader.sit_down()
    await reader.open("refund", letters.refund())
    await told(browser, reader.tab, ASK)
    await picture(browser, reader.tab, "sogo-ask-en")
    await press(browser, reader.tab, wording("mailAskYes", "en"), ASK)
    assert (await told(browser, reader.tab)).level == "DANGER"
    await picture(browser, reader.tab, "sogo-danger-en")
    await reader.open("genuine", letters.genuine())
    await reader.checked("Votre avis d'impôt est disponible")
    assert (await told(browser, reader.tab)).level == "OFFICIAL"
    await picture(browser, reader.tab, "sogo-genuine-en")
