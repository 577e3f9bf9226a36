"""Every page of the extension, in French and English, light and dark: no axe finding, and a picture to look at."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from support import axe, pages
from support.browser import running
from support.daemon import Daemon
from support.maintainer import PASSPHRASE, Maintainer
from support.sites import DOUBTFUL_HOSTS, FAKE, GOOD, OFFICIAL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from support.browser import Browser, Tab
    from support.sites import Site

ROOT = Path(__file__).parents[2]
SCREENSHOTS = Path(os.environ.get("GUETTEUR_SCREENSHOTS") or ROOT / "build/screenshots")

#: What stands in the tab behind the popup.
POPUPS = {
    "official": f"https://{OFFICIAL}/",
    "unknown": f"http://{GOOD}/",
    "caution": "",  # the daemon is asked which host is doubtful today
    "danger": f"http://{FAKE}/",
}

SIZE = (1280, 800)
POPUP_SIZE = (470, 600)

UNTRANSLATED = """[...document.querySelectorAll('[data-i18n]')]
  .filter((e) => !e.textContent.trim() || e.textContent === e.dataset.i18n).map((e) => e.dataset.i18n)"""
SETTLED = "new Promise((done) => setTimeout(() => done(true), 250))"


@pytest.fixture(params=["fr", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def judge(browser: Browser, tab: Tab, name: str, lang: str, scheme: str) -> None:
    """Take the picture, then ask axe."""
    await browser.eval(tab, SETTLED)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    dark = "-dark" if scheme == "dark" else ""
    (SCREENSHOTS / f"{name}-{lang}-{browser.name}{dark}.png").write_bytes(await browser.screenshot(tab))
    assert await browser.eval(tab, "matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")
    assert await axe.violations(browser, tab) == []


async def judge_ours(browser: Browser, tab: Tab, name: str, lang: str, scheme: str) -> None:
    """The same for a page of the extension, which also says its language."""
    await browser.wait_js(tab, f"document.documentElement.lang === '{lang}'")
    await judge(browser, tab, name, lang, scheme)
    assert await browser.eval(tab, UNTRANSLATED) == []
    if scheme == "light" and not name.startswith(
        "popup"
    ):  # WCAG 1.4.10: at 320 pixels nothing needs scrolling sideways
        await browser.resize(tab, 320, 640)
        assert await browser.eval(tab, "document.scrollingElement.scrollWidth <= innerWidth"), name
        await browser.resize(tab, *SIZE)


@pytest_asyncio.fixture(loop_scope="session")
async def speaking(browser: Browser, lang: str, scheme: str) -> AsyncIterator[Browser]:
    """The module's browser, set to a language and a colour scheme."""
    await browser.dark(scheme == "dark")
    await pages.set_language(browser, lang)
    yield browser
    await browser.dark(False)


async def test_the_warning(speaking: Browser, lang: str, scheme: str, site: Site) -> None:
    tab = await pages.open_fake(speaking, FAKE, f"/{lang}")
    await judge_ours(speaking, tab, "warning", lang, scheme)
    await speaking.click(tab, pages.WHY)
    await speaking.click(tab, pages.DETAILS)
    await judge_ours(speaking, tab, "warning-details", lang, scheme)


@pytest.mark.parametrize("state", POPUPS)
async def test_the_popup(speaking: Browser, lang: str, scheme: str, state: str, daemon: Daemon) -> None:
    """The popup speaks of the tab in front: it is opened behind one, and loaded again."""
    popup = await speaking.open_extension_page("pages/popup/popup.html")
    await speaking.resize(popup, *POPUP_SIZE)
    front = await speaking.new_tab()
    url = POPUPS[state] or f"http://{await daemon.first('CAUTION', DOUBTFUL_HOSTS)}/"
    await speaking.go(front, url)
    if state == "danger":
        await pages.covered(speaking, front)
    else:
        await speaking.wait_js(front, "!!document.querySelector('#plain')")
        await speaking.eval(front, SETTLED)
    await speaking.eval(popup, "(setTimeout(() => location.reload()), true)")
    await speaking.wait_js(popup, f"document.documentElement.lang === '{lang}'")
    await speaking.eval(popup, SETTLED)
    await speaking.wait_js(popup, f"document.body.innerText.includes('{url.split('/')[2]}')")
    await judge_ours(speaking, popup, f"popup-{state}", lang, scheme)


async def test_the_popup_when_the_lists_cannot_be_renewed(
    prepare: Callable[..., Browser], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository that does not answer: said, with a button, while the shipped list serves on."""
    monkeypatch.setenv("GUETTEUR_KEY_PASSPHRASE", PASSPHRASE)
    root = Maintainer(tmp_path).root
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        daemon = Daemon({"GUETTEUR_LISTS_URL": address, "GUETTEUR_LISTS_ROOT": str(root)})
        await daemon.start()
        try:
            async with running(prepare(daemon)) as browser:
                popup = await browser.open_extension_page("pages/popup/popup.html")
                await browser.resize(popup, *POPUP_SIZE)
                assert (await daemon.ask("/v1/lists/sync", {}))["outcome"] == "failed"
                for lang in ("fr", "en"):
                    await pages.set_language(browser, lang)
                    await browser.eval(popup, "(setTimeout(() => location.reload()), true)")
                    await browser.wait_js(popup, f"document.documentElement.lang === '{lang}'")
                    await browser.wait_js(popup, "!document.querySelector('#renew').hidden")
                    assert await browser.eval(popup, "document.querySelector('#renewing').textContent.length > 20")
                    await judge(browser, popup, "popup-not-renewed", lang, "light")
                await browser.click(popup, "#renew")
                # The button comes back once the try has failed again; meanwhile it says that it works on it.
                await browser.wait_js(popup, "!document.querySelector('#renew').hidden")
        finally:
            await daemon.close()


async def test_the_other_pages(speaking: Browser, lang: str, scheme: str) -> None:
    for path in pages.plain_pages(speaking):
        name = path.split("/")[1]
        if name != "popup":
            tab = await speaking.open_extension_page(path)
            await judge_ours(speaking, tab, name, lang, scheme)
            await speaking.close_tab(tab)


async def test_the_bar(speaking: Browser, lang: str, scheme: str, daemon: Daemon, site: Site) -> None:
    tab = await speaking.new_tab()
    host = await daemon.first("CAUTION", DOUBTFUL_HOSTS)
    await speaking.go(tab, f"http://{host}/{lang}")
    await speaking.wait_js(tab, f"!!document.querySelector('{pages.BAR}')")
    await judge(speaking, tab, "bar", lang, scheme)
