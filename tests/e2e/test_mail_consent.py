"""No mail is read before its owner said so, and none any more once they changed their mind."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest_asyncio

from support import pages
from support.browser import running
from support.webmail import letters
from support.webmail.reading import ASK, MARK, Reader, gone, look, picture, press, told, verdict, wording

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from support.browser import Browser
    from support.daemon import Daemon
    from support.webmail.imap import Imap
    from support.webmail.roundcube import Roundcube

SETTLE_S = 1.0
OPTIONS = "pages/options/options.html"


@pytest_asyncio.fixture(loop_scope="session")
async def newcomer(
    prepare: Callable[..., Browser], daemon: Daemon, roundcube: Roundcube, mail_server: Imap
) -> AsyncIterator[Reader]:
    """A person in a new browser, whom nobody has asked yet."""
    mail_server.inbox.put("ordinary", letters.ordinary())
    async with running(prepare(daemon)) as browser:
        await pages.set_language(browser, "fr")
        reader = Reader(browser, roundcube, mail_server)
        await reader.sit_down()
        yield reader


async def nothing(reader: Reader) -> None:
    """Nothing is said, asked or even judged."""
    await asyncio.sleep(SETTLE_S)
    for what in (ASK, "guetteur-banner", MARK):
        assert await look(reader.browser, reader.tab, what) is None, what
    assert await verdict(reader.browser, reader.tab) is None


async def switch(reader: Reader, key: str) -> None:
    """Press the webmail's button in the options."""
    options = await reader.browser.open_extension_page(OPTIONS)
    label = wording(key).replace("$1", reader.webmail.host)
    await reader.browser.wait_js(options, f"document.querySelector('#mail-hosts button')?.textContent === {label!r}")
    await reader.browser.click(options, "#mail-hosts button")
    await reader.browser.wait_js(options, f"document.querySelector('#mail-hosts button')?.textContent !== {label!r}")
    await reader.browser.close_tab(options)


async def test_a_list_of_mails_asks_nothing(newcomer: Reader) -> None:
    await nothing(newcomer)


async def test_a_refusal_is_respected_until_it_is_taken_back(newcomer: Reader) -> None:
    browser = newcomer.browser
    await newcomer.open("refund", letters.refund())
    asked = await told(browser, newcomer.tab, ASK)
    assert asked.said == wording("mailAsk")
    await picture(browser, newcomer.tab, "ask-fr")
    assert set(asked.buttons) == {"Vérifier mes messages", "Pas ici"}
    assert await look(browser, newcomer.tab) is None
    await press(browser, newcomer.tab, wording("mailAskNo"), ASK)
    await gone(browser, newcomer.tab, ASK)
    await newcomer.open("genuine", letters.genuine())
    await nothing(newcomer)
    await newcomer.open("refund", letters.refund())
    await nothing(newcomer)
    await switch(newcomer, "optionsMailStart")
    await newcomer.open("refund", letters.refund())
    await newcomer.banner("DANGER")


async def test_a_consent_is_taken_back_in_the_options(newcomer: Reader) -> None:
    await newcomer.open("refund", letters.refund())
    await newcomer.agree()
    await newcomer.banner("DANGER")
    await switch(newcomer, "optionsMailStop")
    await gone(newcomer.browser, newcomer.tab)
    await gone(newcomer.browser, newcomer.tab, MARK)
    await newcomer.open("ordinary", letters.ordinary())
    await newcomer.open("refund", letters.refund())
    await nothing(newcomer)
