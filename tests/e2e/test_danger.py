"""However a fake page is reached, the warning stands in its place and the fake is never on screen."""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING

import pytest

from support import pages
from support.chromium import Chromium
from support.paint import watching
from support.sites import FAKE, FAKE_HOSTS, GOOD, OFFICIAL

if TYPE_CHECKING:
    from support.browser import Browser, Tab
    from support.sites import Site

PAINTED_RUNS = 20
_paths = (f"/p{number}" for number in itertools.count())


async def good_tab(browser: Browser, url: str) -> Tab:
    """Open an ordinary page and wait for it."""
    tab = await browser.new_tab()
    await browser.go(tab, url)
    await browser.wait_url(tab, GOOD)
    await browser.wait_js(tab, "!!document.querySelector('#plain') && document.readyState === 'complete'")
    return tab


@pytest.mark.parametrize("host", FAKE_HOSTS)
async def test_a_typed_address_is_covered(browser: Browser, site: Site, host: str) -> None:
    tab = await pages.open_fake(browser, host)
    text = await pages.covered(browser, tab)
    assert host in text.replace("\u200b", "").replace("\n", "")


@pytest.mark.parametrize("way", ["same", "script", "blank", "opener"])
async def test_a_link_or_script_is_covered(browser: Browser, site: Site, way: str) -> None:
    target = f"http://{FAKE}{next(_paths)}"
    tab = await good_tab(browser, site.links(GOOD, next(_paths), target))
    before = await browser.tabs()
    await browser.click(tab, f"#{way}")
    fake = await browser.wait_new_tab(before) if way in {"blank", "opener"} else tab
    await pages.covered(browser, fake)


@pytest.mark.parametrize("hops", [1, 3])
async def test_a_redirect_from_a_good_page_is_covered(browser: Browser, site: Site, hops: int) -> None:
    url = f"http://{FAKE}{next(_paths)}"
    for hop in range(hops):
        url = site.redirect(f"court-{hop}.example", next(_paths), url)
    tab = await browser.new_tab()
    await browser.go(tab, url)
    await pages.covered(browser, tab)


async def test_the_fake_page_is_never_painted(browser: Browser, site: Site) -> None:
    """Also by redirect, also by link; the server may have been asked (Chromium), the screen never shows it."""
    seen = []
    for run in range(PAINTED_RUNS):
        url = f"http://{FAKE}{next(_paths)}"
        if run % 4 == 1:
            url = site.redirect(GOOD, next(_paths), url)
        tab = await (good_tab(browser, site.links(GOOD, next(_paths), url)) if run % 4 == 2 else browser.new_tab())
        async with watching(browser, tab) as watch:
            if run % 4 == 2:
                await browser.click(tab, "#same")
            else:
                await browser.go(tab, url)
            await pages.covered(browser, tab)
        assert watch.frames
        if watch.saw():
            seen.append(run)
        await browser.close_tab(tab)
    assert not seen


async def test_firefox_never_even_asks_the_fake_site(browser: Browser, site: Site) -> None:
    if browser.name != "firefox":
        pytest.skip("Chromium cannot hold a request back: docs/explanation/covering.md")
    path = next(_paths)
    await pages.open_fake(browser, FAKE, path)
    assert site.seen(FAKE, path) == []


async def test_the_first_button_leads_to_the_real_site(browser: Browser, site: Site) -> None:
    tab = await pages.open_fake(browser)
    label = await browser.eval(tab, f"document.querySelector('{pages.HOME}').innerText")
    assert OFFICIAL in label
    await browser.click(tab, pages.HOME)
    assert (await browser.wait_url(tab, OFFICIAL)).startswith(f"https://{OFFICIAL}/")
    await browser.wait_js(tab, "!!document.querySelector('#plain')")


async def test_leaving_goes_back_to_the_good_page(browser: Browser, site: Site) -> None:
    good = site.links(GOOD, next(_paths), f"http://{FAKE}{next(_paths)}")
    tab = await good_tab(browser, good)
    await browser.click(tab, "#same")
    await pages.covered(browser, tab)
    await browser.click(tab, pages.LEAVE)
    assert await browser.wait_url(tab, GOOD) == good


async def test_continue_anyway_holds_for_one_tab_and_one_host(browser: Browser, site: Site) -> None:
    tab = await pages.open_fake(browser, FAKE, "/once")
    await pages.proceed(browser, tab)
    await browser.wait_url(tab, f"^http://{FAKE}/once")
    await browser.wait_js(tab, "!!document.querySelector('#card')")
    await browser.wait_js(tab, pages.SHOWN, 2)

    await browser.go(tab, f"http://{FAKE}/again")
    await browser.wait_url(tab, f"^http://{FAKE}/again")
    await browser.wait_js(tab, "!!document.querySelector('#card')")

    await pages.open_fake(browser, FAKE, "/other-tab")

    await browser.go(tab, f"http://{FAKE_HOSTS[2]}/")
    await pages.covered(browser, tab)


async def test_a_permit_does_not_outlive_its_tab(browser: Browser, site: Site) -> None:
    tab = await pages.open_fake(browser, FAKE, "/first")
    await pages.proceed(browser, tab)
    await browser.wait_url(tab, f"^http://{FAKE}/first")
    await browser.close_tab(tab)
    await pages.open_fake(browser, FAKE, "/second")


async def test_coming_back_in_history_is_covered(browser: Browser, site: Site) -> None:
    """Back must lead neither into the fake page nor round in circles."""
    good = site.links(GOOD, next(_paths), f"http://{FAKE}{next(_paths)}")
    tab = await good_tab(browser, good)
    await browser.click(tab, "#same")
    await pages.covered(browser, tab)
    async with watching(browser, tab) as watch:
        await browser.eval(tab, "(setTimeout(() => history.back()), true)")
        await browser.wait_url(tab, f"{GOOD}|{pages.WARNING}")
    assert not watch.saw()


async def test_a_fake_that_fights_back_is_neither_painted_nor_typed_into(browser: Browser, site: Site) -> None:
    """It opens a dialog in the top layer, which no style of the root element hides, and listens to the keyboard."""
    painted = 0
    typed = len(site.seen(FAKE, "/typed"))
    for _ in range(PAINTED_RUNS):
        tab = await browser.new_tab()
        async with watching(browser, tab) as watch:
            await browser.go(tab, site.defiant(FAKE, next(_paths)))
            with contextlib.suppress(Exception):  # the tab changes pages under the keys: that is the point
                for _ in range(10):
                    await browser.press(tab, "7")
            await pages.covered(browser, tab)
        painted += watch.saw()
        await browser.close_tab(tab)
    assert (painted, len(site.seen(FAKE, "/typed")) - typed) == (0, 0)


async def test_a_sleeping_worker_wakes_for_a_fake_page(browser: Browser, site: Site) -> None:
    if not isinstance(browser, Chromium):
        pytest.skip("Firefox keeps its background page while it blocks requests")
    await browser.stop_worker()
    tab = await browser.new_tab()
    async with watching(browser, tab) as watch:
        await browser.go(tab, f"http://{FAKE}{next(_paths)}")
        await pages.covered(browser, tab)
    assert not watch.saw()
