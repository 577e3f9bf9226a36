"""The eyes these tests look with: without the extension they must see the fake page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.browser import running
from support.paint import watching
from support.sites import FAKE, OFFICIAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.browser import Browser
    from support.daemon import Daemon
    from support.sites import Site


async def test_an_unprotected_browser_paints_the_fake_page(
    prepare: Callable[..., Browser], daemon: Daemon, site: Site
) -> None:
    async with running(prepare(daemon, extension=False)) as browser:
        tab = await browser.new_tab()
        async with watching(browser, tab) as watch:
            await browser.go(tab, f"http://{FAKE}/control")
            await browser.wait_js(tab, "!!document.querySelector('#card') && document.readyState === 'complete'")
            await browser.eval(tab, "new Promise((done) => setTimeout(() => done(true), 300))")
        assert watch.saw()
        assert site.seen(FAKE, "/ran")
        await browser.click(tab, "#card")
        await browser.press(tab, "4970")
        assert await browser.eval(tab, "document.querySelector('#card').value") == "4970"
        await browser.go(tab, f"https://{OFFICIAL}/")
        await browser.wait_js(tab, "location.protocol === 'https:' && !!document.querySelector('#plain')")
