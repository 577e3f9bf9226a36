"""The page on which any mail can be dropped or pasted, in real browsers with the relay and the daemon."""

from __future__ import annotations

import os
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

import pytest_asyncio

from support import axe, pages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from support.browser import Browser, Tab

PAGE = "pages/mail/mail.html"
SCREENSHOTS = Path(os.environ.get("GUETTEUR_SCREENSHOTS") or Path(__file__).parents[2] / "build/screenshots")

SCAM = """From: Assurance Maladie <contact@vitale-dossier.info>
To: mireille.castelbon@orange.fr
Subject: Votre carte Vitale arrive =?utf-8?q?=C3=A0?= expiration
Content-Type: text/html; charset=utf-8

<p>Bonjour, pour recevoir votre nouvelle carte Vitale, réglez les frais de livraison sous 48 heures, sinon vos
remboursements seront suspendus.</p>
<p><a href="https://compte.vitale-dossier.info/a">Commander ma nouvelle carte Vitale</a></p>
"""
ORDINARY = """From: Odile Trescartes <odile.trescartes@orange.fr>
To: mireille.castelbon@orange.fr
Subject: Dimanche
Content-Type: text/plain; charset=utf-8

Coucou, on se voit dimanche ?
"""
CALM = "Cela ne prouve pas que le message est honnête."
BANNER = "document.querySelector('guetteur-banner')?.shadowRoot.textContent ?? ''"


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Tab]:
    await pages.set_language(browser, "fr")
    tab = await browser.open_extension_page(PAGE)
    await browser.wait_js(tab, "document.body.dataset.ready === 'true'")
    yield tab
    await browser.close_tab(tab)


async def drop(browser: Browser, tab: Tab, name: str, content: bytes) -> None:
    """Drop a file on the page."""
    await browser.eval(
        tab,
        f"""(() => {{
          const bytes = Uint8Array.from(atob('{b64encode(content).decode()}'), (one) => one.charCodeAt(0));
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([bytes], '{name}'));
          document.body.dispatchEvent(new DragEvent('drop', {{ bubbles: true, cancelable: true, dataTransfer }}));
          return true;
        }})()""",
    )


async def said(browser: Browser, tab: Tab, words: str) -> None:
    """Wait for words in the status line, and for nothing below it."""
    await browser.wait_js(tab, f"document.querySelector('#status').textContent.includes({words!r})")
    assert await browser.eval(tab, "document.querySelector('#result').hidden")


async def judge(browser: Browser, tab: Tab, name: str) -> None:
    """Take the picture, ask axe, narrow the window."""
    await browser.eval(tab, "new Promise((done) => setTimeout(() => done(true), 250))")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (SCREENSHOTS / f"mail-page-{name}-{browser.name}.png").write_bytes(await browser.screenshot(tab))
    assert await axe.violations(browser, tab) == []
    await browser.resize(tab, 320, 640)
    assert await browser.eval(tab, "document.scrollingElement.scrollWidth <= innerWidth")
    await browser.resize(tab, 1280, 800)


async def test_a_dropped_scam_is_named_with_its_sender_and_its_links(browser: Browser, page: Tab) -> None:
    await drop(browser, page, "message.eml", SCAM.encode())
    await browser.wait_js(page, f"({BANNER}).includes('Assurance Maladie')")
    assert "contact@vitale-dossier.info" in await browser.eval(page, "document.querySelector('#facts').textContent")
    bold = "document.querySelector('#link-list strong').textContent"
    assert await browser.eval(page, bold) == "vitale-dossier.info"
    assert await browser.eval(page, "document.querySelectorAll('#link-list a').length") == 0
    assert await browser.eval(page, "document.activeElement.id") == "result-title"
    await judge(browser, page, "scam")


async def test_an_ordinary_mail_is_called_neither_safe_nor_suspicious(browser: Browser, page: Tab) -> None:
    await drop(browser, page, "message.eml", ORDINARY.encode())
    await browser.wait_js(page, f"document.querySelector('#calm').textContent.includes('{CALM}')")
    assert await browser.eval(page, BANNER) == ""
    await judge(browser, page, "ordinary")


async def test_pasted_words_are_judged_by_keyboard_alone(browser: Browser, page: Tab) -> None:
    await browser.eval(page, "(document.querySelector('#text').focus(), true)")
    await browser.press(page, "Vous faites l'objet de poursuites. Bonjour.")
    await browser.press(page, "Tab")
    await browser.press(page, "Enter")
    await browser.wait_js(page, "!document.querySelector('#result').hidden")
    assert "Seul le texte" in await browser.eval(page, "document.querySelector('#limits').textContent")


async def test_what_is_no_mail_is_refused_by_name(browser: Browser, page: Tab) -> None:
    await drop(browser, page, "message.msg", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(64))
    await said(browser, page, ".msg")
    await judge(browser, page, "msg")
    await drop(browser, page, "photo.png", b"\x89PNG\r\n\x1a\n\0\0")
    await said(browser, page, "pas un message")
    await browser.click(page, "#paste button")
    await said(browser, page, "Collez")
