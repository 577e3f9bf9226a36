"""Pages that are not dangerous: official, doubtful, unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support import pages
from support.sites import DOUBTFUL_HOSTS, GOOD, OFFICIAL

if TYPE_CHECKING:
    from support.browser import Browser
    from support.daemon import Daemon
    from support.sites import Site


def is_green(badge: dict[str, object]) -> bool:
    red, green, blue, *_ = badge["colour"]  # type: ignore[misc]
    return green > red + 40 and green > blue + 20 and bool(badge["text"])


async def test_an_official_page_has_a_green_badge(browser: Browser) -> None:
    tab = await browser.new_tab()
    await browser.go(tab, f"https://{OFFICIAL}/")
    await browser.wait_url(tab, f"^https://{OFFICIAL}/")
    await browser.wait_badge(tab, is_green)


async def test_official_is_said_of_https_only(browser: Browser) -> None:
    tab = await browser.new_tab()
    await browser.go(tab, "http://www.ameli.fr/")
    await browser.wait_url(tab, r"^http://www\.ameli\.fr/")
    await browser.wait_js(tab, "!!document.querySelector('#plain')")
    badge = await browser.badge(tab)
    assert not is_green(badge)


async def test_an_ordinary_page_opens_without_a_mark(browser: Browser) -> None:
    tab = await browser.new_tab()
    await browser.go(tab, f"http://{GOOD}/")
    await browser.wait_url(tab, GOOD)
    await browser.wait_js(tab, "!!document.querySelector('#plain')")
    await browser.wait_js(tab, pages.SHOWN, 2)
    badge = await browser.badge(tab)
    assert badge["text"] == ""


async def test_a_doubtful_page_gets_a_bar_and_stays(browser: Browser, daemon: Daemon, site: Site) -> None:
    host = await daemon.first("CAUTION", DOUBTFUL_HOSTS)
    tab = await browser.new_tab()
    await browser.go(tab, f"http://{host}/")
    await browser.wait_url(tab, host)
    await browser.wait_js(tab, f"!!document.querySelector('{pages.BAR}')")
    assert await browser.eval(tab, "document.querySelector('#plain').textContent") == host
    said = " ".join(text for _, _, text in await browser.shadow(tab, pages.BAR))
    answer = await daemon.ask("/v1/check/url", {"url": f"http://{host}/", "lang": "fr"})
    assert answer["summary"] in said or answer["body"]["name"] in said
    badge = await browser.badge(tab)
    assert badge["text"] == "!"
