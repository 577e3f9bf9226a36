"""The extension's own pages, as a test finds its way in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.browser import until
from support.sites import FAKE

if TYPE_CHECKING:
    from support.browser import Browser, Tab

WARNING = r"/pages/warning/warning\.html"
HOME = "#home"
LEAVE = "#leave"
WHY = "#why summary"
DETAILS = "#proceed-details summary"
PROCEED = ("#proceed", "#proceed-confirm")
BAR = "guetteur-bar"
#: The page is no longer held back: each way in which content/hold.js hides it is taken back.
SHOWN = """(({display, opacity, visibility}) => display !== 'none' && opacity === '1' && visibility === 'visible')(
  getComputedStyle(document.documentElement))"""


async def covered(browser: Browser, tab: Tab, timeout: float = 10) -> str:
    """Wait until the warning page stands in a tab and says something; returns its text."""
    await browser.wait_url(tab, WARNING, timeout)
    return str(
        await browser.wait_js(
            tab,
            "document.readyState === 'complete' && document.querySelector('#warning')?.offsetWidth"
            " && document.body.innerText",
            timeout,
            "the warning page's text",
        )
    )


async def protected(browser: Browser, path: str, timeout: float = 20) -> None:
    """Wait until the daemon answers this browser: a fake that no list names is covered."""

    async def look() -> bool:
        tab = await browser.new_tab()
        await browser.go(tab, f"http://{FAKE}{path}")
        try:
            await covered(browser, tab, 3)
        except TimeoutError:
            return False
        finally:
            await browser.close_tab(tab)
        return True

    await until(look, f"{browser.name}: protected", timeout)


async def open_fake(browser: Browser, host: str = FAKE, path: str = "/login") -> Tab:
    """Open a fake page in a new tab and wait for the warning."""
    tab = await browser.new_tab()
    await browser.go(tab, f"http://{host}{path}")
    await covered(browser, tab)
    return tab


async def proceed(browser: Browser, tab: Tab) -> None:
    """Find "continue anyway", press it, and say that one is sure."""
    await browser.click(tab, DETAILS)
    for button in PROCEED:
        await browser.click(tab, button)


async def set_language(browser: Browser, lang: str) -> None:
    """Choose the extension's language, as the options page does."""
    await browser.extension(f"await api.storage.local.set({{lang: '{lang}'}}); return true")


def plain_pages(browser: Browser) -> list[str]:
    """Paths of all extension pages but the warning, as they lie in the built folder."""
    folder = browser.setup.extension
    assert folder
    return sorted(
        str(path.relative_to(folder)) for path in folder.glob("pages/*/*.html") if path.name != "warning.html"
    )
