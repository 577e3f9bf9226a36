"""A young name tips the scale: only for a doubtful site, only when the person allowed it, and only its name is sent."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from support import pages
from support.browser import running
from support.daemon import Daemon
from support.rdap_site import RdapSite
from support.sites import DOUBTFUL_HOSTS, FAKE, GOOD, OFFICIAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.browser import Browser, Tab
    from support.sites import Site

OPTIONS = "pages/options/options.html"


async def open_page(browser: Browser, tab: Tab, url: str) -> None:
    await browser.go(tab, url)
    await browser.wait_url(tab, re.escape(url))
    await browser.wait_js(tab, "!!document.querySelector('#plain')")


async def test_a_young_doubtful_site(
    prepare: Callable[..., Browser], aged: Daemon, registry: RdapSite, site: Site
) -> None:
    doubtful = await aged.first("CAUTION", DOUBTFUL_HOSTS)
    quiet = await aged.first("NO_KNOWN_RISK", ("amicale-orange.fr", "ma-laposte.com", "doctolib-paris.net"))
    async with running(prepare(aged)) as browser:
        tab = await browser.new_tab()
        # Not allowed yet: nothing is sent, whatever is opened.
        await open_page(browser, tab, f"http://{doubtful}/before")
        await browser.wait_js(tab, f"!!document.querySelector('{pages.BAR}')")
        await open_page(browser, tab, f"http://{quiet}/before")
        await asyncio.sleep(1)
        assert registry.asked == []

        options = await browser.open_extension_page(OPTIONS)
        assert not await browser.eval(options, "document.querySelector('#age').checked")
        await browser.click(options, "#age")
        await browser.extension("return (await api.storage.local.get('ageLookups')).ageLookups === true || null")

        # Allowed: the page opens without waiting, and the warning comes with the answer.
        await open_page(browser, tab, f"http://{quiet}/after?secret=1")
        await browser.wait_js(tab, f"!!document.querySelector('{pages.BAR}')")
        await browser.go(tab, f"http://www.{doubtful}/after")
        text = await pages.covered(browser, tab)
        assert doubtful in text.replace("\u200b", "").replace("\n", "")
        assert registry.asked == [quiet, doubtful]  # the bought name alone: no www, no path

        # The second time nobody is asked, and nothing is seen before the warning.
        again = f"/second-{browser.name}"
        other = await pages.open_fake(browser, doubtful, again)
        assert registry.asked == [quiet, doubtful]
        assert site.seen(doubtful, again) == [] or browser.name == "chromium"

        # Nothing is asked about sites that are decided or ordinary.
        await browser.go(other, f"http://{FAKE}/")
        await pages.covered(browser, other)
        for url in (f"https://{OFFICIAL}/", f"http://{GOOD}/"):
            await open_page(browser, other, url)
        await asyncio.sleep(1)
        assert registry.asked == [quiet, doubtful]


async def test_an_old_name_calms_nobody_and_alarms_nobody(
    prepare: Callable[..., Browser], aged: Daemon, registry: RdapSite, site: Site
) -> None:
    registry.days = 4000
    doubtful = await aged.first("CAUTION", DOUBTFUL_HOSTS)
    async with running(prepare(aged)) as browser:
        await browser.extension("await api.storage.local.set({ageLookups: true}); return true")
        tab = await browser.new_tab()
        await open_page(browser, tab, f"http://{doubtful}/old")
        await browser.wait_js(tab, f"!!document.querySelector('{pages.BAR}')")
        for _ in range(50):
            if registry.asked:
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.5)
        assert registry.asked == [doubtful]
        assert doubtful in await browser.url(tab)
        assert await browser.eval(tab, f"!!document.querySelector('{pages.BAR}')")
